"""Keeps the distance between requests to one host: a downloader slot a host; lets silent hosts alone."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler

from archive.catalog.leases import LEAST_SPACING
from archive.exchange import Exchange, Truncation
from config.source import Source
from crawler.fetch.errors import FetchError, FetchReason
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext
from crawler.guards.silence import Silences
from crawler.urls import host_of

MAX_RETRY_AFTER = 3600.0  # seconds; a host that asks for more is left alone for the rest of the run
# Scrapy 2.19 takes a request from a slot's queue one turn of the loop before it counts it as in flight; with
# no delay at all it would take all that wait, whatever the slot's concurrency.
_LEAST_DELAY = 0.001
# Seconds by which a request's turn comes sooner than it may be written: names, leases, the session and the
# connection take one or two, which the longest host of a night would wait a thousand times.
_LEAD = 0.003


class Politeness:
    """Downloader middleware: gives each host its slot with delay and concurrency, and obeys Retry-After.

    The slot is named for every hop anew, since a redirect may lead to another host. Reads `request.meta`:
    `source_object`, the Source on whose behalf the request is made. Stands nearer to the network than what
    retries, so that nobody is asked again who said when.
    """

    def __init__(self, crawler: Crawler, context: GuardContext) -> None:
        self._crawler, self._network, self._context = crawler, context.network, context
        self._parked: dict[str, float] = {}  # host → monotonic moment until which it wants no request
        self._sent: dict[str, float] = {}  # host → monotonic moment from which its delay counts
        self._silences = Silences()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, GuardContext.of(crawler))

    def process_request(self, request: Request) -> None:
        """Name the slot; refuse a host that said when to come back, or lets us wait again and again."""
        host = host_of(request.url)
        self._refuse_left_alone(host)
        request.meta["before_sending"] = partial(self._refuse_left_alone, host)  # others may wait in its slot
        request.meta["sent"] = partial(self._begin_delay, host)
        request.meta["received"] = partial(self._note, host)
        source: Source = request.meta["source_object"]
        delay = self._context.delay(source, host)
        request.meta["turn"] = partial(self._turn, host, delay)
        request.meta["ended"] = partial(self._begin_delay_anew, host, delay)
        request.meta["download_slot"] = host
        self._shape(host, delay, source.politeness.concurrency)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count requests that brought nothing until their deadline."""
        if isinstance(exception, FetchError) and exception.reason is FetchReason.TIMEOUT:
            self._silences.note(host_of(request.url), silent=True)

    def _note(self, host: str, exchange: Exchange, meta: dict[str, Any]) -> None:
        """429, and 503 with Retry-After: leave the host alone for as long as it says.

        Noted while the request still holds its place in the slot: the next one may go out right after. `meta`
        is given, not held: it holds this, and a ring of the two would keep the body until the collector came.
        """
        self._silences.note(host, silent=exchange.truncated is Truncation.TIME)
        told = exchange.header("Retry-After")
        busy = exchange.status == HTTPStatus.TOO_MANY_REQUESTS
        if busy or (exchange.status == HTTPStatus.SERVICE_UNAVAILABLE and told is not None):
            seconds = retry_after_seconds(told or "", datetime.now(UTC))
            pause = MAX_RETRY_AFTER if seconds is None else min(seconds, MAX_RETRY_AFTER)
            self._parked[host] = time.monotonic() + pause
            meta["dont_retry"] = True

    def _refuse_left_alone(self, host: str) -> None:
        if self._parked.get(host, 0.0) > time.monotonic():
            raise RefusedRequest("retry_after", f"{host} asked for a pause")
        if self._silences.too_many(host):
            raise RefusedRequest("host_silent", f"{host} used up the deadline again and again")

    async def _turn(self, host: str, delay: float) -> None:
        """Wait for what is left of a host's distance; that is the lead at most, so leases still hold."""
        left = self._sent.get(host, -delay) + delay - time.monotonic()
        if left > 0:
            await asyncio.sleep(min(left, _LEAD))

    def _begin_delay(self, host: str) -> None:
        """Count the delay from when a request went out: it may have waited for room, a name, a connection.

        The client says so just before it writes, and on a busy machine another process may have its turn in
        between; when the loop goes on, it has been written.
        """
        self._count_from_now(host)
        asyncio.get_running_loop().call_soon(self._count_from_now, host)

    def _count_from_now(self, host: str) -> None:
        self._sent[host] = time.monotonic()
        if (slot := self._crawler.engine.downloader.slots.get(host)) is not None:
            slot.lastseen = self._sent[host]

    def _begin_delay_anew(self, host: str, delay: float) -> None:
        """Count the delay from now if the request took longer than that: who knows when it came there.

        One that was lost on the way is sent again by the system, and may come just before its answer.
        """
        if (slot := self._crawler.engine.downloader.slots.get(host)) is not None:
            now = time.monotonic()
            if now - slot.lastseen > delay >= LEAST_SPACING:
                slot.lastseen = self._sent[host] = now

    def _shape(self, host: str, delay: float, concurrency: int | None) -> None:
        if self._crawler.engine is None:
            raise RuntimeError("a request passed before the crawl had an engine")
        downloader = self._crawler.engine.downloader
        wanted = concurrency or self._network.concurrency_per_host
        delay = delay - _LEAD if delay >= LEAST_SPACING else max(delay, _LEAST_DELAY)
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": wanted, "jitter": 0}
        if (slot := downloader.slots.get(host)) is not None:
            slot.delay, slot.concurrency = delay, wanted


def retry_after_seconds(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After value (RFC 9110, 10.2.3), a number or a date; None for others."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
