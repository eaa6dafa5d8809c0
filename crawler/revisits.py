"""What a run knows and learns of its sources' pages, hosts and feeds; kept with the pages it comes from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.catalog import revisits
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.rows import FeedRow, HostRow, PageRow, Row
from config.settings import Settings
from crawler.plan import RunPlan
from crawler.revisit.conditional import honours
from crawler.revisit.feeds import FREQUENT, next_interval
from crawler.revisit.pace import Pace, pace_of
from crawler.revisit.rates import SourceRates
from crawler.settle import Look, learn


class Revisits:
    """The state of one run. Reads the catalog when it is made; used from the event loop only."""

    def __init__(self, catalog: Catalog, plan: RunPlan, settings: Settings, now: datetime) -> None:
        self._run = plan.run
        rows = revisits.rates_of(catalog, plan.sources)
        self._rates = {name: SourceRates(name, rows[name]) for name in plan.sources}
        self.paces: dict[str, Pace] = {
            name: pace_of(
                source,
                self._rates[name],
                now=now,
                ladder_days=settings.crawl.revisit,
                delay=settings.network.delay,
            )
            for name, source in plan.sources.items()
        }
        self._hosts = revisits.hosts(catalog)
        self._passed_over: Counter[str] = Counter()
        self._asked: set[str] = set()
        self._feeds = revisits.feeds_of(catalog, plan.sources)

    def learn(self, source: str, page: PageRow | None, look: Look, *, hinted: bool) -> None:
        """Let a look count for its source; call before the page is settled."""
        learn(self._rates[source], page, look, hinted=hinted)

    def take_changed(self) -> list[Row]:
        """Rows that what was learned since the last call has changed."""
        asked, self._asked = sorted(self._asked), set()
        rates = [row for name in sorted(self._rates) for row in self._rates[name].take_changed()]
        return [*rates, *(self._hosts[host] for host in asked)]

    # ── requests on condition ────────────────────────────────────────────────────────────────────

    def ask_on_condition(self, url: str) -> bool:
        """Whether the host of a page honours conditions, or is to be tried."""
        host, ask = _host(url), self.would_ask(url)
        self._passed_over[host] = 0 if ask else self._passed_over[host] + 1
        return ask

    def would_ask(self, url: str) -> bool:
        """Whether `ask_on_condition` would say so now; this question counts for nothing."""
        host = _host(url)
        return honours(self._hosts.get(host), self._passed_over[host])

    def answered(self, url: str, *, honoured: bool) -> None:
        """A page that was asked for on condition turned out unchanged: by a 304, or after a whole answer."""
        host = _host(url)
        row = self._hosts.get(host) or HostRow(host=host)
        self._hosts[host] = replace(row, asked=row.asked + 1, honoured=row.honoured + int(honoured))
        self._asked.add(host)

    # ── feeds ────────────────────────────────────────────────────────────────────────────────────

    def polls(self, source: str, url: str, now: datetime) -> bool:
        """Whether this run polls a feed: each one at night and by hand, else those whose time has come."""
        pace, row = self.paces[source], self._feeds.get((source, url_key(url)))
        if self._run.kind != "scheduled" or pace.gap > FREQUENT or row is None:
            return True
        if row.run_id == self._run.id:  # the run goes on, and reads its documents again
            return True
        return now >= row.polled_at + timedelta(minutes=row.interval_minutes) - pace.tolerance

    def polled(self, source: str, url: str, now: datetime, *, entries: int, seen: int) -> FeedRow:
        """The row of a feed after a poll that found so many entries, of which the archive knew some."""
        key = (source, url_key(url))
        before = self._feeds.get(key)
        interval = next_interval(before, entries, seen, self.paces[source].gap)
        self._feeds[key] = FeedRow(
            source=source,
            url_key=key[1],
            url=url,
            interval_minutes=round(interval / timedelta(minutes=1)),
            polled_at=now,
            run_id=self._run.id,
            entries=entries,
            seen=seen,
        )
        return self._feeds[key]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
