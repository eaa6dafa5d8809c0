"""The journal: JSON Lines objects, numbered per writer, one for each catalog transaction and put before it.

The first line is the header (writer, number, moment, digest of the writer's entry before), each further
line is one row: `{"table": "capture", ...}`. Replayed in order of (moment, writer, number), the entries
give the catalog row for row. Keys: `journal/2026-03-29/<writer>-00000001.jsonl`.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache

from archive.clock import Clock, isoformat_z, parse_z
from archive.digest import sha256_hex
from archive.rows import ROW_TYPES, Row
from archive.stores.store import ObjectStore
from config.errors import DatelineError

PREFIX = "journal/"
FORMAT = 1
_KEY = re.compile(r"journal/\d{4}-\d\d-\d\d/[^/]+-\d{8,}\.jsonl")
# PostgreSQL refuses NUL, and UTF-8 has no lone surrogates; both come out of the JSON of hostile pages.
_UNFIT = re.compile("[\0\ud800-\udfff]")


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
        "rows": len(entry.rows),
    }
    lines = [header, *({"table": row.table, **_plain(row)} for row in entry.rows)]
    return "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    ).encode()


def decode(data: bytes, key: str) -> Entry:
    """Read what `encode` wrote. Raises JournalError naming the object and line."""
    try:
        # Not splitlines(): JSON leaves U+0085, U+2028 and U+2029 inside strings as they are.
        lines = data.decode("utf-8").removesuffix("\n").split("\n")
        header = json.loads(lines[0])
        if header["dateline_journal"] != FORMAT:
            raise JournalError(
                f"{key}: journal format {header['dateline_journal']}; this release reads {FORMAT}"
            )
        rows = tuple(_row(json.loads(line), key, n) for n, line in enumerate(lines[1:], 2))
        if header["rows"] != len(rows):
            raise JournalError(
                f"{key} has {len(rows)} rows, its header promises {header['rows']}; it was cut"
            )
        return Entry(header["writer"], header["number"], parse_z(header["at"]), header["previous"], rows)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise JournalError(
            f"{key} is not a whole journal entry: {error!r}; `dateline verify` shows the extent"
        ) from error


def entries(store: ObjectStore) -> Iterator[str]:
    """Keys of the journal's entries, sorted by day; strangers are left out."""
    return (info.key for info in store.list(PREFIX) if is_entry_key(info.key))


def is_entry_key(key: str) -> bool:
    """Whether an object under `journal/` has the name of an entry."""
    return _KEY.fullmatch(key) is not None


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
        self._in_doubt: datetime | None = None  # moment of a put that failed, perhaps after it was stored
        self._previous: str | None = None

    def put(self, rows: tuple[Row, ...], *, after: datetime | None = None) -> Entry:
        """Make the rows durable as the next entry and return it; raises what `ObjectStore.put` raises.

        The entry's moment is later than `after` and than the writer's last one, whatever the clock says.
        A failed put may be repeated with the same rows: the number is only used up by success, and the
        moment stays, so that an entry that was stored although the store did not say so is met again.
        Other rows are then refused with ObjectCollision, because the number is taken.
        """
        entry = Entry(
            self.writer,
            self._number + 1,
            self._in_doubt or self._moment(after),
            self._previous,
            tuple(_storable(row) for row in rows),
        )
        data = encode(entry)
        digest = sha256_hex(data)
        self._in_doubt = entry.at
        self._store.put(entry.key, data, sha256=digest, content_type="application/jsonl")
        self._number, self._last_at, self._previous, self._in_doubt = entry.number, entry.at, digest, None
        return entry

    def _moment(self, after: datetime | None) -> datetime:
        now = self._clock.now()
        last = max((moment for moment in (self._last_at, after) if moment), default=None)
        # The clock may stand still, go back, or be behind another machine's.
        return last + timedelta(microseconds=1) if last is not None and now <= last else now


def _storable(row: Row) -> Row:
    """The row with U+FFFD for each character that a database or UTF-8 cannot hold."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return replace(row, **{name: _fit(value) for name, value in values.items()})  # type: ignore[arg-type]


def _fit(value: object) -> object:
    if isinstance(value, str):
        return _UNFIT.sub("\ufffd", value)
    return tuple(_fit(part) for part in value) if isinstance(value, tuple) else value


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
