"""The demo's three sites, each in a template of its own, are read as a reader sees them, on every night."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from archive.article import Article
from cli.demo_site import NIGHTS, DemoSite, PlantedArticle, crawl_moment
from cli.demo_site.stories import SITE_NAMES
from pipelines.extract import extract

Reading = tuple[PlantedArticle, Article]


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoSite]:
    with DemoSite() as site:
        yield site


def fetched(demo: DemoSite, url: str) -> tuple[bytes, str | None, str | None]:
    parts = urlsplit(url)
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port}{parts.path}", headers={"Host": parts.netloc, "Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        return answer.read(), answer.headers["Content-Type"], answer.headers["Content-Encoding"]


def readings(demo: DemoSite, site: str, night: int) -> list[Reading]:
    """Every article of a site that can be read on a night: what was planted, and what was read."""
    demo.set_night(night)
    tonight = demo.expected(night)
    urls = sorted(url for url in tonight.new | tonight.changed.keys() | tonight.unchanged)
    read = []
    for url in urls:
        if not urlsplit(url).netloc.startswith(site):
            continue
        body, content_type, coding = fetched(demo, url)
        got = extract(
            body, url=url, content_type=content_type, content_encoding=coding,
            captured_at=crawl_moment(night),
        )  # fmt: skip
        assert got.article is not None, (url, got.reason)
        read.append((demo.planted_text(url, night), got.article))
    return read


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("site", SITE_NAMES)
def test_every_article_is_read_as_it_was_planted(demo: DemoSite, site: str, night: int) -> None:
    read = readings(demo, site, night)
    assert len(read) >= 6
    for planted, got in read:
        assert got.title == planted.title
        assert got.text == "\n\n".join(planted.paragraphs)
        assert got.byline == planted.byline
        assert got.language == planted.language
        assert tuple(image.caption for image in got.images) == planted.captions
        assert tuple(image.credit for image in got.images) == planted.credits
        # a template that shows one width has no larger one to give
        assert [motif(image.url) for image in got.images] == [motif(url) for url in planted.pictures]
        # one template prints its times without a zone, and then the day is all that is known
        assert got.published_at is not None
        assert got.published_at.date() == planted.published.date()


def motif(url: str) -> str:
    return url.rpartition("-")[0]
