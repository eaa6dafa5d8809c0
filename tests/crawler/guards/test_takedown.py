"""A takedown holds for a run that is going on, and the catalog is not asked for every request."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request

from archive.digest import url_key
from config.network_settings import NetworkSettings
from crawler.fetch.refusal import RefusedRequest
from crawler.guards.context import GuardContext
from crawler.guards.takedown import TakedownGuard

STORY, OTHER = "https://news.example/story", "https://news.example/other"


def test_it_holds_a_second_after_it_was_entered_at_the_latest() -> None:
    down: list[str] = []
    asked: list[float] = []
    time = [0.0]

    def taken_down() -> frozenset[str]:
        asked.append(time[0])
        return frozenset(map(url_key, down))

    context = GuardContext(NetworkSettings(), "Dateline", None, lambda _url: None, taken_down)
    guard = TakedownGuard(context, lambda: time[0])

    async def ask(*urls: str) -> None:
        await asyncio.gather(*(guard.process_request(Request(url)) for url in urls))

    asyncio.run(ask(STORY, OTHER, STORY))
    assert asked == [0.0]
    down.append(STORY)
    time[0] = 1.5
    with pytest.raises(RefusedRequest) as refused:
        asyncio.run(ask(STORY))
    assert refused.value.reason == "taken_down"
    asyncio.run(ask(OTHER))
    assert asked == [0.0, 1.5]
