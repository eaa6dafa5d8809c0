"""What a start does for writers that died: kills, torn tails, and living writers beside it."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.catalog import leases, lookup, runs, segments
from archive.catalog.catalog import Catalog
from archive.digest import warc_sha1
from archive.exchange import Exchange, Truncation
from archive.recovery import Recovered, cut_torn_tail, recover
from archive.rows import CaptureRow
from archive.stores.local import LocalStore
from archive.stores.open import open_store
from archive.verify.run import verify
from archive.warc import members
from tests.archive.material import (
    NOON,
    RUN,
    House,
    SetClock,
    everything,
    exchange,
    house,
    ledger_row,
    silent,
    text_of,
)
from tests.conftest import S3Address
from tests.services.seaweedfs import SeaweedFS

LATER = NOON + timedelta(hours=1)


def mend(home: House) -> Recovered:
    return recover(home.store, home.catalog, home.spool_root, SetClock(LATER))


def only_spool_file(home: House) -> Path:
    (path,) = home.spool.files()
    return path


# ── killed ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lines", [3, 47, 120, 161])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path, lines: int) -> None:
    """Kill -9 after so many reports, between fsyncs and commits, wherever it is by then."""
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "recording_child.py"), str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    said = [child.stdout.readline().split() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    said += [line.split() for line in child.stdout.read().splitlines()]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    recorded = [
        words[1] for words in said if words[0] == "recorded" and len(words[-1]) == 32
    ]  # not a torn line
    committed = [int(words[1]) for words in said[:lines] if words[0] == "committed"]

    store, catalog = LocalStore(tmp_path / "store"), Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    result = recover(store, catalog, tmp_path / "spool", SetClock(LATER))
    assert result.spools == 1
    ledger = runs.ledger_of(catalog, RUN)
    assert len(ledger) == 2000
    for number in committed:
        assert ledger[number].outcome == "archived"
    # Every record that was durable is kept, whether its page was acknowledged or not.
    kept = {row[0] for row in everything(catalog)["capture"]}
    assert set(recorded) <= kept
    assert len(kept) - len(recorded) <= 1  # the one whose report was cut off
    assert verify(store, catalog, silent).problems == ()
    before = everything(catalog)
    assert recover(store, catalog, tmp_path / "spool", SetClock(LATER)) == Recovered()
    assert everything(catalog) == before
    catalog.close()


def test_a_torn_tail_is_cut_at_the_last_whole_record(tmp_path: Path) -> None:
    home = house(tmp_path)
    rows = [home.record(exchange(f"https://news.example/{n}", b"page %d" % n)) for n in range(3)]
    path = only_spool_file(home)
    home.die()
    with path.open("rb") as stream:
        places = [(offset, length) for offset, length, _ in members(stream)]
    answer = places[5]  # warcinfo, two pairs, the third answer
    os.truncate(path, answer[0] + answer[1] - 1)
    result = mend(home)
    assert result == Recovered(entries=0, captures=2, spools=1)
    assert [row[0] for row in sorted(everything(home.catalog)["capture"], key=lambda row: str(row[2]))] == [
        row.id for row in rows[:2]
    ]
    assert verify(home.store, home.catalog, silent).problems == ()


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        pytest.param(lambda data: data[:0], 0, id="an empty file"),
        pytest.param(lambda data: data[:10], 0, id="not one whole record"),
        pytest.param(lambda data: data + b"\0" * 4096, 1, id="zeros, as after a power cut"),
        pytest.param(lambda data: data + data[:7], 1, id="the beginning of a record"),
        pytest.param(lambda data: data + os.urandom(99), 1, id="garbage"),
        pytest.param(lambda data: data, 1, id="nothing torn"),
    ],
)
def test_tails_of_every_kind(tmp_path: Path, tail: Callable[[bytes], bytes], kept: int) -> None:
    home = house(tmp_path)
    home.record(exchange())
    path = only_spool_file(home)
    home.die()
    path.write_bytes(tail(path.read_bytes()))
    assert mend(home) == Recovered(entries=0, captures=kept, spools=1)
    assert verify(home.store, home.catalog, silent).problems == ()
    assert list(home.spool_root.iterdir()) == []


def test_cutting_a_whole_file_changes_nothing(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.record(exchange())
    path = only_spool_file(home)
    home.die()
    before = path.read_bytes()
    assert cut_torn_tail(path)
    assert path.read_bytes() == before


# ── the rows that come back ──────────────────────────────────────────────────────────────────────

ODD = [
    exchange("https://news.example/a", b"A"),
    exchange("https://news.example/no-reason", b"B", reason="", headers=("X: a b c",)),
    exchange("https://news.example/spaced", b"C", reason=" "),
    exchange("https://news.example/teapot", b"D", status=418, reason=" I'm a teapot \u00fc"),
    exchange("https://news.example/empty", b""),
    exchange("https://news.example/\u00fc\u4e2d?q=\u2028", b"E"),
    exchange("https://news.example/cut", b"F", truncated=Truncation.DISCONNECT),
    exchange("https://news.example/again", b"A"),  # a revisit
    exchange("https://news.example/lines", b"\r\n\r\nG\r\n\r\n"),
    exchange(
        "https://news.example/type", b"H", headers=("Content-Type: Text/HTML charset=x", "Set-Cookie: \u00e9")
    ),
]


@pytest.mark.parametrize("one", ODD, ids=lambda one: one.url.rpartition("/")[2])
def test_a_capture_comes_back_as_it_was_recorded(tmp_path: Path, one: Exchange) -> None:
    home = house(tmp_path)
    recorded = [home.record(each) for each in (exchange("https://news.example/first", b"A"), one)]
    home.die()
    assert mend(home).captures == 2
    (key,) = (row.key for row in segments.every(home.catalog))
    for row in recorded:
        assert lookup.capture_by_id(home.catalog, row.id) == replace(row, segment=key, payload_segment=key)
    assert verify(home.store, home.catalog, silent).problems == ()


def test_all_of_them_in_one_segment(tmp_path: Path) -> None:
    home = house(tmp_path)
    recorded = [home.record(one) for one in ODD]
    home.die()
    assert mend(home).captures == len(ODD)
    assert {row[0] for row in everything(home.catalog)["capture"]} == {row.id for row in recorded}
    assert verify(home.store, home.catalog, silent).problems == ()


def stored(home: House, one: Exchange) -> CaptureRow:
    row = home.record(one)
    home.committer.commit_segments(home.recorder, [])
    found = lookup.capture_by_id(home.catalog, row.id)
    assert found is not None
    return found


def test_revisits_of_what_the_catalog_knows_come_back(tmp_path: Path) -> None:
    home = house(tmp_path)
    first = stored(home, exchange(body=b"whole"))
    recorded = [
        home.record(exchange(body=b"whole", at=LATER)),
        home.record(exchange(body=b"", status=304, at=LATER), unmodified=first),
    ]
    home.die()
    assert mend(home).captures == 2
    for row in recorded:
        back = lookup.capture_by_id(home.catalog, row.id)
        assert back is not None
        assert back == replace(row, segment=back.segment)
        assert back.payload_segment == first.segment
    assert verify(home.store, home.catalog, silent).problems == ()


def test_of_two_captures_in_one_second_a_revisit_finds_its_own(tmp_path: Path) -> None:
    """A site that sends an address to itself to set a cookie, then serves the page."""
    home = house(tmp_path)
    for n in range(6):  # whichever the database would give first
        stored(home, exchange(body=b"redirect %d" % n, status=302, reason=" Found"))
    whole = stored(home, exchange(body=b"whole"))
    other = stored(home, exchange(body=b"another page at once"))
    rows = [
        home.record(exchange("https://news.example/copy", b"whole", at=LATER)),
        home.record(exchange(body=b"", status=304, at=LATER), unmodified=whole),
    ]
    home.die()
    assert mend(home).captures == 2
    copy, unmodified = (lookup.capture_by_id(home.catalog, row.id) for row in rows)
    assert copy is not None
    assert copy.payload_segment == whole.segment
    assert unmodified is not None
    assert unmodified.payload_segment in {whole.segment, other.segment}  # both are 200s of that second
    assert verify(home.store, home.catalog, silent).problems == ()


def test_an_original_in_an_earlier_spool_file_of_the_dead_writer_is_found(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.record(exchange(body=b"whole"))
    home.recorder.rotate().result(300)  # sealed, and died before its commit
    again = home.record(exchange("https://news.example/copy", b"whole"))
    assert again.kind == "revisit"
    home.die()
    assert mend(home) == Recovered(entries=0, captures=2, spools=1)
    assert verify(home.store, home.catalog, silent).problems == ()


def test_what_was_derived_and_never_named_is_forgotten(tmp_path: Path) -> None:
    home = house(tmp_path)
    row = home.record(exchange())
    home.recorder.derive(text_of(row, "Text.")).result(300)
    home.die()
    assert mend(home) == Recovered(entries=0, captures=1, spools=1)
    assert [info.key for info in home.store.list("derived/")] == []
    assert verify(home.store, home.catalog, silent).problems == ()


def test_the_next_fetch_of_a_recovered_page_is_a_revisit(tmp_path: Path) -> None:
    home = house(tmp_path)
    first = home.record(exchange(body=b"whole"))
    home.die()
    mend(home)
    (tmp_path / "spool").mkdir(exist_ok=True)
    second = House(home.store, home.catalog, tmp_path / "spool")
    row = second.record(exchange(body=b"whole", at=LATER))
    assert (row.kind, row.refers_to_url, row.payload_offset) == ("revisit", first.url, first.offset)
    second.committer.commit_segments(second.recorder, [ledger_row(row.url, 0, capture=row)])
    second.die()
    assert verify(home.store, home.catalog, silent).problems == ()


# ── the living ───────────────────────────────────────────────────────────────────────────────────


def test_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    dead = house(tmp_path)
    dead.record(exchange("https://news.example/dead", b"dead"))
    dead.die()
    living = House(dead.store, dead.catalog, tmp_path / "spool")
    row = living.record(exchange("https://news.example/living", b"living"))
    leases.acquire(living.catalog, ["host:a"], living.spool.writer, 60, SetClock(NOON))
    leases.acquire(living.catalog, ["host:b"], dead.spool.writer, 60, SetClock(NOON))
    before = only_spool_file(living).read_bytes()
    assert mend(living) == Recovered(entries=0, captures=1, spools=1)
    assert only_spool_file(living).read_bytes() == before
    assert leases.holder_of(living.catalog, "host:a", SetClock(NOON)) == living.spool.writer
    assert leases.holder_of(living.catalog, "host:b", SetClock(NOON)) is None
    living.committer.commit_segments(living.recorder, [ledger_row(row.url, 0, capture=row)])
    living.die()
    assert verify(living.store, living.catalog, silent).problems == ()


def test_two_recoveries_at_once_do_the_work_once(tmp_path: Path) -> None:
    homes = [house(tmp_path) for _ in range(4)]
    for n, home in enumerate(homes):
        home.record(exchange(f"https://news.example/{n}", b"page %d" % n))
    for home in homes:
        home.die()
    results: list[Recovered] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(mend(homes[0]))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(result.captures for result in results) == 4
    assert len(everything(homes[0].catalog)["capture"]) == 4
    assert verify(homes[0].store, homes[0].catalog, silent).problems == ()
    assert list((tmp_path / "spool").iterdir()) == []


def test_new_writers_and_recoveries_do_not_trip_over_each_other(tmp_path: Path) -> None:
    home = house(tmp_path)
    home.die()
    errors: list[BaseException] = []
    stop = threading.Event()

    def recovering() -> None:
        while not stop.is_set():
            try:
                mend(home)
            except BaseException as error:  # noqa: BLE001 - shown by the assertion below
                errors.append(error)

    threads = [threading.Thread(target=recovering) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(12):
        writer = House(home.store, home.catalog, tmp_path / "spool")
        writer.record(exchange(body=b"%d" % n))
        writer.committer.commit_segments(writer.recorder, [])
        writer.die()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    mend(home)
    assert len(everything(home.catalog)["capture"]) == 12
    assert verify(home.store, home.catalog, silent).problems == ()


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


def _other_digest(members: list[bytes]) -> list[bytes]:
    """A record whose block is not what its digest says, in a member whose checksum is right."""
    changed = gzip.decompress(members[1]).replace(b"whole page", b"WHOLE PAGE")
    return [members[0], gzip.compress(changed), *members[2:]]


def _no_warc(members: list[bytes]) -> list[bytes]:
    return [members[0], gzip.compress(b"not a record"), *members[1:]]


def _no_status(members: list[bytes]) -> list[bytes]:
    """A response record in which nothing answers."""
    block = b"nothing\r\n\r\n"
    digest = warc_sha1(block).encode()
    head = (
        b"WARC/1.1\r\nWARC-Type: response\r\n"
        b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        b"WARC-Date: 2026-03-29T12:00:00Z\r\nWARC-Target-URI: https://news.example/x\r\n"
        b"WARC-Block-Digest: %s\r\nContent-Length: %d\r\n\r\n" % (digest, len(block))
    )
    return [*members, gzip.compress(head + block + b"\r\n\r\n")]


@pytest.mark.parametrize("damage", [_other_digest, _no_warc, _no_status])
def test_a_damaged_spool_file_is_set_aside_and_the_start_goes_on(
    tmp_path: Path, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    home = house(tmp_path)
    home.record(exchange(body=b"whole page"))
    home.recorder.rotate().result(300)
    home.record(exchange("https://news.example/copy", b"whole page", at=LATER))  # a revisit
    kept = home.record(exchange("https://news.example/kept", b"kept", at=LATER))
    path, _ = home.spool.files()
    home.die()
    with path.open("rb") as stream:
        places = [(offset, length) for offset, length, _ in members(stream)]
    data = path.read_bytes()
    written = b"".join(damage([data[offset : offset + length] for offset, length in places]))
    path.write_bytes(written)

    aside = tmp_path / "spool" / "damaged" / f"{home.spool.writer}-{path.name}"
    assert mend(home) == Recovered(entries=0, captures=1, spools=1, damaged=(str(aside),))
    assert aside.read_bytes() == written
    assert [row[0] for row in everything(home.catalog)["capture"]] == [kept.id]
    assert verify(home.store, home.catalog, silent).problems == ()
    assert mend(home) == Recovered()
    assert aside.read_bytes() == written


def test_an_upload_that_a_dead_writer_began_is_aborted(
    tmp_path: Path, s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    bucket = urlsplit(s3_address.address).netloc
    home = house(
        tmp_path, open_store(s3_address.address, endpoint=s3_address.endpoint, region=s3_address.region)
    )
    home.record(exchange())
    sealed = home.recorder.rotate().result(300).segments[0]
    for key in (sealed.key, "captures/of-a-living-writer"):
        s3_environment.client.create_multipart_upload(Bucket=bucket, Key=f"archive/{key}")
    home.die()
    assert mend(home).captures == 1
    left = s3_environment.client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["archive/captures/of-a-living-writer"]
    assert verify(home.store, home.catalog, silent).problems == ()
