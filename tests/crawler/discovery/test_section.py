"""Links and feeds of pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.candidate import FoundBy
from crawler.discovery.document import DocumentKind, DocumentRef
from crawler.discovery.section import read_section

URL = "https://news.example/world/"

PAGE = b"""<!DOCTYPE html><html><head>
<link rel="alternate" type="application/rss+xml" title="News" href="/rss">
<link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="https://news.example/atom">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" type="application/json" href="/api/pages/17">
<link rel="alternate" type="application/rss+xml" title="News - Comments" href="/comments/feed">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" href="/rss.css"></head><body>
<nav><a href="/world/">World</a></nav>
<!-- <a href="/hidden">no</a> -->
<a href="/2026/bridge"><img src="b.jpg" alt="A bridge"></a>
<h2><a href="/2026/bridge">Council  closes
 the <em>old</em> bridge</a></h2>
<a href="flood#part"><img alt="The flood"></a>
<a href="/labelled" aria-label="With a label"><svg><title>icon</title></svg></a>
<a href="#top">Top</a><a name="x">anchor</a><a href="">empty</a>
<a href="javascript:void(0)">menu</a>
<a href="/s"><script>var x = 1</script>Shown</a>
</body></html>"""


def test_links_in_order_with_their_words() -> None:
    result = read_section(PAGE, url=URL)
    assert [(c.url.removeprefix("https://news.example"), c.title) for c in result.candidates] == [
        ("/world/", "World"),
        ("/2026/bridge", "Council closes the old bridge"),
        ("/world/flood", "The flood"),
        ("/labelled", "With a label"),
        ("/s", "Shown"),
    ]
    assert {(c.found_by, c.found_in) for c in result.candidates} == {(FoundBy.SECTION, URL)}
    assert result.notes == ("1 links refused: scheme",)


def test_feeds_are_further_documents() -> None:
    assert read_section(PAGE, url=URL, depth=1).documents == (
        DocumentRef("https://news.example/rss", DocumentKind.FEED, 2),
        DocumentRef("https://news.example/atom", DocumentKind.FEED, 2),
        DocumentRef("https://news.example/feed.json", DocumentKind.FEED, 2),
    )


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("/sport/", "https://news.example/sport/a", id="relative"),
        pytest.param("https://www.news.example/", "https://www.news.example/a", id="absolute"),
        pytest.param("javascript:alert(1)", "https://news.example/world/a", id="refused"),
        pytest.param("", "https://news.example/world/a", id="empty"),
    ],
)
def test_base(base: str, expected: str) -> None:
    result = read_section(f'<html><base href="{base}"><a href="a">A</a></html>'.encode(), url=URL)
    assert [c.url for c in result.candidates] == [expected]


@pytest.mark.parametrize(
    ("head", "content_type", "encoding"),
    [
        pytest.param('<meta charset="windows-1252">', "text/html", "cp1252", id="in the page"),
        pytest.param("", "text/html; charset=ISO-8859-1", "latin-1", id="in the header"),
        pytest.param(
            '<meta charset="utf-8">', "text/html; charset=no-such-thing", "utf-8", id="unknown in the header"
        ),
        pytest.param('<meta charset="utf-8">', 'text/html; charset="utf-8', "utf-8", id="broken header"),
        pytest.param("", None, "utf-16", id="UTF-16 with BOM"),
    ],
)
def test_charset(head: str, content_type: str | None, encoding: str) -> None:
    body = f'<html><head>{head}</head><body><a href="/a">Caf\u00e9</a></body></html>'.encode(encoding)
    assert [c.title for c in read_section(body, url=URL, content_type=content_type).candidates] == [
        "Caf\u00e9"
    ]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (b"", "not a page: empty"),
        (b"{}", "not a page: something else"),
        (b"plain words", "not a page: something else"),
        (b"<rss version='2.0'><channel/></rss>", "not a page: feed"),
    ],
)
def test_what_is_no_page_says_so(body: bytes, note: str) -> None:
    assert read_section(body, url=URL).notes == (note,)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>" + b"<div>" * 5000 + b'<a href="/a">A</a>', id="5,000 nested tags"),
        pytest.param(b'<html><a href="/a">A</a>' + b"x" * 12_000_000, id="12 MB of text"),
        pytest.param(
            b'<html><a href="/a" ' + b"".join(b"x%d=1 " % n for n in range(2000)) + b">A</a>",
            id="2,000 attributes",
        ),
        pytest.param(b'<html><a href="/a">A\x00B</a>' + b"\x00" * 1000, id="NULs"),
        pytest.param(b'<html><a href="/a">A</a><a href="/\xff\xfe\x80">B', id="invalid bytes"),
    ],
)
def test_hostile_pages_end(body: bytes) -> None:
    result = read_section(body, url=URL)
    assert all(c.url.startswith("https://news.example/") for c in result.candidates)


def test_links_are_capped() -> None:
    body = b"<html>" + b"".join(b'<a href="/%d">x</a>' % number for number in range(25_000))
    result = read_section(body, url=URL)
    assert (len(result.candidates), result.notes) == (20_000, ("cut at 20000 links",))


@settings(deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<html>", b"<a href=", b"<html><base href='", b"<!DOCTYPE html><"]),
)
def test_nothing_crashes(tail: bytes, head: bytes) -> None:
    result = read_section(head + tail, url=URL)
    assert all(c.url.startswith(("http://", "https://")) for c in result.candidates)
