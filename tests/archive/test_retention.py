"""Retention classes: a segment holds one, and no record refers to one that may go before it."""

from __future__ import annotations

import gzip
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from archive.open_batch import KnownPayload, OpenBatch
from archive.retention import by_source, class_name, expires_at, outlives, parse_class
from config.source import Policy, Source
from tests.archive.material import INFO, NOON, RUN, SetClock, exchange, nothing_known, text_of

DAYS = {"month": 30, "quarter": 90}  # and `ever`, which is not named


@pytest.mark.parametrize(
    ("kind", "days", "name"),
    [("captures", None, "captures"), ("derived", 90, "derived-90d"), ("captures", 1, "captures-1d")],
)
def test_a_class_has_a_name(kind: str, days: int | None, name: str) -> None:
    assert class_name(kind, days) == name
    assert parse_class(name) == (kind, days)


@pytest.mark.parametrize(
    "name", ["", "index", "captures-", "captures-0d", "captures-d", "captures-30", "../captures"]
)
def test_what_names_no_class_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="names no retention class"):
        parse_class(name)


@pytest.mark.parametrize(
    ("one", "other", "longer"),
    [
        (None, None, True),
        (None, 30, True),
        (30, None, False),
        (90, 30, True),
        (30, 30, True),
        (30, 90, False),
    ],
)
def test_which_class_outlives_which(one: int | None, other: int | None, *, longer: bool) -> None:
    assert outlives(one, other) is longer


def test_when_a_class_ends() -> None:
    assert expires_at(NOON, 30) == NOON + timedelta(days=30)
    assert expires_at(NOON, None) is None


def test_the_class_of_each_source() -> None:
    sources = [Source(name="ever", homepage="https://a.example/")]
    sources += [
        Source(name=name, homepage="https://a.example/", policy=Policy(expire=f"{days}d"))  # type: ignore[arg-type]
        for name, days in DAYS.items()
    ]
    assert by_source(sources) == DAYS


def batch_in(folder: Path, known: object = nothing_known) -> OpenBatch:
    return OpenBatch(folder, run_id=RUN, clock=SetClock(), known=known, info=INFO, keep_days=DAYS)  # type: ignore[arg-type]


def test_each_class_has_a_segment_of_its_own(tmp_path: Path) -> None:
    batch = batch_in(tmp_path)
    for source in ("ever", "month", "quarter"):
        row = batch.record(exchange(f"https://{source}.example/", source.encode()), source, None)
        batch.derive(text_of(row, f"Text of {source}."))
    sealed = batch.rotate()
    assert [(one.kind, one.keep_days, one.records) for one in sealed.segments] == [
        *(("captures", days, 3) for days in (None, 30, 90)),
        *(("derived", days, 3) for days in (None, 30, 90)),
    ]
    place = {one.key: one.keep_days for one in sealed.segments}
    assert {row.source: place[row.segment] for row in sealed.capture_rows} == {"ever": None, **DAYS}
    assert [place[row.segment] for row in sealed.text_rows] == [None, 30, 90]
    assert [sealed.index_of(one).count(b"\n") for one in sealed.segments[:3]] == [1, 1, 1]
    assert b"dateline-keep-days: 90\r\n" in _first_record(sealed.segments[2].path)
    assert b"dateline-keep-days" not in _first_record(sealed.segments[0].path)


def _first_record(path: Path) -> bytes:
    with gzip.open(path) as stream:
        return stream.read(1000)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("ever", "month", "revisit"),
        ("quarter", "month", "revisit"),
        ("month", "month", "revisit"),
        ("month", "quarter", "response"),
        ("month", "ever", "response"),
    ],
)
def test_a_payload_in_a_shorter_class_is_written_again(
    tmp_path: Path, first: str, second: str, kind: str
) -> None:
    with closing(batch_in(tmp_path)) as batch:
        batch.record(exchange("https://a.example/", b"the same"), first, None)
        assert batch.record(exchange("https://b.example/", b"the same"), second, None).kind == kind
        assert batch.record(exchange("https://c.example/", b"the same"), second, None).kind == "revisit"


def test_the_catalog_is_asked_for_a_payload_that_lasts(tmp_path: Path) -> None:
    asked: list[int | None] = []

    def known(sha256: str, keep_days: int | None) -> KnownPayload | None:
        assert len(sha256) == 64
        asked.append(keep_days)
        return None

    with closing(batch_in(tmp_path, known)) as batch:
        for source in ("ever", "month", "quarter"):
            batch.record(exchange(body=source.encode()), source, None)
    assert asked == [None, 30, 90]
