"""What expiry asks: which captures confirm one that goes, and which only repeat another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, pieces, rows_with, select
from archive.catalog.schema import capture, image, ledger, version
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


def repeating(catalog: Catalog, sources: Iterable[str]) -> list[CaptureRow]:
    """Captures of these sources that only showed an article to be unchanged.

    Left out are those that a version or a picture goes with, those that others refer to or stand on, and the
    newest page of each address, which is what the next fetch is compared with.
    """
    newer, other = capture.alias("newer"), capture.alias("other")
    names = sorted(sources)
    repeated = sa.select(ledger.c.capture_id).where(
        ledger.c.outcome == "unchanged", ledger.c.source.in_(names), ledger.c.capture_id.is_not(None)
    )
    outlived = sa.exists().where(
        newer.c.url_key == capture.c.url_key,
        newer.c.status == HTTPStatus.OK.value,
        newer.c.at > capture.c.at,
    )
    stood_on = sa.exists().where(
        other.c.payload_segment == capture.c.segment,
        other.c.payload_offset == capture.c.offset,
        other.c.id != capture.c.id,
    )
    confirmed = sa.exists().where(
        other.c.url_key == capture.c.url_key,
        other.c.refers_to_at == capture.c.at,
        other.c.id != capture.c.id,
    )
    query = select(CaptureRow).where(
        capture.c.source.in_(names),
        capture.c.id.in_(repeated),
        outlived,
        ~stood_on,
        ~confirmed,
        ~sa.exists().where(version.c.capture_id == capture.c.id),
        ~sa.exists().where(image.c.capture_id == capture.c.id),
    )
    return fetch(catalog, CaptureRow, query.order_by(capture.c.segment, capture.c.offset))
