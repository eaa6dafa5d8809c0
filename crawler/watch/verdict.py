"""From what single nights say to what holds: how many nights it takes to raise and to clear (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive.night_figures import Night
from crawler.watch.alarm import Severity

_STEADY = 3  # good nights that clear what keeps coming back
_LATELY = 10  # nights in which coming back twice is "keeps coming back"
_LOOKED_AT = 14  # nights back at most


@dataclass(slots=True)
class Findings:
    """What was judged of a source after one run.

    Attributes:
        amiss: by kind, what holds: the sentence, and how bad it is.
        judged: kinds of which it could be told whether they hold.
    """

    amiss: dict[str, tuple[str, Severity]] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)

    def note(
        self, kind: str, holds: bool | None, message: str, severity: Severity = Severity.WARNING
    ) -> None:
        """Enter whether a kind holds; None for what cannot be told."""
        if holds is None:
            return
        self.judged.add(kind)
        if holds:
            self.amiss[kind] = (message, severity)


@dataclass(frozen=True, slots=True)
class Past:
    """What single nights are seen against.

    Attributes:
        nights: of one source, oldest first, the judged one last.
        open: kinds of alarm that are open for it.
    """

    nights: Sequence[Night]
    open: frozenset[str] = frozenset()

    def holds(self, kind: str, bad: Callable[[int], bool | None], need: int) -> bool | None:
        """Whether a kind of breach holds after the newest night; None if that night cannot tell.

        It begins when `need` nights in a row were bad (of those that can tell), goes on while they are, and
        ends with the first good night; what has come back within ten nights ends with the third.

        Args:
            kind: as in the `breaches` of nights.
            bad: what the night at an index says by itself.
            need: how many.
        """
        newest = len(self.nights) - 1
        now = bad(newest)
        if now is None:
            return None
        keeps_coming = kind in self.open and _times(kind, self.nights[-_LATELY:]) > 1
        wanted = need if now and kind not in self.open else _STEADY if not now and keeps_coming else 1
        if wanted == 1:
            return now
        told = [
            verdict
            for index in range(newest, max(-1, newest - _LOOKED_AT), -1)
            if (verdict := bad(index)) is not None
        ][:wanted]
        agreed = len(told) == wanted and all(verdict == now for verdict in told)
        return now if agreed else not now


def _times(kind: str, nights: Sequence[Night]) -> int:
    """How many times a kind began within these nights."""
    held = [kind in night.breaches for night in nights]
    return sum(now and not before for before, now in zip([False, *held], held, strict=False))
