"""The table of readings by other extractors, on the catalog's metadata."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY
from archive.catalog.schema import metadata

reading = sa.Table(
    "reading",
    metadata,
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("extractor", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
