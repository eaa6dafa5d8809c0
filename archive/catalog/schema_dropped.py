"""The table of captures whose bytes were let go; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, SHA256, Moment
from archive.catalog.schema import metadata

dropped = sa.Table(
    "dropped",
    metadata,
    sa.Column("id", KEY, primary_key=True),
    sa.Column("url_key", KEY, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.BigInteger, nullable=False),
    sa.Column("mime", sa.Text, nullable=False),
    sa.Column("payload_sha256", SHA256, nullable=False),
    sa.Column("payload_sha1", sa.Text, nullable=False),
    sa.Column("payload_size", sa.BigInteger, nullable=False),
    sa.Column("dropped_at", Moment, nullable=False),
    sa.Column("instead", KEY, nullable=False),
)
sa.Index("dropped_by_url", dropped.c.url_key, dropped.c.at)  # what stands for the capture of that moment?
sa.Index("dropped_by_source", dropped.c.source, dropped.c.at)  # what has this source used?
sa.Index("dropped_by_time", dropped.c.at)  # what have all sources used since?
sa.Index("dropped_for", dropped.c.instead, dropped.c.at)  # for which does this capture stand?
