"""Where a picture ran first, and where else: across its re-encodings, sizes and crops.

What was taken down, article or address of the picture, is named to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from archive.catalog import lookup, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import pieces, rows_with
from archive.catalog.picture_index import linked_to, links
from archive.catalog.schema import picture, version
from archive.digest import url_key
from archive.rows import ImageRow, PictureLinkRow

MOST_USES: Final = 200
"""Of one picture, that anybody is shown."""

_COLUMNS = (
    version.c.article_id,
    version.c.number,
    version.c.source,
    version.c.url,
    version.c.captured_at,
    picture.c.url.label("picture_url"),
    picture.c.sha256,
    picture.c.caption,
)


@dataclass(frozen=True, slots=True)
class PictureUse:
    """A picture in a version of an article, the first version that shows these bytes there.

    Attributes:
        url: of the article; picture_url: of the picture.
        link: what these bytes are to the picture that was captured first.
    """

    article_id: str
    number: int
    source: str
    url: str
    captured_at: datetime
    picture_url: str
    sha256: str
    caption: str | None
    link: PictureLinkRow | None


def uses_of(catalog: Catalog, digests: Iterable[str], most: int = MOST_USES) -> dict[str, list[PictureUse]]:
    """The uses of each picture, also in other bytes, by its digest: one an article, the earliest first.

    At the most so many of each: what stands in for missing pictures runs in half of a site's articles.
    """
    wanted = sorted(set(digests))
    own = links(catalog, wanted)
    group = linked_to(catalog, {row.first for row in own.values()})
    members: dict[str, set[str]] = defaultdict(set)
    for row in group.values():
        members[row.first].add(row.sha256)
    shown: dict[str, list[PictureUse]] = defaultdict(list)
    for use in _shown(catalog, {*wanted, *group}, own | group, most):
        shown[use.sha256].append(use)
    found: dict[str, list[PictureUse]] = {}
    for digest in wanted:
        same = members[own[digest].first] if digest in own else {digest}
        uses = sorted((use for name in same for use in shown[name]), key=_order)
        found[digest] = list({use.article_id: use for use in reversed(uses)}.values())[::-1][:most]
    return found


def _order(use: PictureUse) -> tuple[datetime, str, int, str]:
    return use.captured_at, use.url, use.number, use.sha256


def _shown(
    catalog: Catalog, digests: Collection[str], by: Mapping[str, PictureLinkRow], most: int | None
) -> Iterator[PictureUse]:
    """Uses of exactly these bytes: so many articles of each, or all if None."""
    for piece in pieces(sorted(digests)):
        with catalog.read() as connection:
            rows = connection.execute(_earliest(catalog.backend, piece, most))
            uses = [PictureUse(**row, link=by.get(row["sha256"])) for row in rows.mappings()]
        down = takedowns.among(catalog, [url_key(use.picture_url) for use in uses])
        hidden = {use.sha256 for use in uses if url_key(use.picture_url) in down}
        again = hidden if most is not None else set()  # others come to stand in the place of what is hidden
        yield from (use for use in uses if use.sha256 not in again and url_key(use.picture_url) not in down)
        if again:
            yield from _shown(catalog, again, by, None)


def _earliest(backend: str, digests: Sequence[str], most: int | None) -> sa.Select[Any]:
    """Of each picture its first use in each article, and so many of these; every use if None."""
    here = sa.and_(picture.c.article_id == version.c.article_id, picture.c.number == version.c.number)
    every = (
        sa.select(*_COLUMNS)
        .join_from(picture, version, here)
        .where(picture.c.sha256.in_(digests), version.c.article_id.not_in(takedowns.articles()))
    )
    if most is None:
        return every
    in_time = (*_in_time(backend, version.c), picture.c.position)
    place = sa.func.row_number().over(partition_by=(picture.c.sha256, version.c.article_id), order_by=in_time)
    first = every.add_columns(place.label("place")).subquery()
    place = sa.func.row_number().over(partition_by=first.c.sha256, order_by=_in_time(backend, first.c))
    ranked = sa.select(*_shown_by(first), place.label("place")).where(first.c.place == 1).subquery()
    return sa.select(*_shown_by(ranked)).where(ranked.c.place <= most)


def _shown_by(found: sa.Subquery) -> list[sa.ColumnElement[Any]]:
    return [found.c[column.name] for column in _COLUMNS]


def _in_time(backend: str, of: ReadOnlyColumnCollection[str, Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """The order of `_order`: by letters as they are coded, in both databases."""
    url = sa.collate(of["url"], "C") if backend == "postgresql" else of["url"]
    return of["captured_at"], url, of["number"]


def images_at(catalog: Catalog, url: str) -> list[ImageRow]:
    """The pictures that were captured at an address, the newest first."""
    captures = lookup.captures_of(catalog, url)
    found = rows_with(catalog, ImageRow, "capture_id", [row.id for row in captures])
    found += rows_with(catalog, ImageRow, "sha256", [row.payload_sha256 for row in captures])
    newest = {row.sha256: row for row in sorted(found, key=lambda row: row.first_at, reverse=True)}
    return list(newest.values())
