"""What is to be known of captures before their bytes are let go, for some segments at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import as_row, fetch, pieces, raw, select
from archive.catalog.schema import address, capture, image, ledger, page, version
from archive.catalog.schema_changes import front
from archive.catalog.schema_dropped import dropped
from archive.digest import url_key
from archive.rows import CaptureRow, DroppedRow

_LOOKS = ("archived", "unchanged")


@dataclass(frozen=True, slots=True)
class Shown:
    """A version with content, as far as it matters here."""

    article_id: str
    captured_at: datetime
    capture_id: str
    removed: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of an address."""

    article_id: str | None
    capture_id: str | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A capture that stands on another: where its payload lies, or which of its address it refers to."""

    id: str
    at: datetime
    payload: tuple[str, int]
    url_key: str
    refers_to_at: datetime | None


def unchanged_in(
    catalog: Catalog, keys: Sequence[str], sources: Collection[str]
) -> list[tuple[CaptureRow, str]]:
    """(capture, key of the address that the run met) of whole pages in these segments that were unchanged.

    Only those of which every account says so, and that have a newer whole page at their address.
    """
    newer = capture.alias("newer")
    here = sa.and_(capture.c.segment.in_(keys), capture.c.source.in_(sorted(sources)))
    runs = sa.select(capture.c.run_id).where(here).distinct()
    account = (
        sa.select(ledger.c.capture_id.label("id"), sa.func.min(ledger.c.url_key).label("met"))
        .where(ledger.c.run_id.in_(runs), ledger.c.capture_id.in_(sa.select(capture.c.id).where(here)))
        .group_by(ledger.c.capture_id)
        .having(sa.func.min(ledger.c.outcome) == "unchanged", sa.func.max(ledger.c.outcome) == "unchanged")
        .subquery()
    )
    outlived = sa.exists().where(
        newer.c.url_key == capture.c.url_key,
        newer.c.status == HTTPStatus.OK.value,
        sa.tuple_(newer.c.at, newer.c.id) > sa.tuple_(capture.c.at, capture.c.id),
        newer.c.at >= capture.c.at,
    )
    query = (
        select(CaptureRow)
        .add_columns(account.c.met)
        .join(account, account.c.id == capture.c.id)
        .where(here, capture.c.status == HTTPStatus.OK.value, outlived)
        .order_by(capture.c.segment, capture.c.offset)
    )
    return [(as_row(CaptureRow, row[:-1]), str(row[-1])) for row in raw(catalog, query)]


def pages_at(catalog: Catalog, keys: Iterable[str]) -> dict[str, Page]:
    """What is known of addresses, by their keys; an address of an article has at least its article."""
    wanted = sorted(set(keys))
    found: dict[str, Page] = {}
    for piece in pieces(wanted):
        names = sa.select(address.c.url_key, address.c.article_id).where(address.c.url_key.in_(piece))
        for key, article in map(tuple, raw(catalog, names)):
            found[key] = Page(article, None, None)
        columns = (page.c.url_key, page.c.article_id, page.c.capture_id, page.c.last_seen_at)
        rows = raw(catalog, sa.select(*columns).where(page.c.url_key.in_(piece)))
        for key, article, kept, seen in map(tuple, rows):
            named = found.get(key)
            found[key] = Page(article or (named.article_id if named else None), kept, seen)
    return found


def versions_of(catalog: Catalog, articles: Iterable[str]) -> dict[str, list[Shown]]:
    """Versions of articles, oldest first."""
    columns = (*(version.c[name] for name in Shown.__slots__),)
    found: dict[str, list[Shown]] = {}
    for piece in pieces(sorted(set(articles))):
        query = sa.select(*columns).where(version.c.article_id.in_(piece))
        for row in map(tuple, raw(catalog, query.order_by(version.c.article_id, version.c.number))):
            found.setdefault(str(row[0]), []).append(Shown(*row))
    return found


def showing(catalog: Catalog, captures: Iterable[str]) -> set[str]:
    """Those of some captures that a version, a picture or a list of headlines goes with."""
    found: set[str] = set()
    for piece in pieces(sorted(set(captures))):
        for column in (version.c.capture_id, image.c.capture_id, front.c.capture_id):
            found |= {row[0] for row in raw(catalog, sa.select(column).where(column.in_(piece)))}
    return found


def present(catalog: Catalog, captures: Iterable[str]) -> dict[str, str]:
    """The segment of each of these captures that the archive has."""
    found: dict[str, str] = {}
    for piece in pieces(sorted(set(captures))):
        query = sa.select(capture.c.id, capture.c.segment).where(capture.c.id.in_(piece))
        found |= dict(map(tuple, raw(catalog, query)))
    return found


def standing_in(catalog: Catalog, keys: Sequence[str], url_keys: Iterable[str]) -> list[Standing]:
    """Captures whose payload lies in another's record in these segments, and those that confirm one."""
    columns = (
        capture.c.id, capture.c.at, capture.c.payload_segment, capture.c.payload_offset,
        capture.c.url_key, capture.c.refers_to_at,
    )  # fmt: skip
    elsewhere = sa.or_(
        capture.c.payload_segment != capture.c.segment, capture.c.payload_offset != capture.c.offset
    )
    found = raw(catalog, sa.select(*columns).where(capture.c.payload_segment.in_(keys), elsewhere))
    for piece in pieces(sorted(set(url_keys))):
        referring = sa.and_(capture.c.url_key.in_(piece), capture.c.refers_to_at.is_not(None))
        found += raw(catalog, sa.select(*columns).where(referring))
    rows = (tuple(row) for row in found)
    return list({row[0]: Standing(row[0], row[1], (row[2], row[3]), *row[4:]) for row in rows}.values())


def looks_at(catalog: Catalog, url_keys: Iterable[str]) -> list[tuple[str, str, datetime]]:
    """(id, key of the address, moment) of captures that showed an article at these addresses."""
    found: list[tuple[str, str, datetime]] = []
    for piece in pieces(sorted(set(url_keys))):
        met = sa.and_(ledger.c.url_key == capture.c.url_key, ledger.c.capture_id == capture.c.id)
        query = sa.select(capture.c.id, capture.c.url_key, capture.c.at).join_from(ledger, capture, met)
        rows = raw(catalog, query.where(ledger.c.url_key.in_(piece), ledger.c.outcome.in_(_LOOKS)))
        found += [(key, of, at) for key, of, at in map(tuple, rows)]
    return found


# ── what was let go ─────────────────────────────────────────────────────────────────────────────────


def dropped_at(catalog: Catalog, url: str, at: datetime) -> DroppedRow | None:
    """The capture of exactly this URL and second whose bytes were let go, if there was one."""
    query = select(DroppedRow).where(dropped.c.url_key == url_key(url), dropped.c.at == at)
    return next(iter(fetch(catalog, DroppedRow, query.order_by(dropped.c.id).limit(1))), None)


def dropped_by_id(catalog: Catalog, capture_id: str) -> DroppedRow | None:
    """What is known of a capture whose bytes were let go; None if it is none."""
    query = select(DroppedRow).where(dropped.c.id == capture_id)
    return next(iter(fetch(catalog, DroppedRow, query)), None)


def count_dropped(
    catalog: Catalog, sources: Sequence[str], since: datetime | None, until: datetime | None
) -> int:
    """How many captures of these sources (none: of all) and of that time were let go."""
    query = sa.select(sa.func.count()).select_from(dropped)
    if sources:
        query = query.where(dropped.c.source.in_(list(sources)))
    if since is not None:
        query = query.where(dropped.c.at >= since)
    if until is not None:
        query = query.where(dropped.c.at < until)
    return int(raw(catalog, query)[0][0])
