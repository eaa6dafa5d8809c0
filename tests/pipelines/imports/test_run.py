"""Whole imports into an archive: versions in order, revisits, pictures, what was there, interruptions."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from archive.catalog import leases, lookup, runs, versions
from archive.clock import ShiftedClock
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.journal import JournalWriter
from archive.members import read_member, record_place
from archive.reader import read_exchange
from archive.rows import PageRow, TakedownRow
from archive.verify.run import verify
from archive.warc import read_one
from config.errors import ConfigError
from config.source import Articles, Discover
from pipelines.imports import run as import_run
from pipelines.imports.intake import Intake, RefusedRecord
from tests.pipelines.imports.made import (
    NOON,
    NOW,
    SENTENCES,
    SITE,
    SOURCE,
    STORY,
    House,
    days,
    gz,
    http,
    page,
    record,
    sha1,
    warc_date,
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House.build(tmp_path / "house")


def no_problems(house: House) -> None:
    with house.open() as archive:
        assert verify(archive.store, archive.catalog, lambda *_: None).problems == ()


FIRST = record(block=http(page()))
EDITED = record(block=http(page(title="Old bridge stays open")), at=NOON + days(2))
SAME = record(block=http(page() + b"<!-- served by host 7 -->"), at=NOON + days(1))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_versions_come_out_in_order_of_time_whatever_the_order_in_the_files(
    house: House, order: tuple[int, ...]
) -> None:
    records = [FIRST, SAME, EDITED]
    summary = house.take(*(house.write(f"{number}.warc.gz", gz(records[number])) for number in order))
    assert summary.pages == {"archived": 2, "unchanged": 1}
    assert (summary.captures, summary.versions, summary.refused, summary.run.status) == (3, 2, (), "done")
    assert [(v.number, v.captured_at, v.title) for v in house.versions()] == [
        (1, NOON, "Old bridge to close for two years"),
        (2, NOON + days(2), "Old bridge stays open"),
    ]
    assert house.events() == [(2, "title")]
    no_problems(house)


def test_the_run_is_a_backfill_with_a_closed_account(house: House) -> None:
    other = record(url="https://other.example/a", block=http(page(*SENTENCES[::-1])))
    wall = record(url=f"{SITE}short", block=http(page("Too short.", title="x")))
    picture = record(url=f"{SITE}a.png", block=http(b"png", mime="image/png"))
    summary = house.take(house.write("a.warc", FIRST + EDITED + other + wall + picture))
    with house.open() as archive:
        [run] = runs.newest_runs(archive.catalog)
        ledger = {row.url: row for row in runs.ledger_of(archive.catalog, run.id)}
    assert (run.kind, run.status, run.sources) == ("backfill", "done", ("example", "imported"))
    assert run == summary.run
    assert {url: (row.source, row.outcome, row.found_by, row.found_in) for url, row in ledger.items()} == {
        STORY: ("example", "archived", "import", "a.warc"),
        "https://other.example/a": ("imported", "archived", "import", "a.warc"),
        f"{SITE}short": ("example", "quarantined", "import", "a.warc"),
    }
    assert sorted(row.position for row in ledger.values()) == [0, 1, 2]


def test_importing_again_makes_nothing_new(house: House) -> None:
    path = house.write("a.warc.gz", gz(FIRST, SAME, EDITED))
    house.take(path)
    before = house.versions()
    again = house.take(path, path)
    assert (again.captures, again.known, again.repeated, again.versions) == (0, 3, 3, 0)
    assert again.pages == {"skipped(older_than_newest)": 1, "unchanged": 2}
    assert house.versions() == before
    with house.open() as archive:
        assert len(lookup.captures_of(archive.catalog, STORY)) == 3
    no_problems(house)


def test_a_page_older_than_the_newest_version_keeps_its_bytes_and_makes_no_version(house: House) -> None:
    house.take(house.write("b.warc", EDITED))
    summary = house.take(house.write("a.warc", FIRST))
    assert summary.pages == {"skipped(older_than_newest)": 1}
    assert [v.captured_at for v in house.versions()] == [NOON + days(2)]
    with house.open() as archive:
        times = [row.at for row in lookup.captures_of(archive.catalog, STORY)]
        [old, _] = lookup.captures_of(archive.catalog, STORY)
        assert read_exchange(archive.store, old).body == page()
    assert times == [NOON, NOON + days(2)]


def test_nothing_is_said_against_what_a_crawl_has_seen_since(house: House) -> None:
    house.take(house.write("a.warc", FIRST))
    seen = PageRow(
        url_key=url_key(STORY), url=STORY, source="example", found_by="feed", found_in=SITE, found_at=NOON,
        last_fetched_at=NOON + days(5), last_seen_at=NOON + days(5),
    )  # fmt: skip
    with house.open() as archive:
        clock = ShiftedClock(NOW)
        Committer(
            archive.store, archive.catalog, JournalWriter(archive.store, "w", clock), clock
        ).commit_rows([seen])
    assert house.take(house.write("b.warc", EDITED)).pages == {"skipped(older_than_newest)": 1}
    assert len(house.versions()) == 1


def test_provenance_stands_in_the_record_and_no_request_is_invented(house: House) -> None:
    info = record("warcinfo", block=b"software: Wget/1.21\r\n", Content_Type="application/warc-fields")
    data = gz(info, record(block=http(page()), WARC_Record_ID="<urn:uuid:abc>", WARC_IP_Address="192.0.2.7"))
    house.take(house.write("wget.warc.gz", data))
    with house.open() as archive:
        [row] = lookup.captures_of(archive.catalog, STORY)
        found = read_one(read_member(archive.store, record_place(row)))
        segment = archive.store.read(row.segment)
    assert found.headers["Dateline-Imported-From"] == f"wget.warc.gz sha256:{sha256_hex(data)}"
    assert found.headers["Dateline-Original-Record-ID"] == "<urn:uuid:abc>"
    assert found.headers["Dateline-Original-Software"] == "Wget/1.21"
    assert (found.headers["WARC-Date"], found.headers["WARC-IP-Address"]) == (warc_date(NOON), "192.0.2.7")
    assert segment.count(b"\x1f\x8b\x08") == 2  # warcinfo and response
    no_problems(house)


REFERS: dict[str, Callable[[str], dict[str, str | None]]] = {
    "address and date": lambda _: {
        "WARC_Refers_To_Target_URI": STORY,
        "WARC_Refers_To_Date": warc_date(NOON),
    },
    "record id": lambda name: {"WARC_Refers_To": name},
    "digest": lambda _: {"WARC_Payload_Digest": sha1(page())},
    "digest of another spelling": lambda _: {"WARC_Payload_Digest": f"sha-256:{sha256_hex(page())}"},
}


@pytest.mark.parametrize("way", REFERS)
@pytest.mark.parametrize("head", [http(b"", "X-Again: yes"), b""])
def test_a_revisit_finds_its_original_in_any_of_the_files(house: House, way: str, head: bytes) -> None:
    name = "<urn:uuid:original>"
    stated = f"sha256:{sha256_hex(page())}"
    original = record(block=http(page()), WARC_Record_ID=name, WARC_Payload_Digest=stated)
    mirror = "https://mirror.example/story"
    revisit = record("revisit", url=mirror, block=head, at=NOON + days(1), **REFERS[way](name))
    summary = house.take(house.write("a.warc.gz", gz(revisit)), house.write("b.warc.gz", gz(original)))
    assert (summary.captures, summary.refused) == (2, ())
    assert len(house.versions(mirror)) == 1
    with house.open() as archive:
        [row] = lookup.captures_of(archive.catalog, mirror)
        assert (row.kind, row.status, row.at) == ("revisit", 200, NOON + days(1))
        back = read_exchange(archive.store, row)
        assert (back.body, back.header("X-Again")) == (page(), "yes" if head else None)
    no_problems(house)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"WARC_Refers_To_Target_URI": STORY, "WARC_Refers_To_Date": warc_date(NOON + days(1))},
        {
            "WARC_Refers_To_Target_URI": STORY,
            "WARC_Refers_To_Date": warc_date(NOON),
            "WARC_Payload_Digest": sha1(b"x"),
        },
        {"WARC_Refers_To": "<urn:uuid:unknown>"},
        {"WARC_Payload_Digest": sha1(b"")},  # names the redirect below, and every other empty answer
    ],
)  # fmt: skip
def test_a_revisit_without_its_original_is_refused(house: House, fields: dict[str, str]) -> None:
    redirect = record(url=f"{SITE}old", block=http(b"", "Location: /2026/bridge", status="301 Moved"))
    data = gz(FIRST, redirect, record("revisit", url=f"{SITE}again", block=http(b""), **fields))
    summary = house.take(house.write("a.warc.gz", data))
    [refused] = summary.refused
    assert (refused.file, refused.offset) == ("a.warc.gz", len(gz(FIRST, redirect)))
    assert "original" in refused.reason
    assert summary.captures == 2


def test_a_304_stands_for_the_page_it_confirms(house: House) -> None:
    head = http(b"", status="304 Not Modified", mime="")
    fields = {"WARC_Refers_To_Target_URI": STORY, "WARC_Refers_To_Date": warc_date(NOON)}
    confirmed = record("revisit", block=head, at=NOON + days(1), **fields)
    path = house.write("a.warc", FIRST + confirmed)
    assert house.take(path).captures == 2
    with house.open() as archive:
        old, new = lookup.captures_of(archive.catalog, STORY)
        assert (new.status, new.kind, new.payload_sha256) == (304, "revisit", old.payload_sha256)
    assert house.take(path).captures == 0
    no_problems(house)


def png(color: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_those_closest_in_time_and_never_fetched(house: House) -> None:
    old, new = png("red"), png("blue")
    shown = http(page(picture="/bridge.png"))
    data = gz(
        record(url=f"{SITE}bridge.png", block=http(old, mime="image/png"), at=NOON - days(9)),
        record(url=f"{SITE}bridge.png", block=http(new, mime="image/png"), at=NOON + timedelta(minutes=1)),
        record(block=shown),
        record(
            url=f"{SITE}other", block=http(page(*SENTENCES[::-1], picture="http://elsewhere.example/x.png"))
        ),
    )
    house.take(house.write("a.warc.gz", data))
    with house.open() as archive:
        found = {
            url: [
                picture.sha256
                for picture in versions.pictures_of(archive.catalog, house_article(archive.catalog, url), 1)
            ]
            for url in (STORY, f"{SITE}other")
        }
    assert found == {STORY: [sha256_hex(new)], f"{SITE}other": [None]}
    no_problems(house)


def house_article(catalog: object, url: str) -> str:
    article = lookup.article_of(catalog, url)  # type: ignore[arg-type]
    assert article is not None
    return article.id


def test_a_page_missing_on_two_nights_is_removed(house: House) -> None:
    gone = [record(block=http(b"", status="404 Not Found"), at=NOON + days(number)) for number in (1, 2)]
    never = record(url=f"{SITE}never", block=http(b"", status="404 Not Found"))
    summary = house.take(house.write("a.warc", FIRST + gone[0] + gone[1] + never))
    assert summary.pages == {"archived": 1, "gone(http_404)": 2}
    last = house.versions()[-1]
    assert (last.removed, last.last_seen_at, last.first_missing_at) == (True, NOON, NOON + days(1))
    assert house.events() == [(2, "removed")]


def test_an_article_that_moved_stays_one_article(house: House) -> None:
    moved = http(b"", "Location: /2026/03/bridge", status="301 Moved Permanently")
    at = NOON + days(1)
    data = (
        FIRST
        + record(block=moved, at=at)
        + record(url=f"{SITE}2026/03/bridge", block=http(page()), at=at + timedelta(seconds=3))
    )
    house.take(house.write("a.warc", data))
    assert [v.url for v in house.versions()] == [STORY, f"{SITE}2026/03/bridge"]
    assert house.events() == [(2, "moved")]


def test_a_source_says_what_its_articles_are(house: House) -> None:
    articles = Articles(allow=("/2026/",), deny=("/video/",))
    source = SOURCE.model_copy(update={"discover": Discover(sections=(f"{SITE}2026/",), articles=articles)})
    urls = (SITE, f"{SITE}2026/", f"{SITE}about", f"{SITE}2026/video/1", STORY)
    data = b"".join(record(url=url, block=http(page())) for url in urls)
    summary = house.take(house.write("a.warc", data), sources=[source])
    assert summary.pages == {"archived": 1, "skipped(not_an_article)": 4}
    assert (summary.captures, len(house.versions())) == (5, 1)


def test_a_host_that_is_being_crawled_gets_no_versions_from_two_sides(house: House) -> None:
    path = house.write("a.warc", FIRST)
    with house.open() as archive:
        leases.acquire(archive.catalog, ["host:news.example"], "a crawl", 600, ShiftedClock(NOW))
    assert house.take(path).pages == {"skipped(host_busy)": 1}
    assert house.versions() == []
    with house.open() as archive:
        leases.release(archive.catalog, "a crawl")
    summary = house.take(path)
    assert (summary.captures, summary.pages) == (0, {"archived": 1})


def test_an_import_that_broke_off_leaves_nothing_half_and_can_be_repeated(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.write("a.warc.gz", gz(FIRST, SAME, EDITED))

    async def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(import_run, "in_order_of_keys", stopped)
        with pytest.raises(KeyboardInterrupt):
            house.take(path)
    with house.open() as archive:
        [broken] = runs.newest_runs(archive.catalog)
        assert runs.unfinished_runs(archive.catalog) == []
    assert broken.status == "broken"
    no_problems(house)
    assert house.take(path).pages == {"archived": 2, "unchanged": 1}
    assert [v.number for v in house.versions()] == [1, 2]


def test_a_killed_import_is_closed_by_the_next_one_and_never_crawled(house: House) -> None:
    summary = house.take(house.write("a.warc", FIRST))
    killed = replace(summary.run, id="run-killed", sources=(), status="running", finished_at=None)
    with house.open() as archive:
        clock = ShiftedClock(NOW)
        Committer(
            archive.store, archive.catalog, JournalWriter(archive.store, "w", clock), clock
        ).commit_rows([killed])
    house.take(house.write("a.warc", FIRST))
    with house.open() as archive:
        closed = runs.run_by_id(archive.catalog, "run-killed")
    assert closed is not None
    assert (closed.status, closed.finished_at is not None) == ("broken", True)


def wacz(path: Path, members: dict[str, bytes], *, promised: dict[str, bytes] | None = None) -> Path:
    resources = [
        {"path": name, "hash": f"sha256:{sha256_hex(data)}", "bytes": len(data)}
        for name, data in (members | (promised or {})).items()
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for name, data in members.items():
            package.writestr(name, data)
        package.writestr("datapackage.json", json.dumps({"profile": "data-package", "resources": resources}))
    return path


def test_a_wacz_file_is_its_warc_files(house: House) -> None:
    members = {
        "archive/a.warc.gz": gz(FIRST),
        "archive/b.warc": EDITED,
        "indexes/index.cdx": b"x",
        "pages/pages.jsonl": b"{}",
    }
    path = wacz(house.folder / "site.wacz", members)
    summary = house.take(path)
    assert (summary.files, summary.captures, summary.versions, summary.refused) == (2, 2, 2, ())
    with house.open() as archive:
        row = lookup.captures_of(archive.catalog, STORY)[0]
        found = read_one(read_member(archive.store, record_place(row)))
    assert (
        found.headers["Dateline-Imported-From"]
        == f"site.wacz/archive/a.warc.gz sha256:{sha256_hex(path.read_bytes())}"
    )


def test_a_wacz_member_that_is_not_what_was_promised_is_refused(house: House) -> None:
    members = {"archive/a.warc.gz": gz(FIRST), "archive/b.warc": EDITED}
    summary = house.take(wacz(house.folder / "x.wacz", members, promised={"archive/b.warc": b"other"}))
    [refused] = summary.refused
    assert refused.reason.startswith("archive/b.warc: sha256:")
    assert summary.captures == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html>", "neither WARC nor WACZ"),
        (b"filedesc://x 0.0.0.0 2026 text/plain 1\n", "ARC file"),
        (gz(b"filedesc://x 0.0.0.0 2026 text/plain 1\n"), "ARC file"),
        (b"\x04\x22\x4d\x18rest", "lz4"),
        (b"PK\x03\x04 and no more", "cannot be read"),
        (gz(b"no warc"), "no WARC record begins here"),
        (b"\x1f\x8b\x08\x00", "cut short"),
        (b"\x28\xb5\x2f\xfd\x00", "cut short"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 30, "zstd frame is damaged"),
        (b"\x5d\x2a\x4d\x18\xff\xff\xff\xff", "neither"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_of_ours_is_refused_and_the_others_are_taken(
    house: House, data: bytes, reason: str
) -> None:
    summary = house.take(house.write("bad", data), house.write("good.warc", FIRST))
    if reason == "neither":  # a dictionary of nothing, and no frame behind it: an empty file
        assert summary.refused == ()
    else:
        [refused] = summary.refused
        assert isinstance(refused, RefusedRecord)
        assert (refused.file, refused.offset) == ("bad", 0)
        assert reason in refused.reason
    assert summary.captures == 1


def test_a_file_that_is_not_there_is_a_fault_of_usage(house: House) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*missing\.warc"):
        house.take(house.folder / "missing.warc")
    with house.open() as archive:
        assert runs.newest_runs(archive.catalog) == []


def test_stopping_ends_the_intake_between_two_records(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    take = Intake.take

    def watched(self: Intake, files: object) -> object:
        self.stop.set()
        taken.append(take(self, files))  # type: ignore[arg-type]
        return taken[-1]

    monkeypatch.setattr(Intake, "take", watched)
    summary = house.take(house.write("a.warc", FIRST + EDITED))
    assert (summary.captures, taken[0].captures) == (0, [])


def test_what_was_taken_down_is_passed_over(house: House) -> None:
    with house.open() as archive:
        row = TakedownRow(url_key=url_key(STORY), url=STORY, subject=STORY, reason="law", at=NOW)
        journal = JournalWriter(archive.store, "by-hand", ShiftedClock(NOW))
        Committer(archive.store, archive.catalog, journal, ShiftedClock(NOW)).commit_rows([row])
    other = record(url="https://other.example/a", block=http(page()))
    summary = house.take(house.write("a.warc", FIRST + other + EDITED))
    assert (summary.captures, summary.passed_over, summary.refused) == (1, {"taken down": 2}, ())
    assert summary.pages == {"archived": 1}
    with house.open() as archive:
        assert lookup.captures_of(archive.catalog, STORY) == []
    no_problems(house)
