"""What ends a source's part of a run before everything is fetched, and why: the reason of `skipped(…)`.

What is used is what the catalog's captures amount to, and those of this process that are not in it yet. So
a crash loses no count, and other runs are seen. Everything that takes time is in `refresh`, called now and
then from a thread; `why` only compares.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog

from archive.catalog import leases, orders
from archive.catalog.catalog import Catalog
from archive.catalog.usage import Used, used
from archive.clock import Clock
from archive.free_space import least_free
from archive.rows import CaptureRow, RunRow
from archive.rows.orders import EVERY_SOURCE
from config.quota import Amount, Quota
from config.settings import Settings
from config.source import Source
from crawler.bandwidth import Bandwidth
from crawler.schedule.timetable import Timetable, timetable_of

log = structlog.get_logger()

REFRESH_SECONDS = 20.0
_STORAGE_SECONDS = 600.0  # a sum over all captures; what this process adds is known anyway

SCHEDULED, BACKFILL = "scheduled", "backfill"


_REASONS = {
    ("night", "requests"): "quota_night_requests",
    ("night", "bytes"): "quota_night_bytes",
    ("month", "requests"): "quota_month_requests",
    ("month", "bytes"): "quota_month_bytes",
    ("storage", "stored"): "quota_storage",
}


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit: of a source (None: of all together), in a stretch of time (night, month, storage: ever)."""

    source: str | None
    stretch: str
    requests: int | None = None
    bytes: int | None = None
    stored: int | None = None

    def broken_by(self, amount: Used) -> str | None:
        """The reason if an amount reaches it: `quota_night_requests`, `quota_all_storage`."""
        pairs = (
            ("requests", self.requests, amount.requests),
            ("bytes", self.bytes, amount.bytes),
            ("stored", self.stored, amount.stored),
        )
        for what, most, used_up in pairs:
            if most is not None and used_up >= most:
                reason = _REASONS[self.stretch, what]
                return reason if self.source is not None else reason.replace("quota_", "quota_all_")
        return None


def caps_of(source: str | None, quota: Quota) -> list[Cap]:
    """The limits that a quota sets."""
    amounts: tuple[tuple[str, Amount], ...] = (("night", quota.night), ("month", quota.month))
    found = [
        Cap(source, stretch, requests=amount.requests, bytes=amount.bytes)
        for stretch, amount in amounts
        if amount.requests is not None or amount.bytes is not None
    ]
    return found if quota.storage is None else [*found, Cap(source, "storage", stored=quota.storage)]


def begin_of(stretch: str, now: datetime, zone: str) -> datetime | None:
    """When the night (a local date) or month around a moment began, UTC; None for ever."""
    if stretch == "storage":
        return None
    day = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (day.replace(day=1) if stretch == "month" else day).astimezone(UTC)


class Limits:
    """The limits of one run. `refresh` in a thread, everything else in the event loop."""

    def __init__(
        self,
        catalog: Catalog,
        run: RunRow,
        sources: Mapping[str, Source],
        settings: Settings,
        clock: Clock,
        *,
        reached: Callable[[str, str], None] = lambda source, reason: None,  # noqa: ARG005 - nobody listens
        alone: bool = True,
    ) -> None:
        self._only = None if alone else frozenset(sources)  # others crawl other sources of this run
        self._reached = reached  # told once of each source and reason
        self._catalog, self._run, self._sources, self._clock = catalog, run, sources, clock
        self._settings, self._began, self._since = settings, time.monotonic(), clock.now()
        quota = settings.quota
        self._caps = [
            *caps_of(None, quota),
            *(cap for source in sources.values() for cap in caps_of(source.name, source.quota)),
        ]
        self._zones: dict[str | None, str] = {name: one.timezone for name, one in sources.items()}
        self._zones[None] = quota.timezone
        self._tables: dict[str, Timetable] = {
            name: timetable_of(source)
            for name, source in sources.items()
            if source.timing.not_between and run.kind == SCHEDULED
        }
        self._base: dict[tuple[Cap, datetime | None], Used] = {}
        self._ours: defaultdict[tuple[Cap, datetime | None], Used] = defaultdict(Used)
        self._summed_at = -_STORAGE_SECONDS
        self._closed: dict[str, str] = {}  # source → reason that held at the last refresh
        self._full = False
        self._runs = 1
        self.bandwidth = Bandwidth(self.rate)
        self._told: set[tuple[str, str]] = set()

    def refresh(self) -> None:
        """Look at disk, pauses, and what others have used. Blocks; raises CatalogUnreachable."""
        now = self._clock.now()
        room = least_free(self._settings.spool, self._settings.store)
        self._full = room is not None and room.free < self._settings.quota.min_free
        sum_again = time.monotonic() - self._summed_at >= _STORAGE_SECONDS
        for cap in self._caps:
            begin = begin_of(cap.stretch, now, self._zones[cap.source])
            if begin is not None or sum_again:
                but = (self._run.id, self._since)
                self._base[cap, begin] = used(
                    self._catalog, cap.source, begin, but=but, of_sources=self._only
                )
        if sum_again:
            self._summed_at = time.monotonic()
        if self._run.kind == SCHEDULED:
            held = {row.source for row in orders.pauses(self._catalog) if row.covers(now)}
            self._closed = {name: "paused" for name in self._sources if name in held or EVERY_SOURCE in held}
        if self._settings.quota.bandwidth:
            self._runs = max(1, len(leases.live(self._catalog, "run:", self._clock)))

    async def keep_looking(self) -> None:
        """Refresh now and then, until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            await asyncio.to_thread(self.refresh)

    def add(self, capture: CaptureRow) -> None:
        """A capture of this process was recorded."""
        came = 0 if capture.kind == "not_modified" else capture.payload_size
        self.bandwidth.took(came)
        for cap in self._caps:
            if cap.source in {None, capture.source}:
                key = (cap, begin_of(cap.stretch, capture.at, self._zones[cap.source]))
                self._ours[key] += Used(1, came, capture.length)

    def why(self, source: str) -> str | None:
        """Why nothing more of a source is fetched in this run; None if it goes on."""
        now = self._clock.now()
        reason = self._now_closed(source, now)
        if reason is None:
            mine = (cap for cap in self._caps if cap.source in {None, source})
            reason = next(filter(None, (self._broken(cap, now) for cap in mine)), None)
        if reason is not None and (source, reason) not in self._told:
            self._told.add((source, reason))
            self._reached(source, reason)
            log.warning("nothing more is fetched in this run", source=source, why=reason, run=self._run.id)
        return reason

    def rate(self) -> float | None:
        """Bytes a second that this process may take now; None: as fast as may be."""
        quota = self._settings.quota
        local = self._clock.now().astimezone(ZoneInfo(quota.timezone)).replace(tzinfo=None)
        rate = quota.rate_at(local)
        return None if rate is None else rate / self._runs

    def _now_closed(self, source: str, now: datetime) -> str | None:
        if self._full:
            return "disk_full"
        if source in self._closed:
            return self._closed[source]
        most = self._sources[source].timing.run_time if source in self._sources else None
        if most is not None and self._run.kind != BACKFILL and time.monotonic() - self._began >= most:
            return "run_time"
        table = self._tables.get(source)
        return "blackout" if table is not None and table.closed_until(now) is not None else None

    def _broken(self, cap: Cap, now: datetime) -> str | None:
        key = (cap, begin_of(cap.stretch, now, self._zones[cap.source]))
        return cap.broken_by(self._base.get(key, Used()) + self._ours[key])
