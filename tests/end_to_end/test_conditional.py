"""Four nights of pages that answer on condition, that fail for a night, and that lead home once removed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import lookup, runs, versions
from archive.opening import Archive
from archive.reader import read_payload
from archive.rows import LedgerRow
from tests.end_to_end.house import House
from tests.end_to_end.small_site import (
    HTML,
    Page,
    SmallSite,
    Visit,
    crawl_words,
    feed,
    page,
    redirect,
    small_house,
    story,
)

FIRST = datetime(2026, 3, 20, 2, tzinfo=UTC)
NIGHTS = (1, 2, 3, 4)
SPRING, SUMMER = "Fri, 20 Mar 2026 00:00:00 GMT", "Sun, 22 Mar 2026 00:00:00 GMT"
BUSY: Page = (503, HTML, b"back soon")


@dataclass
class Nights:
    """Two sites, an archive of both, and each night's ledger by address."""

    site: SmallSite
    other: SmallSite  # on a port of its own, which can be closed
    house: House
    ledgers: dict[int, dict[str, LedgerRow]] = field(default_factory=dict)

    def story(self, path: str) -> str:
        return self.site.url("news.test", path)

    def outcomes(self, url: str) -> list[str]:
        """One word a night, with its reason."""
        rows = [self.ledgers[night].get(url) for night in NIGHTS]
        return [
            "-" if row is None else f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)
            for row in rows
        ]


def set_night(nights: Nights, night: int) -> None:
    """What the sites say on this night."""
    edited = story("Arles", extra="") if night < 3 else story("Arles").replace("an hour", "two hours")
    tag, date = ('"v1"', SPRING) if night < 3 else ('"v2"', SUMMER)
    stumbles = iter([BUSY] if night == 2 else [])

    def on_condition(header: str, value: str, **validators: str) -> Page:
        def answer(visit: Visit) -> Page:
            if visit.headers.get(header) == value:
                return 304, validators, b""
            return page(edited, **validators)

        return answer  # type: ignore[return-value]

    def stumbling(visit: Visit) -> Page:
        if (busy := next(stumbles, None)) is not None:
            return busy
        if visit.headers.get("If-None-Match") == 'W/"s"':
            return 304, {"ETag": 'W/"s"'}, b""
        return page(story("Basel"), ETag='W/"s"')

    home = nights.site.url("news.test")
    gone = night in (2, 3)
    nights.site.add("news.test", {
        "/": page("<html><body><h1>News</h1><ul><li><a href='/news/tag'>Quay</a></ul></body></html>"),
        "/news/tag": on_condition("If-None-Match", tag, ETag=tag),
        "/news/date": on_condition("If-Modified-Since", date, Last_Modified=date),
        "/news/stumbles": stumbling,
        "/news/outage": BUSY if night == 2 else page(story("Cork")),
        "/news/broken-tag": page(story("Dover"), ETag='"a\xe9\x01"'),
        "/news/removed": redirect("/") if gone else page(story("Essen")),
        "/news/removed-bare": redirect(home.removesuffix("/"), 301) if gone else page(story("Fano")),
        "/news/moves": redirect("/news/moved") if night > 1 else page(story("Graz"), ETag='"g"'),
        "/news/moved": page(story("Graz"), ETag='"g"'),
        "/feed": feed(nights.story(f"/news/{name}") for name in (
            "tag", "date", "stumbles", "outage", "broken-tag", "removed", "removed-bare", "moves")),
    })  # fmt: skip
    nights.other.add("other.test", {
        "/feed": feed([nights.other.url("other.test", "/news/1")]),
        "/news/1": page(story("Hagen")),
    })  # fmt: skip


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with SmallSite() as site, SmallSite() as other:
        sources = {"news": site.source("news", "news.test"), "other": other.source("other", "other.test")}
        folder = tmp_path_factory.mktemp("conditional")
        house = small_house(folder / "house", sources, hosts=["news.test", "other.test"])
        nights = Nights(site, other, house)
        for night in NIGHTS:
            set_night(nights, night)
            if night == 2:
                other.stop()
            house.run(*crawl_words(FIRST + timedelta(days=night - 1)))
            if night == 2:
                other.start()
            archive = house.open()
            newest = runs.newest_runs(archive.catalog)[0]
            assert newest.status == "done"
            nights.ledgers[night] = {row.url: row for row in runs.ledger_of(archive.catalog, newest.id)}
            archive.close()
        yield nights


def numbers(archive: Archive, url: str) -> list[tuple[int, bool]]:
    """(number, removed) of each version of the article at an address."""
    article = lookup.article_of(archive.catalog, url)
    assert article is not None
    return [
        (v.number, v.removed) for v in versions.every_version(archive.catalog) if v.article_id == article.id
    ]


@pytest.mark.parametrize("path", ["/news/tag", "/news/date"])
def test_not_modified_then_changed(nights: Nights, archive: Archive, path: str) -> None:
    url = nights.story(path)
    assert nights.outcomes(url)[:3] == ["archived", "not_modified", "archived"]
    assert numbers(archive, url) == [(1, False), (2, False)]


@pytest.mark.parametrize("path", ["/news/tag", "/news/date", "/news/stumbles"])
def test_a_304_is_a_revisit_that_names_the_original(nights: Nights, archive: Archive, path: str) -> None:
    """WARC 1.1, 6.7.3; also where the first answer of the night was a 503 and the second try brought it."""
    url = nights.story(path)
    original = archive_capture(archive, nights.ledgers[1][url])
    revisit = archive_capture(archive, nights.ledgers[2][url])
    assert (revisit.kind, revisit.status) == ("revisit", 304)
    assert (revisit.refers_to_url, revisit.refers_to_at) == (url, original.at)
    assert read_payload(archive.store, revisit) == read_payload(archive.store, original)
    with archive.store.open(revisit.segment) as stream:
        data = stream.read()
    record = gzip.decompress(data[revisit.offset : revisit.offset + revisit.length])
    assert b"WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\n" in record
    assert f"WARC-Refers-To-Target-URI: {url}\r\n".encode() in record
    assert original.at.strftime("WARC-Refers-To-Date: %Y-%m-%dT%H:%M:%SZ\r\n").encode() in record


def archive_capture(archive: Archive, row: LedgerRow) -> lookup.CaptureRow:
    assert row.capture_id is not None
    found = lookup.capture_by_id(archive.catalog, row.capture_id)
    assert found is not None
    return found


def test_a_validator_that_cannot_be_sent_back_harms_nobody(nights: Nights) -> None:
    outcomes = nights.outcomes(nights.story("/news/broken-tag"))
    assert outcomes[:2] == ["archived", "unchanged"]


def test_a_redirected_request_asks_without_conditions(nights: Nights) -> None:
    conditional = [
        visit.headers.get("If-None-Match") for visit in nights.site.visits("news.test", "/news/moves")
    ]
    assert conditional[:2] == [None, '"g"']
    assert [v.headers.get("If-None-Match") for v in nights.site.visits("news.test", "/news/moved")][:1] == [
        None
    ]


@pytest.mark.parametrize(
    ("url", "reason"), [("page", "failed(http_503)"), ("port", "failed(refused)")], ids=["503", "closed port"]
)
def test_a_night_of_outage_leaves_no_trace(nights: Nights, archive: Archive, url: str, reason: str) -> None:
    address = nights.story("/news/outage") if url == "page" else nights.other.url("other.test", "/news/1")
    assert nights.outcomes(address)[:3] == ["archived", reason, "unchanged"]
    assert numbers(archive, address) == [(1, False)]
    page_row = lookup.page_of(archive.catalog, address)
    assert page_row is not None
    assert (page_row.misses, page_row.first_missing_at) == (0, None)


@pytest.mark.parametrize("path", ["/news/removed", "/news/removed-bare"], ids=["/", "no path at all"])
def test_a_removed_article_that_leads_home_is_gone_and_comes_back(
    nights: Nights, archive: Archive, path: str
) -> None:
    url = nights.story(path)
    assert nights.outcomes(url) == ["archived", "gone(redirected_home)", "gone(redirected_home)", "archived"]
    assert numbers(archive, url) == [(1, False), (2, True), (3, False)]
    article = lookup.article_of(archive.catalog, url)
    assert article is not None
    [tombstone] = [
        v for v in versions.every_version(archive.catalog) if v.removed and v.article_id == article.id
    ]
    assert tombstone.missing_how == "redirected_home"
    assert tombstone.last_seen_at is not None
    assert tombstone.first_missing_at is not None
    days = (tombstone.last_seen_at.day, tombstone.first_missing_at.day, tombstone.captured_at.day)
    assert days == (20, 21, 22)


def test_the_archive_is_whole(nights: Nights) -> None:
    assert nights.house.problems() == []
