"""References between rows that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.schema import article, capture, image, picture, segment, text, text_body, version

# (what points, its column, the table and column it must be found in)
_REFERENCES = (
    ("version", version, version.c.capture_id, capture.c.id),
    ("version", version, version.c.text_sha256, text.c.sha256),
    ("version", version, version.c.article_id, article.c.id),
    ("picture", picture, picture.c.sha256, image.c.sha256),
    ("image", image, image.c.capture_id, capture.c.id),
    ("capture", capture, capture.c.segment, segment.c.key),
    ("capture payload", capture, capture.c.payload_segment, segment.c.key),
    ("text", text, text.c.segment, segment.c.key),
    ("text", text, text.c.sha256, text_body.c.sha256),
)


def dangling(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(row, complaint) for each reference without what it refers to."""
    with catalog.read() as connection:
        for what, table, column, target in _REFERENCES:
            query = (
                sa.select(column)
                .select_from(table.outerjoin(target.table, column == target))
                .where(column.is_not(None), target.is_(None))
                .distinct()
            )
            for (value,) in connection.execute(query):
                yield f"{what}.{column.name} {value}", f"no {target.table.name} has this {target.name}"
