"""A host's delay counts from the moment at which a request goes out, not from when its turn came."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler

from config.settings import NetworkSettings
from config.source import Source
from crawler.guards import politeness
from crawler.guards.context import GuardContext
from crawler.guards.politeness import Politeness


def politeness_over(slots: dict[str, Slot]) -> Politeness:
    downloader = SimpleNamespace(slots=slots, per_slot_settings={})
    crawler = cast("Crawler", SimpleNamespace(engine=SimpleNamespace(downloader=downloader)))
    network = NetworkSettings(contact="crawl@example.org")
    return Politeness(crawler, GuardContext(network, "Test/1.0", None, lambda _: None))


def source_with(**politeness: str) -> Source:
    told = {"name": "e", "homepage": "https://www.e.org/", "politeness": politeness}
    return Source.model_validate(told)


def test_the_delay_begins_when_the_request_goes_out() -> None:
    slots = {"www.e.org": Slot(concurrency=1, delay=2.0)}
    guard, source = politeness_over(slots), source_with()
    requests = [
        Request(url, meta={"source_object": source}) for url in ("https://www.e.org/a", "https://else.org/")
    ]
    for request in requests:
        guard.process_request(request)
    slots["www.e.org"].lastseen = 17.0  # its turn came then, and it had to wait for a connection
    sent: list[Any] = [request.meta["sent"] for request in requests]
    assert slots["www.e.org"].lastseen == 17.0

    async def go_out() -> None:
        before = time.monotonic()
        for went_out in sent:  # the other host has no slot any more: nothing waits for it
            went_out()
        told = slots["www.e.org"].lastseen
        assert before <= told <= time.monotonic()
        slots["www.e.org"].lastseen = 18.0  # the process had to wait before it could write
        await asyncio.sleep(0)
        assert told <= slots["www.e.org"].lastseen <= time.monotonic()  # not before it was written

    asyncio.run(go_out())


@pytest.mark.parametrize(
    ("delay", "ago", "slot_delay", "waited"),
    [
        pytest.param("10s", None, 9.997, 0.0, id="nothing was sent yet"),
        pytest.param("10s", 9.999, 9.997, 0.001, id="its turn came sooner"),
        pytest.param("10s", 11.0, 9.997, 0.0, id="the distance is over"),
        pytest.param("10s", 1.0, 9.997, 0.003, id="another one went out meanwhile: no longer than the lead"),
        pytest.param("0s", 0.0, 0.001, 0.0, id="no distance is wanted"),
    ],
)
def test_a_turn_comes_sooner_than_the_request_may_go_out(
    monkeypatch: pytest.MonkeyPatch, delay: str, ago: float | None, slot_delay: float, waited: float
) -> None:
    slots = {"www.e.org": Slot(concurrency=1, delay=2.0)}
    request = Request("https://www.e.org/a", meta={"source_object": source_with(delay=delay)})
    politeness_over(slots).process_request(request)
    assert slots["www.e.org"].delay == pytest.approx(slot_delay)
    now, slept = [100.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def go_out() -> None:
        if ago is not None:
            request.meta["sent"]()
            now[0] += ago
        await request.meta["turn"]()

    monkeypatch.setattr(politeness.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(politeness.asyncio, "sleep", sleep)
    asyncio.run(go_out())
    assert sum(slept) == pytest.approx(waited)


@pytest.mark.parametrize(
    ("delay", "took", "anew"),
    [
        pytest.param("3000s", 1.0, False, id="within the delay"),
        pytest.param("100s", 101.0, True, id="it may have come there just now"),
        pytest.param("0s", 101.0, False, id="no distance is wanted"),
    ],
)
def test_the_delay_begins_anew_when_a_request_took_longer(delay: str, took: float, anew: bool) -> None:
    slots = {"www.e.org": Slot(concurrency=1, delay=2.0)}
    request = Request("https://www.e.org/a", meta={"source_object": source_with(delay=delay)})
    politeness_over(slots).process_request(request)
    slots["www.e.org"].lastseen = sent = time.monotonic() - took
    before = time.monotonic()
    request.meta["ended"]()
    counted = slots["www.e.org"].lastseen
    assert (before <= counted <= time.monotonic()) if anew else counted == sent
