"""A purge leaves nothing of a page anywhere, and everything of all others as it was."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
import zstandard

from archive.catalog import leases, lookup, previews, schema, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.previews import PreviewRequest
from archive.digest import sha256_hex
from archive.erasure.expire import expire
from archive.erasure.purge import Purged, purge
from archive.erasure.takedown import Request, take_down
from archive.export.json_lines import export_lines
from archive.maintenance import ArchiveBusy, check_no_maintenance, maintenance
from archive.opening import check_format
from archive.reader import read_exchange
from archive.rebuild.run import rebuild
from archive.recovery import recover
from archive.rewrite.opening import rewriting
from archive.stores.local import LocalStore
from archive.stores.open import open_store
from archive.stores.store import ObjectLocked, ObjectStore
from archive.succession import succeeding
from archive.verify.run import verify
from config.errors import ConfigError
from tests.archive.material import everything, exchange, house, rebuilt, silent
from tests.archive.newsroom import Newsroom, Story, newsroom
from tests.services.seaweedfs import REGION, SeaweedFS

SECRET = "https://ever.example/2026/canary-url-3f9c"
OLD = "https://ever.example/old/canary-way-7d21"
PICTURE = "https://img.example/canary-picture-55ab.png"
PIXELS = b"canary-pixels-" + bytes(range(200)) * 3
SHARED_PIXELS = b"shared-pixels-" + bytes(range(200)) * 3
SAME = b"<p>What many addresses answer, the page that goes first of all</p>" * 9
SHARED_TEXT = "A wire story that two houses run, word for word. " * 8
BY = Request("tester", "a court order")
CANARIES = [
    "canary-title-91e4",
    "canary-second-title-08c2",
    "canary-text-b2d0",
    sha256_hex(PIXELS),
    "canary-pixels",
    PICTURE,
    OLD,
    SECRET,
]
IN_THE_ACCOUNT = {SECRET, OLD, PICTURE}  # what was taken down is named there, and nowhere else


def secret(frame: str = "1", title: str = "canary-title-91e4") -> Story:
    return Story(
        SECRET, title, f"canary-text-b2d0 of {title}", frame=frame, by=OLD,
        pictures={PICTURE: PIXELS, "https://img.example/shared.png": SHARED_PIXELS},
    )  # fmt: skip


def wire(url: str, source: str = "ever", **more: str) -> Story:
    return Story(url, "Wire", SHARED_TEXT, source, {"https://img.example/shared.png": SHARED_PIXELS}, **more)


@pytest.fixture(params=["local", "services"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Newsroom]:
    """Three nights: a page to be purged, and others that share its payload, a text and a picture with it."""
    replica = LocalStore(tmp_path / "replica")
    with newsroom(request, tmp_path, {"month": 30, "year": 365}, replica=replica) as room:
        check_format(room.store)
        live(room)
        copy(room.store, replica)
        yield room


def live(room: Newsroom) -> None:
    with room.writing(0) as night:
        night.look(Story(SECRET, "canary-title-91e4", SHARED_TEXT, by=OLD))  # its reading is the text's place
        night.record(SECRET, SAME, "ever")
        night.look(wire("https://ever.example/wire"))
        night.look(wire("https://month.example/wire", "month"))
    with room.writing(1) as night:
        night.look(secret())
        night.look(wire("https://ever.example/wire", frame="again"))
        for source in ("month", "year", "ever"):
            night.record(f"https://{source}.example/mirror", SAME, source)
        night.look(Story("https://ever.example/other", "Other", "Something else."))
    with room.writing(2) as night:
        night.look(secret("2", "canary-second-title-08c2"))
        night.unmodified("https://month.example/mirror", "month")
        night.record("https://ever.example/mirror", SAME, "ever")


def copy(store: ObjectStore, replica: ObjectStore) -> None:
    for info in store.list():
        data = store.read(info.key)
        replica.put(info.key, data, sha256=sha256_hex(data), content_type="application/octet-stream")


def take_down_and_purge(room: Newsroom, url: str = SECRET) -> Purged:
    take_down(room.catalog, room.committer(), room.clock, url, BY)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        return purge(engine, url, BY)


def found(room: Newsroom) -> dict[str, set[str]]:
    """Where each canary is to be found: objects and rows, in plain and unpacked."""
    places: dict[str, set[str]] = {}
    for where, data in everywhere(room):
        for form in (data, *unpacked(data)):
            for canary in CANARIES:
                if canary.encode() in form:
                    places.setdefault(canary, set()).add(where)
    return places


def everywhere(room: Newsroom) -> Iterator[tuple[str, bytes]]:
    """Every object of both stores, every file of the spool, every value of the catalog, and its own file."""
    for name, store in (("store", room.store), ("replica", room.replica)):
        assert store is not None
        yield from ((f"{name}:{info.key}", store.read(info.key)) for info in store.list())
    files = [path for path in room.spool_root.rglob("*") if path.is_file()]
    yield from ((f"spool:{path}", path.read_bytes()) for path in files)
    if room.catalog.backend == "sqlite":
        for path in Path(room.catalog.file).parent.glob("catalog.db*"):
            yield f"file:{path.name}", path.read_bytes()
    with room.catalog.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
                    yield f"catalog:{table.name}", data


def unpacked(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        yield zstandard.ZstdDecompressor().decompress(data)


def payloads(room: Newsroom) -> dict[str, tuple[bytes, bytes]]:
    """Head and payload of every capture that is not of the page."""
    with room.catalog.read() as connection:
        ids = list(connection.execute(sa.select(schema.capture.c.id)).scalars())
    rows = [row for key in ids if (row := lookup.capture_by_id(room.catalog, key))]
    return {
        row.id: ((exchange := read_exchange(room.store, row)).response_head, exchange.body)
        for row in rows
        if row.url not in IN_THE_ACCOUNT
    }


def test_nothing_of_a_purged_page_is_found_anywhere(room: Newsroom, tmp_path: Path) -> None:
    assert set(found(room)) == set(CANARIES)  # the search finds what is there
    before, lines = payloads(room), list(export_lines(room.archive))
    preview = PreviewRequest("ever", "preview-1", room.clock.now(), "web")
    previews.ask(room.catalog, preview)
    previews.answer(room.catalog, preview, f"{CANARIES}", room.clock.now())
    done = take_down_and_purge(room)
    assert previews.of(room.catalog, "ever") is None
    assert (done.addresses, done.promoted) == (3, 1)
    left = found(room)
    assert set(left) <= IN_THE_ACCOUNT
    for places in left.values():
        objects = {place for place in places if place.startswith(("store:", "replica:"))}
        assert {place.split("/")[0] for place in objects} <= {"store:journal", "replica:journal"}
        tables = {place for place in places if place.startswith("catalog:")}
        assert tables <= {"catalog:takedown", "catalog:audit"}
    assert verify(room.store, room.catalog, silent).problems == ()
    assert payloads(room) == before
    kept = [line for line in lines if line["url"] != SECRET]
    after = list(export_lines(room.archive))
    assert [_less_places(line) for line in after] == [_less_places(line) for line in kept]
    with closing(Catalog.open(f"sqlite:///{tmp_path}/again.db")) as again:
        rebuild(room.store, again, silent)
        assert everything(again) == everything(room.catalog)
        assert verify(room.store, again, silent).problems == ()
    assert room.replica is not None
    with closing(Catalog.open(f"sqlite:///{tmp_path}/replica.db")) as other:  # which is whole by itself
        assert rebuild(room.replica, other, silent).damage == ()
        assert verify(room.replica, other, silent).problems == ()


def _less_places(line: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in line.items() if name not in {"capture", "cluster", "duplicate_of"}}


def test_what_is_locked_is_refused_with_its_date_before_anything_is_written(
    tmp_path: Path, s3_environment: SeaweedFS
) -> None:
    bucket = f"dateline-{uuid4().hex}"
    s3_environment.client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    store = open_store(f"s3://{bucket}/archive", endpoint=s3_environment.endpoint, region=REGION)
    home = house(tmp_path)
    home.die()
    room = Newsroom(store, home.catalog, tmp_path / "spool")
    room.night(0, secret(), wire("https://ever.example/wire"))
    [segment] = [info.key for info in store.list("captures/") if info.key.endswith(".warc.gz")]
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    s3_environment.client.put_object_retention(
        Bucket=bucket,
        Key=f"archive/{segment}",
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until},
    )
    take_down(room.catalog, room.committer(), room.clock, SECRET, BY)
    before, rows = [*store.list()], everything(room.catalog)
    with (
        rewriting(room.archive, room.spool_root, room.clock) as engine,
        pytest.raises(ObjectLocked, match=f"locked until {until:%Y-%m-%d %H:%M}") as refused,
    ):
        purge(engine, SECRET, BY)
    assert (refused.value.key, refused.value.until) == (segment, until)
    assert [*store.list()] == before
    assert everything(room.catalog) == rows
    assert takedowns.holds(room.catalog, SECRET)
    room.catalog.close()


def test_a_run_and_a_purge_do_not_mix(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.die()
    room = Newsroom(home.store, home.catalog, tmp_path / "spool")
    room.night(0, secret())
    leases.acquire(room.catalog, ["run:run-7"], "somebody", 60, room.clock)
    with (
        pytest.raises(ArchiveBusy, match=r"a run is going on \(run-7\)"),
        rewriting(room.archive, room.spool_root, room.clock),
    ):
        raise AssertionError
    leases.release(room.catalog, "somebody")
    with rewriting(room.archive, room.spool_root, room.clock):
        with pytest.raises(ArchiveBusy, match="is writing segments again"):
            check_no_maintenance(room.catalog, room.clock)
        with (
            pytest.raises(ArchiveBusy, match="is writing segments again; try again later"),
            maintenance(room.catalog, "another", room.clock, succeeding(room.archive, room.clock)),
        ):
            raise AssertionError
    check_no_maintenance(room.catalog, room.clock)
    room.catalog.close()


def test_only_what_was_taken_down_can_be_purged(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.die()
    room = Newsroom(home.store, home.catalog, tmp_path / "spool")
    room.night(0, secret())
    with (
        rewriting(room.archive, room.spool_root, room.clock) as engine,
        pytest.raises(ConfigError, match="is not taken down by itself"),
    ):
        purge(engine, SECRET, BY)
    room.catalog.close()


def test_what_a_dead_writer_left_of_a_purged_address_is_not_taken_over(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.record(exchange(SECRET, b"canary-text-b2d0"))
    home.record(exchange("https://ever.example/kept", b"kept"))
    home.die()
    room = Newsroom(home.store, home.catalog, tmp_path / "other-spool")
    take_down_and_purge(room)
    assert recover(home.store, home.catalog, tmp_path / "spool", home.clock).captures == 1
    assert [row.url for row in lookup.captures_of(home.catalog, "https://ever.example/kept")]
    assert lookup.captures_of(home.catalog, SECRET) == []
    assert verify(home.store, home.catalog, silent).problems == ()
    for info in home.store.list("captures/"):
        data = home.store.read(info.key)
        assert b"canary-text" not in (gzip.decompress(data) if info.key.endswith(".gz") else data)
    home.catalog.close()


def test_an_expired_article_is_purged_out_of_the_journal_too(tmp_path: Path) -> None:
    """Its rows are gone from the catalog; what the journal still says of it is found by the address alone."""
    home = house(tmp_path)
    home.die()
    room = Newsroom(home.store, home.catalog, tmp_path / "spool", {"ever": 30})
    room.night(0, secret())
    room.clock.moment += timedelta(days=40)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        assert expire(engine, BY).articles == 1
    journal = b"".join(room.store.read(info.key) for info in room.store.list("journal/"))
    assert b"canary-title-91e4" in journal
    take_down_and_purge(room)
    journal = b"".join(room.store.read(info.key) for info in room.store.list("journal/"))
    told = [line for line in journal.splitlines() if b"canary-title" in line or b"img.example" in line]
    assert told == []
    assert verify(room.store, room.catalog, silent).problems == ()
    assert rebuilt(room.store) == everything(room.catalog)
    room.catalog.close()
