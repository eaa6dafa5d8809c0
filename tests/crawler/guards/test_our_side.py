"""Failures while this machine is cut off are no failures of a host."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from scrapy import Request

from archive.catalog.errors import CatalogUnreachable
from crawler.fetch.errors import FetchReason, fetch_error
from crawler.guards.our_side import MOST_AGAIN, PROMPT_SECONDS, OurSide

URL = "http://news.example/one"


class Catalog:
    """Answers after so many seconds of a clock that a test sets; None: not at all."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds, self.now, self.asked = seconds, 1000.0, 0
        self.open = threading.Event()
        self.open.set()

    def reach(self) -> None:
        self.asked += 1
        self.open.wait()
        if self.seconds is None:
            raise CatalogUnreachable("catalog cannot be used")
        self.now += self.seconds

    def guard(self) -> OurSide:
        return OurSide(self.reach, lambda: self.now)


@pytest.mark.parametrize(
    ("reason", "seconds", "again"),
    [
        pytest.param(FetchReason.REFUSED, 0.01, False, id="the host's own"),
        pytest.param(FetchReason.TIMEOUT, PROMPT_SECONDS, False, id="a busy catalog"),
        pytest.param(FetchReason.REFUSED, PROMPT_SECONDS + 0.1, True, id="no way there, for a while"),
        pytest.param(FetchReason.TIMEOUT, 25.0, True, id="silence, for a while"),
        pytest.param(FetchReason.DNS, 25.0, True, id="no names, for a while"),
        pytest.param(FetchReason.TLS, 25.0, False, id="no matter of the way"),
    ],
)
def test_whose_a_failure_is(reason: FetchReason, seconds: float, again: bool) -> None:
    catalog = Catalog(seconds)
    request = Request(URL, meta={"row": "kept"})
    made = asyncio.run(catalog.guard().process_exception(request, fetch_error(reason, URL, "")))
    assert (made is not None) is again
    if made is not None:
        assert (made.url, made.meta["row"]) == (URL, "kept")


def test_a_catalog_that_cannot_be_reached_either_ends_the_crawl() -> None:
    guard = Catalog(None).guard()
    with pytest.raises(CatalogUnreachable):
        asyncio.run(guard.process_exception(Request(URL), fetch_error(FetchReason.REFUSED, URL, "")))


def test_a_catalog_that_is_slow_for_ever_does_not_have_a_host_asked_for_ever() -> None:
    async def times() -> int:
        guard, request, made = Catalog(25.0).guard(), Request(URL), 0
        while (
            again := await guard.process_exception(request, fetch_error(FetchReason.DNS, URL, ""))
        ) is not None:
            request, made = again, made + 1
        return made

    assert asyncio.run(times()) == MOST_AGAIN


def test_failures_at_one_moment_share_one_question() -> None:
    catalog = Catalog(25.0)

    async def fail() -> list[Request | None]:
        guard, error = catalog.guard(), fetch_error(FetchReason.REFUSED, URL, "")
        catalog.open.clear()
        ends = [asyncio.create_task(guard.process_exception(Request(URL), error)) for _ in range(10)]
        await asyncio.sleep(0)  # each of them begins
        catalog.open.set()
        return await asyncio.gather(*ends)

    assert all(asyncio.run(fail()))
    assert catalog.asked == 1


def test_a_file_is_not_asked() -> None:
    guard, error = OurSide(None), fetch_error(FetchReason.TIMEOUT, URL, "")
    assert asyncio.run(guard.process_exception(Request(URL), error)) is None


def test_a_wait_for_a_thread_is_not_the_catalogs() -> None:
    catalog = Catalog(0.01)

    async def fail() -> Request | None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        catalog.open.clear()
        busy = asyncio.get_running_loop().run_in_executor(None, catalog.open.wait)
        end = asyncio.create_task(
            catalog.guard().process_exception(Request(URL), fetch_error(FetchReason.TIMEOUT, URL, ""))
        )
        await asyncio.sleep(0)  # it asks, and waits for the thread
        catalog.now += 25.0
        catalog.open.set()
        await busy
        return await end

    assert asyncio.run(fail()) is None
