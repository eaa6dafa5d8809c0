"""The index of words, kept in step with the versions: what is new or other waits in `search_pending`.

Whoever puts or removes rows calls `touch` in the same transaction: what was indexed of these versions goes
out at once, so that nothing is found that is not there, and they wait to be indexed anew. `fill` does that,
in transactions of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive.catalog.errors import once_more_if_cut
from archive.catalog.insert_new import insert_new
from archive.catalog.schema import version
from archive.catalog.schema_search import SEARCH, search_doc, search_month, search_pending
from archive.catalog.search_parts import Indexed, Parts
from archive.catalog.search_postgres import PostgresParts
from archive.catalog.search_rows import Key, Made, documents_of, pieces_of
from archive.catalog.search_sqlite import SqliteParts
from archive.catalog.wanted import wanted_pairs
from archive.rows import EventRow, PictureRow, RemovedRow, Row, TextRow, VersionRow
from archive.search.document import first_place, month_of
from archive.search.words import METHOD

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog

AT_ONCE = 100  # versions a transaction while others may wait for it
_PARTS: dict[str, Parts] = {"sqlite": SqliteParts(), "postgresql": PostgresParts()}
_LOCK = 0x646174656C696E68
_TABLES = {VersionRow.table, EventRow.table, PictureRow.table}  # what a document is made from


def parts_of(connection: sa.Connection) -> Parts:
    """The months of this database's index."""
    return _PARTS[connection.dialect.name]


def touch(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Take out what is indexed of the versions that these rows are about, and let them wait.

    Called before the rows are put or removed, within their transaction.
    """
    rows = list(rows)
    texts = [row.key[0] for row in rows if isinstance(row, RemovedRow) and row.of == TextRow.table]
    keys = list(dict.fromkeys((*(key for row in rows for key in _key_of(row)), *_showing(connection, texts))))
    if keys:
        take_out(connection, indexed(connection, keys))
        queue(connection, keys)


def _key_of(row: Row) -> Iterable[Key]:
    match row:
        case VersionRow() | EventRow() | PictureRow():
            yield row.article_id, row.number
        case RemovedRow() if row.of in _TABLES:
            yield row.key[0], int(row.key[1])


def _showing(connection: sa.Connection, digests: Sequence[str]) -> list[Key]:
    """Versions that show one of these texts."""
    query = sa.select(version.c.article_id, version.c.number).where(
        version.c.text_sha256 == sa.bindparam("digest")
    )
    rows = (row for digest in digests for row in connection.execute(query, {"digest": digest}))
    return [(row.article_id, row.number) for row in rows]


def queue(connection: sa.Connection, keys: Sequence[Key]) -> None:
    """Let versions wait to be indexed."""
    rows = [{"article_id": article_id, "number": number} for article_id, number in sorted(set(keys))]
    if rows:
        connection.execute(insert_new(connection.dialect.name, search_pending), rows)


def queue_all(connection: sa.Connection) -> None:
    """Let every version wait to be indexed: after what knew nothing of the index."""
    names = ["article_id", "number"]
    every = sa.select(version.c.article_id, version.c.number)
    connection.execute(sa.delete(search_pending))
    connection.execute(sa.insert(search_pending).from_select(names, every))


def pending(catalog: Catalog) -> int:
    """How many versions wait to be indexed."""
    with catalog.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(search_pending)).scalar_one())


def forget(connection: sa.Connection) -> None:
    """Forget the whole index."""
    parts = parts_of(connection)
    for month in list(connection.execute(sa.select(search_month.c.month)).scalars()):
        parts.drop(connection, month)
    for table in SEARCH:
        connection.execute(sa.delete(table))


def compact(catalog: Catalog) -> None:
    """Leave nothing of what was taken out in the index's tables."""
    with catalog.write() as connection:
        parts = parts_of(connection)
        taken = sa.select(search_month.c.month).where(search_month.c.taken > 0)
        for month in list(connection.execute(taken).scalars()):
            parts.compact(connection, month)
        connection.execute(sa.update(search_month).values(taken=0))


def take_out(connection: sa.Connection, rows: Sequence[Indexed]) -> None:
    """Take versions out of the index; a month from which that is not possible waits as a whole."""
    by_month: dict[int, list[Indexed]] = defaultdict(list)
    for row in rows:
        by_month[row.month].append(row)
    parts = parts_of(connection)
    for month, mine in sorted(by_month.items()):
        if not parts.take(connection, month, mine):
            write_anew(connection, month)
            continue
        here = search_doc.c.month == month, search_doc.c.place == sa.bindparam("at")
        connection.execute(sa.delete(search_doc).where(*here), [{"at": row.place} for row in mine])
        counted = search_month.c.taken + len(mine)
        connection.execute(sa.update(search_month).where(search_month.c.month == month).values(taken=counted))


def write_anew(connection: sa.Connection, month: int) -> None:
    """Drop the table of a month, and let its versions wait."""
    parts_of(connection).drop(connection, month)
    columns = (search_doc.c.article_id, search_doc.c.number)
    found = connection.execute(sa.select(*columns).where(search_doc.c.month == month))
    queue(connection, [(row.article_id, row.number) for row in found])
    connection.execute(sa.delete(search_doc).where(search_doc.c.month == month))
    connection.execute(sa.delete(search_month).where(search_month.c.month == month))


def fill(catalog: Catalog, most: int | None = None, at_once: int = AT_ONCE) -> int:
    """Index what waits, up to `most` versions; the result counts them.

    Raises CatalogUnreachable; what is done by then is kept.
    """
    done = 0
    while most is None or done < most:
        size = at_once if most is None else min(at_once, most - done)
        handled = once_more_if_cut(lambda size=size: _fill_some(catalog, size))  # type: ignore[misc]
        if handled == 0:
            return done
        done += handled
    return done


def _fill_some(catalog: Catalog, size: int) -> int:
    columns = (search_pending.c.article_id, search_pending.c.number)
    with catalog.read() as connection:  # without the writer's lock, for mostly there is nothing to do
        if connection.execute(sa.select(*columns).limit(1)).first() is None and not _old_months(connection):
            return 0
    with catalog.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        for month in _old_months(connection):
            write_anew(connection, month)
        query = sa.select(*columns).order_by(*columns).limit(size)
        keys = [(str(row.article_id), int(row.number)) for row in connection.execute(query)]
        take_out(connection, indexed(connection, keys))
        _put(connection, documents_of(connection, keys))
        here = columns[0] == sa.bindparam("name"), columns[1] == sa.bindparam("n")
        rows = [{"name": name, "n": number} for name, number in keys]
        if rows:
            connection.execute(sa.delete(search_pending).where(*here), rows)
        return len(keys)


def _old_months(connection: sa.Connection) -> list[int]:
    """Months that were indexed by another method."""
    old = sa.select(search_month.c.month).where(search_month.c.method != METHOD)
    return list(connection.execute(old).scalars())


def _put(connection: sa.Connection, made: dict[Key, Made]) -> None:
    by_month: dict[int, list[Made]] = defaultdict(list)
    for each in made.values():
        by_month[month_of(each.version.captured_at)].append(each)
    parts = parts_of(connection)
    for month, mine in sorted(by_month.items()):
        parts.create(connection, month)
        connection.execute(
            insert_new(connection.dialect.name, search_month), {"month": month, "method": METHOD, "taken": 0}
        )
        mine.sort(key=lambda each: (each.version.captured_at, each.version.article_id, each.version.number))
        places = _places(connection, month, [first_place(each.version.captured_at) for each in mine])
        placed = list(zip(places, mine, strict=True))
        parts.put(connection, month, [(place, each.document) for place, each in placed])
        connection.execute(sa.insert(search_doc), [_doc(month, place, each) for place, each in placed])


def _doc(month: int, place: int, made: Made) -> dict[str, object]:
    return {
        "month": month,
        "place": place,
        "article_id": made.version.article_id,
        "number": made.version.number,
        "removed": made.version.removed,
        "digest": made.document.digest(),
    }


def _places(connection: sa.Connection, month: int, wanted: Sequence[int]) -> list[int]:
    """A free place at or after each of these, which are in order; each is later than the one before."""
    places: list[int] = []
    for first in wanted:
        least = max(first, places[-1] + 1) if places else first
        taken = sa.select(search_doc.c.place).where(search_doc.c.month == month, search_doc.c.place >= least)
        for place in connection.execute(taken.order_by(search_doc.c.place)).scalars():
            if place != least:
                break
            least += 1
        places.append(least)
    return places


def indexed(connection: sa.Connection, keys: Sequence[Key]) -> list[Indexed]:
    """Those of these versions that are in the index."""
    doc = search_doc.c
    found: list[Indexed] = []
    for piece in pieces_of(keys):
        wanted = wanted_pairs(connection.dialect.name, piece)
        here = sa.and_(doc.article_id == wanted.c.name, doc.number == wanted.c.number)
        query = sa.select(doc.month, doc.place, doc.article_id, doc.number, doc.digest)
        found += [Indexed(*row) for row in connection.execute(query.join_from(wanted, search_doc, here))]
    return found
