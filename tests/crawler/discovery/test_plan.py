"""What is fetched first, and what a document gives a source."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.source import Source
from crawler.discovery.document import Discovered, DocumentKind, DocumentRef
from crawler.discovery.plan import discover, first_documents
from crawler.discovery.sites import site_of

NOW = datetime(2026, 5, 10, 2, tzinfo=UTC)
HOME = "https://www.news.example.co.uk/"


def source(**discover_from: object) -> Source:
    return Source.model_validate({"name": "news", "homepage": HOME, "discover": discover_from})


def feed(*links: str) -> bytes:
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def read(
    body: bytes, of: Source, kind: DocumentKind = DocumentKind.FEED, path: str = "rss", depth: int = 0
) -> Discovered:
    return discover(DocumentRef(HOME + path, kind, depth), body, content_type=None, source=of, now=NOW)


def paths(result: Discovered) -> list[str]:
    return [candidate.url.removeprefix(HOME) for candidate in result.candidates]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param(
            {},
            [(HOME + "robots.txt", DocumentKind.ROBOTS), (HOME, DocumentKind.SECTION)],
            id="nothing named: robots.txt and the homepage",
        ),
        pytest.param(
            {"feeds": [HOME + "rss"], "sitemaps": [HOME + "news.xml"], "sections": [HOME + "world", HOME]},
            [
                (HOME + "rss", DocumentKind.FEED),
                (HOME + "news.xml", DocumentKind.SITEMAP),
                (HOME + "world", DocumentKind.SECTION),
                (HOME, DocumentKind.SECTION),
            ],
            id="all named",
        ),
        pytest.param(
            {"feeds": [HOME + "rss"], "sections": [HOME + "rss"]},
            [(HOME + "rss", DocumentKind.FEED), (HOME, DocumentKind.FRONT)],
            id="each once, and the homepage for what it leads with",
        ),
        pytest.param(
            {"feeds": ["https://News.Example.co.uk"], "front": False},
            [("https://news.example.co.uk/", DocumentKind.FEED)],
            id="as requests spell it, without the homepage",
        ),
    ],
)
def test_first_documents(named: dict[str, object], expected: list[tuple[str, DocumentKind]]) -> None:
    assert [(document.url, document.kind) for document in first_documents(source(**named))] == expected


@pytest.mark.parametrize(
    ("named", "kept", "notes"),
    [
        pytest.param({}, ["a", "b/tag"], ("1 links left out: on other sites",), id="own site only"),
        pytest.param(
            {"articles": {"deny": ["/tag"]}},
            ["a"],
            ("1 links left out: denied by the source's patterns", "1 links left out: on other sites"),
            id="deny",
        ),
        pytest.param(
            {"articles": {"allow": ["/b/"], "deny": ["/c$"]}},
            ["b/tag"],
            ("1 links left out: not among the source's patterns", "1 links left out: on other sites"),
            id="allow",
        ),
        pytest.param(
            {"articles": {"allow": ["/b/"], "deny": ["tag"]}},
            [],
            (
                "1 links left out: not among the source's patterns",
                "1 links left out: denied by the source's patterns",
                "1 links left out: on other sites",
            ),
            id="deny has the last word",
        ),
        pytest.param(
            {"sections": ["https://other.example/"]},
            ["a", "b/tag", "https://sub.other.example/c"],
            (),
            id="site named",
        ),
        pytest.param(
            {"max_urls": 1},
            ["a"],
            ("1 links left out: on other sites", "1 links left out: more than discover.max_urls"),
            id="cap",
        ),
    ],
)
def test_rules_of_the_source(named: dict[str, object], kept: list[str], notes: tuple[str, ...]) -> None:
    result = read(feed(HOME + "a", HOME + "b/tag", "https://sub.other.example/c"), source(**named))
    assert paths(result) == kept
    assert result.notes == notes


def test_a_cap_keeps_the_newest() -> None:
    rows = "".join(f"<url><loc>/{day}</loc><lastmod>2026-05-{day:02}</lastmod></url>" for day in range(1, 9))
    result = read(f"<urlset><url><loc>/undated</loc></url>{rows}</urlset>".encode(), source(max_urls=3))
    assert paths(result) == ["8", "7", "6"]


def test_dates_to_come_are_no_hints_and_old_pages_of_sitemaps_stay_out() -> None:
    dates = {
        "ahead": "2099-01-01",
        "tomorrow": "2026-05-10T20:00:00Z",
        "old": "2026-03-01",
        "new": "2026-05-01",
    }
    rows = "".join(f"<url><loc>/{name}</loc><lastmod>{date}</lastmod></url>" for name, date in dates.items())
    result = read(f"<urlset>{rows}</urlset>".encode(), source(), DocumentKind.SITEMAP)
    assert paths(result) == ["ahead", "tomorrow", "new"]
    assert [c.modified is None for c in result.candidates] == [True, False, False]
    assert result.notes == ("1 links left out: last changed more than 30 days ago",)


SECTION = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head>
<a href="/">Home</a><a href="/world/">World</a>
<a href="/2026/05/09/bridge-closes/">Council votes to close the old harbour bridge</a></html>"""


def test_links_of_a_page_must_look_like_articles() -> None:
    result = read(SECTION, source(), DocumentKind.SECTION, path="")
    assert paths(result) == ["2026/05/09/bridge-closes/"]
    assert result.documents == (DocumentRef(HOME + "rss", DocumentKind.FEED, 1),)


def test_with_patterns_they_decide_and_named_feeds_are_enough() -> None:
    result = read(
        SECTION, source(feeds=[HOME + "all"], articles={"allow": ["/world/$"]}), DocumentKind.SECTION, path=""
    )
    assert paths(result) == ["world/"]
    assert result.documents == ()


def test_robots_names_sitemaps_news_first() -> None:
    body = b"User-agent: *\nDisallow: /\nSitemap: /sitemap.xml\nSitemap: /news.xml\nSitemap: javascript:x\n"
    result = read(body, source(), DocumentKind.ROBOTS, path="robots.txt")
    assert result.documents == (
        DocumentRef(HOME + "news.xml", DocumentKind.SITEMAP, 1),
        DocumentRef(HOME + "sitemap.xml", DocumentKind.SITEMAP, 1),
    )
    assert result.notes == ("1 links refused: scheme",)


@pytest.mark.parametrize(
    ("kind", "body", "kept", "note"),
    [
        pytest.param(
            DocumentKind.FEED,
            b"<urlset><url><loc>/a</loc></url></urlset>",
            ["a"],
            "a sitemap where a feed was expected",
            id="sitemap for a feed",
        ),
        pytest.param(
            DocumentKind.SITEMAP,
            feed("/a"),
            ["a"],
            "a feed where a sitemap was expected",
            id="feed for a sitemap",
        ),
        pytest.param(
            DocumentKind.SECTION,
            feed("/a"),
            ["a"],
            "a feed where a section was expected",
            id="feed for a page",
        ),
        pytest.param(DocumentKind.FEED, SECTION, [], "not a feed: html", id="page for a feed"),
        pytest.param(DocumentKind.SITEMAP, SECTION, [], "not a sitemap: html", id="page for a sitemap"),
        pytest.param(DocumentKind.SITEMAP, b"", [], "not a sitemap: empty", id="nothing"),
    ],
)
def test_a_document_is_read_as_what_it_is(
    kind: DocumentKind, body: bytes, kept: list[str], note: str
) -> None:
    result = read(body, source(), kind)
    assert paths(result) == kept
    assert result.notes == (note,)


def test_an_index_that_names_itself_is_not_read_again() -> None:
    body = f"<sitemapindex><sitemap><loc>{HOME}s.xml</loc></sitemap></sitemapindex>".encode()
    assert read(body, source(), DocumentKind.SITEMAP, path="s.xml").documents == ()


def test_depth_ends() -> None:
    body = b"<sitemapindex><sitemap><loc>/next.xml</loc></sitemap></sitemapindex>"
    assert len(read(body, source(), DocumentKind.SITEMAP, depth=2).documents) == 1
    assert read(body, source(), DocumentKind.SITEMAP, depth=3).documents == ()
    assert read(SECTION, source(), DocumentKind.SECTION, depth=3).documents == ()


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(DocumentKind))
def test_nothing_crashes(body: bytes, kind: DocumentKind) -> None:
    assert isinstance(read(body, source(), kind), Discovered)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.co.uk/", "example.co.uk"),
        ("https://a.b.example.com:8443/", "example.com"),
        ("https://desk.github.io/", "desk.github.io"),
        ("https://m\u00fcnchen.de/", "xn--mnchen-3ya.de"),
        ("http://www.paper.test:8080/", "paper.test"),
        ("http://localhost:8001/", "localhost:8001"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://[::1]:8001/", "[::1]:8001"),
    ],
)
def test_site_of(url: str, site: str) -> None:
    assert site_of(url) == site
