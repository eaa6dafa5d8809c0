"""`compact` over a small archive: nothing is lost, everybody reads it, and it goes back to gzip."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from archive.catalog import segments, versions
from archive.catalog.catalog import Catalog
from archive.citation.cite import cite
from archive.erasure.expire import expire
from archive.erasure.purge import purge
from archive.erasure.takedown import Request, take_down
from archive.export.wacz import export_wacz
from archive.export.warc import export_warc
from archive.members import member_after, read_member, record_place, warcinfo_place
from archive.opening import FORMAT_KEY, check_format, format_note
from archive.place import Place, index_key, segment_of
from archive.reader import ArchiveDamaged, read_original, read_payload, read_rendered, read_text
from archive.rebuild.run import rebuild
from archive.repair import repair
from archive.replicate import replicate
from archive.rewrite.compact import Compaction, batches, compact, plan_compaction
from archive.rewrite.opening import rewriting
from archive.rows import CaptureRow
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore
from archive.verify.run import verify
from archive.warc import read_one, read_records
from config.errors import ConfigError
from pipelines.imports.pieces import Damage, pieces
from tests.archive.material import everything, house, rebuilt, silent
from tests.archive.newsroom import FIRST_NIGHT, Newsroom, Story
from tests.words import THINGS

BY = Request("tester", "space")
EVERY = Compaction(after=timedelta(0), segment_bytes=1 << 20)
BACK = Compaction(to="gzip", after=timedelta(0), segment_bytes=8_000)  # many small ones
PAGE = "https://ever.example/canary-page"
NIGHTS = 3


def story(number: int, night: int) -> Story:
    """A page of which only the frame is another each night; the last one gets one more word."""
    url = PAGE if number == 0 else f"https://ever.example/{number}"
    words = [THINGS[(number * 31 + n * n) % len(THINGS)] for n in range(160)]
    text = " ".join(
        ["Canary" if number == 0 else "Word", *words, *(["More."] if night == NIGHTS - 1 else [])]
    )
    pictures = {f"https://img.example/{number}.png": os.urandom(300)} if number < 2 and not night else {}
    return Story(
        url, f"Title {number}", text, "ever" if number < 4 else "month", pictures, f"furniture {night}"
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of three nights, and an archive in it that was compacted."""
    folder = tmp_path_factory.mktemp("compact") / "before"
    folder.mkdir()
    home = house(folder)
    home.die()
    room = Newsroom(home.store, home.catalog, folder / "spool", {"month": 30})
    for night in range(NIGHTS):
        with room.writing(night) as writing:
            for number in range(6):
                writing.look(story(number, night))
            writing.record("https://ever.example/same", b"<p>the same bytes</p>" * 9, "ever")
    room.catalog.close()
    check_format(home.store)
    after = folder.parent / "after"
    shutil.copytree(folder, after)
    with opened(after) as room, rewriting(room.archive, room.spool_root, room.clock) as engine:
        compact(engine, EVERY, BY)
    return folder.parent


@contextmanager
def opened(folder: Path) -> Iterator[Newsroom]:
    store: ObjectStore = LocalStore(folder / "store")
    replica = LocalStore(folder / "replica") if (folder / "replica").exists() else None
    with closing(Catalog.open(f"sqlite:///{folder}/catalog.db")) as catalog:
        room = Newsroom(store, catalog, folder / "spool", {"month": 30}, replica=replica)
        room.clock.moment = FIRST_NIGHT + timedelta(days=20)
        yield room


@pytest.fixture
def room(lived: Path, tmp_path: Path) -> Iterator[Newsroom]:
    """The compacted archive, to be changed."""
    shutil.copytree(lived / "after", tmp_path / "own")
    with opened(tmp_path / "own") as room:
        yield room


def records_of(store: ObjectStore) -> dict[str, tuple[str, dict[str, str], bytes]]:
    """Every record that is not a segment's own warcinfo, by id."""
    found = {}
    for info in store.list():
        if ".warc." in info.key:
            for record in read_records(io.BytesIO(store.read(info.key))):
                found[record.id] = (record.kind, record.headers, record.block)
    named = {headers.get("WARC-Warcinfo-ID", "")[10:-1].replace("-", "") for _, headers, _ in found.values()}
    return {key: value for key, value in found.items() if value[0] != "warcinfo" or key in named}


def captures_of(catalog: Catalog) -> list[CaptureRow]:
    return [row for one in segments.every(catalog) for row in segments.captures_in(catalog, one.key)]


def test_no_record_changes_and_much_less_is_stored(lived: Path) -> None:
    with opened(lived / "before") as before, opened(lived / "after") as after:
        assert records_of(before.store) == records_of(after.store)
        assert {row.key.rpartition(".")[2] for row in segments.every(after.catalog)} == {"zst"}
        sizes = [sum(row.size for row in segments.every(one.catalog)) for one in (before, after)]
        assert sizes[1] < 0.6 * sizes[0]
        rows = {row.id: row for row in captures_of(before.catalog)}
        for row in captures_of(after.catalog):
            assert read_payload(after.store, row) == read_payload(before.store, rows[row.id])
            assert read_original(after.store, row) == read_original(before.store, rows[row.id])


def test_all_of_it_is_as_promised_and_the_bucket_alone_gives_it_again(lived: Path, tmp_path: Path) -> None:
    with opened(lived / "after") as room:
        assert verify(room.store, room.catalog, silent).problems == ()
        assert json.loads(room.store.read(FORMAT_KEY))["version"] == 2
        with closing(Catalog.open(f"sqlite:///{tmp_path}/again.db")) as other:
            assert rebuild(room.store, other, silent).damage == ()
            assert everything(other) == everything(room.catalog)


def test_places_are_read_with_their_dictionary(lived: Path) -> None:
    with opened(lived / "after") as room:
        for row in segments.every(room.catalog):
            first = read_one(read_member(room.store, warcinfo_place(room.store, row.key)))
            assert first.kind == "warcinfo"
            for text in segments.texts_in(room.catalog, row.key):
                assert read_text(room.store, text) == versions.text_by_sha256(room.catalog, text.sha256)
            for made in segments.rendered_in(room.catalog, row.key):
                assert read_rendered(room.store, made)
        requests_follow(room)


def requests_follow(room: Newsroom) -> None:
    """Each request is the record behind its answer, where a citation looks for it."""
    there = captures_of(room.catalog)
    assert there
    for capture in there:
        request = member_after(room.store, record_place(capture), 1 << 16)
        assert request is not None
        assert read_one(request).reference("WARC-Concurrent-To") == capture.id


def test_readers_and_the_import_read_the_segments(lived: Path) -> None:
    for path in (lived / "after" / "store").rglob("*.warc.zst"):
        data = path.read_bytes()
        own = [(one.headers["WARC-Record-ID"], one.block) for one in read_records(io.BytesIO(data))]
        theirs = ArchiveIterator(io.BytesIO(data), parse_http=False)
        assert [(one.headers["WARC-Record-ID"], one.reader.read()) for one in theirs] == own
        assert unpacked(data).count(b"WARC/1.1\r\n") == len(own)


def unpacked(data: bytes) -> bytes:
    """What the import finds in a file."""
    found = list(pieces(io.BytesIO(data)))
    assert not any(isinstance(piece, Damage) for piece in found)
    return b"".join(piece.data for piece in found if not isinstance(piece, Damage))


def test_captures_of_an_address_lie_together_each_before_its_request(lived: Path) -> None:
    with opened(lived / "after") as room:
        for row in segments.every(room.catalog):
            there = segments.captures_in(room.catalog, row.key)
            assert [(one.source, one.url, one.at) for one in there] == sorted(
                (one.source, one.url, one.at) for one in there
            )


def test_exports_and_citations_are_gzip_and_the_same(lived: Path, tmp_path: Path) -> None:
    shown = {}
    for name in ("before", "after"):
        with opened(lived / name) as room:
            export_warc(room.archive, tmp_path / f"{name}.warc.gz", clock=room.clock)
            export_wacz(room.archive, tmp_path / f"{name}.wacz", clock=room.clock)
            with (tmp_path / f"{name}.warc.gz").open("rb") as stream:
                shown[name] = [r.block for r in read_records(stream) if r.kind != "warcinfo"]
            assert (tmp_path / f"{name}.warc.gz").read_bytes()[:2] == b"\x1f\x8b"
            [first, *_] = captures_of(room.catalog)
            package, _ = cite(room.archive, first, None, "https://archive.example/", room.clock)
            assert package
    assert shown["before"] == shown["after"]


def test_gzip_again_is_the_same_again(room: Newsroom, lived: Path) -> None:
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        done = compact(engine, BACK, BY)
    assert done.written > done.segments
    requests_follow(room)
    assert not [info for info in room.store.list() if "zst" in info.key]
    assert verify(room.store, room.catalog, silent).problems == ()
    with opened(lived / "before") as before:
        assert records_of(before.store) == records_of(room.store)


def test_a_second_time_finds_nothing_to_do(room: Newsroom) -> None:
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        assert compact(engine, EVERY, BY).segments == 0
    assert plan_compaction(room.catalog, EVERY, room.clock.now()).segments == 0


def test_what_is_chosen(lived: Path) -> None:
    with opened(lived / "before") as room:
        now = FIRST_NIGHT + timedelta(days=2, hours=1)
        young = plan_compaction(room.catalog, Compaction(after=timedelta(days=1)), now)
        every = plan_compaction(room.catalog, EVERY, room.clock.now())
        assert 0 < young.segments < every.segments
        of_one = [
            row
            for lot in batches(
                room.catalog, Compaction(after=timedelta(0), names={"month"}), room.clock.now()
            )
            for row in lot
        ]
        assert {row.kind for row in of_one} == {"captures"}
        assert {row.keep_days for row in of_one} == {30}
        for lot in batches(room.catalog, EVERY, room.clock.now()):
            assert len({(row.kind, row.keep_days) for row in lot}) == 1
            assert lot[0].keep_days is None or len({row.sealed_at.date() for row in lot}) == 1


def test_what_is_taken_down_is_in_no_dictionary(room: Newsroom) -> None:
    take_down(room.catalog, room.committer(), room.clock, PAGE, BY)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        purge(engine, PAGE, BY)
        compact(engine, EVERY, BY)
    assert verify(room.store, room.catalog, silent).problems == ()
    for info in room.store.list():
        data = room.store.read(info.key)
        plain = unpacked(data) if ".warc." in info.key else data
        assert b"Canary" not in plain, info.key
    assert {row.key.rpartition(".")[2] for row in segments.every(room.catalog)} == {"zst"}


def test_what_is_past_its_time_goes_out_of_zst_segments_too(room: Newsroom) -> None:
    whole = {row.id: row for row in captures_of(room.catalog)}
    room.clock.moment = FIRST_NIGHT + timedelta(days=40)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        done = expire(engine, BY)
    assert (done.classes, done.articles) == (("30d",), 2)
    assert done.bytes_freed > 0
    left = {row.key: row for row in segments.every(room.catalog)}
    assert {row.keep_days for row in left.values()} == {None}
    assert {row.source for row in captures_of(room.catalog)} == {"ever"}
    for row in captures_of(room.catalog):
        assert read_payload(room.store, row) == read_payload(room.store, whole[row.id])
    objects = {info.key for info in room.store.list() if ".warc." in info.key}
    assert objects == left.keys()
    assert verify(room.store, room.catalog, silent).problems == ()
    assert rebuilt(room.store) == everything(room.catalog)


def test_a_flip_is_found_and_repaired_from_the_replica(room: Newsroom, tmp_path: Path) -> None:
    replica = LocalStore(tmp_path / "copy")
    assert replicate(room.store, replica, room.catalog, silent).problems == ()
    assert replica.read(FORMAT_KEY) == format_note(compacted=True)
    keys = [row.key for row in segments.every(room.catalog)]
    for number, key in enumerate([*keys, index_key(keys[0]), FORMAT_KEY]):
        path = tmp_path / "own" / "store" / key
        data = bytearray(path.read_bytes())
        data[(number * 37) % len(data)] ^= 4
        path.unlink()
        path.write_bytes(bytes(data))
    report = verify(room.store, room.catalog, silent)
    assert {problem.object for problem in report.problems if problem.object} >= {*keys, FORMAT_KEY}
    done = repair(
        room.store,
        replica,
        room.catalog,
        report,
        journal=room.store,
        clock=room.clock,
        actor="t",
        progress=silent,
    )
    assert done.report.problems == ()


def test_a_damaged_place_is_an_error_that_names_it(room: Newsroom) -> None:
    [first, *_] = captures_of(room.catalog)
    place = record_place(first)
    with pytest.raises(ArchiveDamaged, match=first.segment):
        read_member(room.store, Place(place.segment, place.offset + 1, place.length))
    with pytest.raises(ArchiveDamaged, match=first.segment):
        read_member(room.store, Place(place.segment, place.offset, place.length - 1))


def test_a_segment_that_rotted_is_not_packed(lived: Path, tmp_path: Path) -> None:
    shutil.copytree(lived / "before", tmp_path / "own")
    with opened(tmp_path / "own") as room:
        key = segments.every(room.catalog)[0].key
        path = tmp_path / "own" / "store" / key
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with (
            pytest.raises(ArchiveDamaged, match="verify --repair"),
            rewriting(room.archive, room.spool_root, room.clock) as engine,
        ):
            compact(engine, EVERY, BY)
        assert segments.has(room.catalog, key)


def test_a_format_that_is_not_known_is_refused(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    check_format(store)
    assert json.loads(store.read(FORMAT_KEY))["version"] == 1
    (tmp_path / FORMAT_KEY).unlink()
    (tmp_path / FORMAT_KEY).write_text(json.dumps({"version": 3}))
    with pytest.raises(ConfigError, match="formats 1 and 2"):
        check_format(store)


@pytest.mark.parametrize("end", [".warc.gz", ".warc.zst"])
def test_an_index_names_its_segment(end: str) -> None:
    key = f"captures/2026/01/01/{'0' * 64}{end}"
    assert segment_of(index_key(key)) == key
    assert segment_of(key) == key
