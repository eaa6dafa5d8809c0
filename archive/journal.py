"""The journal: JSON Lines objects, numbered per writer, one for each catalog transaction and put before it.

The first line is the header (writer, number, moment, digest of the writer's entry before), each further
line is one row: `{"table": "capture", ...}`. Replayed in order of (moment, writer, number), the entries
give the catalog row for row. Keys: `journal/2026-03-29/<writer>-00000001.jsonl`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache

from archive.clock import Clock, isoformat_z, parse_z
from archive.digest import sha256_hex
from archive.rows import ROW_TYPES, Row
from archive.stores.store import ObjectStore
from config.errors import DatelineError

PREFIX = "journal/"
FORMAT = 1


class JournalError(DatelineError):
    """A journal object does not say what a journal object says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry: what one catalog transaction will say."""

    writer: str
    number: int
    at: datetime
    previous: str | None
    rows: tuple[Row, ...]

    @property
    def key(self) -> str:
        """The entry's object key."""
        return f"{PREFIX}{self.at:%Y-%m-%d}/{self.writer}-{self.number:08d}.jsonl"

    @property
    def order(self) -> tuple[datetime, str, int]:
        """Replay order; within a writer it is the order of numbers, since moments never go back."""
        return self.at, self.writer, self.number


def encode(entry: Entry) -> bytes:
    """The entry as JSON Lines, UTF-8, keys in the order of the row types."""
    header = {
        "dateline_journal": FORMAT,
        "writer": entry.writer,
        "number": entry.number,
        "at": isoformat_z(entry.at),
        "previous": entry.previous,
    }
    lines = [header, *({"table": row.table, **_plain(row)} for row in entry.rows)]
    return "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    ).encode()


def decode(data: bytes, key: str) -> Entry:
    """Read what `encode` wrote. Raises JournalError naming the object and line."""
    lines = data.decode("utf-8").splitlines()
    try:
        header = json.loads(lines[0])
        if header["dateline_journal"] != FORMAT:
            raise JournalError(
                f"{key}: journal format {header['dateline_journal']}; this release reads {FORMAT}"
            )
        rows = tuple(_row(json.loads(line), key, n) for n, line in enumerate(lines[1:], 2))
        return Entry(header["writer"], header["number"], parse_z(header["at"]), header["previous"], rows)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise JournalError(
            f"{key} is not a whole journal entry: {error!r}; `dateline verify` shows the extent"
        ) from error


def entries(store: ObjectStore, *, since: datetime | None = None) -> Iterator[str]:
    """Keys of the journal's objects, from the day of `since` on, sorted by day."""
    first = f"{PREFIX}{since:%Y-%m-%d}/" if since else PREFIX
    return (info.key for info in store.list(PREFIX) if info.key >= first)


def in_order(store: ObjectStore, keys: Iterable[str]) -> Iterator[Entry]:
    """The entries under `keys` in replay order, holding one day in memory at a time."""
    by_day: dict[str, list[str]] = {}
    for key in keys:
        by_day.setdefault(key.split("/")[1], []).append(key)
    for day in sorted(by_day):
        yield from sorted(
            (decode(store.read(key), key) for key in by_day[day]), key=lambda entry: entry.order
        )


def new_writer(now: datetime) -> str:
    """A name for a writer, unique by moment and chance; names sort by age."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


class JournalWriter:
    """Puts numbered entries of one writer; one instance per process, used by one thread at a time."""

    def __init__(self, store: ObjectStore, writer: str, clock: Clock) -> None:
        self._store, self.writer, self._clock = store, writer, clock
        self._number = 0
        self._last_at: datetime | None = None
        self._previous: str | None = None

    def put(self, rows: tuple[Row, ...]) -> Entry:
        """Make the rows durable as the next entry and return it; raises what `ObjectStore.put` raises.

        A failed put may be repeated with the same rows: the number is only used up by success.
        """
        at = self._clock.now()
        if self._last_at is not None and at <= self._last_at:  # the clock stood still or went back
            at = self._last_at + timedelta(microseconds=1)
        entry = Entry(self.writer, self._number + 1, at, self._previous, rows)
        data = encode(entry)
        digest = sha256_hex(data)
        self._store.put(entry.key, data, sha256=digest, content_type="application/jsonl")
        self._number, self._last_at, self._previous = entry.number, at, digest
        return entry


def _plain(row: Row) -> dict[str, object]:
    return {field.name: _json(getattr(row, field.name)) for field in fields(row)}


def _json(value: object) -> object:
    return isoformat_z(value) if isinstance(value, datetime) else value


@cache
def _moments(table: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the fields of a table that hold moments, and of those that hold tuples."""
    kinds = {field.name: str(field.type) for field in fields(ROW_TYPES[table])}
    return (
        frozenset(name for name, kind in kinds.items() if kind.startswith("datetime")),
        frozenset(name for name, kind in kinds.items() if kind.startswith("tuple")),
    )


def _row(line: dict[str, object], key: str, number: int) -> Row:
    table = str(line.pop("table", ""))
    if table not in ROW_TYPES:
        raise JournalError(f"{key}:{number}: unknown table {table!r}; known are {', '.join(ROW_TYPES)}")
    moments, tuples = _moments(table)
    values = {
        name: parse_z(str(value))
        if name in moments and value is not None
        else tuple(value)
        if name in tuples and isinstance(value, list)
        else value
        for name, value in line.items()
    }
    return ROW_TYPES[table](**values)  # type: ignore[arg-type]
