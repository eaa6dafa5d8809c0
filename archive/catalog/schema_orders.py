"""The tables of pauses and of runs that were asked for; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import Moment, Names
from archive.catalog.schema import metadata

pause = sa.Table(
    "pause",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("lifted_at", Moment, nullable=True),
)
run_request = sa.Table(
    "run_request",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sources", Names, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=True),
    sa.Column("answered_at", Moment, nullable=True),
    sa.Column("note", sa.Text, nullable=True),
)

sa.Index("run_request_by_status", run_request.c.status, run_request.c.asked_at)  # what waits?
