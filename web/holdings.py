"""The archive as readers over HTTP may see it: every look-up of theirs goes through here.

What was taken down is answered with 451 (RFC 7725), whatever the rules say; then the rules of the settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import keep_reads, lookup, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.cdx_reads import Span, captures_around, captures_of_urls, captures_with, moments_from
from archive.digest import url_key
from archive.rows import CaptureRow, DroppedRow
from web.access import Access
from web.memento import Memento, choose
from web.problem import Problem, blocked, not_archived, taken_down


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one archive shows under the rules of one service."""

    catalog: Catalog
    access: Access

    def memento(self, url: str, at: datetime) -> Memento:
        """The visible capture closest to a moment; raises Problem (404, 451) if there is none.

        Where the capture of just that moment was let go, it is the one that stands for it.
        """
        found = self._closest(url, at)
        if found is None:
            raise self._nothing(url, at)
        if found.capture.at == at or (row := self.let_go(url, at)) is None:
            return found
        instead = lookup.capture_by_id(self.catalog, row.instead)
        if instead is None or instead.url_key != url_key(url) or not self.access.shows(instead):
            return found
        return self._closest(url, instead.at) or found

    def let_go(self, url: str, at: datetime) -> DroppedRow | None:
        """The capture of exactly that moment, if its bytes were let go and it may be told of."""
        row = keep_reads.dropped_at(self.catalog, url, at)
        return row if row is not None and self.access.sees(row.source, row.url, row.at) else None

    def _closest(self, url: str, at: datetime) -> Memento | None:
        return choose(captures_around(self.catalog, url, at, self.access.visible(url)), at)

    def moments(self, url: str, since: datetime | None, limit: int) -> list[datetime]:
        """The moments of visible captures from `since` on; raises Problem (404, 451) if there are none."""
        found = moments_from(self.catalog, url, since, limit, self.access.visible(url))
        if not found:
            raise self._nothing(url, self.access.clock.now())
        return found

    def captures_of(self, urls: Sequence[str], span: Span, limit: int) -> list[CaptureRow]:
        """Visible captures of these addresses, in no order; those that were taken down are not there."""
        return self._shown(captures_of_urls(self.catalog, urls, span, limit))

    def captures_with(self, part: str, span: Span, limit: int) -> list[CaptureRow]:
        """Visible captures in whose address `part` stands, in no order."""
        return self._shown(captures_with(self.catalog, part, span, limit))

    def _shown(self, rows: list[CaptureRow]) -> list[CaptureRow]:
        return [row for row in rows if self.access.shows(row)]

    def _nothing(self, url: str, at: datetime) -> Problem:
        if (row := takedowns.of(self.catalog, url)) is not None:
            return taken_down(row)
        hidden = captures_around(self.catalog, url, at) if self.access.rules else []
        return blocked(url) if any(map(self.access.blocks, hidden)) else not_archived(url)
