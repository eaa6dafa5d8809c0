"""Rules that found nothing on the pages of a run: counted, so that somebody mends them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RuleMiss:
    """A field of a source's rules that found nothing on some of its pages, which were read without it."""

    source: str
    field: str
    pages: int
    of: int


@dataclass(slots=True)
class RuleMisses:
    """Counts of one run."""

    read: Counter[str] = field(default_factory=Counter)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, source: str, unmatched: Sequence[str]) -> None:
        """A page of a source was read; for these fields its rules found nothing."""
        self.read[source] += 1
        self.missed.update((source, name) for name in unmatched)

    def found(self) -> Iterator[RuleMiss]:
        """Each field that was missed, by source and name."""
        for (source, name), pages in sorted(self.missed.items()):
            yield RuleMiss(source, name, pages, self.read[source])

    def log(self) -> None:
        """A warning for each field that was missed."""
        for miss in self.found():
            log.warning(
                "rules found nothing on some pages, which were read without them; "
                "`dateline sources check` runs their golden cases",
                source=miss.source,
                field=miss.field,
                pages=miss.pages,
                of=miss.of,
            )
