"""What a site says about keeping its pages, in every way it can say so."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.catalog import lookup, runs
from archive.exchange import Exchange
from config.source import Policy
from crawler.guards.reservation import reservation
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, small_house, story

BOTH = Policy(noarchive="honour", tdm_reservation="honour")


def answer(head: str = "", body: bytes = b"", *, coding: str = "") -> Exchange:
    fields = head + (f"Content-Encoding: {coding}\r\n" if coding else "")
    return Exchange(
        "https://e.org/a", datetime(2026, 3, 2, tzinfo=UTC), b"GET /a HTTP/1.1\r\n\r\n",
        f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode(), 200, body,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("X-Robots-Tag: noarchive", "noarchive"),
        ("X-Robots-Tag: noindex, NoArchive", "noarchive"),
        ("x-robots-tag: noindex\r\nX-ROBOTS-TAG: noarchive", "noarchive"),
        ("X-Robots-Tag: dateline: noarchive", "noarchive"),
        ("X-Robots-Tag: Dateline : noindex, noarchive", "noarchive"),
        ("X-Robots-Tag: unavailable_after: 25 Jun 2026 15:00:00 PST, noarchive", "noarchive"),
        ("X-Robots-Tag: otherbot: noarchive", None),
        ("X-Robots-Tag: none", None),
        ("X-Robots-Tag: noarchives", None),
        ("X-Robots-Tag: max-snippet: 20", None),
        ("X-Other: noarchive", None),
        ("TDM-Reservation: 1", "tdm_reserved"),
        ("tdm-reservation:  1 ", "tdm_reserved"),
        ("TDM-Reservation: 0", None),
        ("TDM-Reservation: 1x", None),
    ],
)
def test_header_fields(field: str, reason: str | None) -> None:
    assert reservation(answer(f"{field}\r\n"), BOTH, "dateline", page=False) == reason


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ('<head><meta name="robots" content="noarchive">', "noarchive"),
        ("<head><META CONTENT='noindex, NOARCHIVE' NAME=Robots>", "noarchive"),
        ('<head>\n<meta\n  name="dateline"\n  content="noarchive"\n>', "noarchive"),
        ('<head><meta name="robots" content="index"><meta name=robots content=noarchive>', "noarchive"),
        ('<head><meta name="tdm-reservation" content="1">', "tdm_reserved"),
        ('<head><meta name="otherbot" content="noarchive">', None),
        ('<head><meta name="description" content="noarchive">', None),
        ('<head><meta name="robots" content="index, follow"></head><body>noarchive', None),
        ('</head><body><meta name="robots" content="noarchive">', None),
        ("<meta " * 20_000, None),
        ("", None),
    ],
)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_elements_of_a_page(markup: str, coding: str, reason: str | None) -> None:
    body = gzip.compress(markup.encode()) if coding else markup.encode()
    assert reservation(answer(body=body, coding=coding), BOTH, "dateline", page=True) == reason
    assert reservation(answer(body=body, coding=coding), BOTH, "dateline", page=False) is None


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(), ["noarchive", None]),
        (Policy(noarchive="ignore"), [None, None]),
        (Policy(noarchive="ignore", tdm_reservation="honour"), [None, "tdm_reserved"]),
    ],
    ids=["as it is", "ignored", "turned round"],
)
def test_the_policy_decides(policy: Policy, expected: list[str | None]) -> None:
    heads = ["X-Robots-Tag: noarchive\r\n", "TDM-Reservation: 1\r\n"]
    bodies = [b'<meta name="robots" content="noarchive">', b'<meta name="tdm-reservation" content="1">']
    assert [reservation(answer(head), policy, "dateline", page=True) for head in heads] == expected
    assert [reservation(answer(body=body), policy, "dateline", page=True) for body in bodies] == expected


@pytest.mark.parametrize(
    ("page_says", "head_says", "file_says", "reserved"),
    [
        pytest.param(None, None, True, True, id="the file alone"),
        pytest.param(None, None, False, False, id="the file, of nothing"),
        pytest.param(None, "0", True, False, id="the head against the file"),
        pytest.param(None, "1", False, True, id="the head against an open file"),
        pytest.param("0", "1", True, False, id="the page against both"),
        pytest.param("1", "0", None, True, id="the page against the head"),
        pytest.param("maybe", "perhaps", True, True, id="words that mean nothing"),
        pytest.param(None, None, None, False, id="nothing said"),
    ],
)
def test_who_is_right_about_mining(
    page_says: str | None, head_says: str | None, file_says: bool | None, reserved: bool
) -> None:
    head = f"TDM-Reservation: {head_says}\r\n" if head_says else ""
    body = f'<head><meta name="tdm-reservation" content="{page_says}">'.encode() if page_says else b"<head>"
    found = reservation(answer(head, body), BOTH, "dateline", page=True, tdm_file=file_says)
    assert found == ("tdm_reserved" if reserved else None)
    assert reservation(answer(head, body), Policy(), "dateline", page=True, tdm_file=file_says) is None


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "unknown", "gzip, gzip, gzip"])
def test_a_body_that_is_none_says_nothing(coding: str) -> None:
    assert reservation(answer(body=b"\x1f\x8bnoise", coding=coding), BOTH, "dateline", page=True) is None


def test_nothing_of_such_a_page_is_kept(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 20, 2, tzinfo=UTC)
    closed = story("Closed").replace("<head>", '<head><meta name="robots" content="noarchive">')
    with SmallSite() as site:
        pages = {
            "/news/closed": page(closed),
            "/news/tagged": page(story("Tagged"), X_Robots_Tag="noarchive"),
            "/news/open": page(story("Open")),
        }
        site.add("site.test", {**pages, "/feed": feed(site.url("site.test", path) for path in pages)})
        house = small_house(tmp_path / "h", {"site": site.source("site", "site.test")}, hosts=["site.test"])
        house.run(*crawl_words(moment))
        archive = house.open()
        [run] = runs.newest_runs(archive.catalog)
        ended = {row.url: (row.outcome, row.reason) for row in runs.ledger_of(archive.catalog, run.id)}
        kept = {path: lookup.captures_of(archive.catalog, site.url("site.test", path)) for path in pages}
        archive.close()
        assert ended == {
            site.url("site.test", "/news/closed"): ("skipped", "noarchive"),
            site.url("site.test", "/news/tagged"): ("skipped", "noarchive"),
            site.url("site.test", "/news/open"): ("archived", None),
        }
        assert {path: len(captures) for path, captures in kept.items()} == {
            "/news/closed": 0, "/news/tagged": 0, "/news/open": 1,
        }  # fmt: skip
        assert run.status == "done"
        assert house.problems() == []


def test_the_file_of_a_site_is_asked_for_once_and_where_it_is_wanted(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 20, 2, tzinfo=UTC)
    file = (200, {"Content-Type": "application/json"}, b'[{"location": "/news/", "tdm-reservation": 1}]')
    unreserved = story("Free").replace("<head>", '<head><meta name="tdm-reservation" content="0">')
    asked = "/.well-known/tdmrep.json"
    with SmallSite() as site:
        for host in ("honour.test", "ignore.test"):
            pages = {
                "/news/closed": page(story(f"Closed{host}")),
                "/news/free": page(unreserved.replace("Free", f"Free{host}")),
                "/open/story": page(story(f"Open{host}")),
            }
            names = feed(site.url(host, path) for path in pages)
            site.add(host, {**pages, "/feed": names, asked: file})
        policy = "policy: {tdm_reservation: honour}\n"
        house = small_house(
            tmp_path / "h",
            {
                "honour": site.source("honour", "honour.test", policy),
                "ignore": site.source("ignore", "ignore.test"),
            },
            hosts=["honour.test", "ignore.test"],
        )
        house.run(*crawl_words(moment))
        archive = house.open()
        [run] = runs.newest_runs(archive.catalog)
        ended = {row.url: row.reason or row.outcome for row in runs.ledger_of(archive.catalog, run.id)}
        kept = lookup.captures_of(archive.catalog, site.url("honour.test", "/news/closed"))
        archive.close()
        paths = ("/news/closed", "/news/free", "/open/story")
        assert [ended[site.url("honour.test", path)] for path in paths] == [
            "tdm_reserved", "archived", "archived",
        ]  # fmt: skip
        assert [ended[site.url("ignore.test", path)] for path in paths] == ["archived"] * 3
        assert kept == []
        assert [len(site.visits(host, asked)) for host in ("honour.test", "ignore.test")] == [1, 0]
        assert house.problems() == []
