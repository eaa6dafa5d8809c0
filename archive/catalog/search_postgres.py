"""A month of the index in PostgreSQL: a table of text vectors made of our words, with a GIN index.

The vectors are written by us, word for word, so no text search configuration of the server has a say.
PostgreSQL keeps 256 places of a word and the first 16,383 of a text: beyond these, words are found and
phrases may not be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from archive.catalog import bulk
from archive.catalog.search_parts import NEWER, Asked, Found, Indexed, Order, beyond, bound, table_of
from archive.catalog.search_rows import TAKEN_DOWN
from archive.search.document import Document
from archive.search.expression import (
    EVERY,
    NOTHING,
    AllOf,
    AnyOf,
    Expression,
    Facet,
    InCluster,
    Not,
    Phrase,
    phrases_of,
)

_LAST_PLACE = 16_383
_MOST_PLACES = 255
_GAP = 16  # places between the parts of a version, so that no phrase goes from one to the next
_TITLE, _BODY, _AROUND = "A", "B", "D"


class PostgresParts:
    """tsvector and GIN."""

    def create(self, connection: sa.Connection, month: int) -> None:
        self.begin(connection, month)
        self.done(connection, month)

    def begin(self, connection: sa.Connection, month: int) -> None:
        table = table_of(month)
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {table} (place bigint PRIMARY KEY, words tsvector NOT NULL)"
        )

    def done(self, connection: sa.Connection, month: int) -> None:
        table = table_of(month)
        connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (words)")

    def drop(self, connection: sa.Connection, month: int) -> None:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table_of(month)}")

    def put(self, connection: sa.Connection, month: int, documents: Sequence[tuple[int, Document]]) -> None:
        self.enter(connection, month, [(place, *self.written(each)) for place, each in documents])

    def written(self, document: Document) -> tuple[str, ...]:
        return (vector(document),)

    def enter(self, connection: sa.Connection, month: int, rows: Sequence[tuple[int | str, ...]]) -> None:
        bulk.copy(connection, table_of(month), ("place", "words"), rows)

    def take(self, connection: sa.Connection, month: int, rows: Sequence[Indexed]) -> bool:
        statement = sa.text(f"DELETE FROM {table_of(month)} WHERE place = :place")  # noqa: S608 - a number
        connection.execute(statement, [{"place": row.place} for row in rows])
        return True

    def compact(self, connection: sa.Connection, month: int) -> None:
        """Deleted rows go with the server's own vacuum, as those of every other table."""

    def find(self, connection: sa.Connection, month: int, asked: Asked) -> list[Found]:
        table, ranked = table_of(month), asked.order is Order.RELEVANCE
        values = {"match": written(asked.expression)} | bound(asked, month)
        rank = "CAST(0 AS float8)"
        said = list(
            dict.fromkeys(each for phrase in phrases_of(asked.expression) for each in _lexemes(phrase))
        )
        if ranked and said:
            # The best first as in FTS5, where a better match has the lower number.
            values["said"] = " | ".join(said)
            rank = f"-CAST(ts_rank({table}.words, CAST(:said AS tsquery), 1) AS float8)"
        query = f"""
SELECT d.place, d.article_id, d.number, {rank} AS rank
FROM {table} JOIN search_doc AS d ON d.month = :month AND d.place = {table}.place
WHERE {table}.words @@ CAST(:match AS tsquery) AND {table}.place BETWEEN :low AND :high
  AND d.article_id NOT IN ({TAKEN_DOWN}){NEWER if asked.standing else ""}"""  # noqa: S608 - no values
        if ranked:
            query = f"SELECT * FROM ({query}) AS f {beyond(asked, month)} ORDER BY rank, place DESC"  # noqa: S608
        else:
            query += f" ORDER BY {table}.place{' DESC' if asked.order is Order.NEWEST else ''}"
        found = connection.execute(sa.text(f"{query} LIMIT :limit"), values)
        return [Found(month, *row) for row in found]

    def matching(
        self, connection: sa.Connection, month: int, expression: Expression, places: Collection[int]
    ) -> set[int]:
        query = sa.text(
            f"SELECT place FROM {table_of(month)} "  # noqa: S608 - a number
            "WHERE place = ANY(:places) AND words @@ CAST(:match AS tsquery)"
        )
        values = {"places": sorted(places), "match": written(expression)}
        return set(connection.execute(query, values).scalars())


def vector(document: Document) -> str:
    """A version as PostgreSQL reads a text vector."""
    places: dict[str, list[str]] = {}
    at = 1
    for words, weight in ((document.title, _TITLE), (document.text, _BODY), (document.around, _AROUND)):
        for word in words:
            kept = places.setdefault(word, [])
            if len(kept) < _MOST_PLACES:
                kept.append(f"{min(at, _LAST_PLACE)}{weight}")
            at += 1
        at += _GAP
    said = [f"{_lexeme(word)}:{','.join(kept)}" for word, kept in places.items()]
    return " ".join((*said, *(_lexeme(word) for word in document.facets)))


def written(expression: Expression) -> str:
    """An expression in the language of `tsquery`."""
    match expression:
        case Phrase():
            return f"({' <-> '.join(_lexemes(expression))})"
        case Facet(word):
            return _lexeme(word)
        case Not(part):
            return f"({_lexeme(EVERY)} & !{written(part)})"
        case AnyOf(parts):
            return f"({' | '.join(written(part) for part in parts)})" if parts else _lexeme(NOTHING)
        case AllOf(parts):
            return f"({' & '.join(written(part) for part in parts)})"
        case InCluster(cluster):
            raise ValueError(f"cluster {cluster} was not resolved into its articles")


def _lexemes(phrase: Phrase) -> list[str]:
    only = _TITLE if phrase.title else ""
    *whole, last = phrase.words
    begun = f":*{only}" if phrase.begun else f":{only}" if only else ""
    return [*(_lexeme(word) + (f":{only}" if only else "") for word in whole), _lexeme(last) + begun]


def _lexeme(word: str) -> str:
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
