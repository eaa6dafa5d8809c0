"""The tables of site memories, on the catalog's metadata."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import SHA256, Moment
from archive.catalog.schema import metadata

memory = sa.Table(
    "memory",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sha256", SHA256, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("learned_at", Moment, nullable=False),
    sa.Column("pages", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
learning = sa.Table(  # attempts that brought nothing
    "learning",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("tried_at", Moment, nullable=False),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("pages", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("drifted", sa.BigInteger, nullable=False),
)
