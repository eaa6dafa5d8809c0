"""What looks have taught, as rows that decide about further looks; re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """How often a source's pages changed, by stage (changes seen before; 3: three or more) and class of age.

    `hours` is how long pages were watched at these ages; changes are fractions where one look covered
    several. The class `hinted` counts looks that feeds or sitemaps asked for.
    """

    table: ClassVar[str] = "rate"
    source: str
    stage: int
    age_class: str  # its upper end: 15m, 1h, 3h, 8h, 24h, 3d, 7d, 30d; later; hinted
    looks: int = 0
    changes: float = 0.0
    hours: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """How a host answers requests on condition: asked so often, answered 304 so often."""

    table: ClassVar[str] = "host"
    host: str
    asked: int = 0
    honoured: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """How often a feed of a source is polled, and how its last poll went."""

    table: ClassVar[str] = "feed"
    source: str
    url_key: str
    url: str
    interval_minutes: int
    polled_at: datetime
    run_id: str
    entries: int
    seen: int  # of these, known to the archive before
