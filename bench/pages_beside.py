"""Pages while a crawl writes at full speed: a process of its own commits batches as fast as it can.

Each batch goes the way of a crawl's: pages are recorded in a spool, sealed and put, the journal entry is put,
one catalog transaction, and the new versions are made searchable. Its run is one of an old night, so that the
pages that are asked for stay as large as they were.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp

from archive.catalog import lookup
from archive.catalog.catalog import Catalog
from archive.clock import SystemClock
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange
from archive.journal import JournalWriter
from archive.open_batch import OpenBatch
from archive.opening import check_format
from archive.recorder import Recorder
from archive.rows import AddressRow, ArticleRow, CaptureRow, LedgerRow, PageRow, Row, RunRow, VersionRow
from archive.spool import Spool
from archive.stores.local import LocalStore
from bench.pages_rounds import Took, ask

BATCH = 100  # pages of a commit
LOCKED = b"database is locked"
_RUN = "beside-the-pages"
_NIGHT = datetime(2024, 1, 2, 3, tzinfo=UTC)
_WORDS = ("council", "harbour", "ferry", "bridge", "winter", "market", "teacher", "clinic", "river")


@dataclass(frozen=True, slots=True)
class Beside:
    """Requests while nothing and while a crawl wrote, in turns; `written` counts its versions."""

    idle: list[Took]
    beside: list[Took]
    written: int
    seconds: float

    @property
    def locked(self) -> int:
        """Answers that say that the database was locked."""
        return sum(LOCKED in one.body for one in (*self.idle, *self.beside))

    @property
    def failed(self) -> int:
        """Answers that are no page."""
        return sum(one.status >= 500 for one in (*self.idle, *self.beside))


def measure_beside(
    app: ASGIApp,
    address: str,
    folder: Path,
    *,
    draw: Mapping[str, Callable[[random.Random], str]],
    requests: int,
    turns: int = 4,
) -> Beside:
    """So many requests beside a writer, and a quarter as many without, in turns: what else runs hits both."""
    chance, kinds = random.Random(9), list(draw.values())
    idle: list[Took] = []
    beside: list[Took] = []
    written, seconds = 0, 0.0

    async def some(count: int) -> list[Took]:
        return [await ask(app, chance.choice(kinds)(chance)) for _ in range(count)]

    asyncio.run(some(max(20, requests // 50)))  # warm
    for turn in range(turns):
        idle += asyncio.run(some(requests // turns // 4))
        began = time.monotonic()
        with writing(address, folder / f"writer-{turn}") as writer:
            beside += asyncio.run(some(requests // turns))
        written, seconds = written + writer.versions, seconds + time.monotonic() - began
    return Beside(idle, beside, written, seconds)


@dataclass(slots=True)
class Writer:
    """A process that writes until its input ends."""

    versions: int = 0


@contextmanager
def writing(address: str, folder: Path) -> Iterator[Writer]:
    """Starts one over a catalog, waits for its first commit, and stops it at the end."""
    command = [sys.executable, "-m", "bench.pages_beside", address, str(folder)]
    root = Path(__file__).resolve().parents[1]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the writer was started without pipes")
    writer = Writer()
    try:
        if not process.stdout.readline():
            raise RuntimeError(f"the writer ended with status {process.wait()} before its first commit")
        yield writer
    finally:
        process.stdin.close()
        with process.stdout as told:
            said = told.read().split()
        if process.wait() != 0:
            raise RuntimeError(f"the writer ended with status {process.returncode}")
        writer.versions = int(said[-1])


def write_until_told(address: str, folder: Path) -> int:
    """Commit batch after batch, a line for each; the versions that were written."""
    clock, store, catalog = SystemClock(), LocalStore(folder / "store"), Catalog.open(address)
    check_format(store)
    written = 0
    with Spool.create(folder / "spool", clock.now()) as spool:
        journal = JournalWriter(store, spool.writer, clock)
        committer = Committer(store, catalog, journal, clock)
        known, info = partial(lookup.known_payload, catalog), {"software": "Dateline/bench"}
        recorder = Recorder(OpenBatch(spool.folder, run_id=_RUN, clock=clock, known=known, info=info))
        committer.commit_rows([RunRow(id=_RUN, kind="backfill", sources=("beside",), started_at=_NIGHT)])
        told = _Told()
        while not told():
            waiting = [recorder.record(_exchange(folder.name, written + n), "beside") for n in range(BATCH)]
            rows = [row for n, row in enumerate(waiting) for row in _rows(row.result(), written + n)]
            committer.commit_segments(recorder, rows)
            written += BATCH
            print(written, flush=True)
        recorder.close()
    catalog.close()
    return written


class _Told:
    """Whether the input has ended, which nobody writes to; asked without waiting."""

    def __init__(self) -> None:
        self._ready = partial(select.select, [sys.stdin], [], [], 0)

    def __call__(self) -> bool:
        return bool(self._ready()[0])


def _exchange(name: str, number: int) -> Exchange:
    url = f"https://www.beside.example/{name}/{time.time_ns()}-{number}"
    words = random.Random(url).choices(_WORDS, k=1500)
    body = f"<!doctype html><title>Page {number}</title><p>{' '.join(words)}</p>".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n\r\n"
    at = _NIGHT + timedelta(seconds=number)
    return Exchange(
        url, at, b"GET / HTTP/1.1\r\nHost: www.beside.example\r\n\r\n", head, 200, gzip.compress(body)
    )


def _rows(row: CaptureRow, number: int) -> Iterator[Row]:
    key = url_key(row.url)
    yield LedgerRow(
        run_id=row.run_id, url_key=key, url=row.url, source="beside", found_by="feed", found_in=row.url,
        position=number, outcome="archived", capture_id=row.id, at=row.at,
    )  # fmt: skip
    yield PageRow(
        url_key=key, url=row.url, source="beside", found_by="feed", found_in=row.url, found_at=row.at,
        article_id=key, capture_id=row.id, last_fetched_at=row.at,
    )  # fmt: skip
    yield ArticleRow(id=key, source="beside", url=row.url, first_captured_at=row.at, versions=1)
    yield AddressRow(url_key=key, url=row.url, article_id=key, since=row.at)
    yield VersionRow(
        article_id=key, number=1, source="beside", url=row.url, captured_at=row.at, run_id=row.run_id,
        capture_id=row.id, extractor="bench", title=f"Page {number}", language="en",
        description=sha256_hex(key.encode()),
    )  # fmt: skip


if __name__ == "__main__":
    print(write_until_told(sys.argv[1], Path(sys.argv[2])), flush=True)
