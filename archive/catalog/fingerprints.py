"""The index of texts: which versions share keys with a text. A cache: no journal, no backup has it.

Keys are 64-bit numbers. They are kept by periods as long as the window within which copies are looked for,
so that a look-up asks three periods at most, and an old period goes as a whole. Many texts go in, or are
looked up, at once: what a run of the index is stands in `postings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from archive.catalog import postings
from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import pieces, raw
from archive.catalog.postings import Kept, Promise, Question, Run, Sharing
from archive.catalog.schema import version
from archive.catalog.schema_links import fingerprint_period, fingerprint_run
from archive.catalog.sketches import Signed, names

_MOST_SHARED = 200  # promising candidates for one text, those that share most
_MOST_ALIKE = 32  # others of its source


class Candidates(NamedTuple):
    """Versions of other articles that share keys with asked texts, one of each a place.

    `promising`: worth a comparison. Columns, because there are thousands, of which few are looked at.
    """

    asked: list[int]  # which of the texts, from 0
    promising: list[bool]
    articles: list[str]
    numbers: list[int]


class Told(NamedTuple):
    """A version with a text."""

    article_id: str
    number: int
    source: str
    at: datetime
    text_sha256: str


_TOLD = (
    version.c.article_id,
    version.c.number,
    version.c.source,
    version.c.captured_at,
    version.c.text_sha256,
)
_HAS_TEXT = sa.and_(version.c.text_sha256.is_not(None), version.c.removed.is_(False))


def whole_periods(catalog: Catalog, method: str) -> set[int]:
    """The periods that are in the index as a whole; another method empties the index first."""
    found = raw(catalog, sa.select(fingerprint_period.c.period, fingerprint_period.c.method))
    if any(row.method != method for row in found):
        empty(catalog)
        return set()
    return {row.period for row in found}


def mark_whole(catalog: Catalog, period: int, method: str) -> None:
    """A period is in the index as a whole."""

    def write() -> None:
        with catalog.write() as connection:
            postings.lock(connection)
            connection.execute(sa.delete(fingerprint_period).where(fingerprint_period.c.period == period))
            connection.execute(sa.insert(fingerprint_period).values(period=period, method=method))

    once_more_if_cut(write)


def drop_before(catalog: Catalog, period: int) -> None:
    """Forget the periods before one."""
    tables = (fingerprint_period, fingerprint_run)
    if any(raw(catalog, sa.select(one.c.period).where(one.c.period < period).limit(1)) for one in tables):
        _delete(catalog, period)


def empty(catalog: Catalog) -> None:
    """Forget everything; it fills itself again."""
    _delete(catalog, None)


def _delete(catalog: Catalog, before: int | None) -> None:
    def write() -> None:
        with catalog.write() as connection:
            postings.lock(connection)
            for table in (fingerprint_period, fingerprint_run):
                old = sa.true() if before is None else table.c.period < before
                connection.execute(sa.delete(table).where(old))

    once_more_if_cut(write)


def told(catalog: Catalog, since: datetime | None, until: datetime | None, page: int) -> Iterator[list[Told]]:
    """Versions with a text that were captured at `since` or later and before `until`, by time, in pages."""
    order = (version.c.captured_at, version.c.article_id, version.c.number)
    query = sa.select(*_TOLD).where(_HAS_TEXT).order_by(*order).limit(page)
    if until is not None:
        query = query.where(version.c.captured_at < until)
    following = query if since is None else query.where(version.c.captured_at >= since)
    while found := [Told._make(row) for row in raw(catalog, following)]:
        yield found
        last = found[-1]
        here = [
            sa.bindparam(None, value, type_=column.type)
            for value, column in zip((last.at, last.article_id, last.number), order, strict=True)
        ]
        following = query.where(version.c.captured_at >= here[0], sa.tuple_(*order) > sa.tuple_(*here))


def told_of(catalog: Catalog, versions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Told]:
    """Versions with a text, by article and number."""
    wanted = set(versions)
    found: dict[tuple[str, int], Told] = {}
    for piece in pieces(sorted({article for article, _ in wanted})):
        query = sa.select(*_TOLD).where(_HAS_TEXT, version.c.article_id.in_(piece))
        rows = [Told._make(row) for row in raw(catalog, query)]
        found |= {(row.article_id, row.number): row for row in rows if (row.article_id, row.number) in wanted}
    return found


def newest_in_source(
    catalog: Catalog, source: str, since: datetime, until: datetime, limit: int
) -> list[tuple[str, str]]:
    """(article, SHA-256 of a text) of the newest versions of a source between two moments."""
    asked = {"source": source, "since": since, "until": until}
    return [(row.article_id, row.text_sha256) for row in raw(catalog, _newest_in_source(limit), asked)]


@cache
def _newest_in_source(limit: int) -> sa.Select[Any]:
    """Built once, for that costs more than asking."""
    at, source = version.c.captured_at, version.c.source
    return (
        sa.select(version.c.article_id, version.c.text_sha256)
        .where(_HAS_TEXT, source == sa.bindparam("source", type_=source.type))
        .where(at >= sa.bindparam("since", type_=at.type), at < sa.bindparam("until", type_=at.type))
        .order_by(at.desc(), version.c.article_id)
        .limit(limit)
    )


def unknown(
    catalog: Catalog, period: int, versions: Sequence[tuple[str, int]], kept: Kept
) -> set[tuple[str, int]]:
    """Those versions, given as (article, number), that are not in a period of the index."""
    if not versions:
        return set()
    with catalog.read() as connection:
        known = kept.known(connection, period, names(versions))
    return {name for name, there in zip(versions, known.tolist(), strict=True) if not there}


def put(catalog: Catalog, period: int, texts: Signed, kept: Kept) -> None:
    """Enter texts in a period; those that are in are left as they are."""

    def write() -> dict[int, Run]:
        with catalog.write() as connection:
            postings.lock(connection)
            return postings.add(connection, period, texts, kept)

    if texts.counts.size:
        kept.keep(once_more_if_cut(write))


def forget(catalog: Catalog, versions: Collection[tuple[str, int]]) -> None:
    """Leave nothing of versions, given as (article, number), in the index."""

    def write() -> None:
        with catalog.write() as connection:
            postings.forget(connection, versions)

    if versions:
        once_more_if_cut(write)


def candidates(catalog: Catalog, question: Question, is_promising: Promise, kept: Kept) -> Candidates:
    """For each text: the promising ones among those that share keys with it, most first.

    For a text that has one, others of its own source are among them that promise nothing, since they tell
    what its pages have in common. `kept` spares whoever asks again what it has read before.
    """

    def read() -> list[Sharing]:
        with catalog.read() as connection:
            return list(kept.sharing(connection, question, is_promising))

    parts = once_more_if_cut(read) if question.periods else []
    if not parts:
        return Candidates([], [], [], [])
    found = _first(
        Sharing(
            np.concatenate([part.asked for part in parts]),
            np.concatenate([part.shared for part in parts]),
            np.concatenate([part.promising for part in parts]),
            np.concatenate([part.facts for part in parts], axis=1),
        )
    )
    return Candidates(found.asked.tolist(), found.promising.tolist(), found.articles(), found.numbers())


def _first(found: Sharing) -> Sharing:
    """Those that share most, of each text that has a promising one."""
    answered = np.zeros(found.asked.max(initial=0) + 1, np.bool_)
    answered[found.asked[found.promising]] = True
    found = found.where(answered[found.asked])
    kind = found.asked * 2 + ~found.promising
    order = np.lexsort((found.facts[0], (kind << 32) - found.shared))
    kind = kind[order]
    rank = np.arange(kind.size) - np.searchsorted(kind, kind)
    return found.where(order[rank < np.where(kind & 1, _MOST_ALIKE, _MOST_SHARED)])
