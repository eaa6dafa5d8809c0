"""Fetches a page again whose body broke off."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from archive.exchange import Exchange, Truncation


class TruncationRetry:
    """Downloader middleware: a body lost to a hang-up is tried again, RETRY_TIMES at most.

    The broken exchange is recorded already. When the attempts are used up it goes on as it is, marked
    truncated. A body over our size limit or our deadline would end there again, so those are not retried.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._attempts = crawler.settings.getint("RETRY_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("RETRY_ENABLED"):
            raise NotConfigured("RETRY_ENABLED is off")
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        exchange = request.meta.get("exchange")
        if (
            not isinstance(exchange, Exchange)
            or exchange.truncated is not Truncation.DISCONNECT
            or request.meta.get("dont_retry", False)
        ):
            return response
        if self._crawler.spider is None:
            return response
        again = get_retry_request(
            request,
            spider=self._crawler.spider,
            reason="body broke off",
            max_retry_times=request.meta.get("max_retry_times", self._attempts),
            give_up_log_level="DEBUG",
        )
        return again or response
