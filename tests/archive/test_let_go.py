"""Bytes of unchanged pages go; every promise about them holds before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from archive.backup import Configuration, back_up
from archive.catalog import keep_reads, lookup, schema, segments, usage
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.erasure import let_go as letting
from archive.erasure.expire import expire
from archive.erasure.keep import Keep
from archive.erasure.let_go import LetGo, let_all_go, plan_letting_go
from archive.erasure.purge import purge
from archive.erasure.takedown import Request, take_down
from archive.export.json_lines import export_lines
from archive.reader import ArchiveDamaged, read_exchange
from archive.replicate import replicate
from archive.restore import open_backup
from archive.rewrite.compact import Compaction, compact
from archive.rewrite.opening import rewriting
from archive.rows import DroppedRow, RenderedRow, SegmentRow
from archive.stores.local import LocalStore
from archive.timeline import timeline_of
from archive.verify.run import verify
from archive.warc import read_records
from tests.archive.material import everything, rebuilt, silent
from tests.archive.newsroom import FIRST_NIGHT, Newsroom, Story, newsroom

WIRE = "https://ever.example/wire"
OTHER = "https://quarter.example/wire"
BY = Request("policy", "policy of the sources")
CHANGED = {"ever": Keep()}
local = pytest.mark.parametrize("room", ["local"], indirect=True)


@pytest.fixture(params=["local", "services"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(request, tmp_path, {"month": 30}) as made:
        yield made


def story(frame: str = "", title: str = "Wire", source: str = "ever") -> Story:
    url = f"https://{source}.example/wire"
    return Story(url, title, "A wire story. " * 9, source, {"https://img.example/p.png": b"pix" * 99}, frame)


def let_go_on(room: Newsroom, day: float, keep: dict[str, Keep] = CHANGED, least: float = 0.0) -> LetGo:
    room.clock.moment = max(room.clock.moment, FIRST_NIGHT + timedelta(days=day, hours=12))
    planned = plan_letting_go(room.catalog, keep, room.clock.now(), least=least)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        done = let_all_go(engine, keep, BY, least=least)
    assert (done.captures, done.segments, done.by_source) == (
        planned.captures, planned.segments, planned.by_source,
    )  # fmt: skip
    return done


def days(room: Newsroom, url: str = WIRE) -> list[int]:
    """On which nights the captures were made that are there."""
    return sorted((row.at - FIRST_NIGHT).days for row in room.captures if row.url == url)


def dropped(room: Newsroom) -> list[DroppedRow]:
    return sorted(fetch(room.catalog, DroppedRow, select(DroppedRow)), key=lambda row: row.at)


def check_whole(room: Newsroom) -> None:
    """Nothing is amiss, and every capture is read back."""
    assert verify(room.store, room.catalog, silent).problems == ()
    for row in room.captures:
        read_exchange(room.store, row)


def check(room: Newsroom) -> None:
    """The same, and a rebuild gives the same rows."""
    check_whole(room)
    assert rebuilt(room.store) == everything(room.catalog)


def nights(room: Newsroom, last: int, source: str = "ever", start: int = 0) -> None:
    for day in range(start, last + 1):
        room.night(day, story(f"{source} {day}", source=source))


def test_only_the_versions_own_pages_and_the_newest_stay(room: Newsroom) -> None:
    nights(room, 3)
    nights(room, 3, "quarter")
    room.night(4, story("4", "Another title"))
    nights(room, 6, start=5)  # back to the first title: a third version, and a look
    before = [line["capture"] for line in export_lines(room.archive)]
    kept = {row.id: row.payload_sha256 for row in room.captures}
    used = usage.used(room.catalog, "ever", None)

    done = let_go_on(room, 7)
    assert (done.captures, done.by_source) == (3, {"ever": 3})
    assert done.bytes_freed > 0
    check_whole(room)
    assert days(room) == [0, 4, 5, 6]
    assert days(room, OTHER) == [0, 1, 2, 3]  # that source keeps all
    for row in dropped(room):
        assert (row.url, row.payload_sha256) == (WIRE, kept[row.id])
        stands = lookup.capture_by_id(room.catalog, row.instead)
        assert stands is not None
        assert (stands.at - FIRST_NIGHT).days == 0
        assert keep_reads.dropped_at(room.catalog, WIRE, row.at) == row
    first = dropped(room)[0]
    assert keep_reads.dropped_by_id(room.catalog, first.id) == first
    assert keep_reads.count_dropped(room.catalog, ["ever"], dropped(room)[1].at, None) == 2

    with room.catalog.read() as connection:  # the account says what it said, with the captures' ids
        said = connection.execute(sa.select(schema.ledger.c.capture_id, schema.ledger.c.outcome)).all()
    assert {row.id for row in dropped(room)} <= {key for key, outcome in said if outcome == "unchanged"}
    after = [line["capture"] for line in export_lines(room.archive)]
    assert [place["sha256"] for place in after] == [place["sha256"] for place in before]
    now = usage.used(room.catalog, "ever", None)
    assert (now.requests, now.bytes) == (used.requests, used.bytes)  # quotas count what was asked
    assert now.stored < used.stored

    assert let_go_on(room, 7) == LetGo()
    assert let_go_on(room, 7, {**CHANGED, "quarter": Keep()}).by_source == {"quarter": 2}
    check(room)
    assert room.night(8, story("8")) == ["unchanged"]  # the next night is compared as before


@local
def test_what_others_stand_on_stays_until_they_go(room: Newsroom) -> None:
    nights(room, 3)
    with room.writing(4) as night:
        night.unmodified(WIRE, "ever")  # confirms the look of the third night
        night.record("https://quarter.example/mirror", story("ever 2").html, "quarter")  # stands on a look
    room.night(5, story("ever 3"))  # byte for byte the look of the third night: a revisit
    room.night(6, story("6"))
    assert let_go_on(room, 7).captures == 2  # the first night's look, and the revisit
    assert days(room) == [0, 2, 3, 4, 6]
    check_whole(room)
    for day in (7, 8, 9):
        room.night(day, story("7"))
    assert let_go_on(room, 9).captures == 2  # of 6 and 8; on that of 7 the newest stands
    room.night(10, story("10"))
    assert let_go_on(room, 10).captures == 2  # those two go together
    assert days(room) == [0, 2, 3, 4, 10]
    check_whole(room)


@local
def test_one_a_day_stays_besides(room: Newsroom) -> None:
    nights(room, 1)
    for n in range(6):  # 02:00 to 17:00 UTC: from 10:00 on it is the next day in Kiritimati
        with room.writing(2 + n / 8) as night:
            night.look(story(f"2-{n}"))
    room.night(4, story("4"))
    daily = {"ever": Keep(ZoneInfo("Pacific/Kiritimati"))}
    let_go_on(room, 5, daily)
    kept = [row.at.astimezone(ZoneInfo("Pacific/Kiritimati")) for row in room.captures if row.url == WIRE]
    assert len({at.date() for at in kept}) == len(kept) == 5
    assert let_go_on(room, 5, daily) == LetGo()
    check_whole(room)
    assert let_go_on(room, 5).captures == 3  # the policy may change
    assert days(room) == [0, 4]


@local
def test_lots_give_what_one_lot_gives(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    nights(room, 2)
    for day in (3, 4, 5):
        room.night(day, story("same"))
    room.night(6, story("6"))
    monkeypatch.setattr(letting, "LOT_RECORDS", 1)  # each segment for itself
    assert let_go_on(room, 7).captures == 5
    assert days(room) == [0, 6]
    check_whole(room)
    assert let_go_on(room, 7) == LetGo()


@local
def test_a_segment_is_written_again_only_where_enough_goes(room: Newsroom) -> None:
    room.night(0, story("0"))
    big = [Story(f"https://ever.example/{n}", f"{n}", f"{n} " * 9_000) for n in range(3)]
    room.night(1, story("1"), *big)
    room.night(2, story("2"))
    assert let_go_on(room, 3, least=0.15) == LetGo()
    room.night(3, story("3"))
    assert let_go_on(room, 4, least=0.15).captures == 1  # the second night has little else
    assert days(room) == [0, 1, 3]
    check_whole(room)
    assert let_go_on(room, 4).captures == 1


@local
def test_renderings_go_with_their_pages(room: Newsroom) -> None:
    nights(room, 3)
    before = sum(row.size for row in segments.every(room.catalog) if row.kind == "derived")
    let_go_on(room, 4)
    left = {row.capture_id for row in fetch(room.catalog, RenderedRow, select(RenderedRow))}
    assert left == {row.id for row in room.captures if row.url == WIRE}
    derived = [row.key for row in segments.every(room.catalog) if row.kind == "derived"]
    about = set()
    for key in derived:
        with room.store.open(key) as stream:
            about |= {record.reference("WARC-Refers-To") for record in read_records(stream)}
    assert not about & {row.id for row in dropped(room)}
    assert sum(row.size for row in segments.every(room.catalog) if row.kind == "derived") < before
    assert [line["text"] for line in export_lines(room.archive)] == [story().text]
    check_whole(room)


@local
def test_nothing_goes_while_what_is_to_stand_for_it_is_not_there(room: Newsroom) -> None:
    nights(room, 3)
    [version] = [row for row in room.captures if row.url == WIRE and (row.at - FIRST_NIGHT).days == 0]
    room.store.erase(version.segment)
    with (
        pytest.raises(ArchiveDamaged, match="nothing was let go"),
        rewriting(room.archive, room.spool_root, room.clock) as engine,
    ):
        let_all_go(engine, CHANGED, BY)
    assert days(room) == [0, 1, 2, 3]


@local
def test_a_purge_takes_the_account_of_what_was_let_go(room: Newsroom) -> None:
    nights(room, 3)
    nights(room, 3, "quarter")
    let_go_on(room, 4, {**CHANGED, "quarter": Keep()})
    assert len(dropped(room)) == 4
    take_down(room.catalog, room.committer(), room.clock, WIRE, BY)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        purge(engine, WIRE, BY)
    assert {row.url for row in dropped(room)} == {OTHER}
    journal = b"".join(room.store.read(info.key) for info in room.store.list("journal/"))
    assert not [line for line in journal.splitlines() if b'"dropped"' in line and WIRE.encode() in line]
    check(room)


@local
def test_an_expiry_takes_the_account_with_the_capture_that_stands_for_it(room: Newsroom) -> None:
    nights(room, 3, "month")
    let_go_on(room, 4, {"month": Keep()})
    assert len(dropped(room)) == 2
    room.clock.moment = FIRST_NIGHT + timedelta(days=32)  # seen on night 3: its version is carried over
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        expire(engine, BY)
    check_whole(room)
    assert len(dropped(room)) == 2
    room.clock.moment = FIRST_NIGHT + timedelta(days=80)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        expire(engine, BY)
    assert dropped(room) == []
    assert timeline_of(room.catalog, "https://month.example/wire") is None
    check(room)


@local
def test_looks_go_out_of_packed_segments_too(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    nights(room, 4)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        compact(engine, Compaction(after=timedelta(0), segment_bytes=600), BY)
    assert {row.key.rpartition(".")[2] for row in segments.every(room.catalog)} == {"zst"}
    monkeypatch.setattr(letting, "LOT_RECORDS", 1)
    assert let_go_on(room, 5).captures == 3
    assert days(room) == [0, 4]
    check_whole(room)
    assert let_go_on(room, 5) == LetGo()


@local
def test_a_look_at_a_page_that_was_gone_stays(room: Newsroom) -> None:
    """After a tombstone nothing stands for a page: only what the account says was unchanged goes."""
    nights(room, 1)
    room.night(2, f"{WIRE} for good")
    room.night(3, replace(story("3"), title="Back"))
    assert let_go_on(room, 4).captures == 1
    assert days(room) == [0, 2, 3]


@local
def test_segments_that_lose_everything_leave_nothing(room: Newsroom) -> None:
    room.night(0, replace(story("0"), pictures={}))
    for day in (1, 2):
        room.night(day, replace(story(f"{day}"), pictures={}))
    before = {row.key for row in segments.every(room.catalog)}
    let_go_on(room, 3)
    after = {row.key: row for row in fetch(room.catalog, SegmentRow, select(SegmentRow))}
    assert len(after) < len(before)
    assert {info.key for info in room.store.list("captures/") if info.key.endswith(".gz")} <= after.keys()


@local
def test_replica_and_backup_carry_the_account_of_what_was_let_go(room: Newsroom, tmp_path: Path) -> None:
    room.replica = replica = LocalStore(tmp_path / "replica")
    nights(room, 3)
    assert replicate(room.store, replica, room.catalog, silent).problems == ()
    let_go_on(room, 4)
    assert len(dropped(room)) > 0
    assert replicate(room.store, replica, room.catalog, silent).problems == ()
    assert rebuilt(replica) == everything(room.catalog)
    back_up(room.archive, tmp_path / "b.tar", Configuration(b"", {}, {}), clock=room.clock)
    with (
        closing(Catalog.open(f"sqlite:///{tmp_path}/restored.db")) as restored,
        open_backup(tmp_path / "b.tar") as backup,
    ):
        backup.restore(replica, restored, silent)
        assert everything(restored) == everything(room.catalog)
        assert verify(replica, restored, silent).problems == ()
        row = dropped(room)[0]
        assert keep_reads.dropped_at(restored, row.url, row.at) == row
