"""Scrapy, started for one crawl: its settings, our guards, and what goes on beside it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Response

from archive.catalog import takedowns
from archive.catalog.leases import last_holder
from archive.held_leases import HostLeases
from archive.phases import Phases
from crawler.crawl import Crawl
from crawler.fetch.client import HttpClient
from crawler.fetch.scrapy_settings import base_settings
from crawler.fetch.services import SERVICES_SETTING, FetchServices
from crawler.fetch.signals import HeardSignals
from crawler.guards.bandwidth import BandwidthGuard
from crawler.guards.context import GUARDS_SETTING, GuardContext
from crawler.guards.host_lease import HostLeaseGuard
from crawler.guards.our_side import OurSide
from crawler.guards.politeness import Politeness
from crawler.guards.robots import RobotsGuard
from crawler.guards.takedown import TakedownGuard
from crawler.guards.tdm import TdmGuard
from crawler.kept import last_good_robots
from crawler.services import Services
from crawler.spider import NewsSpider


async def run_spider(
    crawl: Crawl, services: Services, leases: HostLeases, lease: str, phases: Phases
) -> None:
    """Fetch what the crawl asks for, until it asks for nothing more.

    Args:
        crawl: says what is fetched, and takes what came.
        services: what a crawl works with.
        leases: of this process, on hosts among others.
        lease: on the run, or on its part, without which nothing is sent.
        phases: counts how long requests take.
    """
    network, catalog = services.settings.network, services.archive.catalog
    settings = base_settings(network)
    settings["DOWNLOADER_MIDDLEWARES"] |= {
        TakedownGuard: 52,
        HostLeaseGuard: 55,
        RobotsGuard: 60,
        TdmGuard: 61,
        BandwidthGuard: 585,
        Politeness: 590,
        OurSide: 595,
    }
    settings |= {
        SERVICES_SETTING: FetchServices(HttpClient(network, services.clock), services.recorder, phases),
        GUARDS_SETTING: GuardContext(
            network,
            network.user_agent,
            leases,
            partial(last_good_robots, services.archive, services.clock),
            partial(takedowns.keys, services.archive.catalog),
            bandwidth=services.limits.bandwidth,
            run_leases=(lease,),
            reach=partial(last_holder, catalog, lease) if catalog.backend == "postgresql" else None,
        ),
        "CONCURRENT_ITEMS": 1,  # of one response, which has none; Scrapy makes so many tasks for each
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": sys.maxsize,  # the window counts what waits, and is fair about it
    }
    crawler = Crawler(NewsSpider, settings)
    crawler.signals = HeardSignals(crawler)

    async def download(request: Request) -> Response:
        if crawler.engine is None:
            raise RuntimeError("a picture asked for before the crawl has an engine")
        return await crawler.engine.download_async(request)

    crawl.beside.download = download
    await AsyncCrawlerRunner(settings).crawl(crawler, crawl=crawl)


async def with_background(
    crawl: Crawl, background: Sequence[Coroutine[Any, Any, None]], spider: Coroutine[Any, Any, None]
) -> None:
    """Run the spider beside commits and lease renewal; if one of these fails, the crawl ends with it."""
    tasks = [asyncio.create_task(work) for work in background]
    for task in tasks:
        task.add_done_callback(partial(_background_ended, crawl))
    try:
        await spider
    finally:
        await _end(tasks)  # their errors stand in `crawl.fatal`


def _background_ended(crawl: Crawl, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        crawl.fatal = crawl.fatal or error
        crawl.stop()


async def side_by_side(*work: Coroutine[Any, Any, None]) -> None:
    """Do all of it; the first that fails ends the others."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _end(tasks)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
