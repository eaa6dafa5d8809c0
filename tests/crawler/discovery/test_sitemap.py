"""Sitemaps of all kinds, and what must not hurt."""

from __future__ import annotations

import gzip
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.candidate import Candidate, FoundBy
from crawler.discovery.document import DocumentKind, DocumentRef
from crawler.discovery.sitemap import read_sitemap
from crawler.discovery.sniff import unpack

URL = "https://news.example/sitemap.xml"
NOW = datetime(2026, 5, 10, 2, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def found(path: str, title: str | None = None, **dates: datetime) -> Candidate:
    return Candidate(f"https://news.example{path}", FoundBy.SITEMAP, URL, title=title, **dates)


def urlset(*rows: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', ns: str = NS) -> bytes:
    return f"{head}<urlset {ns}>{''.join(f'<url>{row}</url>' for row in rows)}</urlset>".encode()


def index(*rows: str) -> bytes:
    return (
        f"<sitemapindex {NS}>{''.join(f'<sitemap>{row}</sitemap>' for row in rows)}</sitemapindex>".encode()
    )


PLAIN = urlset(
    "<loc>https://news.example/a</loc><lastmod>2026-05-09</lastmod><changefreq>daily</changefreq>",
    "<loc>\n https://news.example/b?x=1&amp;y=2 \n</loc><lastmod>2026-05-09T10:30:00+02:00</lastmod>",
    "<loc><![CDATA[https://news.example/c?x=1&y=2]]></loc>",
    "<loc>/d</loc><lastmod>whenever</lastmod>",
)
PLAIN_FOUND = [
    found("/a", modified=datetime(2026, 5, 9, tzinfo=UTC)),
    found("/b?x=1&y=2", modified=datetime(2026, 5, 9, 8, 30, tzinfo=UTC)),
    found("/c?x=1&y=2"),
    found("/d"),
]
PLAIN_AND_MORE = PLAIN.replace(
    b"</urlset>",
    b"".join(b"<url><loc>/more/%d</loc></url>" % number**3 for number in range(5000)) + b"</urlset>",
)
NEWS = urlset(
    "<loc>https://news.example/a</loc><news:news><news:publication><news:name>The News</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>2026-05-09T08:00:00Z"
    "</news:publication_date><news:title>Rain &amp; wind</news:title></news:news>"
    "<image:image><image:loc>https://news.example/a.jpg</image:loc></image:image>",
    ns=NS
    + ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    + ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"',
)
NEWS_FOUND = [found("/a", "Rain & wind", published=datetime(2026, 5, 9, 8, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(PLAIN, PLAIN_FOUND, id="urlset"),
        pytest.param(b"\xef\xbb\xbf\n " + PLAIN, PLAIN_FOUND, id="BOM and blanks"),
        pytest.param(PLAIN.replace(NS.encode(), b""), PLAIN_FOUND, id="no namespace"),
        pytest.param(
            PLAIN.replace(b"<url", b"<s:url").replace(b"</url", b"</s:url").replace(b"xmlns=", b"xmlns:s="),
            PLAIN_FOUND,
            id="prefix, children without",
        ),
        pytest.param(PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"), PLAIN_FOUND, id="UTF-16"),
        pytest.param(NEWS, NEWS_FOUND, id="news"),
        pytest.param(gzip.compress(PLAIN), PLAIN_FOUND, id="gzip"),
        pytest.param(gzip.compress(gzip.compress(PLAIN)), PLAIN_FOUND, id="gzip of gzip"),
        pytest.param(
            gzip.compress(PLAIN[:100]) + gzip.compress(PLAIN[100:]), PLAIN_FOUND, id="gzip of two members"
        ),
        pytest.param(
            b"https://news.example/a\r\n\r\nhttps://news.example/b\n", [found("/a"), found("/b")], id="text"
        ),
        pytest.param(
            urlset("<loc>https://news.example/a?x=1&y=2&copy=3</loc>"),
            [found("/a?x=1&y=2&copy=3")],
            id="bare &",
        ),
        pytest.param(
            urlset("<image:loc>https://news.example/a.jpg</image:loc><loc>https://news.example/a</loc>"),
            [found("/a")],
            id="picture beside the page, prefix undeclared",
        ),
        pytest.param(
            urlset("<loc>https://news.example/a</loc>", "<loc>https://news.example/a</loc>"),
            [found("/a")],
            id="twice",
        ),
    ],
)
def test_formats(body: bytes, expected: list[Candidate]) -> None:
    assert list(read_sitemap(body, url=URL, now=NOW).candidates) == expected


def test_sub_sitemaps_worth_reading_newest_first() -> None:
    body = index(
        "<loc>https://news.example/old.xml</loc><lastmod>2009-03-01</lastmod>",
        "<loc>https://news.example/undated.xml</loc>",
        "<loc>https://news.example/sitemap-2009-03.xml</loc>",
        "<loc>https://news.example/sitemap-2026-05.xml</loc>",
        "<loc>https://news.example/2019.xml</loc>",
        "<loc>https://news.example/2025/12/31.xml</loc>",
        "<loc>https://news.example/may-2.xml</loc><lastmod>2026-05-02T00:00:00Z</lastmod>",
        "<loc>https://news.example/2009.xml</loc><lastmod>2026-05-09T00:00:00Z</lastmod>",
    )
    result = read_sitemap(body, url=URL, now=NOW)
    assert [document.url.rpartition("example/")[2] for document in result.documents] == [
        *("2009.xml", "may-2.xml", "undated.xml", "sitemap-2026-05.xml")
    ]
    assert {(document.kind, document.depth) for document in result.documents} == {(DocumentKind.SITEMAP, 1)}
    assert result.notes == ("4 sub-sitemaps left out: last changed before 2026-04-10",)
    assert result.candidates == ()


def test_only_so_many_sub_sitemaps() -> None:
    body = index(*(f"<loc>/{n}.xml</loc><lastmod>2026-05-{n:02}</lastmod>" for n in range(1, 10)))
    result = read_sitemap(body, url=URL, now=NOW, max_sub_sitemaps=2)
    assert [document.url for document in result.documents] == [
        f"https://news.example/{n}.xml" for n in (9, 8)
    ]
    assert result.notes == ("7 sub-sitemaps left out: more than 2",)


@pytest.mark.parametrize(("depth", "named"), [(0, 1), (2, 1), (3, 0), (9, 0)])
def test_an_index_that_names_itself_ends_by_its_depth(depth: int, named: int) -> None:
    result = read_sitemap(index(f"<loc>{URL}</loc>"), url=URL, now=NOW, depth=depth)
    assert list(result.documents) == [DocumentRef(URL, DocumentKind.SITEMAP, depth + 1)] * named
    assert bool(result.notes) is not bool(named)


@pytest.mark.parametrize(
    "body",
    [
        urlset(*(f"<loc>/{number}</loc>" for number in range(2000))),
        "\n".join(f"https://news.example/{number}" for number in range(2000)).encode(),
    ],
    ids=["xml", "text"],
)
def test_only_so_many_pages(body: bytes) -> None:
    result = read_sitemap(body, url=URL, now=NOW, max_urls=100)
    assert (len(result.candidates), result.notes) == (100, ("cut at 100 URLs",))


def test_the_protocols_50_000_take_seconds_not_minutes() -> None:
    body = urlset(
        *(f"<loc>https://news.example/{n}</loc><lastmod>2026-05-09</lastmod>" for n in range(60_000))
    )
    started = time.process_time()
    result = read_sitemap(body, url=URL, now=NOW)
    assert len(result.candidates) == 50_000
    assert time.process_time() - started < 30


def test_a_lastmod_that_is_the_same_everywhere_is_no_hint() -> None:
    row = "<loc>/{}</loc><lastmod>{}</lastmod>"
    made = urlset(*(row.format(n, "2026-05-10T01:59:59Z") for n in range(30)))
    result = read_sitemap(made, url=URL, now=NOW)
    assert {c.modified for c in result.candidates} == {None}
    assert result.notes == ("one lastmod for all 30 pages: not taken for theirs",)
    one_day = urlset(*(row.format(n, "2026-05-10") for n in range(30)))
    assert {c.modified for c in read_sitemap(one_day, url=URL, now=NOW).candidates} == {
        NOW - timedelta(hours=2)
    }


@pytest.mark.parametrize(
    ("body", "note"),
    [
        pytest.param(b"", "not a sitemap: empty", id="empty"),
        pytest.param(b"<html><body>Not found</body></html>", "not a sitemap: html", id="HTML as XML"),
        pytest.param(b"<rss><channel/></rss>", "not a sitemap: feed", id="feed"),
        pytest.param(b"\x1f\x8b\x08\x00wrong", "gzip broken: ", id="wrong gzip"),
        pytest.param(gzip.compress(PLAIN)[:-12], "gzip broken: ends too soon", id="half a gzip"),
        pytest.param(PLAIN.replace(b"</urlset>", b"")[:-30], "broken xml, read in part", id="cut off"),
    ],
)
def test_what_is_wrong_is_noted(body: bytes, note: str) -> None:
    notes = read_sitemap(body, url=URL, now=NOW).notes
    assert any(text.startswith(note) for text in notes), notes


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PLAIN[: PLAIN.index(b"<loc>/d")], id="cut off"),
        pytest.param(PLAIN.replace(b"<loc>/d</loc>", b"<loc>/d<loc></wrong>"), id="wrong tags"),
        pytest.param(PLAIN.replace(b"<loc>/d", b"<x y=1 <loc>/d"), id="wrong attribute"),
        pytest.param(gzip.compress(PLAIN_AND_MORE)[:-2000], id="gzip without its end"),
    ],
)
def test_broken_ones_are_read_in_part(body: bytes) -> None:
    assert list(read_sitemap(body, url=URL, now=NOW).candidates)[:3] == PLAIN_FOUND[:3]


def test_an_entity_bomb_is_harmless() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE urlset [<!ENTITY l0 "lol">{entities}]>'
    result = read_sitemap(urlset("<loc>/a&l9;</loc>", "<loc>/b</loc>", head=head), url=URL, now=NOW)
    assert all(len(c.url) < 100 for c in result.candidates)


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("keep-me")
    head = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert "keep-me" not in repr(read_sitemap(urlset("<loc>/a&x;</loc>", head=head), url=URL, now=NOW))


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    body, notes = unpack(bomb, limit=1_000_000)
    assert len(body) == 1_000_000
    assert notes == ("gzip cut at 1000000 bytes",)


@settings(deadline=None)
@given(st.binary(max_size=2000), st.integers(1, 3000))
def test_unpack_gives_what_was_packed_up_to_its_limit(data: bytes, limit: int) -> None:
    packed = gzip.compress(b"<" + data)
    assert unpack(packed, limit=limit)[0] == (b"<" + data)[:limit]


def test_unpack_takes_what_is_readable_before_damage() -> None:
    noise = b"".join(zlib.crc32(bytes([n % 256, n // 256])).to_bytes(4, "big") for n in range(20_000))
    packed = bytearray(gzip.compress(noise))
    packed[60_000:60_100] = bytes(100)
    body, notes = unpack(bytes(packed), limit=1_000_000)
    assert body[:40_000] == noise[:40_000]
    assert notes[0].startswith("gzip broken")


@settings(deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<urlset>", b"<sitemapindex><sitemap><loc>", b"http://", b"\x1f\x8b"]),
)
def test_nothing_crashes(tail: bytes, head: bytes) -> None:
    result = read_sitemap(head + tail, url=URL, now=NOW)
    assert all(candidate.url.startswith(("http://", "https://")) for candidate in result.candidates)


def test_the_news_sitemap_of_the_corpus(corpus: Path) -> None:
    folder = corpus / "sitemaps_news_crawl" / "test" / "resources"
    result = read_sitemap((folder / "sitemap-news.xml").read_bytes(), url=URL, now=NOW)
    assert result.candidates
    assert all(c.published and c.title for c in result.candidates)
