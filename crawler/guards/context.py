"""What the guards share in one crawl, handed to Scrapy through its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from scrapy.crawler import Crawler

from archive.held_leases import HostLeases
from config.settings import NetworkSettings
from config.source import Source
from crawler.bandwidth import Bandwidth

GUARDS_SETTING: Final = "DATELINE_GUARDS"


def usual_delay(source: Source, network: NetworkSettings) -> float:
    """Seconds between two requests on behalf of a source, unless their host asks for more (pure)."""
    own = source.politeness.delay
    return network.delay if own is None else own


@dataclass(slots=True)
class GuardContext:
    """Stands under `DATELINE_GUARDS` in the Scrapy settings.

    Attributes:
        leases: of the run; None where nothing is kept, as in a survey.
        last_good_robots: (URL) → the newest archived good copy of a robots.txt and its age; may block.
        taken_down: gives the keys of all addresses that are taken down, and are never fetched; may block.
        crawl_delays: host → seconds that its robots.txt asks for; the robots guard writes, politeness reads.
        bandwidth: what holds requests back; None: nothing does.
        run_leases: names of the leases without which nothing goes out.
        reach: asks the catalog for something, and raises if it cannot be reached; may block.
    """

    network: NetworkSettings
    user_agent: str
    leases: HostLeases | None
    last_good_robots: Callable[[str], tuple[bytes, timedelta] | None]
    taken_down: Callable[[], frozenset[str]] = frozenset
    crawl_delays: dict[str, float] = field(default_factory=dict)
    bandwidth: Bandwidth | None = None
    run_leases: tuple[str, ...] = ()
    reach: Callable[[], object] | None = None

    def delay(self, source: Source, host: str) -> float:
        """Seconds between two requests to a host on behalf of a source."""
        return max(usual_delay(source, self.network), self.crawl_delays.get(host, 0.0))

    @classmethod
    def of(cls, crawler: Crawler) -> GuardContext:
        """The context of a crawl."""
        context = crawler.settings.get(GUARDS_SETTING)
        if not isinstance(context, cls):
            raise TypeError(f"{GUARDS_SETTING} must be a GuardContext, got {type(context).__name__}")
        return context

    def __deepcopy__(self, memo: dict[int, Any]) -> GuardContext:
        """The same context: Scrapy copies its settings deeply for each crawler, and this is shared."""
        return self
