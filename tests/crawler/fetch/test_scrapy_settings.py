"""Scrapy has nothing switched on that we did not choose; a new default of a new release shows here."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from crawler.fetch.scrapy_settings import base_settings
from tests.crawler.fetch.raw_server import network


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(base_settings(network(delay=2.5, retries=1, max_redirects=3, concurrency=7)))


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        (
            "DOWNLOADER_MIDDLEWARES",
            [
                "crawler.fetch.scheme_guard.SchemeGuard",
                "scrapy.downloadermiddlewares.retry.RetryMiddleware",
                "crawler.fetch.truncation_retry.TruncationRetry",
                "crawler.fetch.redirects.HopByHop",
            ],
        ),
        (
            "SPIDER_MIDDLEWARES",
            ["scrapy.spidermiddlewares.start.StartSpiderMiddleware"],
        ),
        ("EXTENSIONS", ["scrapy.extensions.corestats.CoreStats"]),
    ],
)
def test_only_these_components_are_on(settings: Settings, kind: str, on: list[str]) -> None:
    assert build_component_list(settings.getwithbase(kind)) == on


def test_only_http_has_a_handler(settings: Settings) -> None:
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme: handler for scheme, handler in handlers.items() if handler is not None} == dict.fromkeys(
        ("http", "https"), "crawler.fetch.handler.ExchangeHandler"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("HTTPPROXY_ENABLED", False),
        ("DOWNLOAD_DELAY", 2.5),
        ("DOWNLOAD_DELAY_JITTER", 0),
        ("CONCURRENT_REQUESTS", 0),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("RETRY_TIMES", 1),
        ("REDIRECT_MAX_TIMES", 3),
    ],
)
def test_values(settings: Settings, name: str, value: object) -> None:
    assert settings.get(name) == value
