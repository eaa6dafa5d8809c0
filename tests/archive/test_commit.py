"""The write order, and what a failure at each of its steps leaves behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from archive.catalog import lookup, runs, search_index
from archive.catalog.catalog import Catalog
from archive.clock import parse_z
from archive.digest import sha256_hex
from archive.journal import Entry
from archive.reader import read_payload, read_text
from archive.recovery import Recovered, recover
from archive.rows import ArticleRow, TextRow, VersionRow
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore, StoreUnreachable
from archive.verify.run import verify
from config.errors import DatelineError
from tests.archive.faulty import FailingStore
from tests.archive.material import (
    RUN,
    House,
    SetClock,
    everything,
    exchange,
    fill,
    house,
    ledger_row,
    silent,
    text_of,
)


class NotedCatalog(Catalog):
    """Notes in the store's list of calls when a transaction begins."""

    def __init__(self, address: str, calls: list[str]) -> None:
        super().__init__(address)
        self.calls = calls

    def apply(self, entry: Entry, texts: Mapping[str, str], read: Any = None) -> bool:
        self.calls.append(f"apply {entry.key}")
        return super().apply(entry, texts, read)


def test_segments_then_index_then_journal_then_catalog(tmp_path: Path) -> None:
    store = FailingStore(LocalStore(tmp_path / "store"), fail_at=0)
    Catalog.open(f"sqlite:///{tmp_path}/catalog.db").close()
    home = House(store, NotedCatalog(f"sqlite:///{tmp_path}/catalog.db", store.calls), tmp_path / "spool")
    row = home.record(exchange())
    home.recorder.derive(text_of(row, "Text.")).result(300)
    spooled = home.spool.files()
    assert len(spooled) == 2
    home.committer.commit_segments(home.recorder, [ledger_row(row.url, 0, capture=row)])
    kinds = [f"{call.split()[0]} {call.split()[1].split('/')[0]}" for call in store.calls]
    assert kinds == ["put captures", "put captures", "put derived", "put journal", "apply journal"]
    assert [call.rpartition(".")[2] for call in store.calls[:2]] == ["gz", "cdxj"]
    assert not any(path.exists() for path in spooled)  # given up last
    home.die()


def test_a_commit_of_nothing_writes_nothing(tmp_path: Path) -> None:
    store = FailingStore(LocalStore(tmp_path / "store"), fail_at=0)
    home = house(tmp_path, store)
    home.committer.commit_rows([])
    home.committer.commit_segments(home.recorder, [])
    assert store.calls == []
    home.die()


def test_a_text_that_was_derived_just_before_the_rotation_is_kept(tmp_path: Path) -> None:
    """Its rows come with the next commit; its text must not wait for them, its segment is sealed now."""
    home = house(tmp_path)
    row = home.record(exchange())
    home.recorder.derive(text_of(row, "Text.")).result(300)
    home.committer.commit_segments(home.recorder, [])  # the page's rows are not drawn up yet
    home.committer.commit_rows([ledger_row(row.url, 0, capture=row)])
    assert verify(home.store, home.catalog, silent).problems == ()
    assert len(everything(home.catalog)["text_body"]) == 1
    home.die()


@pytest.mark.parametrize(("searchable", "waiting"), [(True, 0), (False, 1)])
def test_new_versions_are_made_searchable_after_the_commit_or_when_asked(
    tmp_path: Path, searchable: bool, waiting: int
) -> None:
    home = house(tmp_path)
    row = home.record(exchange())
    home.recorder.derive(text_of(row, "Text.")).result(300)
    article = ArticleRow(id=row.url_key, source="a", url=row.url, first_captured_at=row.at, versions=1)
    version = VersionRow(
        article_id=article.id,
        number=1,
        source="a",
        url=row.url,
        captured_at=row.at,
        run_id=RUN,
        capture_id=row.id,
        extractor="x",
        title="Title",
        text_sha256=sha256_hex(b"Text."),
    )
    made = [article, version, ledger_row(row.url, 0, capture=row)]
    home.committer.commit_segments(home.recorder, made, searchable=searchable)
    assert search_index.pending(home.catalog) == waiting
    home.committer.make_searchable()
    assert search_index.pending(home.catalog) == 0
    home.die()


class HeldStore(FailingStore):
    """Holds its first call up until it is let go."""

    def __init__(self, folder: Path, fail_at: int) -> None:
        super().__init__(LocalStore(folder), fail_at=fail_at)
        self.asked, self.let_go = threading.Event(), threading.Event()

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        if not self.calls:
            self.asked.set()
            assert self.let_go.wait(timeout=60)
        super().put(key, data, sha256=sha256, content_type=content_type)


@pytest.mark.parametrize(
    ("fail_at", "entries", "ended"),
    [(0, 2, [None] * 6), (2, 1, [None, *[StoreUnreachable] * 5])],
    ids=["well", "for all of them"],
)
def test_rows_of_threads_that_wait_are_acknowledged_together(
    tmp_path: Path, fail_at: int, entries: int, ended: list[type[Exception] | None]
) -> None:
    store = HeldStore(tmp_path / "store", fail_at)
    home = house(tmp_path, store)
    urls = [f"https://news.example/{n}" for n in range(6)]
    with ThreadPoolExecutor(6) as threads:

        def commit(n: int) -> Future[None]:
            return threads.submit(home.committer.commit_rows, [ledger_row(urls[n], n)])

        asked = [commit(0)]
        assert store.asked.wait(timeout=60)
        asked += map(commit, range(1, 6))
        while len(home.committer._asked) < 5:
            threading.Event().wait(0.001)
        store.let_go.set()
        failures = [each.exception(timeout=60) for each in asked]
    assert [failure and type(failure) for failure in failures] == ended
    assert len([call for call in store.calls if call.startswith("put journal/")]) == 2
    there = everything(home.catalog)
    assert len(there["journal_entry"]) == entries
    acknowledged = [url for url, failure in zip(urls, failures, strict=True) if failure is None]
    assert sorted(row.url for row in runs.ledger_of(home.catalog, RUN)) == acknowledged
    home.die()


def test_bytes_come_back(tmp_path: Path) -> None:
    home = house(tmp_path)
    rows = fill(home)
    for row in rows:
        stored = lookup.capture_by_id(home.catalog, row.id)
        assert stored is not None
        assert len(read_payload(home.store, stored)) == row.payload_size
    texts = everything(home.catalog)["text"]
    assert len(texts) == 3  # two nights of a, one of b
    for sha256, characters, segment, offset, length in texts:
        text = TextRow(sha256=sha256, characters=characters, segment=segment, offset=offset, length=length)
        assert len(read_text(home.store, text)) == characters
    home.die()


# ── a failure at every step ──────────────────────────────────────────────────────────────────────

STORE_CALLS = 5  # two segments, an index, two journal entries: what `work` below asks of the store


def work(home: House, acknowledged: list[str]) -> None:
    """Discover two pages, record both, commit; `acknowledged` has what was promised."""
    urls = [f"https://news.example/{n}" for n in range(2)]
    home.committer.commit_rows([ledger_row(url, n) for n, url in enumerate(urls)])
    acknowledged += [f"waiting {url}" for url in urls]
    rows = [home.record(exchange(url, b"the same")) for url in urls]
    home.recorder.derive(text_of(rows[0], "Text.")).result(300)
    home.committer.commit_segments(
        home.recorder, [ledger_row(row.url, n, capture=row) for n, row in enumerate(rows)]
    )
    acknowledged += [f"archived {row.id}" for row in rows]


def start_again(folder: Path) -> tuple[ObjectStore, Catalog, Recovered]:
    store, catalog = LocalStore(folder / "store"), Catalog.open(f"sqlite:///{folder}/catalog.db")
    return (
        store,
        catalog,
        recover(store, catalog, folder / "spool", SetClock(parse_z("2026-03-29T13:00:00Z"))),
    )


def check_whole(store: ObjectStore, catalog: Catalog, acknowledged: list[str]) -> None:
    assert verify(store, catalog, silent).problems == ()
    ledger = {row.url: row for row in runs.ledger_of(catalog, RUN)}
    for promise in acknowledged:
        what, _, name = promise.partition(" ")
        if what == "waiting":
            assert name in ledger
        else:
            capture = lookup.capture_by_id(catalog, name)
            assert capture is not None
            assert read_payload(store, capture) == b"the same"
            assert ledger[capture.url].outcome == "archived"
    captures = everything(catalog)["capture"]
    assert len({row[0] for row in captures}) == len(captures)


@pytest.mark.parametrize("once", [True, False], ids=["one failure", "gone for good"])
@pytest.mark.parametrize("after", [False, True], ids=["refused", "lost acknowledgement"])
@pytest.mark.parametrize("call", range(1, STORE_CALLS + 2))
def test_whatever_call_fails_the_next_start_mends_it(
    tmp_path: Path, call: int, after: bool, once: bool
) -> None:
    store = FailingStore(LocalStore(tmp_path / "store"), fail_at=call, after=after, once=once)
    home = house(tmp_path, store)
    acknowledged: list[str] = []
    if call <= STORE_CALLS:
        with pytest.raises(StoreUnreachable):
            work(home, acknowledged)
    else:
        work(home, acknowledged)
        assert len(store.calls) == STORE_CALLS
    home.die()
    sound, catalog, first = start_again(tmp_path)
    check_whole(sound, catalog, acknowledged)
    before = everything(catalog)
    again = recover(sound, catalog, tmp_path / "spool", SetClock())
    assert again == Recovered()
    assert everything(catalog) == before
    assert list((tmp_path / "spool").iterdir()) == []
    assert first.spools == 1
    catalog.close()
    home.catalog.close()


@pytest.mark.parametrize("call", range(1, 9))
@pytest.mark.parametrize("at", [1, 2])
def test_whatever_call_of_a_recovery_fails_the_next_one_ends_it(tmp_path: Path, call: int, at: int) -> None:
    """First a commit fails (at its segment, or at its journal entry), then the recovery from that."""
    home = house(
        tmp_path, FailingStore(LocalStore(tmp_path / "store"), fail_at=at * 2 + 1, after=at == 2, once=False)
    )
    acknowledged: list[str] = []
    with pytest.raises(StoreUnreachable):
        work(home, acknowledged)
    home.die()
    failing = FailingStore(LocalStore(tmp_path / "store"), fail_at=call, after=call % 2 == 0)
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    try:
        recover(failing, catalog, tmp_path / "spool", SetClock())
    except StoreUnreachable:
        assert len(failing.calls) == call
    catalog.close()
    sound, catalog, _ = start_again(tmp_path)
    check_whole(sound, catalog, acknowledged)
    catalog.close()
    home.catalog.close()


def test_a_catalog_that_dies_in_the_commit_is_caught_up(tmp_path: Path) -> None:
    home = house(tmp_path)
    row = home.record(exchange())
    shutil.copy(tmp_path / "catalog.db", tmp_path / "before.db")
    before = everything(home.catalog)
    with home.catalog.write() as connection:  # a hard fault: the table is not there
        connection.exec_driver_sql("ALTER TABLE ledger RENAME TO elsewhere")
    with pytest.raises(DatelineError, match="ledger"):
        home.committer.commit_segments(home.recorder, [ledger_row(row.url, 0, capture=row)])
    with home.catalog.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO ledger")
    assert everything(home.catalog) == before  # the whole transaction or nothing
    home.die()
    store, catalog, recovered = start_again(tmp_path)
    assert recovered == Recovered(entries=1, captures=0, spools=1)
    assert runs.ledger_of(catalog, RUN) == [ledger_row(row.url, 0, capture=row)]
    assert verify(store, catalog, silent).problems == ()


STRACE = shutil.which("strace")


@pytest.mark.skipif(STRACE is None, reason="strace is not installed: it shows the order of system calls")
def test_the_kernel_sees_the_promised_order(tmp_path: Path) -> None:
    """Of one commit: spool fsynced before the object, each object before its name, the journal before SQL."""
    log = tmp_path / "strace.log"
    code = (
        "import sys; sys.path.insert(0, '.'); from pathlib import Path\n"
        "from tests.archive.material import *\n"
        f"home = house(Path({str(tmp_path)!r})); print(home.spool.folder)\n"
        "row = home.record(exchange())\n"
        "home.committer.commit_segments(home.recorder, [ledger_row(row.url, 0, capture=row)])\n"
        "home.die()\n"
    )
    names = "fsync,fdatasync,link,linkat,unlink,unlinkat,rename,pwrite64"
    subprocess.run(
        [str(STRACE), "-f", "-y", "-e", f"trace={names}", "-o", str(log), sys.executable, "-c", code],
        check=True, capture_output=True, cwd=Path(__file__).parents[2], timeout=300,
    )  # fmt: skip
    lines = log.read_text().splitlines()

    def first(*words: str, after: int = -1) -> int:
        return next(n for n, line in enumerate(lines) if n > after and all(word in line for word in words))

    spooled = first("fsync", "-captures.warc.gz")
    segment = first("link", "/store/captures/", ".warc.gz", after=spooled)
    assert first("fsync", "/store/.tmp/", after=spooled) < segment  # bytes before the name
    named = first("fsync", "/store/captures/2026/03/29>", after=segment)  # and the name itself
    index = first("link", "/store/captures/", ".cdxj", after=named)
    journal = first("link", "/store/journal/", after=index)
    durable = first("fsync", "/store/journal/2026-03-29>", after=journal)
    transaction = first("pwrite64", "catalog.db-wal", after=durable)
    synced = first("catalog.db-wal", "sync", after=transaction)
    assert first("unlink", "-captures.warc.gz", after=synced) > synced
