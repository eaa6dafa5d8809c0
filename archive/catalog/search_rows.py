"""What the index of words is made from, read within a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import sqlalchemy as sa

from archive.catalog.packing import decompress
from archive.catalog.schema import event, picture, text_body, version
from archive.catalog.wanted import wanted_pairs
from archive.rows import EventRow, PictureRow, VersionRow
from archive.search.document import Document, document

Key = tuple[str, int]  # article id and number of the version
R = TypeVar("R", VersionRow, EventRow, PictureRow)
_PAIRS = 250  # keys a query
# Articles of which an address is taken down, as `takedowns.articles` has it.
TAKEN_DOWN = "SELECT a.article_id FROM address AS a WHERE a.url_key IN (SELECT url_key FROM takedown)"


@dataclass(frozen=True, slots=True)
class Made:
    """A version and what is indexed of it."""

    version: VersionRow
    document: Document


def documents_of(connection: sa.Connection, keys: Sequence[Key]) -> dict[Key, Made]:
    """What is indexed of these versions; those that are not there any more are left out."""
    versions = [row for piece in pieces_of(keys) for row in _rows(connection, VersionRow, version, piece)]
    events: dict[Key, list[str]] = defaultdict(list)
    pictures: dict[Key, list[PictureRow]] = defaultdict(list)
    for piece in pieces_of([(row.article_id, row.number) for row in versions]):
        for change in _rows(connection, EventRow, event, piece):
            events[change.article_id, change.number].append(change.kind)
        for shown in _rows(connection, PictureRow, picture, piece):
            pictures[shown.article_id, shown.number].append(shown)
    texts = _texts(connection, sorted({row.text_sha256 for row in versions if row.text_sha256}))
    made: dict[Key, Made] = {}
    for row in versions:
        key = (row.article_id, row.number)
        ordered = sorted(pictures[key], key=lambda each: each.position)
        made[key] = Made(row, document(row, events[key], ordered, texts.get(row.text_sha256 or "")))
    return made


def pieces_of(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Keys, each once, in pieces that fit one statement."""
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), _PAIRS):
        yield unique[start : start + _PAIRS]


def _rows(connection: sa.Connection, kind: type[R], table: sa.Table, piece: Sequence[Key]) -> Iterator[R]:
    wanted = wanted_pairs(connection.dialect.name, piece)
    names = [part.name for part in fields(kind)]
    here = sa.and_(table.c.article_id == wanted.c.name, table.c.number == wanted.c.number)
    query = sa.select(*(table.c[name] for name in names)).join_from(wanted, table, here)
    for values in connection.execute(query):
        yield kind(**dict(zip(names, values, strict=True)))


def _texts(connection: sa.Connection, digests: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(digests), _PAIRS):
        query = sa.select(text_body.c.sha256, text_body.c.zstd)
        piece = query.where(text_body.c.sha256.in_(digests[start : start + _PAIRS]))
        found |= {sha256: decompress(body) for sha256, body in connection.execute(piece)}
    return found
