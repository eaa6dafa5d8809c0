"""A page that came, in our words: what Scrapy's response is made into."""

from __future__ import annotations

from dataclasses import dataclass

from archive.exchange import Exchange
from archive.rows import CaptureRow, LedgerRow, PageRow


@dataclass(frozen=True, slots=True)
class FetchedRow:
    """A page of the ledger that was fetched."""

    row: LedgerRow
    page: PageRow | None
    urls: tuple[str, ...]
    exchange: Exchange
    capture: CaptureRow
    on_condition: bool
