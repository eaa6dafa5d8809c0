"""The index of texts: which versions share keys with a text. A cache: no journal, no backup has it.

Keys are 64-bit numbers. They are kept by periods as long as the window within which copies are looked for,
so that a look-up asks three periods at most, and an old period goes as a whole. Many texts go in, or are
looked up, with one statement, whose only parameter is an array.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.schema import version
from archive.catalog.schema_links import fingerprint, fingerprint_key, fingerprint_period

_MOST_SHARED = 200  # candidates for one text, those that share most


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A version in the index; `keys` counts those that it has there."""

    article_id: str
    number: int
    source: str
    at: datetime
    period: int
    text_sha256: str
    shingles: int
    keys: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version of another article that shares keys with an asked text."""

    asked: int  # which of the texts, from 0
    shared: int
    found: Fingerprint


@dataclass(frozen=True, slots=True)
class Unindexed:
    """A version whose text is not in the index."""

    article_id: str
    number: int
    source: str
    at: datetime
    text_sha256: str


def whole_periods(catalog: Catalog, method: str) -> set[int]:
    """The periods that are in the index as a whole; another method empties the index first."""
    query = sa.select(fingerprint_period.c.period, fingerprint_period.c.method)

    def read() -> set[int]:
        with catalog.read() as connection:
            found = list(connection.execute(query))
        if any(row.method != method for row in found):
            empty(catalog)
            return set()
        return {row.period for row in found}

    return once_more_if_cut(read)


def mark_whole(catalog: Catalog, period: int, method: str) -> None:
    """A period is in the index as a whole."""

    def write() -> None:
        with catalog.write() as connection:
            connection.execute(sa.delete(fingerprint_period).where(fingerprint_period.c.period == period))
            connection.execute(sa.insert(fingerprint_period).values(period=period, method=method))

    once_more_if_cut(write)


def drop_before(catalog: Catalog, period: int) -> None:
    """Forget the periods before one."""

    def write() -> None:
        with catalog.write() as connection:
            for table in (fingerprint_period, fingerprint_key, fingerprint):
                connection.execute(sa.delete(table).where(table.c.period < period))

    with catalog.read() as connection:
        there = connection.execute(sa.select(fingerprint.c.id).where(fingerprint.c.period < period).limit(1))
        mark = sa.select(fingerprint_period.c.period).where(fingerprint_period.c.period < period).limit(1)
        nothing = there.first() is None and connection.execute(mark).first() is None
    if not nothing:
        once_more_if_cut(write)


def empty(catalog: Catalog) -> None:
    """Forget everything; it fills itself again."""

    def write() -> None:
        with catalog.write() as connection:
            for table in (fingerprint_period, fingerprint_key, fingerprint):
                connection.execute(sa.delete(table))

    once_more_if_cut(write)


def unindexed(
    catalog: Catalog, since: datetime | None, until: datetime | None, limit: int
) -> list[Unindexed]:
    """Versions captured at `since` or later and before `until` whose texts are not in the index."""
    there = sa.and_(
        fingerprint.c.article_id == version.c.article_id, fingerprint.c.number == version.c.number
    )
    query = (
        sa.select(
            version.c.article_id,
            version.c.number,
            version.c.source,
            version.c.captured_at,
            version.c.text_sha256,
        )
        .select_from(version.outerjoin(fingerprint, there))
        .where(fingerprint.c.id.is_(None), version.c.text_sha256.is_not(None), version.c.removed.is_(False))
        .order_by(version.c.captured_at)
        .limit(limit)
    )
    if since is not None:
        query = query.where(version.c.captured_at >= since)
    if until is not None:
        query = query.where(version.c.captured_at < until)
    with catalog.read() as connection:
        return [Unindexed(*row) for row in connection.execute(query)]


def put(catalog: Catalog, texts: Sequence[tuple[Fingerprint, Sequence[int]]]) -> None:
    """Enter versions with their keys; those that are in are left as they are."""
    rows = {(row.article_id, row.number): (row, keys) for row, keys in texts}

    def write() -> None:
        with catalog.write() as connection:
            known = _ids(connection, [row for row, _ in rows.values()])
            new = [row for name, (row, _) in rows.items() if name not in known]
            if not new:
                return
            connection.execute(sa.insert(fingerprint), [_values(row) for row in new])
            ids = _ids(connection, new)
            entries = [
                (row.period, key, ids[row.article_id, row.number])
                for row in new
                for key in rows[row.article_id, row.number][1]
            ]
            _insert_keys(connection, sorted(entries))

    once_more_if_cut(write)


def candidates(catalog: Catalog, texts: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[Candidate]:
    """For each text, given as (keys, periods to look in): who shares keys with it, most first."""
    asked = [
        (number, period, key)
        for number, (keys, periods) in enumerate(texts)
        for period in periods
        for key in keys
    ]
    if not asked:
        return []
    wanted = _array(catalog.backend, asked, ("asked", "period", "key"))
    counted = (
        sa.select(wanted.c.asked, fingerprint_key.c.fingerprint, sa.func.count().label("shared"))
        .join_from(
            wanted,
            fingerprint_key,
            sa.and_(fingerprint_key.c.period == wanted.c.period, fingerprint_key.c.key == wanted.c.key),
        )
        .group_by(wanted.c.asked, fingerprint_key.c.fingerprint)
        .subquery()
    )
    columns = [fingerprint.c[name] for name in Fingerprint.__dataclass_fields__]
    query = (
        sa.select(counted.c.asked, counted.c.shared, *columns)
        .join_from(counted, fingerprint, fingerprint.c.id == counted.c.fingerprint)
        .order_by(counted.c.asked, counted.c.shared.desc(), fingerprint.c.id)
    )
    with catalog.read() as connection:
        found = [Candidate(row[0], row[1], Fingerprint(*row[2:])) for row in connection.execute(query)]
    left: dict[int, int] = {}
    kept = []
    for each in found:
        left[each.asked] = left.get(each.asked, _MOST_SHARED) - 1
        if left[each.asked] >= 0:
            kept.append(each)
    return kept


def newest_in_source(
    catalog: Catalog, source: str, since: datetime, until: datetime, limit: int
) -> list[tuple[str, str]]:
    """(article, SHA-256 of a text) of the newest indexed versions of a source between two moments."""
    query = (
        sa.select(fingerprint.c.article_id, fingerprint.c.text_sha256)
        .where(fingerprint.c.source == source, fingerprint.c.at >= since, fingerprint.c.at < until)
        .order_by(fingerprint.c.at.desc(), fingerprint.c.article_id)
        .limit(limit)
    )
    with catalog.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def _values(row: Fingerprint) -> dict[str, object]:
    return {name: getattr(row, name) for name in Fingerprint.__dataclass_fields__}


def _ids(connection: sa.Connection, rows: Iterable[Fingerprint]) -> dict[tuple[str, int], int]:
    articles = sorted({row.article_id for row in rows})
    found: dict[tuple[str, int], int] = {}
    columns = (fingerprint.c.article_id, fingerprint.c.number, fingerprint.c.id)
    for start in range(0, len(articles), 500):
        query = sa.select(*columns).where(fingerprint.c.article_id.in_(articles[start : start + 500]))
        found |= {(row[0], row[1]): row[2] for row in connection.execute(query)}
    return found


def _insert_keys(connection: sa.Connection, entries: list[tuple[int, int, int]]) -> None:
    if not entries:
        return
    names = ("period", "key", "fingerprint")
    rows = _array(connection.dialect.name, entries, names)
    connection.execute(
        sa.insert(fingerprint_key).from_select(list(names), sa.select(*(rows.c[name] for name in names)))
    )


def _array(backend: str, rows: Sequence[tuple[int, ...]], names: Sequence[str]) -> sa.FromClause:
    """Rows of numbers as a table of one parameter a column (PostgreSQL) or one at all (SQLite)."""
    if backend == "postgresql":
        bigints, columns = postgresql.ARRAY(sa.BigInteger), zip(*rows, strict=True)
        arrays = (sa.cast(sa.literal(list(column), bigints), bigints) for column in columns)
        return sa.func.unnest(*arrays).table_valued(*names).render_derived(name="wanted")
    each = sa.func.json_each(json.dumps(rows)).table_valued("value", name="each")
    return sa.select(
        *(sa.func.json_extract(each.c.value, f"$[{place}]").label(name) for place, name in enumerate(names))
    ).subquery("wanted")
