"""Thirty nights see everything; each of them sees faults in its share, and those that a listing shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.catalog.dump import tables
from archive.catalog.packing import compress
from archive.catalog.schema import text_body
from archive.digest import sha256_hex
from archive.stores.local import LocalStore
from archive.verify.run import Report, verify
from archive.verify.sample import WHOLE, Slice, parts_in, slice_of_night
from config.errors import ConfigError
from tests.archive.material import leave_filled, silent

DIGESTS = st.binary(max_size=40).map(sha256_hex) | st.sampled_from(["0" * 64, "f" * 64, "8" + "0" * 63])
NIGHT = date(2026, 3, 20)


@given(DIGESTS, st.dates(max_value=date(9000, 1, 1)), st.integers(1, 60))
def test_nights_in_a_row_see_each_digest_exactly_once(digest: str, first: date, parts: int) -> None:
    nights = [slice_of_night(first + timedelta(days=n), parts) for n in range(parts)]
    assert [night.has(digest) for night in nights].count(True) == 1


@given(st.integers(1, 10_000))
def test_slices_lie_side_by_side(parts: int) -> None:
    slices = [Slice(n, parts) for n in range(parts)]
    assert (slices[0].first, slices[-1].end) == ("0" * 64, None)
    assert [one.end for one in slices[:-1]] == [one.first for one in slices[1:]]


@given(DIGESTS)
def test_the_whole_has_every_digest(digest: str) -> None:
    assert WHOLE.has(digest)


@pytest.mark.parametrize(("said", "parts"), [("1/30", 30), ("1/1", 1), (" 1/10000 ", 10_000)])
def test_a_share(said: str, parts: int) -> None:
    assert parts_in(said) == parts


@pytest.mark.parametrize(
    "said", ["", "30", "2/30", "1/0", "1/-3", "1/030", "1/10001", "0.1", "1/3 0", "1/\uff13"]
)
def test_what_is_no_share(said: str) -> None:
    with pytest.raises(ConfigError, match=r"allowed is 1/N"):
        parts_in(said)


# ── of an archive ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    leave_filled(folder)
    return folder


@pytest.fixture
def sound(filled: Path, tmp_path: Path) -> Iterator[tuple[LocalStore, Catalog]]:
    folder = tmp_path / "archive"
    shutil.copytree(filled, folder)
    catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
    yield LocalStore(folder / "store"), catalog
    catalog.close()


def reports(sound: tuple[LocalStore, Catalog], parts: int) -> list[Report]:
    """What each of so many nights in a row finds."""
    slices = [slice_of_night(NIGHT + timedelta(days=n), parts) for n in range(parts)]
    return [verify(*sound, silent, part) for part in slices]


@pytest.mark.parametrize("parts", [1, 2, 30])
def test_the_nights_together_read_what_one_whole_look_reads(
    sound: tuple[LocalStore, Catalog], parts: int
) -> None:
    whole, nights = verify(*sound, silent), reports(sound, parts)
    assert [night.problems for night in nights] == [()] * parts
    for what in ("segments", "records", "journal_entries"):
        assert sum(getattr(night, what) for night in nights) == getattr(whole, what)


def kinds(report: Report) -> set[tuple[str, str]]:
    return {(problem.kind, problem.where) for problem in report.problems}


def paths(store: LocalStore, catalog: Catalog, kind: str) -> tuple[str, Path]:
    key = next(row.key for row in segments.every(catalog) if row.kind == kind)
    [path] = Path(store.address.removeprefix("file://")).rglob(key.rpartition("/")[2])
    return key, path


@pytest.mark.parametrize("kind", ["captures", "derived"])
def test_a_flipped_bit_is_found_on_exactly_one_night(sound: tuple[LocalStore, Catalog], kind: str) -> None:
    key, path = paths(*sound, kind)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [("digest", key) in kinds(night) for night in reports(sound, 30)].count(True) == 1


@pytest.mark.parametrize(("cut", "problem"), [(True, "size"), (False, "missing")])
def test_what_a_listing_shows_is_found_every_night(
    sound: tuple[LocalStore, Catalog], cut: bool, problem: str
) -> None:
    key, path = paths(*sound, "captures")
    if cut:
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
        path.with_name(path.name.replace(".warc.gz", ".cdxj")).unlink()
    nights = [kinds(night) for night in reports(sound, 30)]
    assert all((problem, key) in night for night in nights)
    if not cut:
        assert all(("missing", key.replace(".warc.gz", ".cdxj")) in night for night in nights)


def test_a_journal_entry_that_was_rewritten_is_found_on_exactly_one_night(
    sound: tuple[LocalStore, Catalog],
) -> None:
    folder = Path(sound[0].address.removeprefix("file://"))
    path = sorted((folder / "journal").rglob("*.jsonl"))[3]
    path.write_bytes(path.read_bytes().replace(b'"source":"example"', b'"source":"exAmple"'))
    assert [bool(night.problems) for night in reports(sound, 30)].count(True) == 1


def test_a_kept_text_altered_is_found_on_exactly_one_night(sound: tuple[LocalStore, Catalog]) -> None:
    with sound[1].write() as connection:
        digest = connection.execute(text_body.select()).first()
        assert digest is not None
        row = text_body.update().where(text_body.c.sha256 == digest[0])
        connection.execute(row.values(zstd=compress("another text")))
    found = [kinds(night) for night in reports(sound, 30)]
    assert [("text", f"text_body {digest[0]}") in night for night in found].count(True) == 1


def test_a_stranger_and_an_entry_not_applied_are_found_every_night(sound: tuple[LocalStore, Catalog]) -> None:
    store, catalog = sound
    store.put("captures/notes.txt", b"x", sha256=sha256_hex(b"x"), content_type="text/plain")
    with catalog.write() as connection:
        connection.exec_driver_sql("DELETE FROM journal_entry WHERE number = 2")
    for night in reports(sound, 30):
        found = {problem.kind for problem in night.problems}
        assert found == {"stranger", "journal"}


def test_a_backup_holds_every_table_but_live_leases() -> None:
    assert "lease" not in tables()
    assert {"capture", "version", "text_body", "journal_entry"} <= set(tables())
