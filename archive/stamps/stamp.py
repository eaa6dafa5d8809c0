"""A stamp: a statement of where the journal stands, and an authority's token that it was there at a time.

The statement names the newest entry of each writer with its digest, which commits to all entries before
(`archive.journal`). So whoever has the statement and its token (RFC 3161) can tell that no entry up to there
was changed, left out or put in since. Objects: `stamps/2026-03-29/<sha256>.json`, and beside it the answer of
the authority as `.tsr`, both as the usual tools read them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import journal_state
from archive.catalog.catalog import Catalog
from archive.clock import isoformat_z, parse_z
from archive.digest import sha256_hex
from archive.journal import read_entry
from archive.journal_lines import json_line, split_lines
from archive.stores.store import ObjectStore
from config.errors import DatelineError

PREFIX = "stamps/"
STATEMENT_TYPE, TOKEN_TYPE = "application/jsonl", "application/timestamp-reply"
FORMAT = 1
_KEY = re.compile(r"stamps/\d{4}-\d\d-\d\d/([0-9a-f]{64})\.json")


class StampDamaged(DatelineError):  # noqa: N818 - named for what it says
    """A statement does not say what a statement says."""


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """The newest journal entry of a writer; `digest` is that of its header line."""

    writer: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Where the journal stands. `at` is what our clock said; the time that counts is in the token."""

    at: datetime
    heads: tuple[Head, ...]

    def encode(self) -> bytes:
        """Canonical JSON lines: a header, then a line a writer, sorted."""
        header = {"dateline_stamp": FORMAT, "at": isoformat_z(self.at), "writers": len(self.heads)}
        lines = [json_line(header)]
        lines += [
            json_line({"writer": head.writer, "number": head.number, "digest": head.digest})
            for head in sorted(self.heads)
        ]
        return b"".join(line + b"\n" for line in lines)

    def number_of(self, writer: str) -> int:
        """The number of a writer's newest entry; 0 if the statement does not name it."""
        return next((head.number for head in self.heads if head.writer == writer), 0)


def decode_statement(data: bytes, key: str) -> Statement:
    """Read what `Statement.encode` wrote; raises StampDamaged, naming `key`, for anything else."""
    try:
        header, *lines = (json.loads(line) for line in split_lines(data))
        if header["dateline_stamp"] != FORMAT:
            raise StampDamaged(
                f"{key}: statement format {header['dateline_stamp']}; this release reads {FORMAT}"
            )
        heads = tuple(Head(str(line["writer"]), int(line["number"]), str(line["digest"])) for line in lines)
        found = Statement(parse_z(header["at"]), heads)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StampDamaged(f"{key} is no whole statement: {error!r}") from error
    if found.encode() != data:
        raise StampDamaged(f"{key} is not spelled as a statement is")
    return found


def statement_key(statement: Statement) -> str:
    """Its object key: the day, and the digest of its bytes."""
    return f"{PREFIX}{statement.at:%Y-%m-%d}/{sha256_hex(statement.encode())}.json"


def token_key(statement_key: str) -> str:
    """Key of the authority's answer beside a statement."""
    return statement_key.removesuffix(".json") + ".tsr"


def statement_keys(store: ObjectStore) -> list[str]:
    """Keys of all statements, oldest day first."""
    return [info.key for info in store.list(PREFIX) if _KEY.fullmatch(info.key)]


def digest_in_key(key: str) -> str:
    """The digest that the name of a statement promises."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"{key} is no name of a statement")
    return found[1]


def read_statement(store: ObjectStore, key: str) -> Statement:
    """A stored statement, compared with its name; raises StampDamaged, ObjectNotFound."""
    data = store.read(key)
    if (found := sha256_hex(data)) != digest_in_key(key):
        raise StampDamaged(f"{key} has sha256 {found}")
    return decode_statement(data, key)


def heads(store: ObjectStore, catalog: Catalog) -> tuple[Head, ...]:
    """Where the journal stands, by the catalog; digests that it does not know are read from the store."""
    return tuple(
        sorted(
            Head(entry.writer, entry.number, entry.digest or read_entry(store, key).digest)
            for key, entry in journal_state.heads(catalog).items()
        )
    )
