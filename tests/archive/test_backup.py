"""The drill: what was backed up is there again, row for row, on the same database and on the other."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.backup import MANIFEST, Backup, Configuration, back_up
from archive.catalog import schema
from archive.catalog.catalog import Catalog
from archive.catalog.dump import loading, snapshot, tables
from archive.digest import sha256_hex
from archive.journal import Entry
from archive.opening import Archive
from archive.restore import BackupDamagedError, Restored, open_backup
from archive.rows import Row
from archive.stores.local import LocalStore
from archive.verify.run import verify
from config.errors import ConfigError
from tests.archive.material import (
    NOON,
    STORED,
    House,
    SetClock,
    everything,
    exchange,
    fill,
    house,
    ledger_row,
    rows_of,
    silent,
)

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
CONFIGURATION = Configuration(b"store: file:///x\n", {"a.yaml": b"name: a\n"}, {"network.ca_file": b"PEM"})
Open = Callable[[str], Catalog]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path)
    fill(made)
    yield made
    made.die()
    made.catalog.close()


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Gives empty catalogs, by the name of the database."""
    opened: list[Catalog] = []

    def catalog(kind: str) -> Catalog:
        postgres = kind == "postgresql"
        address = (
            request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path}/{len(opened)}.db"
        )
        opened.append(Catalog.open(address))
        return opened[-1]

    yield catalog
    for one in opened:
        one.close()


def back(home: House, out: Path, catalog: Catalog | None = None) -> Backup:
    return back_up(Archive(home.store, catalog or home.catalog), out, CONFIGURATION, clock=SetClock())


def restore(file: Path, home: House, catalog: Catalog) -> Restored:
    with open_backup(file) as backup:
        return backup.restore(home.store, catalog, silent)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_catalog_restored_is_the_same_row_for_row(
    home: House, empty: Open, tmp_path: Path, target: str
) -> None:
    before = everything(home.catalog)
    made = back(home, tmp_path / "b.tar")
    catalog = empty(target)
    assert restore(tmp_path / "b.tar", home, catalog) == Restored(made.rows, 0)
    assert everything(catalog) == before
    assert made.rows == sum(map(len, before.values())) > 40
    assert verify(home.store, catalog, silent).problems == ()


def test_from_postgresql_to_sqlite(home: House, empty: Open, tmp_path: Path) -> None:
    before = everything(home.catalog)
    back(home, tmp_path / "first.tar")
    restore(tmp_path / "first.tar", home, postgres := empty("postgresql"))
    back(home, tmp_path / "second.tar", postgres)
    restore(tmp_path / "second.tar", home, sqlite := empty("sqlite"))
    assert everything(sqlite) == before


def test_what_came_after_the_backup_is_entered_from_the_journal(
    home: House, empty: Open, tmp_path: Path
) -> None:
    back(home, tmp_path / "b.tar")
    home.record(exchange("https://news.example/later", b"<p>Later</p>"))
    home.committer.commit_segments(home.recorder, [ledger_row("https://news.example/later", 9)])
    catalog = empty("sqlite")
    assert restore(tmp_path / "b.tar", home, catalog).entries == 1
    assert everything(catalog) == everything(home.catalog)


@pytest.fixture(scope="module")
def two_catalogs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Catalog]]:
    """To be cleared before use: a new one would have to compile every statement anew."""
    folder = tmp_path_factory.mktemp("rows")
    catalogs = [Catalog.open(f"sqlite:///{folder}/{name}.db") for name in ("one", "two")]
    yield catalogs
    for catalog in catalogs:
        catalog.close()


@pytest.mark.parametrize("table", sorted(STORED))
@given(data=st.data())
@settings(max_examples=15 if FULL else 3, deadline=None)
def test_any_row_comes_back(table: str, data: st.DataObject, two_catalogs: list[Catalog]) -> None:
    row: Row = data.draw(rows_of(STORED[table]))
    for catalog in two_catalogs:
        catalog.clear()
    one, two = two_catalogs
    one.apply(Entry("w", 1, NOON, None, (row,)), {})
    with snapshot(one) as there, loading(two) as here:
        for name in tables():
            here.load(name, list(there.lines(name)))
    found = everything(one), everything(two)
    assert found[0] == found[1]
    assert len(found[0][table]) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_of_one_moment(home: House, empty: Open, tmp_path: Path, kind: str) -> None:
    back(home, tmp_path / "b.tar")
    restore(tmp_path / "b.tar", home, catalog := empty(kind))
    with snapshot(catalog) as taken:
        before = taken.count("run"), taken.count("capture")
        with catalog.write() as connection:
            connection.execute(sa.delete(schema.capture))
        assert (taken.count("run"), taken.count("capture")) == before
    with snapshot(catalog) as taken:
        assert taken.count("capture") == 0 < before[1]


def test_the_configuration_comes_back(home: House, tmp_path: Path) -> None:
    back(home, tmp_path / "b.tar")
    with open_backup(tmp_path / "b.tar") as backup:
        assert backup.configuration() == CONFIGURATION


def test_other_tools_read_it(home: House, tmp_path: Path) -> None:
    back(home, tmp_path / "b.tar")
    listed = subprocess.run(["tar", "tf", tmp_path / "b.tar"], capture_output=True, text=True, check=True)
    first, *others = listed.stdout.split()
    assert first == MANIFEST
    assert set(others) == {
        "config/dateline.yaml",
        "config/sources/a.yaml",
        "config/files/network.ca_file",
        *(f"catalog/{name}.jsonl.zst" for name in tables()),
    }


# ── refusals: nothing is changed ─────────────────────────────────────────────────────────────────


def test_a_catalog_that_is_not_empty_is_refused(home: House, tmp_path: Path) -> None:
    back(home, tmp_path / "b.tar")
    before = everything(home.catalog)
    with pytest.raises(
        ConfigError, match=r"is not empty \(capture, journal_entry, .*restore into an empty one"
    ):
        restore(tmp_path / "b.tar", home, home.catalog)
    assert everything(home.catalog) == before


def test_another_archives_store_is_refused(home: House, empty: Open, tmp_path: Path) -> None:
    back(home, tmp_path / "b.tar")
    catalog = empty("sqlite")
    with (
        open_backup(tmp_path / "b.tar") as backup,
        pytest.raises(ConfigError, match=r"is not the store of .* it has no journal/"),
    ):
        backup.restore(LocalStore(tmp_path / "other"), catalog, silent)
    assert not any(everything(catalog).values())


def rewritten(
    source: Path, out: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None], *, fitting: bool
) -> Path:
    """The backup with changed members; `fitting`: with digests that are right for them."""
    with tarfile.open(source) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]
    manifest = json.loads(members.pop(MANIFEST))
    change(members, manifest)
    if fitting:
        manifest["sha256"] = {name: sha256_hex(data) for name, data in members.items()}
    with tarfile.open(out, "w") as tar:
        for name, data in {MANIFEST: json.dumps(manifest).encode(), **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out


CAPTURES, LEDGER = "catalog/capture.jsonl.zst", "catalog/ledger.jsonl.zst"
Members, Manifest = dict[str, bytes], dict[str, Any]
Fault = tuple[Callable[[Members, Manifest], None], bool, str]
FAULTS: dict[str, Fault] = {
    "a byte": (lambda m, _: m.update({CAPTURES: m[CAPTURES][:-1] + b"!"}), False, "is not what was written"),
    "a member emptied": (lambda m, _: m.update({CAPTURES: b""}), False, "is not what was written"),
    "cut, digests fitted": (lambda m, _: m.update({CAPTURES: m[CAPTURES][:-9]}), True, "rows, expected"),
    "no zstd": (lambda m, _: m.update({CAPTURES: b"no zstd"}), True, f"{CAPTURES}: "),
    "another table's": (lambda m, _: m.update({CAPTURES: m[LEDGER]}), True, "a row has run_id, url_key"),
    "rows miscounted": (lambda _, f: f["rows"].update(capture=1), True, "expected 1"),
    "a member too few": (lambda _, f: f["sha256"].update(more="0"), False, "it has no more"),
    "no rows listed": (lambda _, f: f.update(rows=None), True, "does not say what is in it"),
    "a count that is none": (lambda _, f: f["rows"].update(capture="3"), True, "does not say what is in it"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_damaged_backup_is_refused(home: House, empty: Open, tmp_path: Path, fault: Fault) -> None:
    change, fitting, said = fault
    back(home, tmp_path / "b.tar")
    broken = rewritten(tmp_path / "b.tar", tmp_path / "broken.tar", change, fitting=fitting)
    catalog = empty("sqlite")
    with pytest.raises(BackupDamagedError, match="is damaged: ") as error:
        restore(broken, home, catalog)
    assert said in str(error.value)
    assert not any(everything(catalog).values())


@pytest.mark.parametrize("member", [0, 1, 9, -1])
def test_a_clipped_backup_is_refused(home: House, empty: Open, tmp_path: Path, member: int) -> None:
    back(home, file := tmp_path / "b.tar")
    with tarfile.open(file) as tar:
        last = tar.getmembers()[member]
    file.write_bytes(file.read_bytes()[: last.offset_data + last.size - 1])
    with pytest.raises(BackupDamagedError, match="is damaged"):
        restore(file, home, empty("sqlite"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            lambda _, f: f.update(format="tar"), "is no backup made by `dateline backup`", id="format"
        ),
        pytest.param(
            lambda _, f: f.update(version=2), "has backup format 2; this release reads 1", id="version"
        ),
        pytest.param(lambda _, f: f.update(schema="9999"), "catalog with schema '9999'", id="schema"),
        pytest.param(
            lambda _, f: f["rows"].update(more=0), "or make the catalog again with", id="a table more"
        ),
    ],
)
def test_a_backup_of_another_release_is_refused(
    home: House, empty: Open, tmp_path: Path, change: Callable[[Members, Manifest], None], said: str
) -> None:
    back(home, tmp_path / "b.tar")
    other = rewritten(tmp_path / "b.tar", tmp_path / "other.tar", change, fitting=True)
    with pytest.raises(ConfigError) as error:
        restore(other, home, empty("sqlite"))
    assert said in str(error.value)


@pytest.mark.parametrize("name", ["../x.yaml", "sub/x.yaml", ".x.yaml", "a\\b.yaml"])
def test_a_source_file_that_would_leave_its_folder_is_refused(home: House, tmp_path: Path, name: str) -> None:
    back(home, tmp_path / "b.tar")

    def change(members: Members, _: Manifest) -> None:
        members[f"config/sources/{name}"] = b"x"

    hostile = rewritten(tmp_path / "b.tar", tmp_path / "h.tar", change, fitting=True)
    with open_backup(hostile) as backup, pytest.raises(BackupDamagedError, match="is no name of a file"):
        backup.configuration()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "cannot read", id="no file"),
        pytest.param(b"", "is no backup", id="empty"),
        pytest.param(b"PK\x03\x04" * 300, "is no backup", id="a ZIP"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "x"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=said), open_backup(file):
        pass
