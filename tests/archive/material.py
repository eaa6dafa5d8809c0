"""Exchanges, rows and small archives that the tests of this room are made from."""

from __future__ import annotations

import types
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Union, get_args, get_origin, get_type_hints

import sqlalchemy as sa
from hypothesis import strategies as st

from archive.catalog import lookup, schema, schema_links
from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange, Truncation
from archive.journal import JournalWriter
from archive.open_batch import Derived, KnownPayload, OpenBatch
from archive.rebuild.run import rebuild
from archive.recorder import Recorder
from archive.rows import ROW_TYPES, CaptureRow, LedgerRow, RemovedRow, Row
from archive.spool import Spool
from archive.stores.local import LocalStore
from archive.stores.store import ObjectStore

NOON = datetime(2026, 3, 29, 12, 0, 0, tzinfo=UTC)
RUN = "run-1"
# Leases, and the index that copies are found by, which fills itself.
NOT_REPLAYED = ("lease", *(table.name for table in schema_links.DERIVED))
INFO = {"software": "Dateline/test", "run": RUN, "robots": "obey"}


@dataclass
class SetClock:
    """A clock that says what it was told, and goes on by `step` at each look."""

    moment: datetime = NOON
    step: timedelta = timedelta(seconds=1)

    def now(self) -> datetime:
        shown = self.moment
        self.moment += self.step
        return shown


def exchange(
    url: str = "https://news.example/story",
    body: bytes = b"<p>Story</p>",
    *,
    at: datetime = NOON,
    status: int = 200,
    reason: str = " OK",
    headers: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",),
    truncated: Truncation | None = None,
    ip: str | None = "192.0.2.7",
) -> Exchange:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}{reason}", *headers, ""))
    path = url.partition("//")[2].partition("/")[2]
    request = f"GET /{path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode("utf-8", "surrogatepass")
    return Exchange(url, at, request, head.encode("latin-1"), status, body, ip=ip, truncated=truncated)


def text_of(capture: CaptureRow, text: str, metadata: bytes = b"{}") -> Derived:
    return Derived(capture, text, sha256_hex(text.encode()), metadata)


def ledger_row(url: str, position: int, *, capture: CaptureRow | None = None, **changes: Any) -> LedgerRow:
    values: dict[str, Any] = {
        "run_id": RUN,
        "url_key": url_key(url),
        "url": url,
        "source": "example",
        "found_by": "feed",
        "found_in": "https://news.example/rss",
        "position": position,
        "outcome": "archived" if capture else None,
        "capture_id": capture.id if capture else None,
        "at": capture.at if capture else None,
    }
    return LedgerRow(**(values | changes))


@dataclass
class House:
    """A whole archive in a folder, with one living writer."""

    store: ObjectStore
    catalog: Catalog
    spool_root: Path
    clock: SetClock = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        self.spool = Spool.create(self.spool_root, self.clock.now())
        self.recorder = Recorder(self.batch(self.spool.folder))
        self.committer = Committer(
            self.store, self.catalog, JournalWriter(self.store, self.spool.writer, self.clock), self.clock
        )

    def batch(self, folder: Path) -> OpenBatch:
        known = partial(lookup.known_payload, self.catalog)
        return OpenBatch(folder, run_id=RUN, clock=self.clock, known=known, info=INFO)

    def record(self, exchange: Exchange, unmodified: CaptureRow | None = None) -> CaptureRow:
        return self.recorder.record(exchange, "example", unmodified).result(300)

    def die(self) -> None:
        """End as a killed process does: the lock is gone, the spool files are left."""
        self.recorder.close()
        self.spool.close()


def house(folder: Path, store: ObjectStore | None = None) -> House:
    catalog = Catalog.open(f"sqlite:///{folder / 'catalog.db'}")
    return House(store or LocalStore(folder / "store"), catalog, folder / "spool")


def fill(home: House) -> list[CaptureRow]:
    """Two commits of pages, a redirect, a missing page, a picture, an identical page, and texts."""
    captures = []
    for night in range(2):
        for n, one in enumerate(
            (
                exchange("https://news.example/a", b"<p>A</p>" * 50),
                exchange("https://news.example/b", b"<p>B %d</p>" % night),
                exchange("https://news.example/old", b"", status=301, reason=" Moved Permanently"),
                exchange("https://news.example/none", b"none", status=404, reason=" Not Found"),
                exchange(
                    "https://img.example/p.jpg", bytes(range(256)) * 20, headers=("Content-Type: image/jpeg",)
                ),
            )
        ):
            row = home.record(one)
            captures.append(row)
            home.committer.commit_rows([ledger_row(one.url, n, run_id=f"run-{night}")])
        home.recorder.derive(text_of(captures[-5], f"Text of a, night {night}.")).result(300)
        home.recorder.derive(text_of(captures[-4], "Text of b, the same on both nights.")).result(300)
        rows = [
            ledger_row(row.url, n, capture=row, run_id=f"run-{night}") for n, row in enumerate(captures[-5:])
        ]
        home.committer.commit_segments(home.recorder, rows)
    return captures


def everything(catalog: Catalog, *, but: tuple[str, ...] = NOT_REPLAYED) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order that does not depend on the database."""
    with catalog.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in schema.metadata.sorted_tables
            if table.name not in but
        }


def rebuilt(store: ObjectStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the catalog that a rebuild makes of this store alone."""
    with (
        TemporaryDirectory() as folder,
        closing(Catalog.open(f"sqlite:///{folder}/catalog.db")) as catalog,
    ):
        rebuild(store, catalog, silent)
        return everything(catalog)


def nothing_known(sha256: str, keep_days: int | None) -> KnownPayload | None:
    del sha256, keep_days


# ── rows of every type, for hypothesis ──────────────────────────────────────────────────────────────

TRICKY = st.sampled_from(
    ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\n", "\r\n", "\\", '"', "\U0001f309", "é"]
)
WORDS = st.lists(st.text(max_size=6) | TRICKY, max_size=4).map("".join)
FIT_WORDS = WORDS.map(lambda text: text.replace("\0", ""))  # text() gives no surrogates by itself
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: FIT_WORDS,
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    float: st.floats(0, 1e9, allow_nan=False),
    datetime: MOMENTS,
    type(None): st.none(),
}


# `removed` rows take others out, they are in no table.
STORED = {table: kind for table, kind in ROW_TYPES.items() if kind is not RemovedRow}


def rows_of(kind: type[Row]) -> st.SearchStrategy[Row]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{part.name: _values(hints[part.name]) for part in fields(kind)})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) in {Union, types.UnionType}:
        return st.one_of(*(_values(one) for one in get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(FIT_WORDS, max_size=3).map(tuple)
    return _PLAIN[hint]


Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    del done, total


def leave_filled(folder: Path) -> None:
    """A small archive in a folder, acknowledged, that nobody has open any more."""
    home = house(folder)
    fill(home)
    home.record(exchange("https://news.example/same", b"<p>A</p>" * 50))
    home.committer.commit_segments(home.recorder, [])
    home.die()
    home.spool.remove()
    home.catalog.close()
