"""TimeGate, TimeMaps and raw captures, as RFC 7089 says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog.export_reads import captures_by_id
from archive.catalog.schema import capture
from archive.commit import Committer
from archive.journal import JournalWriter
from archive.reader import read_payload
from archive.rows import DroppedRow
from config.settings import WebSettings
from tests.archive.material import NOON, SetClock, exchange
from tests.web.conftest import STORY
from tests.web.visitor import ORIGINS, Visitor, archive_with
from web.moments import http_date

API = ORIGINS.api
FIRST, SECOND, THIRD = (f"{API}/web/20260329{time}id_/{STORY}" for time in ("120000", "120010", "120100"))


def at(seconds: float) -> str:
    return http_date(NOON + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("wanted", "memento"),
    [
        pytest.param(None, THIRD, id="without a date, the most recent one"),
        pytest.param(at(-1e8), FIRST, id="before the first, the first"),
        pytest.param(at(0), FIRST, id="exactly"),
        pytest.param(at(4), FIRST, id="nearer to the first"),
        pytest.param(at(5), FIRST, id="as near to both: the earlier"),
        pytest.param(at(6), SECOND, id="nearer to the second"),
        pytest.param(at(35), SECOND, id="as near to both again"),
        pytest.param(at(36), THIRD, id="nearer to the third"),
        pytest.param(at(1e8), THIRD, id="after the last, the last"),
    ],
)
def test_the_timegate_leads_to_the_closest(visitor: Visitor, wanted: str | None, memento: str) -> None:
    answer = visitor.api(f"/timegate/{STORY}", **({"Accept_Datetime": wanted} if wanted else {}))
    assert (answer.status, answer.headers["location"]) == (302, memento)
    assert answer.headers["vary"] == "accept-datetime"
    assert "memento-datetime" not in answer.headers


def links(header: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, relation in re.findall(r'<([^>]*)>; rel="([^"]*)"', header):
        found.setdefault(relation, []).append(address)
    return found


TIMEMAPS = [f"{API}/timemap/{form}/{STORY}" for form in ("link", "json")]
AROUND = {"original": [STORY], "timegate": [f"{API}/timegate/{STORY}"], "timemap": TIMEMAPS}


@pytest.mark.parametrize(
    ("digits", "mementos"),
    [
        ("20260329120000", {"first memento": [FIRST], "next memento": [SECOND], "last memento": [THIRD]}),
        (
            "20260329120010",
            {"first prev memento": [FIRST], "memento": [SECOND], "next last memento": [THIRD]},
        ),
        ("20260329120100", {"first memento": [FIRST], "prev memento": [SECOND], "last memento": [THIRD]}),
    ],
)
def test_the_links_of_a_memento(visitor: Visitor, digits: str, mementos: dict[str, list[str]]) -> None:
    answer = visitor.api(f"/web/{digits}id_/{STORY}")
    assert links(answer.headers["link"]) == AROUND | mementos


@pytest.mark.parametrize(
    ("path", "status", "headers"),
    [
        (f"/web/20260329120003id_/{STORY}", 200, {"memento-datetime": at(0), "content-location": FIRST}),
        (
            f"/web/20260329120000id_/{STORY}",
            200,
            {
                "content-type": "text/html; charset=utf-8",
                "x-archive-orig-set-cookie": "a=1",
                "x-archive-orig-connection": "close",
                "x-archive-orig-content-security-policy": "x",
                "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
                "x-content-type-options": "nosniff",
                "set-cookie": None,
                "connection": None,
            },
        ),
        (f"/web/20260329120100id_/{STORY}", 200, {"x-archive-orig-x-third": "yes"}),
        (
            "/web/2026id_/https://news.example/old",
            301,
            {
                "location": f"{API}/web/20260329120000id_/https://news.example/new?a=1",
                "x-archive-orig-location": "/new?a=1",
            },
        ),
        ("/web/2026id_/https://news.example/none", 404, {"memento-datetime": at(0)}),
        ("/web/2026id_/https://news.example/empty", 200, {"x-archive-orig-status": "204"}),
        ("/web/2026id_/https://news.example/odd", 200, {"x-archive-orig-status": "999"}),
        (
            f"/web/20260329120003/{STORY}",
            302,
            {"location": f"{ORIGINS.replay}/web/20260329120003mp_/{STORY}", "memento-datetime": None},
        ),
    ],
)
def test_the_headers_of_a_capture(
    visitor: Visitor, path: str, status: int, headers: dict[str, str | None]
) -> None:
    answer = visitor.api(path)
    assert answer.status == status
    assert {name: answer.headers.get(name) for name in headers} == headers


@pytest.mark.parametrize(
    ("path", "headers", "status", "reason"),
    [
        ("/timegate/https://nowhere.example/", {}, 404, "no capture of https://nowhere.example/ is in the"),
        ("/timegate/ftp://news.example/", {}, 400, "allowed: an absolute http or https URL"),
        ("/timegate/https://user:x@news.example/", {}, 400, "no host that can be"),
        (f"/timegate/https://news.example/{'a' * 2048}", {}, 400, "has 2069 characters"),
        (f"/timegate/{STORY}", {"Accept_Datetime": "yesterday"}, 400, "Accept-Datetime: 'yesterday' is no"),
        (f"/timegate/{STORY}", {"Accept_Datetime": "Sun, 31 Feb 2026 10:00:00 GMT"}, 400, "Accept-Datetime"),
        (f"/web/2026a/{STORY}", {}, 400, "'2026a' is no moment"),
        (f"/web/20261301id_/{STORY}", {}, 400, "allowed: 14 digits"),
        (f"/web/2026xx_/{STORY}", {}, 400, "modifier 'xx_' is unknown"),
        (f"/web/2026mp_/{STORY}", {}, 404, "replayed at http://127.0.0.1:8081"),
        (f"/timemap/xml/{STORY}", {}, 400, "allowed: link or json"),
        (f"/timemap/link/2027/{STORY}", {}, 404, "no capture of"),
        ("/nothing/here", {}, 404, "nothing is served"),
    ],
)
def test_what_is_refused(
    visitor: Visitor, path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    answer = visitor.api(path, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = json.loads(answer.body)
    assert problem["status"] == status
    assert reason in problem["detail"]


@pytest.mark.parametrize(
    "spelled",
    [
        "https:/news.example/story?id=1&x=%2F",
        "HTTPS://NEWS.example:443/story?id=1&x=%2F",
        "https%3A%2F%2Fnews.example%2Fstory%3Fid%3D1%26x%3D%252F",
    ],
)
def test_spellings_of_one_address(visitor: Visitor, spelled: str) -> None:
    assert visitor.api(f"/timegate/{spelled}").headers["location"] == THIRD


def test_an_address_is_taken_byte_for_byte(visitor: Visitor) -> None:
    assert visitor.api("/timegate/https://news.example/story?id=1&x=/").status == 404


def test_the_timemap_in_link_format(visitor: Visitor) -> None:
    answer = visitor.api(f"/timemap/link/{STORY}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/link-format")
    bounds = f'from="{at(0)}"; until="{at(60)}",'
    assert answer.text.splitlines() == [
        f'<{STORY}>; rel="original",',
        f'<{API}/timegate/{STORY}>; rel="timegate",',
        f'<{API}/timemap/link/{STORY}>; rel="self"; type="application/link-format"; {bounds}',
        f'<{FIRST}>; rel="first memento"; datetime="{at(0)}",',
        f'<{SECOND}>; rel="memento"; datetime="{at(10)}",',
        f'<{THIRD}>; rel="last memento"; datetime="{at(60)}"',
    ]


def test_timemaps_in_pages_have_every_memento_once(visitor: Visitor) -> None:
    paged = replace(visitor, timemap_page=2)
    first = paged.api(f"/timemap/link/{STORY}").text
    following = links(first)["timemap"]
    assert following == [f"{API}/timemap/link/20260329120100/{STORY}"]
    second = paged.api(following[0].removeprefix(API)).text
    assert re.findall(r"/web/(\d+)id_", first + second) == [
        "20260329120000",
        "20260329120010",
        "20260329120100",
    ]
    assert ("first" in second, "last" in first, 'rel="timemap"' in second) == (False, False, False)
    document = json.loads(paged.api(f"/timemap/json/{STORY}").body)
    assert document["pages"]["next"]["uri"] == f"{API}/timemap/json/20260329120100/{STORY}"
    assert [each["uri"] for each in document["mementos"]["list"]] == [FIRST, SECOND]
    assert document["mementos"]["first"] == {"datetime": "2026-03-29T12:00:00Z", "uri": FIRST}
    assert "last" not in document["mementos"]


def test_every_capture_of_the_demo_is_given_byte_for_byte(demo_visitor: Visitor) -> None:
    archive = demo_visitor.archive
    with archive.catalog.read() as connection:
        ids = list(connection.execute(sa.select(capture.c.id).where(capture.c.status != 304)).scalars())
    rows = captures_by_id(archive.catalog, ids)
    seconds: dict[tuple[str, datetime], set[bytes]] = {}
    for row in rows.values():  # an address asked for twice within one second is one memento
        seconds.setdefault((row.url, row.at), set()).add(read_payload(archive.store, row))
    assert len(seconds) > 100
    assert any(row.kind == "revisit" for row in rows.values())
    for (url, moment), payloads in seconds.items():
        answer = demo_visitor.api(f"/web/{moment.astimezone(UTC):%Y%m%d%H%M%S}id_/{url}")
        assert answer.body in payloads
        assert answer.headers["memento-datetime"] == http_date(moment)


def test_a_capture_that_was_let_go_is_answered_by_the_one_that_stands_for_it(tmp_path: Path) -> None:
    """Although a later one, with other words, is nearer. Its very bytes are refused, and the way is told."""
    looks = ((0, b"<h1>One</h1>"), (60, b"<h1>Two</h1>"))
    archive, rows = archive_with(
        tmp_path, [exchange(STORY, body, at=NOON + timedelta(seconds=second)) for second, body in looks]
    )
    gone = DroppedRow(
        id="0" * 32, url_key=rows[0].url_key, url=STORY, at=NOON + timedelta(seconds=50), source="example",
        run_id="run-1", kind="response", status=200, mime="text/html", payload_sha256="2" * 64,
        payload_sha1="", payload_size=1, dropped_at=NOON + timedelta(days=1), instead=rows[0].id,
    )  # fmt: skip
    journal = JournalWriter(archive.store, "by-hand", SetClock(NOON + timedelta(days=1)))
    Committer(archive.store, archive.catalog, journal, SetClock()).commit_rows([gone])
    visitor = Visitor(archive)
    raw = visitor.api(f"/web/20260329120050id_/{STORY}")
    assert raw.status == 410
    assert f"let go on 2026-03-30 (policy.keep of example); its payload had sha256 {'2' * 64}" in raw.text
    assert f"stands at {FIRST}" in raw.text
    shown = visitor.replay(f"/web/20260329120050mp_/{STORY}")
    assert (shown.status, "One" in shown.text) == (200, True)
    assert shown.headers["memento-datetime"] == http_date(NOON)
    assert visitor.api(f"/timegate/{STORY}", Accept_Datetime=at(50)).headers["location"] == FIRST
    assert visitor.api(f"/web/20260329120049id_/{STORY}").body == b"<h1>Two</h1>"  # no moment of ours
    assert "120050" not in visitor.api(f"/timemap/link/{STORY}").text
    hidden = replace(visitor, settings=WebSettings(access=[{"source": "example", "access": "block"}]))
    assert hidden.api(f"/web/20260329120050id_/{STORY}").status == 451
    archive.close()
