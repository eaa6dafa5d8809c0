"""Counts how often in a row a host used up the whole deadline (pure)."""

from __future__ import annotations

from collections import Counter

MOST_SILENCES = 6  # two pages with all the tries that `network.retries` gives them unless set otherwise


class Silences:
    """Hosts that let us wait: after six times in a row, nothing more is asked of one in this run.

    A thousand addresses of a host that accepts and never answers would else hold their places for hours.
    """

    def __init__(self) -> None:
        self._in_a_row: Counter[str] = Counter()

    def note(self, host: str, *, silent: bool) -> None:
        """A request ended: by the deadline, or with an answer, which begins the count anew."""
        if not silent:
            del self._in_a_row[host]
        elif not self.too_many(host):
            self._in_a_row[host] += 1

    def too_many(self, host: str) -> bool:
        """Whether a host is left alone from now on."""
        return self._in_a_row[host] >= MOST_SILENCES
