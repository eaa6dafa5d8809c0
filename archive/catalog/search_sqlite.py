"""A month of the index in SQLite: an FTS5 table without content, whose rowids are places.

Words come folded and apart, so the tokenizer has nothing to decide: letters and everything beyond ASCII, and
the colons and dashes of facets. FTS5 takes a row out of such a table only if it is told again, to the word,
what was put in; where that is not known any more, the month is written anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from archive.catalog.search_parts import NEWER, Asked, Found, Indexed, Order, beyond, bound, table_of
from archive.catalog.search_rows import TAKEN_DOWN, documents_of
from archive.search.document import Document
from archive.search.expression import EVERY, NOTHING, AllOf, AnyOf, Expression, Facet, InCluster, Not, Phrase

_FILLING, _USUAL = 64 << 20, 1 << 20  # bytes of words that FTS5 holds before it writes them
_WEIGHTS = "8.0, 1.0, 0.5, 0.0"  # of title, body, around and facets in bm25


class SqliteParts:
    """FTS5."""

    def create(self, connection: sa.Connection, month: int) -> None:
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {table_of(month)} USING fts5("
            "title, body, around, facets, content='', tokenize=\"ascii tokenchars ':-'\")"
        )

    def drop(self, connection: sa.Connection, month: int) -> None:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table_of(month)}")

    def put(self, connection: sa.Connection, month: int, documents: Sequence[tuple[int, Document]]) -> None:
        # Ascending: FTS5 writes a segment each time a rowid is smaller than the one before.
        ordered = sorted(documents, key=_place)
        self.enter(connection, month, [(place, *self.written(each)) for place, each in ordered])

    def begin(self, connection: sa.Connection, month: int) -> None:
        self.create(connection, month)
        self._hold(connection, month, _FILLING)

    def written(self, document: Document) -> tuple[str, ...]:
        return tuple(_columns(document).values())

    def enter(self, connection: sa.Connection, month: int, rows: Sequence[tuple[int | str, ...]]) -> None:
        columns = "rowid, title, body, around, facets"
        statement = f"INSERT INTO {table_of(month)} ({columns}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - a number
        connection.exec_driver_sql(statement, [tuple(row) for row in rows])

    def done(self, connection: sa.Connection, month: int) -> None:
        self._hold(connection, month, _USUAL)

    def _hold(self, connection: sa.Connection, month: int, size: int) -> None:
        table = table_of(month)
        connection.exec_driver_sql(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {size})")  # noqa: S608

    def take(self, connection: sa.Connection, month: int, rows: Sequence[Indexed]) -> bool:
        known = documents_of(connection, [(row.article_id, row.number) for row in rows])
        given = [(row, known.get((row.article_id, row.number))) for row in rows]
        if any(made is None or made.document.digest() != row.digest for row, made in given):
            return False
        table = table_of(month)
        statement = sa.text(
            f"INSERT INTO {table} ({table}, rowid, title, body, around, facets) "  # noqa: S608 - a number
            "VALUES ('delete', :place, :title, :body, :around, :facets)"
        )
        values = [{"place": row.place, **_columns(made.document)} for row, made in given if made]
        connection.execute(statement, sorted(values, key=lambda value: value["place"]))
        return True

    def compact(self, connection: sa.Connection, month: int) -> None:
        table = table_of(month)
        connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608

    def find(self, connection: sa.Connection, month: int, asked: Asked) -> list[Found]:
        table, ranked = table_of(month), asked.order is Order.RELEVANCE
        rank = f"bm25({table}, {_WEIGHTS})" if ranked else "0.0"
        # CROSS JOIN: the index is read first, in its own order, and only as far as is needed.
        query = f"""
SELECT d.place, d.article_id, d.number, {rank} AS rank
FROM {table} CROSS JOIN search_doc AS d
WHERE {table} MATCH :match AND {table}.rowid BETWEEN :low AND :high
  AND d.month = :month AND d.place = {table}.rowid
  AND d.article_id NOT IN ({TAKEN_DOWN}){NEWER if asked.standing else ""}"""  # noqa: S608 - no values
        values = {"match": written(asked.expression)} | bound(asked, month)
        if ranked:
            query = f"SELECT * FROM ({query}) {beyond(asked, month)} ORDER BY rank, place DESC"  # noqa: S608
        else:
            query += f" ORDER BY {table}.rowid{' DESC' if asked.order is Order.NEWEST else ''}"
        found = connection.execute(sa.text(f"{query} LIMIT :limit"), values)
        return [Found(month, *row) for row in found]

    def matching(
        self, connection: sa.Connection, month: int, expression: Expression, places: Collection[int]
    ) -> set[int]:
        table = table_of(month)
        wanted = ", ".join(str(int(place)) for place in sorted(places))
        query = sa.text(
            f"SELECT rowid FROM {table} WHERE {table} MATCH :match AND rowid IN ({wanted})"  # noqa: S608
        )
        return set(connection.execute(query, {"match": written(expression)}).scalars())


def _place(document: tuple[int, Document]) -> int:
    return document[0]


def _columns(document: Document) -> dict[str, Any]:
    return {
        "title": " ".join(document.title),
        "body": " ".join(document.text),
        "around": " ".join(document.around),
        "facets": " ".join(document.facets),
    }


def written(expression: Expression) -> str:
    """An expression in the language of FTS5, which negates only beside something to find."""
    match expression:
        case Phrase(words, begun, title):
            phrase = f'"{" ".join(words)}"{" *" if begun else ""}'
            return f"{{title}} : {phrase}" if title else phrase
        case Facet(word):
            return f'"{word}"'
        case Not(part):
            return f'("{EVERY}" NOT {written(part)})'
        case AnyOf(parts):
            return f"({' OR '.join(written(part) for part in parts)})" if parts else f'"{NOTHING}"'
        case AllOf(parts):
            wanted = [written(part) for part in parts if not isinstance(part, Not)] or [f'"{EVERY}"']
            refused = [written(part.part) for part in parts if isinstance(part, Not)]
            both = f"({' AND '.join(wanted)})"
            return f"({both} NOT ({' OR '.join(refused)}))" if refused else both
        case InCluster(cluster):
            raise ValueError(f"cluster {cluster} was not resolved into its articles")
