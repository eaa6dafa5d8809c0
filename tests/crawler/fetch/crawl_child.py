"""A tiny crawl in a process of its own: `crawl_child.py TIMEOUT START_URL...`, one JSON line for each end."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.exchange import Exchange
from crawler.fetch.client import HttpClient
from crawler.fetch.scrapy_settings import base_settings
from crawler.fetch.services import SERVICES_SETTING, FetchServices
from tests.crawler.fetch.raw_server import network

LINES: list[dict[str, Any]] = []


class ListRecorder:
    """Keeps what it is given in order; its answer is the number of the record."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Exchange]] = []

    async def record(self, exchange: Exchange, *, source: str) -> int:
        self.kept.append((source, exchange))
        return len(self.kept)


class Probe(scrapy.Spider):
    name = "probe"
    start: Any

    async def start(self) -> AsyncIterator[scrapy.Request]:  # type: ignore[no-redef]
        for url in sys.argv[2:]:
            meta = {"source": "probe", "allow_private": "inside" not in url}
            headers = {"If-None-Match": '"v1"'} if url.endswith("/a") else {}
            yield scrapy.Request(
                url,
                callback=self.came,
                errback=self.failed,
                headers=headers,
                meta=meta,
                cb_kwargs={"start_url": url},
            )

    def came(self, response: Response, start_url: str) -> None:
        exchange = response.meta["exchange"]
        LINES.append({
            "start": start_url,
            "url": response.url,
            "status": response.status,
            "same_body": response.body is exchange.body,
            "recorded": response.meta["recorded"],
            "truncated": exchange.truncated,
            "headers": {k.decode(): [v.decode("latin-1") for v in vs] for k, vs in response.headers.items()},
        })  # fmt: skip

    def failed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        LINES.append({
            "start": request.cb_kwargs["start_url"],
            "url": request.url,
            "error": type(failure.value).__name__,
            "reason": getattr(failure.value, "reason", None),
            "left_over": "exchange" in request.meta,
        })  # fmt: skip


def main() -> None:
    settings = network(timeout=float(sys.argv[1]), retries=2, max_redirects=4)
    recorder = ListRecorder()
    process = AsyncCrawlerProcess(
        base_settings(settings) | {SERVICES_SETTING: FetchServices(HttpClient(settings), recorder)}
    )
    process.crawl(Probe)
    process.start()
    for line in LINES:
        print(json.dumps(line))
    print(json.dumps({"kept": [(source, kept.url, kept.status) for source, kept in recorder.kept]}))


main()
