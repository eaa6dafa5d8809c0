"""The table of what a browser made of pages; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, SHA256, Moment
from archive.catalog.schema import metadata

rendered = sa.Table(
    "rendered",
    metadata,
    sa.Column("capture_id", KEY, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("sha256", SHA256, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("segment", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
)
sa.Index("rendered_in_segment", rendered.c.segment)
