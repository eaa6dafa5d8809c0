"""The way back: further pages, archives by date, dates in addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.source import Source
from crawler.discovery.archives import date_in, further_pages, list_of
from crawler.discovery.document import DocumentKind, DocumentRef
from crawler.discovery.plan import discover, first_documents
from crawler.discovery.scope import Scope

SITE = "https://news.example"
SINCE, NOW = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 3, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "links", "expected"),
    [
        pytest.param("/world/", ["/world/?page=2", "/world/?page=9"], ["/world/?page=2"], id="query"),
        pytest.param("/world/?page=4", ["/world/?page=3", "/world/?page=5"], ["/world/?page=5"], id="later"),
        pytest.param("/world", ["/world/page/2/", "/sport/page/2/"], ["/world/page/2/"], id="path"),
        pytest.param("/world/", ["/sport/?page=2"], [], id="another list"),
        pytest.param("/world/?page=4", ["/world/?page=1"], [], id="the last one"),
        pytest.param("/", ["/2026/02/", "/2025/12/", "/2026/"], ["/2026/02/", "/2026/"], id="months"),
        pytest.param("/", ["/a/2026-01-09", "/a/2026-01-10"], ["/a/2026-01-09", "/a/2026-01-10"], id="days"),
        pytest.param("/", ["/archive/2026-01-08", "/2026/02/03/a-story"], [], id="before, and a story"),
        pytest.param("/", ["/2026/99/", "/2026/02/31"], [], id="no dates"),
    ],
)  # fmt: skip
def test_further_pages(page: str, links: list[str], expected: list[str]) -> None:
    document = DocumentRef(SITE + page, DocumentKind.SECTION)
    found = further_pages(document, [SITE + link for link in links], next_page=None, since=SINCE, now=NOW)
    assert [ref.url for ref in found] == [SITE + link for link in expected]


def test_a_page_may_name_its_next_one_itself() -> None:
    document = DocumentRef(f"{SITE}/world?after=abc", DocumentKind.SECTION, page=7)
    (found,) = further_pages(document, [], next_page=f"{SITE}/world?after=def", since=SINCE, now=NOW)
    assert (found.url, found.page) == (f"{SITE}/world?after=def", 8)


def test_pages_of_one_list_have_one_name() -> None:
    pages = ("/world", "/world/", "/world/?page=7", "/world/page/3/", "/world?after=x")
    assert {list_of(SITE + page) for page in pages} == {f"{SITE}/world"}


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("/2026/03/20/quay", datetime(2026, 3, 21, tzinfo=UTC)),
        ("/2026-03-20/quay", datetime(2026, 3, 21, tzinfo=UTC)),
        ("/20260320/quay", datetime(2026, 3, 21, tzinfo=UTC)),
        ("/2026/12/quay", datetime(2027, 1, 1, tzinfo=UTC)),
        ("/quay-2026", None),
        ("/2026/02/31/quay", None),
        ("/20261", None),
    ],
)
def test_dates_in_addresses(path: str, end: datetime | None) -> None:
    assert date_in(SITE + path) == end


def test_a_backfill_goes_beyond_what_a_night_watches() -> None:
    source = Source(name="news", homepage=f"{SITE}/", discover={"feeds": [f"{SITE}/feed"]})
    assert f"{SITE}/robots.txt" not in {document.url for document in first_documents(source)}
    back = {document.url for document in first_documents(source, Scope(since=SINCE))}
    assert back == {f"{SITE}/feed", f"{SITE}/robots.txt", f"{SITE}/"}

    rows = "".join(
        f"<url><loc>{SITE}/story-of-the-day-{day}</loc><lastmod>{day}</lastmod></url>"
        for day in ("2026-03-19", "2026-01-15", "2025-12-31")
    )
    sitemap = DocumentRef(f"{SITE}/sitemap.xml", DocumentKind.SITEMAP)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()

    def read(scope: Scope) -> list[str]:
        found = discover(sitemap, body, content_type=None, source=source, now=NOW, scope=scope)
        return [candidate.url.rpartition("day-")[2] for candidate in found.candidates]

    assert read(Scope()) == ["2026-03-19"]
    assert read(Scope(since=SINCE)) == ["2026-03-19", "2026-01-15"]
