"""The tables of what looks have taught; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, Moment
from archive.catalog.schema import metadata


def _count(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, autoincrement=False)


rate = sa.Table(
    "rate",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    _count("stage", key=True),
    sa.Column("age_class", sa.Text, primary_key=True),
    _count("looks"),
    sa.Column("changes", sa.Double, nullable=False),
    sa.Column("hours", sa.Double, nullable=False),
)
host = sa.Table(
    "host",
    metadata,
    sa.Column("host", sa.Text, primary_key=True),
    _count("asked"),
    _count("honoured"),
)
feed = sa.Table(
    "feed",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("url_key", KEY, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    _count("interval_minutes"),
    sa.Column("polled_at", Moment, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    _count("entries"),
    _count("seen"),
)
