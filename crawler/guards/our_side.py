"""Tells a host that cannot be reached from a machine of ours that is cut off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Self

import structlog
from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetch.errors import TransientFetchError
from crawler.guards.context import GuardContext

PROMPT_SECONDS: Final = 1.0  # in which a catalog answers that nothing stands between
MOST_AGAIN: Final = 5  # times that a request is made again on our account
_AGAIN: Final = "again_on_our_account"

log = structlog.get_logger()


class OurSide:
    """Downloader middleware: a failure on the way is the host's only if the catalog can be reached after it.

    If it cannot, this machine is cut off: CatalogUnreachable ends the crawl, and the page keeps its place in
    the run for whoever goes on with it. If its answer was long in coming, the machine was cut off for a
    while, and the request is made once more, as if it had not been. A file tells nothing of the network, and
    is not asked. Stands nearer to the network than what counts failures.
    """

    def __init__(
        self, reach: Callable[[], object] | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make it; `reach`: asks the catalog for something, may block; `clock`: monotonic seconds."""
        self._reach, self._clock = reach, clock
        self._one_at_a_time = asyncio.Lock()  # what hangs holds one thread
        self._began = self._took = float("-inf")  # of the last answer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(GuardContext.of(crawler).reach)

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Make a request again that failed while we were cut off; raises CatalogUnreachable if we are."""
        if self._reach is None or not isinstance(exception, TransientFetchError):
            return None
        if await self._answer(self._clock(), self._reach) <= PROMPT_SECONDS:
            return None
        again = request.meta.get(_AGAIN, 0) + 1
        if again > MOST_AGAIN:
            return None
        log.info("asked again: this machine was cut off", url=request.url, reason=str(exception.reason))
        return request.replace(meta={**request.meta, _AGAIN: again})

    async def _answer(self, since: float, reach: Callable[[], object]) -> float:
        """Seconds that the catalog took to answer something that it was asked at `since` or later."""
        async with self._one_at_a_time:
            if self._began < since:
                self._began, self._took = await asyncio.to_thread(self._timed, reach)
            return self._took

    def _timed(self, reach: Callable[[], object]) -> tuple[float, float]:
        """When it was asked, and the seconds it took, without the wait for a thread: that is no network's."""
        began = self._clock()
        reach()
        return began, self._clock() - began
