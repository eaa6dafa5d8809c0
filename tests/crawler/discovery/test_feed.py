"""Feeds: all formats, and what must not hurt."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.candidate import Candidate, FoundBy
from crawler.discovery.feed import read_feed

URL = "https://news.example/feeds/all"
A, B = "https://news.example/a", "https://news.example/b"
MAY_1 = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
MAY_2 = datetime(2026, 5, 2, 9, tzinfo=UTC)


def found(
    url: str, title: str | None = None, published: datetime | None = None, modified: datetime | None = None
) -> Candidate:
    return Candidate(url, FoundBy.FEED, URL, published, modified, title)


RSS_20 = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>
<link>https://news.example/</link>
<item><title>First &amp; foremost</title><link> https://news.example/a </link>
<pubDate>Fri, 01 May 2026 10:30:00 +0200</pubDate></item>
<item><title>Second</title><link>/b</link></item></channel></rss>"""

RSS_10 = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example/rdf"><title>News</title><link>https://news.example/</link></channel>
<item rdf:about="https://news.example/a"><title>First</title><link>https://news.example/a</link>
<dc:date>2026-05-01T10:30:00+02:00</dc:date></item></rdf:RDF>"""

RSS_091 = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>News</title>
<item><title>First</title><link>https://news.example/a</link></item></channel></rss>"""

ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<link rel="self" href="https://news.example/feeds/all"/>
<entry><title type="html">First &lt;em&gt;story&lt;/em&gt;</title><link rel="edit" href="/edit/a"/>
<link rel="alternate" href="https://news.example/a"/><id>tag:news.example,2026:a</id>
<published>2026-05-01T08:30:00Z</published><updated>2026-05-02T09:00:00Z</updated></entry></feed>"""

FEEDBURNER = b"""<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel>
<item><title>First</title><link>https://counter.example/~r/1</link>
<feedburner:origLink>https://news.example/a</feedburner:origLink></item></channel></rss>"""

PERMALINK = b"""<rss version="2.0"><channel><item><title>First</title><guid>https://news.example/a</guid></item>
<item><title>Second</title><guid isPermaLink="false">17</guid></item></channel></rss>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [
            {"id": "1", "url": A, "title": "First", "date_published": "2026-05-01T10:30:00+02:00"},
            {"id": B, "date_modified": "2026-05-02T09:00:00Z", "external_url": "https://other.example/"},
            {"id": "3", "title": "No address"},
            "not an item",
        ],
    }
).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(RSS_20, [found(A, "First & foremost", MAY_1), found(B, "Second")], id="RSS 2.0"),
        pytest.param(RSS_10, [found(A, "First", modified=MAY_1)], id="RSS 1.0, RDF"),
        pytest.param(RSS_091, [found(A, "First")], id="RSS 0.91"),
        pytest.param(ATOM, [found(A, "First <em>story</em>", MAY_1, MAY_2)], id="Atom"),
        pytest.param(FEEDBURNER, [found(A, "First")], id="the page behind a click counter"),
        pytest.param(PERMALINK, [found(A, "First")], id="guid as link"),
        pytest.param(JSON_FEED, [found(A, "First", MAY_1), found(B, modified=MAY_2)], id="JSON Feed"),
        pytest.param(gzip.compress(RSS_091), [found(A, "First")], id="gzipped"),
        pytest.param(b"\xef\xbb\xbf\n\n" + RSS_091, [found(A, "First")], id="BOM and blank lines"),
        pytest.param(
            RSS_091.decode().replace('"1.0"?>', '"1.0" encoding="utf-16"?>').encode("utf-16"),
            [found(A, "First")],
            id="UTF-16",
        ),
    ],
)
def test_formats(body: bytes, expected: list[Candidate]) -> None:
    assert list(read_feed(body, url=URL).candidates) == expected


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0' encoding='windows-1251'?>".encode("ascii"), None),
        (b"", "application/rss+xml; charset=windows-1251"),
    ],
    ids=["declared in the document", "declared in the header"],
)
def test_charset(body: bytes, content_type: str | None) -> None:
    title = "\u041f\u0440\u0438\u0432\u0435\u0442"
    body += b"<rss version='2.0'><channel><item><title>" + title.encode("cp1251")
    body += b"</title><link>/a</link></item></channel></rss>"
    assert [c.title for c in read_feed(body, url=URL, content_type=content_type).candidates] == [title]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        pytest.param(b"", "not a feed: empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><html><body>Log in</body></html>", "not a feed: html", id="HTML"),
        pytest.param(
            b"<urlset><url><loc>https://news.example/a</loc></url></urlset>",
            "not a feed: sitemap",
            id="sitemap",
        ),
        pytest.param(b"<response><status/></response>", "not a feed: xml without entries", id="other XML"),
        pytest.param(b"{}", "not a feed: something else", id="other JSON"),
        pytest.param(b'{"items": 5}', "not a feed: json without items", id="JSON, items no list"),
        pytest.param(b'{"items": [', "unreadable: JSONDecodeError", id="JSON cut off"),
        pytest.param(b'{"items":' + b"[" * 200_000, "unreadable: RecursionError", id="JSON nested deep"),
        pytest.param(b"\x00\x01\x02", "not a feed: something else", id="bytes"),
        pytest.param(b"\x1f\x8bnot gzip", "gzip broken: ", id="wrong gzip"),
    ],
)
def test_what_is_no_feed_says_so(body: bytes, note: str) -> None:
    result = read_feed(body, url=URL)
    assert result.candidates == ()
    assert any(text.startswith(note) for text in result.notes), result.notes


def test_broken_xml_is_read_in_part() -> None:
    body = RSS_20.replace(b"</item>\n<item><title>Second", b"</item>\n<item><b><title>Second & third")
    result = read_feed(body, url=URL)
    assert result.candidates[0].url == A
    assert any(note.startswith("broken xml, read in part") for note in result.notes)


def test_a_feed_cut_off_in_its_middle_gives_what_came_before() -> None:
    items = b"".join(b"<item><title>T</title><link>/%d</link></item>" % number for number in range(20))
    result = read_feed(b"<rss version='2.0'><channel>" + items[:500], url=URL)
    assert len(result.candidates) >= 10
    assert result.notes


@pytest.mark.parametrize(
    ("head", "tail", "item"),
    [
        (b"<rss version='2.0'><channel>", b"</channel></rss>", b"<item><link>/%d</link></item>"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"</feed>", b"<entry><link href='/%d'/></entry>"),
        (
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>",
            b"</rdf:RDF>",
            b"<item><link>/%d</link></item>",
        ),
    ],
    ids=["rss", "atom", "rdf"],
)
def test_only_so_many_entries_are_read(head: bytes, tail: bytes, item: bytes) -> None:
    body = head + b"".join(item % number for number in range(30_000)) + tail
    result = read_feed(body, url=URL, max_entries=50)
    assert [c.url for c in result.candidates] == [f"https://news.example/{number}" for number in range(50)]
    assert result.notes == ("cut at 50 entries",)  # and the cut breaks nothing
    exact = read_feed(head + b"".join(item % number for number in range(50)) + tail, url=URL, max_entries=50)
    assert (len(exact.candidates), exact.notes) == (50, ())


def test_a_json_feed_is_capped_too() -> None:
    body = json.dumps({"items": [{"url": f"/{number}"} for number in range(100)]}).encode()
    result = read_feed(body, url=URL, max_entries=10)
    assert (len(result.candidates), result.notes) == (10, ("cut at 10 entries",))


def test_an_entity_bomb_is_harmless() -> None:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    body = b'<!DOCTYPE rss [<!ENTITY l0 "lol">' + entities + b"]><rss version='2.0'><channel>"
    body += b"<item><title>&l9;</title><link>/a</link></item></channel></rss>"
    assert all(len(c.title or "") <= 500 for c in read_feed(body, url=URL).candidates)


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("keep me")
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rss version="2.0"><channel>'
    body += "<item><title>t &x;</title><link>/a</link></item></channel></rss>"
    assert "keep me" not in repr(read_feed(body.encode(), url=URL))


def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "<feed"
    feed.write_bytes(RSS_20)
    assert read_feed(str(feed).encode(), url=URL).candidates == ()


def test_dangerous_links_are_refused_and_counted() -> None:
    links = ["javascript:alert(1)", "file:///etc/hostname", "https://u:p@news.example/", "/a"]
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    result = read_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=URL)
    assert [c.url for c in result.candidates] == [A]
    assert result.notes == ("2 links refused: scheme", "1 links refused: credentials")


@pytest.mark.parametrize("date", ["Fri, 01 May 0001 10:30:00 GMT", "yesterday", ""])
def test_impossible_dates_are_no_hints(date: str) -> None:
    body = (
        f"<rss version='2.0'><channel><item><link>/a</link><pubDate>{date}</pubDate></item></channel></rss>"
    )
    assert list(read_feed(body.encode(), url=URL).candidates) == [found(A)]


@settings(deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<rss>", b"<feed>", b'{"items":[', b"\x1f\x8b\x08", b"<!DOCTYPE "]),
)
def test_nothing_crashes(tail: bytes, head: bytes) -> None:
    result = read_feed(head + tail, url=URL)
    assert all(candidate.url.startswith(("http://", "https://")) for candidate in result.candidates)


def test_feeds_of_the_corpus(corpus: Path) -> None:
    files = [
        path
        for folder in corpus.glob("feeds_*")
        for path in folder.rglob("*")
        if path.suffix in {".xml", ".rss", ".atom", ".json"}
        and "serde" not in path.name
        and path.parent.name != "output"
    ]
    results = {path.name: read_feed(path.read_bytes(), url=URL) for path in files}
    empty = [name for name, result in results.items() if not result.candidates]
    assert len(files) > 100
    # Feeds of podcasts and specifications without links, and documents that only look like feeds.
    assert len(empty) < 0.15 * len(files), empty
    assert sum(bool(c.published or c.modified) for r in results.values() for c in r.candidates) > 500
