"""The lines of a journal entry, and the digests that make entries a chain.

A row's digest is the SHA-256 of its line (without the line end). The header line commits to all rows of its
entry by `rows_sha256`, the SHA-256 over their digests, and to the writer's entry before by `previous`, which
is the SHA-256 of that entry's header line. So a row can be purged, its digest left in its place
(`{"purged": "<digest>"}`), and every header, the chain, and every other row still check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from functools import cache

from archive.clock import isoformat_z, parse_z
from archive.digest import sha256_hex
from archive.rows import ROW_TYPES, Row, field_names
from config.errors import DatelineError

_PURGED = re.compile(rb'\{"purged":"([0-9a-f]{64})"\}')
# PostgreSQL refuses NUL, and UTF-8 has no lone surrogates; both come out of the JSON of hostile pages.
_UNFIT = re.compile("[\0\ud800-\udfff]")

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class JournalError(DatelineError):
    """A journal object does not say what a journal object says."""


def json_line(values: dict[str, object]) -> bytes:
    """One line of JSON, without the line end."""
    return _ENCODER.encode(values).encode()


def split_lines(data: bytes) -> list[bytes]:
    """The lines of an entry, header first. Not `splitlines()`, which also ends lines inside JSON strings."""
    return data.removesuffix(b"\n").split(b"\n")


def row_line(row: Row) -> bytes:
    """A row as its line: the table, then the fields in their order."""
    line: dict[str, object] = {"table": row.table}
    for name in field_names(row.table):
        value = getattr(row, name)
        line[name] = isoformat_z(value) if isinstance(value, datetime) else value
    return json_line(line)


def purged_line(digest: str) -> bytes:
    """What stands in place of a purged row."""
    return json_line({"purged": digest})


def purged_digest(line: bytes) -> str | None:
    """The digest that a purged row left, or None for a row that is there."""
    found = _PURGED.fullmatch(line)
    return found[1].decode() if found else None


def line_digest(line: bytes) -> str:
    """A row's digest, also if the row was purged."""
    return purged_digest(line) or sha256_hex(line)


def rows_digest(digests: Iterable[str]) -> str:
    """What the header says of the rows: SHA-256 over their digests in hex, each ended by a line feed."""
    return sha256_hex("".join(f"{digest}\n" for digest in digests).encode())


def read_row(line: bytes, key: str, number: int) -> Row:
    """The row of a line; raises JournalError, or what JSON and the row types raise for other lines."""
    values: dict[str, object] = json.loads(line.decode("utf-8"))
    table = str(values.pop("table", ""))
    if table not in ROW_TYPES:
        raise JournalError(f"{key}:{number}: unknown table {table!r}; known are {', '.join(ROW_TYPES)}")
    moments, tuples = _kinds(table)
    typed = {
        name: parse_z(str(value))
        if name in moments and value is not None
        else tuple(value)
        if name in tuples and isinstance(value, list)
        else value
        for name, value in values.items()
    }
    return ROW_TYPES[table](**typed)  # type: ignore[arg-type]


def storable(row: Row) -> Row:
    """The row with U+FFFD for each character that a database or UTF-8 cannot hold; mostly the row itself."""
    values = [(name, getattr(row, name)) for name in field_names(row.table)]
    unlike = {name: fit for name, value in values if (fit := _fit(value)) is not value}
    return replace(row, **unlike) if unlike else row  # type: ignore[arg-type]


def _fit(value: object) -> object:
    if isinstance(value, str):
        fits = "\0" not in value if value.isascii() else _UNFIT.search(value) is None
        return value if fits else _UNFIT.sub("\ufffd", value)
    if isinstance(value, tuple) and value:
        parts = tuple(_fit(part) for part in value)
        return value if parts == value else parts
    return value


@cache
def _kinds(table: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the fields of a table that hold moments, and of those that hold tuples."""
    kinds = {field.name: str(field.type) for field in fields(ROW_TYPES[table])}
    return (
        frozenset(name for name, kind in kinds.items() if kind.startswith("datetime")),
        frozenset(name for name, kind in kinds.items() if kind.startswith("tuple")),
    )
