"""Questions about front pages: what led, and under which headlines a story ran."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, pieces, raw, rows_with, select
from archive.catalog.schema import capture
from archive.catalog.schema_changes import front
from archive.catalog.wanted import wanted_names
from archive.digest import url_key
from archive.rows import CaptureRow, FrontRow

_GOOD = (200, 304)


@dataclass(frozen=True, slots=True)
class Listed:
    """A headline in its place on a front page."""

    position: int
    title: str
    link: str
    link_key: str


@dataclass(frozen=True, slots=True)
class FrontList:
    """What a front page showed: since when, and when it was last seen so."""

    url: str
    since: datetime
    last_look: datetime | None
    teasers: tuple[Listed, ...]


def front_at(catalog: Catalog, url: str, at: datetime | None = None) -> list[FrontRow]:
    """What a page showed at a moment (None: now), in order; empty before its first list."""
    key = front.c.url_key == url_key(url)
    newest = select(FrontRow).where(key).order_by(front.c.at.desc(), front.c.capture_id.desc())
    if at is not None:
        newest = newest.where(front.c.at <= at)
    row = first(catalog, FrontRow, newest)
    if row is None:
        return []
    query = select(FrontRow).where(front.c.capture_id == row.capture_id, key).order_by(front.c.position)
    return fetch(catalog, FrontRow, query)


def leads_between(catalog: Catalog, url: str, since: datetime, until: datetime) -> list[FrontRow]:
    """What led a page from `since` to before `until`, oldest first; before it, what led when that began."""
    led = select(FrontRow).where(front.c.url_key == url_key(url), front.c.position == 0)
    standing = led.where(front.c.at < since).order_by(front.c.at.desc(), front.c.capture_id.desc())
    before = first(catalog, FrontRow, standing)
    within = led.where(front.c.at >= since, front.c.at < until).order_by(front.c.at, front.c.capture_id)
    return [*([before] if before else []), *fetch(catalog, FrontRow, within)]


def lists_around(
    catalog: Catalog, urls: Sequence[str], since: datetime, until: datetime
) -> tuple[datetime | None, datetime | None]:
    """When one of these pages was last seen anew before `since`, and first from `until` on."""
    found: list[tuple[datetime | None, datetime | None]] = []
    moment = front.c.at.type
    for piece in pieces([url_key(url) for url in urls]):
        wanted = wanted_names(catalog.backend, piece)
        mine = sa.and_(front.c.url_key == wanted.c.name, front.c.position == 0)
        # For each page by itself, which is one step in the index; over all pages it would be every list.
        before = sa.select(sa.func.max(front.c.at)).where(mine, front.c.at < sa.literal(since, moment))
        after = sa.select(sa.func.min(front.c.at)).where(mine, front.c.at >= sa.literal(until, moment))
        query = sa.select(before.scalar_subquery(), after.scalar_subquery()).select_from(wanted)
        found += [(earlier, later) for earlier, later in map(tuple, raw(catalog, query))]
    return (
        max((before for before, _ in found if before), default=None),
        min((after for _, after in found if after), default=None),
    )


def lists_at(catalog: Catalog, urls: Sequence[str], at: datetime | None = None) -> dict[str, FrontList]:
    """What each of these pages showed at a moment (None: now), by address; those with a list alone."""
    keys = {url_key(url): url for url in urls}
    found: dict[str, FrontList] = {}
    for piece in pieces(list(keys)):
        wanted = wanted_names(catalog.backend, piece)
        led = sa.and_(front.c.url_key == wanted.c.name, front.c.position == 0, *_until(front.c.at, at))
        order = (front.c.at.desc(), front.c.capture_id.desc())
        newest = sa.select(front.c.capture_id).where(led).order_by(*order).limit(1).scalar_subquery()
        since = sa.select(front.c.at).where(led).order_by(*order).limit(1).scalar_subquery()
        rows = raw(catalog, sa.select(wanted.c.name, newest, since).select_from(wanted))
        shown = {
            str(key): (str(name), began)
            for key, name, began in (tuple(row) for row in rows)
            if name is not None
        }
        looks = _looks(catalog, list(shown), at)
        teasers = _teasers(catalog, [name for name, _ in shown.values()])
        for key, (name, began) in shown.items():
            found[keys[key]] = FrontList(keys[key], began, looks.get(key), tuple(teasers[name, key]))
    return found


def with_lists(catalog: Catalog, urls: Sequence[str]) -> set[str]:
    """Those of these pages of which there is a list."""
    keys = {url_key(url): url for url in urls}
    found: set[str] = set()
    for piece in pieces(list(keys)):
        wanted = wanted_names(catalog.backend, piece)
        listed = sa.exists().where(front.c.url_key == wanted.c.name, front.c.position == 0)
        found |= {keys[str(row[0])] for row in raw(catalog, sa.select(wanted.c.name).where(listed))}
    return found


def _until(column: sa.ColumnElement[datetime], at: datetime | None) -> list[sa.ColumnElement[bool]]:
    return [] if at is None else [column <= sa.literal(at, column.type)]


def _looks(catalog: Catalog, keys: Sequence[str], at: datetime | None) -> dict[str, datetime]:
    """When each of these pages was last captured, as `last_look`."""
    if not keys:
        return {}
    wanted = wanted_names(catalog.backend, keys)
    good = sa.and_(capture.c.url_key == wanted.c.name, capture.c.status.in_(_GOOD), *_until(capture.c.at, at))
    newest = sa.select(capture.c.at).where(good).order_by(capture.c.at.desc()).limit(1).scalar_subquery()
    rows = raw(catalog, sa.select(wanted.c.name, newest).select_from(wanted))
    return {str(key): seen for key, seen in map(tuple, rows) if seen is not None}


def _teasers(catalog: Catalog, captures: Sequence[str]) -> dict[tuple[str, str], list[Listed]]:
    """What these captures of pages showed, in order, by capture and key of the page."""
    place, shown = (front.c.capture_id, front.c.url_key), (front.c.position, front.c.title, front.c.link)
    query = sa.select(*place, *shown, front.c.link_key).where(front.c.capture_id.in_(captures))
    found: dict[tuple[str, str], list[Listed]] = defaultdict(list)
    for name, key, *row in map(tuple, raw(catalog, query.order_by(front.c.capture_id, front.c.position))):
        found[name, key].append(Listed(*row))
    return found


def fronts_of(catalog: Catalog, source: str) -> list[str]:
    """The addresses of a source's pages of which there are lists, those that were seen last first."""
    query = (
        sa.select(front.c.url, sa.func.max(front.c.at).label("newest"))
        .where(front.c.source == source, front.c.position == 0)
        .group_by(front.c.url)
        .order_by(sa.desc("newest"), front.c.url)
    )
    with catalog.read() as connection:
        return [str(row[0]) for row in connection.execute(query)]


def fronts_of_each(catalog: Catalog, sources: Sequence[str]) -> dict[str, list[str]]:
    """The same of many sources, by source; the shortest address first."""
    found: dict[str, list[str]] = defaultdict(list)
    for piece in pieces(sources):
        wanted = wanted_names(catalog.backend, piece)
        led = sa.and_(front.c.source == wanted.c.name, front.c.position == 0)
        query = sa.select(front.c.source, front.c.url).select_from(wanted.join(front, led)).distinct()
        for source, url in map(tuple, raw(catalog, query)):
            found[str(source)].append(str(url))
    return {source: sorted(urls, key=lambda url: (len(url), url)) for source, urls in found.items()}


def last_look(catalog: Catalog, url: str, at: datetime | None = None) -> CaptureRow | None:
    """The newest good capture of a page up to a moment: since its last list, it has shown the same."""
    query = select(CaptureRow).where(capture.c.url_key == url_key(url), capture.c.status.in_(_GOOD))
    if at is not None:
        query = query.where(capture.c.at <= at)
    return first(catalog, CaptureRow, query.order_by(capture.c.at.desc(), capture.c.id.desc()))


def teasers_of(catalog: Catalog, urls: Sequence[str]) -> list[FrontRow]:
    """Every time that one of these addresses stood on a front page's list, by time, page and place."""
    found = rows_with(catalog, FrontRow, "link_key", map(url_key, urls))
    return sorted(found, key=lambda row: (row.at, row.url, row.position))
