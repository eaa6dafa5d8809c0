"""What expiry asks: which captures confirm one that goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import pieces, rows_with
from archive.catalog.schema import capture
from archive.rows import CaptureRow


def confirming(catalog: Catalog, keys: Iterable[str]) -> Iterator[tuple[CaptureRow, str]]:
    """(304, id of the capture that it confirms) for captures in these segments."""
    for piece in pieces(sorted(keys)):
        confirmed = capture.alias("confirmed")
        same = sa.and_(
            confirmed.c.url_key == capture.c.url_key,
            confirmed.c.at == capture.c.refers_to_at,
            confirmed.c.segment.in_(piece),
        )
        pairs = sa.select(capture.c.id, confirmed.c.id).join_from(confirmed, capture, same)
        with catalog.read() as connection:
            bases = dict(
                tuple(row)
                for row in connection.execute(pairs.where(capture.c.status == HTTPStatus.NOT_MODIFIED.value))
            )
        for row in rows_with(catalog, CaptureRow, "id", bases):
            yield row, bases[row.id]
