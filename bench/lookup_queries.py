"""What is asked of the archive, and the ways of asking that are measured."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.lookup import closest_capture
from archive.catalog.schema import article, capture
from archive.catalog.standing import standing
from archive.rows import CaptureRow
from bench.lookup_rounds import Contender, timed

BARE, CLOSEST, STANDING = "bare primary-key select", "closest capture", "what `get` asks"
POOLED = ", from the pool"
_SPREAD = 15 * 86_400  # seconds
# Every column of a capture, as our own look-ups give them.
_BY_KEY = sa.select(*(capture.c[field.name] for field in fields(CaptureRow))).where(
    capture.c.id == sa.bindparam("id", type_=capture.c.id.type)
)


@dataclass(frozen=True, slots=True)
class Query:
    """One question for each contender: a capture's key, an address and moment, an article's and moment."""

    id: str
    url: str
    at: datetime
    article: str
    standing_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A catalog for the query modules, always on the same open connection."""

    connection: sa.Connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        yield self.connection


def queries(catalog: Catalog, number: int) -> list[Query]:
    """Captures and articles picked by their keys, which are digests: every one has the same chance."""
    chance, key = random.Random(number), sa.bindparam("key")
    captures = sa.select(capture.c.id, capture.c.url, capture.c.at).where(capture.c.id >= key)
    captures = captures.order_by(capture.c.id).limit(1)
    articles = sa.select(article.c.url, article.c.first_captured_at).where(article.c.id >= key)
    articles = articles.order_by(article.c.id).limit(1)
    found = []
    with catalog.read() as connection:

        def pick(query: sa.Select[Any]) -> Any:
            after = connection.execute(query, {"key": f"{chance.getrandbits(128):032x}"}).first()
            return after or connection.execute(query, {"key": "0"}).one()

        for _ in range(number):
            _, url, at = pick(captures)
            about, since = pick(articles)
            found.append(
                Query(
                    pick(captures).id,
                    url,
                    at + timedelta(seconds=chance.randint(-_SPREAD, _SPREAD)),
                    about,
                    since + timedelta(seconds=chance.randint(0, 2 * _SPREAD)),
                )
            )
    return found


def contenders(catalog: Any, connection: sa.Connection, asked: Sequence[Query]) -> dict[str, Contender]:
    """On one open connection; and as the commands do it, with one from the pool and a transaction."""
    held: Any = Held(connection)

    def bare(where: Any, one: Query) -> object:
        with where.read() as given:
            return given.execute(_BY_KEY, {"id": one.id}).first()

    found = {}
    for where, how in ((held, ""), (catalog, POOLED)):
        found[BARE + how] = timed(lambda one, at=where: bare(at, one), asked)
        found[CLOSEST + how] = timed(lambda one, at=where: closest_capture(at, one.url, one.at), asked)
        found[STANDING + how] = timed(lambda one, at=where: standing(at, one.article, one.standing_at), asked)
    return found
