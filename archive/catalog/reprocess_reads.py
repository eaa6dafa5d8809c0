"""What is to be read again: articles by their versions, and captures of pages that were no articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from archive.catalog import export_reads, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, rows_with, select
from archive.catalog.schema import ledger, version
from archive.rows import (
    CaptureRow,
    EventRow,
    ImageRow,
    LedgerRow,
    PictureRow,
    ReadingRow,
    RenderedRow,
    VersionRow,
)

_PAGE = 500

Key = tuple[str, int]  # article id and version number
P = TypeVar("P", EventRow, PictureRow)


@dataclass(frozen=True, slots=True)
class Span:
    """Whose captures of which time: at `since` or later and before `until`; None and empty: no limit."""

    sources: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the catalog says of some articles and of the captures behind their versions.

    Attributes:
        versions: by article, oldest first; an article that has gone has none.
        events, pictures: by article and number of the version, in order.
        images: of the pictures, by digest.
        texts: of the versions, by digest, as far as they are kept.
        readings: by article, what a later extractor has read out of its newest content.
        captures: by id, of every page that a version was read from, as far as they are there.
        doms: what a browser made of these captures, by their id.
    """

    versions: Mapping[str, list[VersionRow]]
    events: Mapping[Key, list[EventRow]]
    pictures: Mapping[Key, list[PictureRow]]
    images: dict[str, ImageRow]
    texts: dict[str, str]
    readings: dict[str, ReadingRow]
    captures: dict[str, CaptureRow]
    doms: dict[str, RenderedRow]


def told_of(catalog: Catalog, article_ids: Iterable[str]) -> Told:
    """All of these articles at once: a few questions, however many they are."""
    ids = sorted(set(article_ids))
    rows = sorted(rows_with(catalog, VersionRow, "article_id", ids), key=lambda row: row.number)
    versions: defaultdict[str, list[VersionRow]] = defaultdict(list)
    for row in rows:
        versions[row.article_id].append(row)
    events = _by_version(rows_with(catalog, EventRow, "article_id", ids))
    pictures = _by_version(rows_with(catalog, PictureRow, "article_id", ids))
    digests = {picture.sha256 for found in pictures.values() for picture in found if picture.sha256}
    texts = sorted({row.text_sha256 for row in rows if row.text_sha256})
    pages = [page for row in rows if not row.removed for page in (row.capture_id, *row.parts)]
    captures = export_reads.captures_by_id(catalog, pages)
    readings = rows_with(catalog, ReadingRow, "article_id", ids)
    renderings = rows_with(catalog, RenderedRow, "capture_id", captures)
    return Told(
        versions,
        events,
        pictures,
        export_reads.images_by_sha256(catalog, digests),
        export_reads.texts_by_sha256(catalog, texts),
        {row.article_id: row for row in readings},
        captures,
        {row.capture_id: row for row in renderings if row.part == "dom"},
    )


def _by_version(rows: Iterable[P]) -> dict[Key, list[P]]:
    """Rows of each version, in order."""
    found: defaultdict[Key, list[P]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.position):
        found[row.article_id, row.number].append(row)
    return found


def count_articles(catalog: Catalog, span: Span) -> int:
    """How many articles have a version with content in the span."""
    query = sa.select(sa.func.count(version.c.article_id.distinct())).where(*_of_versions(span))
    with catalog.read() as connection:
        return int(connection.execute(query).scalar_one())


def articles(catalog: Catalog, span: Span) -> Iterator[str]:
    """Ids of these articles, in order; no transaction stays open."""
    query = sa.select(version.c.article_id).distinct().where(*_of_versions(span))
    query = query.order_by(version.c.article_id).limit(_PAGE)
    last = ""
    while True:
        with catalog.read() as connection:
            found = list(connection.execute(query.where(version.c.article_id > last)).scalars())
        yield from found
        if len(found) < _PAGE:
            return
        last = found[-1]


def count_refused(catalog: Catalog, span: Span, reasons: Sequence[str]) -> int:
    """How many captures of the span were of no article."""
    query = sa.select(sa.func.count()).select_from(ledger).where(*_of_refused(span, reasons))
    with catalog.read() as connection:
        return int(connection.execute(query).scalar_one())


def refused(catalog: Catalog, span: Span, reasons: Sequence[str]) -> Iterator[LedgerRow]:
    """Ledger rows of captures that were quarantined, or could not be read for one of these reasons."""
    order = (ledger.c.run_id, ledger.c.url_key)
    query = select(LedgerRow).where(*_of_refused(span, reasons)).order_by(*order).limit(_PAGE)
    rows = fetch(catalog, LedgerRow, query)
    while rows:
        yield from rows
        if len(rows) < _PAGE:
            return
        here = (sa.literal(rows[-1].run_id), sa.literal(rows[-1].url_key))
        rows = fetch(catalog, LedgerRow, query.where(sa.tuple_(*order) > sa.tuple_(*here)))


def _of_versions(span: Span) -> list[sa.ColumnElement[bool]]:
    standing = version.c.article_id.not_in(takedowns.articles())
    return [version.c.removed.is_(False), standing, *_within(span, version.c.source, version.c.captured_at)]


def _of_refused(span: Span, reasons: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    unread = sa.and_(ledger.c.outcome == "failed", ledger.c.reason.in_(list(reasons)))
    return [
        ledger.c.capture_id.is_not(None),
        sa.or_(ledger.c.outcome == "quarantined", unread),
        *_within(span, ledger.c.source, ledger.c.at),
    ]


def _within(span: Span, source: sa.Column[Any], at: sa.Column[Any]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if span.sources:
        found.append(source.in_(span.sources))
    if span.since is not None:
        found.append(at >= span.since)
    if span.until is not None:
        found.append(at < span.until)
    return found
