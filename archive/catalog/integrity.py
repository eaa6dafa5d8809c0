"""References between rows that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
import zstandard

from archive.catalog.catalog import Catalog
from archive.catalog.packing import compress, decompress
from archive.catalog.schema import article, capture, image, picture, segment, text, text_body, version
from archive.catalog.schema_changes import flap, front
from archive.catalog.schema_dropped import dropped
from archive.catalog.schema_finds import find
from archive.catalog.schema_links import cluster_member, picture_link, recompare
from archive.catalog.schema_readings import reading
from archive.catalog.schema_rendered import rendered
from archive.digest import sha256_hex

# (what points, its column, the table and column it must be found in)
_REFERENCES = (
    ("version", version, version.c.capture_id, capture.c.id),
    ("version", version, version.c.text_sha256, text.c.sha256),
    ("version", version, version.c.article_id, article.c.id),
    ("picture", picture, picture.c.sha256, image.c.sha256),
    ("image", image, image.c.capture_id, capture.c.id),
    ("dropped", dropped, dropped.c.instead, capture.c.id),
    ("capture", capture, capture.c.segment, segment.c.key),
    ("capture payload", capture, capture.c.payload_segment, segment.c.key),
    ("text", text, text.c.segment, segment.c.key),
    ("reading", reading, reading.c.article_id, article.c.id),
    ("rendered", rendered, rendered.c.capture_id, capture.c.id),
    ("rendered", rendered, rendered.c.segment, segment.c.key),
    ("flap", flap, flap.c.article_id, article.c.id),
    ("front", front, front.c.capture_id, capture.c.id),
    ("cluster_member", cluster_member, cluster_member.c.article_id, article.c.id),
    ("cluster_member", cluster_member, cluster_member.c.cluster, article.c.id),
    ("recompare", recompare, recompare.c.article_id, article.c.id),
    ("find", find, find.c.article_id, article.c.id),
    ("picture_link", picture_link, picture_link.c.sha256, image.c.sha256),
    ("picture_link", picture_link, picture_link.c.first, image.c.sha256),
    ("text_body", text_body, text_body.c.sha256, text.c.sha256),
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


def lost_payloads(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(row, complaint) for each capture whose payload's place is not that of a response with its digest."""
    original = capture.alias("original")
    there = sa.and_(
        original.c.segment == capture.c.payload_segment,
        original.c.offset == capture.c.payload_offset,
        original.c.length == capture.c.payload_length,
        original.c.payload_sha256 == capture.c.payload_sha256,
        original.c.kind == "response",
    )
    query = (
        sa.select(capture.c.id, capture.c.url, capture.c.payload_segment, capture.c.payload_offset)
        .select_from(capture.outerjoin(original, there))
        .where(original.c.id.is_(None))
        .order_by(capture.c.id)
    )
    with catalog.read() as connection:
        for identity, url, key, offset in connection.execute(query):
            yield f"capture {identity}", f"the payload of {url} is not at {key} {offset}"


def shorter_classes(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(row, complaint) for each capture whose payload lies in a segment that may go before its own."""
    own, lent = segment.alias("own"), segment.alias("lent")
    sooner = sa.and_(
        lent.c.keep_days.is_not(None),
        sa.or_(own.c.keep_days.is_(None), own.c.keep_days > lent.c.keep_days),
    )
    query = (
        sa.select(capture.c.id, capture.c.url, capture.c.payload_segment, lent.c.keep_days)
        .join(own, own.c.key == capture.c.segment)
        .join(lent, lent.c.key == capture.c.payload_segment)
        .where(sooner)
        .order_by(capture.c.id)
    )
    with catalog.read() as connection:
        for identity, url, key, days in connection.execute(query):
            yield f"capture {identity}", f"the payload of {url} lies in {key}, which is kept {days} days only"


def missing_texts(catalog: Catalog) -> Iterator[str]:
    """SHA-256 of each text of which the catalog has no copy."""
    query = (
        sa.select(text.c.sha256)
        .select_from(text.outerjoin(text_body, text.c.sha256 == text_body.c.sha256))
        .where(text_body.c.sha256.is_(None))
        .order_by(text.c.sha256)
    )
    with catalog.read() as connection:
        yield from connection.execute(query).scalars()


def altered_texts(catalog: Catalog, first: str = "", end: str | None = None) -> Iterator[tuple[str, str]]:
    """(SHA-256, complaint) for each kept text that is not what its digest says, from digest `first` to `end`.

    `end` itself is not included. Hex digits sort alike in every collation.
    """
    query = sa.select(text_body.c.sha256, text_body.c.zstd).where(text_body.c.sha256 >= first)
    if end is not None:
        query = query.where(text_body.c.sha256 < end)
    query = query.execution_options(yield_per=100)
    with catalog.read() as connection:
        for digest, body in connection.execute(query):
            try:
                found = sha256_hex(decompress(body).encode("utf-8", "surrogatepass"))
            except (zstandard.ZstdError, UnicodeDecodeError) as error:
                yield digest, f"the kept text cannot be read: {error}"
                continue
            if found != digest:
                yield digest, f"the kept text has sha256 {found}"


def keep_text(catalog: Catalog, body: str) -> None:
    """Put a text in place of the catalog's copy of it, whatever that is now.

    Kept texts are no rows of the journal: they say again what lies in `derived/`.
    """
    row = {"sha256": sha256_hex(body.encode("utf-8", "surrogatepass")), "zstd": compress(body)}
    with catalog.write() as connection:
        connection.execute(sa.delete(text_body).where(text_body.c.sha256 == row["sha256"]))
        connection.execute(sa.insert(text_body), row)
