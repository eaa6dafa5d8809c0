"""What stands in the requests that the crawl makes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.rows import LedgerRow, PageRow
from config.network_settings import NetworkSettings
from config.source import Source
from crawler.discovery.document import DocumentKind, DocumentRef
from crawler.requests import DOCUMENT, PAGE, document_request, page_request, picture_request

SOURCE = Source(name="news", homepage="https://news.example/")
ROW = LedgerRow(
    run_id="r",
    url_key="k",
    url="https://news.example/a",
    source="news",
    found_by="feed",
    found_in="f",
    position=0,
)


def known(etag: str | None, last_modified: str | None) -> PageRow:
    return PageRow(
        url_key="k", url=ROW.url, source="news", found_by="feed", found_in="f",
        found_at=datetime(2026, 3, 1, tzinfo=UTC), etag=etag, last_modified=last_modified,
    )  # fmt: skip


DATE = "Fri, 20 Mar 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("page", "headers"),
    [
        pytest.param(None, {}, id="never seen"),
        pytest.param(known(None, None), {}, id="gave no validators"),
        pytest.param(known('"v1"', None), {"If-None-Match": '"v1"'}, id="strong tag"),
        pytest.param(known('W/"v1"', None), {"If-None-Match": 'W/"v1"'}, id="weak tag, as it came"),
        pytest.param(known(None, DATE), {"If-Modified-Since": DATE}, id="date"),
        pytest.param(known('"v"', DATE), {"If-None-Match": '"v"', "If-Modified-Since": DATE}, id="both"),
        pytest.param(known("", ""), {}, id="empty"),
        pytest.param(known('"a\r\nX-Evil: 1"', None), {}, id="line break"),
        pytest.param(known('"a\0"', DATE), {"If-Modified-Since": DATE}, id="NUL, beside a good date"),
        pytest.param(known('"\x01"', None), {}, id="control character"),
        pytest.param(known('"\xe9"', None), {}, id="what has no one encoding in a header"),
        pytest.param(known('"' + "x" * 5000 + '"', None), {}, id="longer than servers take"),
    ],
)
def test_a_page_is_asked_for_on_the_conditions_that_can_be_sent(
    page: PageRow | None, headers: dict[str, str]
) -> None:
    request = page_request(ROW, SOURCE, page, conditional=True)
    sent = {name.decode(): value[0].decode() for name, value in request.headers.items()}
    assert sent == headers
    assert (request.url, request.priority) == (ROW.url, PAGE)
    assert request.meta["row"] is ROW
    assert request.meta["page"] is page


def test_documents_go_first_and_robots_txt_is_marked() -> None:
    feed = document_request(DocumentRef("https://news.example/rss", DocumentKind.FEED), SOURCE)
    robots = document_request(DocumentRef("https://news.example/robots.txt", DocumentKind.ROBOTS), SOURCE)
    assert (feed.priority, robots.priority) == (DOCUMENT, DOCUMENT)
    assert DOCUMENT > PAGE
    assert ("robots" in feed.meta, robots.meta["robots"]) == (False, True)


@pytest.mark.parametrize("private", [True, False])
def test_every_request_says_for_whom_it_is_made(private: bool) -> None:
    source = Source.model_validate(
        {"name": "news", "homepage": "https://news.example/", "network": {"allow_private": private}}
    )
    network = NetworkSettings(contact="https://example.org/about")
    for request in (
        document_request(DocumentRef("https://news.example/rss", DocumentKind.FEED), source),
        page_request(ROW, source, None, conditional=True),
        picture_request("https://pictures.example/1.jpg", source, network),
    ):
        assert request.meta["source"] == "news"
        assert request.meta["source_object"] is source
        assert request.meta["allow_private"] is private


def test_a_picture_has_its_own_cap() -> None:
    network = NetworkSettings(contact="https://example.org/about", max_image_bytes=12345)
    assert picture_request("https://x.example/1.jpg", SOURCE, network).meta["max_bytes"] == 12345


@pytest.mark.parametrize("url", ["http://[::1/1.jpg", "http://x.example:port/1.jpg", "/relative.jpg"])
def test_what_is_no_address_cannot_be_asked_for(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        picture_request(url, SOURCE, NetworkSettings(contact="https://example.org/about"))
