"""Where a picture ran first, and where else: across its re-encodings, sizes and crops.

What was taken down, article or address of the picture, is named to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog import lookup, takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import pieces, rows_with
from archive.catalog.picture_index import linked_to, links
from archive.catalog.schema import picture, version
from archive.digest import url_key
from archive.rows import ImageRow, PictureLinkRow


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


def uses_of(catalog: Catalog, digests: Iterable[str]) -> dict[str, list[PictureUse]]:
    """Every use of each picture, also in other bytes, by its digest: one an article, the earliest first."""
    wanted = sorted(set(digests))
    own = links(catalog, wanted)
    group = linked_to(catalog, {row.first for row in own.values()})
    members: dict[str, set[str]] = defaultdict(set)
    for row in group.values():
        members[row.first].add(row.sha256)
    shown = _shown(catalog, {*wanted, *group}, own | group)
    found: dict[str, list[PictureUse]] = {}
    for digest in wanted:
        same = members[own[digest].first] if digest in own else {digest}
        uses = sorted((use for name in same for use in shown[name]), key=_order)
        found[digest] = list({use.article_id: use for use in reversed(uses)}.values())[::-1]
    return found


def _order(use: PictureUse) -> tuple[datetime, str, int, str]:
    return use.captured_at, use.url, use.number, use.sha256


def _shown(
    catalog: Catalog, digests: Iterable[str], by: dict[str, PictureLinkRow]
) -> dict[str, list[PictureUse]]:
    found: dict[str, list[PictureUse]] = defaultdict(list)
    columns = (
        version.c.article_id,
        version.c.number,
        version.c.source,
        version.c.url,
        version.c.captured_at,
        picture.c.url.label("picture_url"),
        picture.c.sha256,
        picture.c.caption,
    )
    here = sa.and_(picture.c.article_id == version.c.article_id, picture.c.number == version.c.number)
    for piece in pieces(sorted(digests)):
        query = (
            sa.select(*columns)
            .join_from(picture, version, here)
            .where(picture.c.sha256.in_(piece), version.c.article_id.not_in(takedowns.articles()))
        )
        with catalog.read() as connection:
            uses = [PictureUse(*row, link=by.get(row.sha256)) for row in connection.execute(query)]
        down = takedowns.among(catalog, [url_key(use.picture_url) for use in uses])
        for use in uses:
            if url_key(use.picture_url) not in down:
                found[use.sha256].append(use)
    return found


def images_at(catalog: Catalog, url: str) -> list[ImageRow]:
    """The pictures that were captured at an address, the newest first."""
    captures = lookup.captures_of(catalog, url)
    found = rows_with(catalog, ImageRow, "capture_id", [row.id for row in captures])
    found += rows_with(catalog, ImageRow, "sha256", [row.payload_sha256 for row in captures])
    newest = {row.sha256: row for row in sorted(found, key=lambda row: row.first_at, reverse=True)}
    return list(newest.values())
