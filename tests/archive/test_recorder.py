"""Bytes first: what the recorder acknowledges lies on the disk, and an identical payload lies there once."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.digest import sha256_hex, warc_sha1
from archive.exchange import Exchange, Truncation
from archive.open_batch import OPEN, KnownPayload, OpenBatch, SealedBatch
from archive.recorder import Recorder
from archive.rows import CaptureRow
from archive.segment import SealedSegment, SealError, SpoolError
from archive.warc import ReadRecord, WarcError, read_one, read_records
from tests.archive.material import INFO, NOON, RUN, SetClock, exchange, nothing_known, text_of

A = exchange("https://news.example/a", b"<p>the same</p>")
B = exchange("https://news.example/b", b"<p>the same</p>", at=NOON + timedelta(minutes=5))


@pytest.fixture
def batch(tmp_path: Path) -> OpenBatch:
    return OpenBatch(tmp_path, run_id=RUN, clock=SetClock(), known=nothing_known, info=INFO)


@pytest.fixture
def recorder(batch: OpenBatch) -> Iterator[Recorder]:
    recorder = Recorder(batch)
    yield recorder
    recorder.close()


def records_in(path: Path) -> list[ReadRecord]:
    with path.open("rb") as stream:
        return list(read_records(stream))


def captures(sealed: SealedBatch) -> SealedSegment:
    (captures,) = (segment for segment in sealed.segments if segment.kind == "captures")
    return captures


def record_at(row: CaptureRow, segment: SealedSegment) -> ReadRecord:
    with segment.path.open("rb") as stream:
        stream.seek(row.offset)
        return read_one(stream.read(row.length))


def test_an_acknowledged_record_can_be_read_from_the_spool_at_once(
    recorder: Recorder, tmp_path: Path
) -> None:
    for n in range(5):
        row = recorder.record(exchange(body=b"%d" % n), "example").result(300)
        (path,) = tmp_path.glob("*-captures.warc.gz")
        last = [record for record in records_in(path) if record.kind == "response"][-1]
        assert (last.id, last.payload) == (row.id, b"%d" % n)
        assert (row.segment, row.payload_segment) == (f"{OPEN}captures", f"{OPEN}captures")


def test_what_many_threads_record_is_all_there_once(recorder: Recorder) -> None:
    rows: list[CaptureRow] = []

    def work(thread: int) -> None:
        futures = [
            recorder.record(exchange(f"https://news.example/{thread}/{n}", b"%d-%d" % (thread, n)), "example")
            for n in range(100)
        ]
        rows.extend(future.result(300) for future in futures)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = recorder.rotate().result(300)
    assert {row.id for row in sealed.capture_rows} == {row.id for row in rows}
    assert len(sealed.capture_rows) == 400
    spans = sorted((row.offset, row.offset + row.length) for row in sealed.capture_rows)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for row in sealed.capture_rows[::40]:
        assert (
            record_at(row, captures(sealed)).payload
            == row.url.rpartition("example/")[2].replace("/", "-").encode()
        )


# ── places and names ─────────────────────────────────────────────────────────────────────────────


def test_a_sealed_batch_says_where_everything_lies(recorder: Recorder) -> None:
    first = recorder.record(A, "example").result(300)
    again = recorder.record(B, "other").result(300)
    recorder.derive(text_of(first, "Clean text.", b'{"title": "A"}')).result(300)
    sealed = recorder.rotate().result(300)
    key = captures(sealed).key
    assert sealed.capture_rows == (
        replace(first, segment=key, payload_segment=key),
        replace(again, segment=key, payload_segment=key),
    )
    assert [record_at(row, captures(sealed)).id for row in sealed.capture_rows] == [first.id, again.id]
    assert captures(sealed).records == 5  # warcinfo, two answers, two requests

    (derived,) = (segment for segment in sealed.segments if segment.kind == "derived")
    (text,) = sealed.text_rows
    assert (text.sha256, text.characters, text.segment) == (
        sha256_hex(b"Clean text."),
        11,
        derived.key,
    )
    assert sealed.texts == {text.sha256: "Clean text."}
    records = records_in(derived.path)
    assert [record.kind for record in records] == ["warcinfo", "conversion", "metadata"]
    assert records[1].offset == text.offset
    assert {record.headers["WARC-Refers-To"].replace("-", "") for record in records[1:]} == {
        f"<urn:uuid:{first.id}>"
    }


def test_the_name_is_what_sha256sum_prints(recorder: Recorder) -> None:
    recorder.record(A, "example").result(300)
    segment = captures(recorder.rotate().result(300))
    printed = subprocess.run(["sha256sum", segment.path], capture_output=True, text=True, check=True).stdout
    assert segment.key == f"captures/2026/03/29/{printed.split()[0]}.warc.gz"
    assert segment.size == segment.path.stat().st_size
    assert segment.records == len(records_in(segment.path))


def test_an_empty_rotation_has_nothing(recorder: Recorder) -> None:
    assert recorder.rotate().result(300) == SealedBatch((), (), (), {})


def test_every_rotation_opens_a_new_file(recorder: Recorder, tmp_path: Path) -> None:
    for n in range(3):
        row = recorder.record(exchange(body=b"%d" % n), "example").result(300)
        recorder.derive(text_of(row, str(n))).result(300)
        sealed = recorder.rotate().result(300)
        assert [one.payload_sha256 for one in sealed.capture_rows] == [sha256_hex(b"%d" % n)]
        assert list(sealed.texts.values()) == [str(n)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"00000{n}-{kind}.warc.gz" for n, kind in enumerate(["captures", "derived"] * 3, 1)
    ]
    assert recorder.open_bytes == 0


# ── the same payload again ───────────────────────────────────────────────────────────────────────


def test_an_identical_payload_is_a_revisit_within_the_open_segment(recorder: Recorder) -> None:
    first = recorder.record(A, "example").result(300)
    again = recorder.record(B, "example").result(300)
    assert (first.kind, again.kind) == ("response", "revisit")
    assert (again.refers_to_url, again.refers_to_at) == (A.url, A.at)
    assert (again.payload_offset, again.payload_length) == (first.offset, first.length)
    assert (again.payload_sha256, again.payload_sha1, again.payload_size) == (
        sha256_hex(A.body), warc_sha1(A.body), len(A.body),
    )  # fmt: skip
    segment = captures(recorder.rotate().result(300))
    headers = record_at(again, segment).headers
    assert headers["WARC-Refers-To-Target-URI"] == A.url
    assert headers["WARC-Refers-To-Date"] == "2026-03-29T12:00:00Z"
    assert headers["WARC-Payload-Digest"] == warc_sha1(A.body)
    assert record_at(again, segment).payload == b""


def test_across_rotations_it_is_one_before_anything_is_committed(recorder: Recorder) -> None:
    first = recorder.record(A, "example").result(300)
    key = captures(recorder.rotate().result(300)).key
    recorder.record(B, "example").result(300)
    (row,) = recorder.rotate().result(300).capture_rows
    assert (row.kind, row.payload_segment, row.payload_offset) == ("revisit", key, first.offset)
    assert row.segment != key


def test_when_the_catalog_knows_the_segment_the_recorder_asks_the_catalog(tmp_path: Path) -> None:
    asked: list[str] = []
    place = KnownPayload("https://news.example/first", NOON - timedelta(days=3), "captures/x.warc.gz", 7, 70)

    def known(sha256: str, keep_days: int | None) -> KnownPayload | None:
        assert keep_days is None
        asked.append(sha256)
        return place if len(asked) > 1 else None

    recorder = Recorder(OpenBatch(tmp_path, run_id=RUN, clock=SetClock(), known=known, info=INFO))
    assert recorder.record(A, "example").result(300).kind == "response"
    assert recorder.record(A, "example").result(300).kind == "revisit"  # its own, unasked
    recorder.forget(captures(recorder.rotate().result(300)).key)
    row = recorder.record(B, "example").result(300)
    recorder.close()
    assert asked == [sha256_hex(A.body)] * 2
    assert (row.kind, row.refers_to_url, row.refers_to_at) == ("revisit", place.url, place.at)
    assert (row.payload_segment, row.payload_offset, row.payload_length) == ("captures/x.warc.gz", 7, 70)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(exchange(body=A.body, truncated=Truncation.LENGTH), id="cut by size"),
        pytest.param(exchange(body=A.body, truncated=Truncation.DISCONNECT), id="cut by the server"),
        pytest.param(exchange(body=A.body, status=404), id="a missing page"),
        pytest.param(exchange(body=A.body, status=500), id="an error"),
        pytest.param(exchange(body=A.body, status=301), id="a redirect"),
        pytest.param(exchange(body=A.body, status=206), id="a part"),
        pytest.param(exchange(body=b""), id="nothing"),
    ],
)
def test_only_a_whole_page_is_ever_an_original(recorder: Recorder, first: Exchange) -> None:
    for one in (first, first):
        assert recorder.record(one, "example").result(300).kind == "response"
    whole = replace(first, status=200, truncated=None)
    rows = [recorder.record(whole, "example").result(300) for _ in range(2)]
    assert [row.kind for row in rows] == ["response", "revisit" if first.body else "response"]


def test_a_304_points_at_the_capture_whose_validators_were_sent(recorder: Recorder) -> None:
    stored = replace(
        recorder.record(A, "example").result(300),
        segment="captures/s.warc.gz",
        payload_segment="captures/p.warc.gz",
        payload_offset=11,
        payload_length=22,
    )
    answer = exchange(
        A.url, b"", status=304, reason=" Not Modified", at=NOON + timedelta(days=1), headers=('ETag: "x"',)
    )
    row = recorder.record(answer, "example", unmodified=stored).result(300)
    assert (row.kind, row.status) == ("revisit", 304)
    assert (row.refers_to_url, row.refers_to_at) == (stored.url, stored.at)
    assert (row.payload_segment, row.payload_offset, row.payload_length) == ("captures/p.warc.gz", 11, 22)
    assert (row.payload_sha256, row.payload_size) == (stored.payload_sha256, stored.payload_size)
    segment = captures(recorder.rotate().result(300))
    assert record_at(row, segment).headers["WARC-Profile"].endswith("/server-not-modified")
    assert record_at(row, segment).block == answer.response_head


def test_the_validators_of_a_page_that_changed_are_of_no_account(recorder: Recorder) -> None:
    stored = recorder.record(A, "example").result(300)
    row = recorder.record(exchange(A.url, b"new"), "example", unmodified=stored).result(300)
    assert (row.kind, row.refers_to_url) == ("response", None)
    unasked = recorder.record(exchange(A.url, b"", status=304), "example").result(300)
    assert (unasked.kind, unasked.refers_to_url) == ("response", None)


# ── when something breaks ────────────────────────────────────────────────────────────────────────


def test_an_exchange_that_cannot_be_written_harms_no_other(recorder: Recorder) -> None:
    evil = exchange("https://news.example/\r\nWARC-Type: metadata")
    futures = [recorder.record(one, "example") for one in (A, evil, B)]
    assert isinstance(futures[1].exception(20), WarcError)
    assert [futures[0].result(300).kind, futures[2].result(300).kind] == ["response", "revisit"]
    assert len(recorder.rotate().result(300).capture_rows) == 2


def test_a_catalog_that_does_not_answer_harms_no_other(tmp_path: Path) -> None:
    def known(sha256: str, keep_days: int | None) -> KnownPayload | None:
        assert keep_days is None
        if sha256 == sha256_hex(A.body):
            raise ConnectionError("no catalog")
        return None

    recorder = Recorder(OpenBatch(tmp_path, run_id=RUN, clock=SetClock(), known=known, info=INFO))
    assert isinstance(recorder.record(A, "example").exception(20), ConnectionError)
    assert recorder.record(exchange(body=b"other"), "example").result(300).kind == "response"
    assert len(recorder.rotate().result(300).capture_rows) == 1
    recorder.close()


def _full(batch: OpenBatch) -> None:
    """From here on the disk is full: the kernel's own ENOSPC."""
    segment = batch._open["captures", None]
    segment._file.close()
    segment._file = Path("/dev/full").open("wb")  # type: ignore[assignment]  # noqa: SIM115 - given to the segment


def _unsyncable(batch: OpenBatch) -> None:
    """From here on fsync fails, while writing goes well: the kernel's own EINVAL, of a pipe."""
    segment = batch._open["captures", None]
    segment._file.close()
    reader, writer = os.pipe()
    os.set_blocking(reader, False)  # keeps the pipe open for as long as the test
    segment._file = os.fdopen(writer, "wb")  # type: ignore[assignment]


def _readers_left(batch: OpenBatch) -> None:
    """From here on writing itself fails: EPIPE, of a pipe without a reader, with nothing buffered."""
    segment = batch._open["captures", None]
    segment._file.close()
    reader, writer = os.pipe()
    os.close(reader)
    segment._file = os.fdopen(writer, "wb", buffering=0)  # type: ignore[assignment]


@pytest.mark.parametrize("broken", [_full, _unsyncable, _readers_left])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the broken file is given up
def test_after_a_failed_write_nothing_is_acknowledged_any_more(
    batch: OpenBatch, broken: object, tmp_path: Path
) -> None:
    recorder = Recorder(batch)
    before = [recorder.record(exchange(body=b"%d" % n), "example").result(300) for n in range(3)]
    broken(batch)  # type: ignore[operator]
    futures = [recorder.record(exchange(body=b"lost %d" % n), "example") for n in range(5)]
    futures += [recorder.rotate(), recorder.derive(text_of(before[0], "Text."))]  # type: ignore[list-item]
    failures = [future.exception(20) for future in futures]
    failures.append(recorder.record(A, "example").exception(20))
    recorder.close()
    assert {type(failure) for failure in failures} == {SpoolError}
    assert str(failures[0]).startswith(("cannot write the spool at", "cannot make the spool at"))
    assert {id(failure) for failure in failures} == {id(failures[0])}
    (path,) = tmp_path.glob("*-captures.warc.gz")
    assert [r.id for r in records_in(path) if r.kind == "response"] == [row.id for row in before]


def test_a_spool_that_was_taken_away_is_one_clear_error(recorder: Recorder, tmp_path: Path) -> None:
    tmp_path.rmdir()
    with pytest.raises(SpoolError, match=r"cannot write the spool at .*captures.*No such file.*free space"):
        recorder.record(A, "example").result(300)
    tmp_path.mkdir()
    with pytest.raises(SpoolError):  # it does not begin again as if nothing had happened
        recorder.record(A, "example").result(300)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 10)


def swallow(path: Path) -> None:
    """The last record is gone without a trace in the framing."""
    os.truncate(path, records_in(path)[-1].offset)


@pytest.mark.parametrize("damage", [flip, cut, swallow])
def test_a_segment_that_does_not_read_back_is_never_sealed(
    recorder: Recorder, tmp_path: Path, damage: object
) -> None:
    for n in range(3):
        recorder.record(exchange(body=b"%d" % n * 99), "example").result(300)
    (path,) = tmp_path.glob("*-captures.warc.gz")
    damage(path)  # type: ignore[operator]
    with pytest.raises(SealError, match=str(path)):
        recorder.rotate().result(300)
    with pytest.raises(SealError):
        recorder.record(A, "example").result(300)


def flip_late(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [flip_late, cut])
def test_what_the_disk_did_not_keep_is_noticed_before_the_segment_is_sealed(
    recorder: Recorder, batch: OpenBatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: object
) -> None:
    """Records are read back as soon as they are durable: here the disk forgets some right after the fsync."""
    recorder.record(exchange(body=b"kept" * 99), "example").result(300)
    synced = batch.sync

    def forgetful() -> None:
        synced()
        (path,) = tmp_path.glob("*-captures.warc.gz")
        damage(path)  # type: ignore[operator]

    monkeypatch.setattr(batch, "sync", forgetful)
    recorder.record(exchange(body=b"forgotten" * 99), "example").result(300)
    with pytest.raises(SealError, match="does not read back as it was written"):
        recorder.record(A, "example").result(300)


def test_a_closed_recorder_answers_everything_it_was_asked(recorder: Recorder) -> None:
    futures = [recorder.record(exchange(body=b"%d" % n), "example") for n in range(600)]
    recorder.close()
    assert len({future.result(300).id for future in futures}) == 600
    with pytest.raises(SpoolError, match="closed"):
        recorder.record(A, "example").result(300)
    with pytest.raises(SpoolError, match="closed"):
        recorder.rotate().result(300)


def test_what_is_given_up_while_it_waits_harms_no_other(recorder: Recorder) -> None:
    """A request that times out, or a crawl that stops, cancels what it waits for."""
    for _ in range(20):
        futures = [recorder.record(exchange(body=b"%d" % n), "example") for n in range(50)]
        given_up = {n for n in range(0, 50, 3) if futures[n].cancel()}
        for n, future in enumerate(futures):
            if n not in given_up:
                assert future.result(300).payload_size == len(b"%d" % n)
    assert recorder.record(A, "example").result(300).url == A.url
