"""A reader's view of the captures: each source up to a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from archive.catalog.schema import capture

EVERYTHING = datetime.max.replace(tzinfo=UTC)
NOTHING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Visible:
    """Captures made not later than `until`; those of sources in `by_source` by their own moment."""

    until: datetime = EVERYTHING
    by_source: tuple[tuple[str, datetime], ...] = ()

    def shows(self, source: str, at: datetime) -> bool:
        """Whether a capture is in it."""
        return at <= dict(self.by_source).get(source, self.until)

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same as SQL over `capture`, nothing at all where everything is visible."""
        if not self.by_source:
            return [] if self.until == EVERYTHING else [capture.c.at <= self.until]
        named = [name for name, _ in self.by_source]
        parts = [sa.and_(capture.c.source == name, capture.c.at <= until) for name, until in self.by_source]
        return [sa.or_(*parts, sa.and_(capture.c.source.not_in(named), capture.c.at <= self.until))]


ALL = Visible()
