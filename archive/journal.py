"""The journal: JSON Lines objects, numbered per writer, one for each catalog transaction and put before it.

The first line is the header (writer, number, moment, digests of the rows and of the writer's entry before),
each further line is one row: `{"table": "capture", ...}`. Replayed in order of (moment, writer, number), the
entries give the catalog row for row. Keys: `journal/2026-03-29/<writer>-00000001.jsonl`.
"""

from __future__ import annotations

import heapq
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from archive.clock import Clock, isoformat_z, parse_z
from archive.digest import sha256_hex
from archive.journal_lines import (
    JournalError,
    json_line,
    line_digest,
    purged_digest,
    read_row,
    row_line,
    rows_digest,
    split_lines,
    storable,
)
from archive.rows import Row
from archive.stores.store import ObjectCollision, ObjectInfo, ObjectStore
from config.errors import DatelineError

__all__ = [
    "Entry",
    "JournalClosed",
    "JournalError",
    "JournalWriter",
    "decode",
    "encode",
    "entries",
    "in_order",
    "listed",
    "new_writer",
    "number_of",
    "order_in",
    "read_entry",
    "read_lines",
]

R = TypeVar("R")

PREFIX = "journal/"
FORMAT = 2
_UNCHAINED_ROWS = 1  # the format before: `previous` was the digest of the whole object
_WRITER = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_KEY = re.compile(r"journal/\d{4}-\d\d-\d\d/[^/]+-\d{8,}\.jsonl")


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry: what one catalog transaction will say.

    Attributes:
        previous: `digest` of the writer's entry before.
        digest: SHA-256 of the header line, which commits to everything; empty before it was encoded.
        purged: how many rows are gone, their digests left in their places.
    """

    writer: str
    number: int
    at: datetime
    previous: str | None
    rows: tuple[Row, ...]
    digest: str = field(default="", compare=False)
    purged: int = field(default=0, compare=False)

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
    lines = [row_line(row) for row in entry.rows]
    header: dict[str, object] = {
        "dateline_journal": FORMAT,
        "writer": entry.writer,
        "number": entry.number,
        "at": isoformat_z(entry.at),
        "previous": entry.previous,
        "rows": len(lines),
        "rows_sha256": rows_digest(map(line_digest, lines)),
    }
    return b"".join(line + b"\n" for line in (json_line(header), *lines))


def digest_of(data: bytes) -> str:
    """The digest of an encoded entry: what the writer's next entry has as `previous`."""
    return sha256_hex(split_lines(data)[0])


def decode(data: bytes, key: str) -> Entry:
    """Read what `encode` wrote, and format 1. Raises JournalError naming the object and line."""
    entry, rows = read_lines(data, key, read_row)
    return replace(entry, rows=tuple(rows))


def read_lines(data: bytes, key: str, read: Callable[[bytes, str, int], R]) -> tuple[Entry, list[R]]:
    """An entry without its rows, and what `read` makes of each row that is there: of line, key and number.

    Raises JournalError, also for what JSON and the row types raise.
    """
    head, *lines = split_lines(data)
    try:
        header = json.loads(head)
        if header["dateline_journal"] not in {FORMAT, _UNCHAINED_ROWS}:
            raise JournalError(
                f"{key}: journal format {header['dateline_journal']}; this release reads {FORMAT}"
            )
        if header["rows"] != len(lines):
            raise JournalError(
                f"{key} has {len(lines)} rows, its header promises {header['rows']}; it was cut"
            )
        chained = header["dateline_journal"] == FORMAT
        if chained and header["rows_sha256"] != rows_digest(map(line_digest, lines)):
            raise JournalError(f"{key}: a row is not what the header's rows_sha256 was made from")
        numbered = [(line, n) for n, line in enumerate(lines, 2) if purged_digest(line) is None]
        entry = Entry(
            header["writer"],
            header["number"],
            parse_z(header["at"]),
            header["previous"],
            (),
            sha256_hex(head if chained else data),
            len(lines) - len(numbered),
        )
        return entry, [read(line, key, n) for line, n in numbered]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise JournalError(
            f"{key} is not a whole journal entry: {error!r}; `dateline verify` shows the extent"
        ) from error


def order_in(head: bytes) -> tuple[datetime, str, int] | None:
    """The replay order that an object's beginning states, without a look at the rest; None if it has none."""
    try:
        header = json.loads(split_lines(head)[0])
        return parse_z(header["at"]), str(header["writer"]), int(header["number"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def entries(store: ObjectStore) -> Iterator[str]:
    """Keys of the journal's entries, sorted by day; strangers are left out."""
    return (info.key for info in listed(store))


def listed(store: ObjectStore) -> Iterator[ObjectInfo]:
    """The same with their sizes."""
    return (info for info in store.list(PREFIX) if is_entry_key(info.key))


def is_entry_key(key: str) -> bool:
    """Whether an object under `journal/` has the name of an entry."""
    return _KEY.fullmatch(key) is not None


def read_entry(store: ObjectStore, key: str) -> Entry:
    """The entry under a key; raises JournalError, or what `ObjectStore.read` raises."""
    return decode(store.read(key), key)


def in_order(
    store: ObjectStore, keys: Iterable[str], damaged: Callable[[str, JournalError], None] | None = None
) -> Iterator[Entry]:
    """The entries under `keys` in replay order; of each writer of a day one is in memory at a time.

    `damaged` is told of objects that are no whole entries, which are then left out; without it the error is
    raised.
    """
    by_day: dict[str, dict[str, list[str]]] = {}
    for key in keys:
        _, day, name = key.split("/")
        by_day.setdefault(day, {}).setdefault(name.rpartition("-")[0], []).append(key)
    for day in sorted(by_day):
        writers = (_entries_of(store, sorted(some, key=number_of), damaged) for some in by_day[day].values())
        yield from heapq.merge(*writers, key=lambda entry: entry.order)


def _entries_of(
    store: ObjectStore, keys: list[str], damaged: Callable[[str, JournalError], None] | None
) -> Iterator[Entry]:
    for key in keys:
        try:
            yield read_entry(store, key)
        except JournalError as error:
            if damaged is None:
                raise
            damaged(key, error)


def put_entry(store: ObjectStore, entry: Entry) -> Entry:
    """Make an entry durable, and return it with its digest; raises what `ObjectStore.put` raises."""
    data = encode(entry)
    store.put(entry.key, data, sha256=sha256_hex(data), content_type="application/jsonl")
    return replace(entry, digest=digest_of(data))


def is_closing(entry: Entry) -> bool:
    """Whether this is the last entry of its writer: one that never had a row."""
    return not entry.rows and not entry.purged


def number_of(key: str) -> int:
    """The number in the key of an entry."""
    return int(key.rpartition("-")[2].removesuffix(".jsonl"))


def new_writer(now: datetime) -> str:
    """A name for a writer, unique by moment and chance; names sort by age."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def is_writer(name: str) -> bool:
    """Whether `new_writer` may have made this name."""
    return _WRITER.fullmatch(name) is not None


class JournalClosed(DatelineError):  # noqa: N818 - named for what it says
    """Another process has closed this writer's journal (`archive.succession`): it puts no entry any more."""

    def __init__(self, writer: str) -> None:
        super().__init__(
            f"writer {writer} stood still for so long that another process has closed its journal; nothing "
            "more was acknowledged, and the next `dateline crawl` goes on from what was"
        )


class JournalWriter:
    """Puts numbered entries of one writer; one instance per process, used by one thread at a time."""

    def __init__(self, store: ObjectStore, writer: str, clock: Clock) -> None:
        self._store, self.writer, self._clock = store, writer, clock
        self._number = 0
        self._last_at: datetime | None = None
        self._in_doubt: datetime | None = None  # moment of a put that failed, perhaps after it was stored
        self._previous: str | None = None

    def reserve(self, *, after: datetime | None = None) -> str:
        """The key of the next entry, for rows that name it; its moment is fixed by this."""
        self._in_doubt = self._in_doubt or self._moment(after)
        return Entry(self.writer, self._number + 1, self._in_doubt, None, ()).key

    def put(self, rows: tuple[Row, ...], *, after: datetime | None = None) -> Entry:
        """Make the rows durable as the next entry and return it; raises what `ObjectStore.put` raises.

        The entry's moment is later than `after` and than the writer's last one, whatever the clock says.
        A failed put may be repeated with the same rows: the number is only used up by success, and the
        moment stays, so that an entry that was stored although the store did not say so is met again.
        Other rows are then refused with ObjectCollision, because the number is taken, and all with
        JournalClosed once a successor has taken it.
        """
        at = self._in_doubt or self._moment(after)
        fit = tuple(storable(row) for row in rows)
        entry = Entry(self.writer, self._number + 1, at, self._previous, fit)
        self._in_doubt = at
        try:
            entry = put_entry(self._store, entry)
        except ObjectCollision as error:
            if is_closing(read_entry(self._store, entry.key)):
                raise JournalClosed(self.writer) from error
            raise
        self._number, self._last_at, self._in_doubt = entry.number, at, None
        self._previous = entry.digest
        return entry

    def _moment(self, after: datetime | None) -> datetime:
        now = self._clock.now()
        last = max((moment for moment in (self._last_at, after) if moment), default=None)
        # The clock may stand still, go back, or be behind another machine's.
        return last + timedelta(microseconds=1) if last is not None and now <= last else now
