"""What pages and feeds say about themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.survey.facts import FeedFacts, feed_facts, offsets_in, page_facts

URL = "https://news.example/"
TEXT = "The quay stays closed until the dredger is back from the yard, the office said. " * 10


def rss(description: str, *, content: str = "") -> bytes:
    more = f"<content:encoded>{content}</content:encoded>" if content else ""
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title>'
        f"<language>en_GB</language><item><title>a</title><link>{URL}a</link>"
        f"<description>{description}</description>{more}</item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(rss("Short."), FeedFacts("RSS", True, "en-GB"), id="RSS, excerpts"),
        pytest.param(rss("Short.", content=TEXT), FeedFacts("RSS", False, "en-GB"), id="RSS, full"),
        pytest.param(
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><summary>s</summary></entry></feed>',
            FeedFacts("Atom", True),
            id="Atom",
        ),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1.1", "language": "de", "items": [{"id": "1"}]}',
            FeedFacts("JSON Feed", True, "de"),
            id="JSON",
        ),
        pytest.param(b'{"items": 3, "version": "jsonfeed.org"}', FeedFacts("JSON Feed", True), id="odd JSON"),
    ],
)
def test_feeds(body: bytes, expected: FeedFacts) -> None:
    assert feed_facts(body) == expected


@pytest.mark.parametrize(
    ("html", "shell"),
    [
        pytest.param(f"<p>{TEXT}</p><script>x()</script>", False, id="text and scripts"),
        pytest.param("<div id=app></div><script src=a.js></script>", True, id="shell"),
        pytest.param(f"<div id=app></div><script>{TEXT}</script>", True, id="text inside a script"),
        pytest.param("<p>Nothing.</p>", False, id="empty, and no script would fill it"),
        pytest.param(f"<noscript>{TEXT}</noscript><script>x()</script>", True, id="noscript"),
    ],
)
def test_shells_show_nothing_without_scripts(html: str, shell: bool) -> None:
    facts = page_facts(f"<html><body>{html}</body></html>".encode(), url=URL, content_type="text/html")
    assert facts.shell is shell


def test_pages_name_themselves_and_their_translations() -> None:
    body = (
        "<html lang='pt-br'><head><title>Not\u00edcias | The Post</title>"
        "<link rel=alternate hreflang=en href='/en/'><link rel=alternate hreflang=pt href='/'></head></html>"
    )
    facts = page_facts(body.encode(), url=URL, content_type="text/html; charset=utf-8")
    assert (facts.language, facts.site_name) == ("pt-br", "Not\u00edcias")
    assert facts.translations == ("https://news.example/en/",)


def test_offsets_of_dates() -> None:
    body = (
        b"2026-03-20T02:00:00+01:00 Fri, 20 Mar 2026 02:00:00 -0500 2026-03-20T02:00Z 2026-13-40T02:00+01:00"
    )
    assert list(offsets_in(body)) == [
        (datetime(2026, 3, 20, 1, tzinfo=UTC), 60),
        (datetime(2026, 3, 20, 7, tzinfo=UTC), -300),
    ]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_nothing_that_a_server_sends_raises(body: bytes) -> None:
    for kind in (b"", b"<html>", b"<rss>", b"{", b"<feed>"):
        page_facts(kind + body, url=URL, content_type="text/html")
        feed_facts(kind + body)
