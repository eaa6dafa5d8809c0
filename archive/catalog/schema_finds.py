"""The tables of saved searches and of the steps of runs; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import KEY, Moment
from archive.catalog.schema import metadata

saved_search = sa.Table(
    "saved_search",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("checked_at", Moment, nullable=False),
)
find = sa.Table(
    "find",
    metadata,
    sa.Column("search", sa.Text, primary_key=True),
    sa.Column("article_id", KEY, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("alarm_id", sa.Text, nullable=False),
)
phase = sa.Table(
    "phase",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    *(
        sa.Column(name, sa.BigInteger, nullable=False)
        for name in ("count", "total", "median", "p95", "longest")
    ),
)

sa.Index("find_by_time", find.c.search, find.c.at)  # what did a search find lately?
sa.Index("find_by_article", find.c.article_id)  # what goes with an article that goes?
sa.Index("find_by_alarm", find.c.alarm_id)  # what does this alarm tell of?
