"""The programs that `bench/cold_crawl.py` compares a crawl with, each run as a process of its own.

    python bench/crawl_contenders.py KIND ADDRESSES --folder FOLDER --at-once N

`scrapy-drop` downloads and drops, `scrapy-trafilatura` calls trafilatura in the spider's callback,
`trafilatura` and `gzip` take the same pages from disk, `news-please` downloads with two threads and reads as
its `NewsPlease.from_urls` does. ADDRESSES has a line a page: its address, and its file below FOLDER. Prints
how many pages were done. Imports nothing of ours, so that it runs in the peers' environment too.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

GZIP_LEVEL = 6

Page = tuple[str, Path]  # address, file


def lead_home() -> None:
    """Names below `.test` are on this machine; others are looked up as always."""
    system = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return system("127.0.0.1" if str(name).endswith(".test") else host, *args, **kwargs)

    def gethostbyname(_: str) -> str:
        return "127.0.0.1"

    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = gethostbyname


def _scrapy(pages: Sequence[Page], at_once: int, read: Callable[[bytes, str], object] | None) -> int:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    done = []

    class PagesSpider(scrapy.Spider):
        name = "pages"

        async def start(self) -> Any:
            for url, _ in pages:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> None:
            done.append(len(response.body))
            if read is not None:
                read(response.body, response.url)

    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": at_once,
            "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "WARNING",
        }
    )
    process.crawl(PagesSpider)
    process.start()
    return len(done)


def scrapy_drop(pages: Sequence[Page], at_once: int) -> int:
    """Scrapy with its own settings: download, drop."""
    return _scrapy(pages, at_once, None)


def _by_trafilatura() -> Callable[[bytes, str], object]:
    import trafilatura

    return lambda body, url: trafilatura.bare_extraction(body, url=url, with_metadata=True)


def scrapy_trafilatura(pages: Sequence[Page], at_once: int) -> int:
    """A plain spider that calls trafilatura in its callback."""
    return _scrapy(pages, at_once, _by_trafilatura())


def trafilatura(pages: Sequence[Page], _: int) -> int:
    """Trafilatura alone: text and metadata."""
    read = _by_trafilatura()
    for url, path in pages:
        read(path.read_bytes(), url)
    return len(pages)


def compress(pages: Sequence[Page], _: int) -> int:
    """Compression alone, with gzip."""
    for _url, path in pages:
        gzip.compress(path.read_bytes(), GZIP_LEVEL)
    return len(pages)


def read_files(pages: Sequence[Page], _: int) -> int:
    """Nothing but an interpreter that reads the pages from disk: what the ones alone have besides."""
    return sum(bool(path.read_bytes()) for _, path in pages)


def news_please(pages: Sequence[Page], _: int) -> int:
    """news-please; its own pools, its pictures left out."""
    from newsplease import NewsPlease

    found = NewsPlease.from_urls([url for url, _ in pages], request_args={"timeout": 60}, fetch_images=False)
    return len(found)


KINDS: dict[str, Callable[[Sequence[Page], int], int]] = {
    "scrapy-drop": scrapy_drop,
    "scrapy-trafilatura": scrapy_trafilatura,
    "trafilatura": trafilatura,
    "gzip": compress,
    "read-files": read_files,
    "news-please": news_please,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("addresses", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--at-once", type=int, default=16)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")
    lead_home()
    lines = (line.split("\t") for line in options.addresses.read_text().splitlines())
    pages = [(url, options.folder / file) for url, file in lines]
    print(KINDS[options.kind](pages, options.at_once), file=sys.__stdout__)


if __name__ == "__main__":
    main()
