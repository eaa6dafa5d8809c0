"""What an index of all captures asks: month by month, some captures at a time, with what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, pieces, raw, select
from archive.catalog.schema import capture, journal_entry, ledger, page, version
from archive.rows import CaptureRow

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a capture beside its row: None where there is nothing to say.

    Attributes:
        outcome: how the address ended in the run that made it.
        article_id: the article that it shows, or that its address belongs to.
        version: the number of the version that it shows.
        language: of that version.
        charset: the character encoding that was used to read that version, and how it was chosen.
    """

    outcome: str | None = None
    article_id: str | None = None
    version: int | None = None
    language: str | None = None
    charset: str | None = None


def state(catalog: Catalog) -> list[tuple[str, int, int]]:
    """(writer, newest number, entries) of every writer: the same as long as nothing was committed."""
    number = journal_entry.c.number
    query = sa.select(journal_entry.c.writer, sa.func.max(number), sa.func.count()).group_by(
        journal_entry.c.writer
    )
    return sorted((str(row[0]), int(row[1]), int(row[2])) for row in map(tuple, raw(catalog, query)))


def span(catalog: Catalog) -> dict[str, tuple[datetime, datetime]]:
    """The moments of the first and the last capture of each source."""
    at = capture.c.at
    query = sa.select(
        capture.c.source, sa.func.min(at, type_=at.type), sa.func.max(at, type_=at.type)
    ).group_by(capture.c.source)
    return {str(source): (first, last) for source, first, last in map(tuple, raw(catalog, query))}


def captures_between(
    catalog: Catalog, source: str, since: datetime, until: datetime
) -> Iterator[list[CaptureRow]]:
    """Captures of a source from `since` on and before `until`, in order of time; no transaction stays open.

    What was taken down is left out.
    """
    order = (capture.c.at, capture.c.id)
    query = (
        select(CaptureRow)
        .where(capture.c.source == source, capture.c.at >= since, capture.c.at < until)
        .order_by(*order)
        .limit(_PAGE)
    )
    following = query
    while rows := fetch(catalog, CaptureRow, following):
        down = takedowns.among(catalog, [row.url_key for row in rows])
        yield [row for row in rows if row.url_key not in down]
        if len(rows) < _PAGE:
            return
        last = rows[-1]
        here = (sa.bindparam(None, last.at, type_=capture.c.at.type), sa.literal(last.id))
        # The first condition is implied by the second, but is the one that an index can serve.
        following = query.where(capture.c.at >= here[0], sa.tuple_(*order) > sa.tuple_(*here))


def known_of(catalog: Catalog, rows: Sequence[CaptureRow], redirected: dict[str, str]) -> dict[str, Known]:
    """What is known of each of these captures, by id; `redirected` as `outcomes_elsewhere` gives it."""
    outcomes = _outcomes(catalog, rows)
    shown: dict[str, tuple[str, int, str | None, str | None]] = {}
    articles: dict[str, str] = {}
    for piece in pieces([row.id for row in rows]):
        columns = (version.c.capture_id, version.c.article_id, version.c.number, version.c.language)
        query = sa.select(*columns, version.c.charset).where(version.c.capture_id.in_(piece))
        for key, *said in map(tuple, raw(catalog, query.order_by(version.c.number.desc()))):
            shown[key] = (said[0], said[1], said[2], said[3])
    for piece in pieces(sorted({row.url_key for row in rows})):
        names = sa.select(page.c.url_key, page.c.article_id).where(
            page.c.url_key.in_(piece), page.c.article_id.is_not(None)
        )
        articles |= dict(map(tuple, raw(catalog, names)))
    found = {}
    for row in rows:
        outcome = outcomes.get(row.id) or redirected.get(row.id)
        if row.id in shown:
            found[row.id] = Known(outcome, *shown[row.id])
        else:
            found[row.id] = Known(outcome, articles.get(row.url_key))
    return found


def outcomes_elsewhere(catalog: Catalog, run_id: str) -> dict[str, str]:
    """Outcomes that a run gave to addresses which led to another one, by the capture at its end."""
    query = (
        sa.select(ledger.c.capture_id, ledger.c.outcome)
        .join_from(ledger, capture, capture.c.id == ledger.c.capture_id)
        .where(ledger.c.run_id == run_id, capture.c.url_key != ledger.c.url_key)
        .where(ledger.c.outcome.is_not(None))
        .order_by(ledger.c.url_key.desc())
    )
    return dict(map(tuple, raw(catalog, query)))


def _outcomes(catalog: Catalog, rows: Sequence[CaptureRow]) -> dict[str, str]:
    """Of captures at the very address that their run met."""
    runs: dict[str, list[str]] = {}
    for row in rows:
        runs.setdefault(row.run_id, []).append(row.url_key)
    found: dict[str, str] = {}
    for run, keys in runs.items():
        for piece in pieces(sorted(set(keys))):
            met = sa.and_(ledger.c.run_id == run, ledger.c.url_key.in_(piece))
            query = sa.select(ledger.c.capture_id, ledger.c.outcome).where(
                met, ledger.c.capture_id.is_not(None), ledger.c.outcome.is_not(None)
            )
            found |= dict(map(tuple, raw(catalog, query)))
    return found
