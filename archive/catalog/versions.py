"""Questions about articles over time: versions, events, pictures, texts, copies."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, first_by, pieces, raw, select
from archive.catalog.packing import decompress
from archive.catalog.schema import event, picture, text_body, version
from archive.catalog.schema_changes import flap
from archive.rows import EventRow, FlapRow, ImageRow, PictureRow, ReadingRow, VersionRow

_PAGE = 500
MOST_NAMING: Final = 3
"""How many articles that name one address, or say the same, are thought to be another's twin."""
_MOST_LOOKED_AT = 1_000  # versions that name it, or say the same
_OF_ARTICLE = (version.c.article_id, version.c.source, version.c.captured_at)


def versions_of(catalog: Catalog, article_id: str) -> list[VersionRow]:
    """Every version of an article, oldest first."""
    query = select(VersionRow).where(version.c.article_id == article_id).order_by(version.c.number)
    return fetch(catalog, VersionRow, query)


def version_numbered(catalog: Catalog, article_id: str, number: int) -> VersionRow | None:
    """The version of an article with this number."""
    query = select(VersionRow).where(version.c.article_id == article_id, version.c.number == number)
    return first(catalog, VersionRow, query)


def newest_version(catalog: Catalog, article_id: str) -> VersionRow | None:
    """The newest version, which may be a tombstone."""
    return next(iter(fetch(catalog, VersionRow, _newest(), {"article_id": article_id})), None)


@cache
def _newest() -> sa.Select[Any]:
    """The newest version of an article; built once, for that costs more than asking."""
    wanted = sa.bindparam("article_id", type_=version.c.article_id.type)
    of_article = select(VersionRow).where(version.c.article_id == wanted)
    return of_article.order_by(version.c.number.desc()).limit(1)


def newest_content(catalog: Catalog, article_id: str) -> VersionRow | None:
    """The newest version that is not a tombstone."""
    query = select(VersionRow).where(version.c.article_id == article_id, version.c.removed.is_(False))
    return first(catalog, VersionRow, query.order_by(version.c.number.desc()))


def newest_readable(catalog: Catalog, article_id: str) -> VersionRow | None:
    """The newest version that is no tombstone and has no wall before its text."""
    query = select(VersionRow).where(
        version.c.article_id == article_id, version.c.removed.is_(False), version.c.walled.is_(False)
    )
    return first(catalog, VersionRow, query.order_by(version.c.number.desc()))


def articles_naming(
    catalog: Catalog,
    source: str,
    canonical_urls: Collection[str],
    text_sha256: str,
    *,
    among: int = _MOST_LOOKED_AT,
) -> list[str]:
    """Articles of a source with a version of this text, then with one that names such an address as its own.

    The oldest of each, and only a few: a site that names one address on every page names nothing. They are
    looked for among so many versions of the text, and of each address.
    """
    urls = {f"url_{number}": url for number, url in enumerate(sorted(canonical_urls))}
    saying = raw(catalog, _saying(among), {"source": source, "text": text_sha256})
    naming = raw(catalog, _naming(among, len(urls)), {"source": source, **urls})
    return list(dict.fromkeys(str(row[0]) for row in (*saying, *naming)))


# Built once each, for that costs more than asking.


@cache
def _saying(among: int) -> sa.Select[Any]:
    this = version.c.text_sha256 == sa.bindparam("text", type_=version.c.text_sha256.type)
    query = sa.select(*_OF_ARTICLE).where(this).order_by(version.c.captured_at)
    return _oldest_articles(query.limit(among).subquery())


@cache
def _naming(among: int, addresses: int) -> sa.Select[Any]:
    """Each address has a limit of its own, which SQLite takes in a subquery alone."""
    of = version.c.canonical_url
    these = (of == sa.bindparam(f"url_{number}", type_=of.type) for number in range(addresses))
    each = (sa.select(*_OF_ARTICLE).where(this).limit(among).subquery() for this in these)
    return _oldest_articles(sa.union_all(*map(sa.select, each)).subquery())


def _oldest_articles(some: sa.Subquery) -> sa.Select[Any]:
    source = sa.bindparam("source", type_=version.c.source.type)
    query = sa.select(some.c.article_id).where(some.c.source == source).group_by(some.c.article_id)
    return query.order_by(sa.func.min(some.c.captured_at), some.c.article_id).limit(MOST_NAMING)


def flaps_of(catalog: Catalog, source: str, keys: Collection[str]) -> dict[str, list[FlapRow]]:
    """How often values came or went on a source's pages, by key, in order of articles."""
    found: dict[str, list[FlapRow]] = {}
    for piece in pieces(sorted(keys)):
        query = select(FlapRow).where(flap.c.source == source, flap.c.key.in_(piece))
        for row in fetch(catalog, FlapRow, query.order_by(flap.c.key, flap.c.article_id)):
            found.setdefault(row.key, []).append(row)
    return found


def events_of(catalog: Catalog, article_id: str) -> list[EventRow]:
    """Every event of an article, by version and position."""
    query = (
        select(EventRow).where(event.c.article_id == article_id).order_by(event.c.number, event.c.position)
    )
    return fetch(catalog, EventRow, query)


def pictures_of(catalog: Catalog, article_id: str, number: int) -> list[PictureRow]:
    """The pictures of one version, in order."""
    return fetch(catalog, PictureRow, _pictures(), {"article_id": article_id, "number": number})


@cache
def _pictures() -> sa.Select[Any]:
    asked = (picture.c.article_id, picture.c.number)
    of_version = (column == sa.bindparam(column.name, type_=column.type) for column in asked)
    return select(PictureRow).where(*of_version).order_by(picture.c.position)


def reading_of(catalog: Catalog, article_id: str) -> ReadingRow | None:
    """What a later extractor has read out of the newest content of an article, if it was asked."""
    return first_by(catalog, ReadingRow, article_id=article_id)


def image_by_sha256(catalog: Catalog, sha256: str) -> ImageRow | None:
    """Archived picture bytes by their digest."""
    return first_by(catalog, ImageRow, sha256=sha256)


def text_by_sha256(catalog: Catalog, sha256: str) -> str | None:
    """A clean text by its digest."""
    with catalog.read() as connection:
        found = connection.execute(sa.select(text_body.c.zstd).where(text_body.c.sha256 == sha256)).scalar()
    return None if found is None else decompress(found)


def first_with_text(catalog: Catalog, text_sha256: str) -> VersionRow | None:
    """The version that showed this text first, anywhere: what its exact copies are copies of."""
    query = select(VersionRow).where(version.c.text_sha256 == text_sha256)
    return first(catalog, VersionRow, query.order_by(version.c.captured_at, version.c.url, version.c.number))


def every_version(
    catalog: Catalog,
    *,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[VersionRow]:
    """Versions by time of capture, address and number, a page of rows at a time; `until` is not included."""
    query = select(VersionRow).order_by(version.c.captured_at, version.c.article_id, version.c.number)
    if source is not None:
        query = query.where(version.c.source == source)
    if since is not None:
        query = query.where(version.c.captured_at >= since)
    if until is not None:
        query = query.where(version.c.captured_at < until)
    after = None
    while True:
        order = sa.tuple_(version.c.captured_at, version.c.article_id, version.c.number)
        page = query if after is None else query.where(order > sa.tuple_(*after))
        rows = fetch(catalog, VersionRow, page.limit(_PAGE))
        yield from rows
        if len(rows) < _PAGE:
            return
        last = rows[-1]
        after = (
            sa.bindparam(None, last.captured_at, type_=version.c.captured_at.type),
            sa.literal(last.article_id),
            sa.literal(last.number),
        )
