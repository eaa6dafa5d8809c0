"""A host's delay counts from the moment at which a request goes out, not from when its turn came."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler

from config.settings import NetworkSettings
from config.source import Source
from crawler.guards.context import GuardContext
from crawler.guards.politeness import Politeness


def test_the_delay_begins_when_the_request_goes_out() -> None:
    slots = {"www.e.org": Slot(concurrency=1, delay=2.0)}
    downloader = SimpleNamespace(slots=slots, per_slot_settings={})
    crawler = cast("Crawler", SimpleNamespace(engine=SimpleNamespace(downloader=downloader)))
    network = NetworkSettings(contact="crawl@example.org")
    politeness = Politeness(crawler, GuardContext(network, "Test/1.0", None, lambda _: None))
    source = Source.model_validate({"name": "e", "homepage": "https://www.e.org/"})
    requests = [
        Request(url, meta={"source_object": source}) for url in ("https://www.e.org/a", "https://else.org/")
    ]
    for request in requests:
        politeness.process_request(request)
    slots["www.e.org"].lastseen = 17.0  # its turn came then, and it had to wait for a connection
    before = time.monotonic()
    sent: list[Any] = [request.meta["sent"] for request in requests]
    assert slots["www.e.org"].lastseen == 17.0
    for went_out in sent:  # the other host has no slot any more: nothing waits for it
        went_out()
    assert before <= slots["www.e.org"].lastseen <= time.monotonic()
