"""The tables of figures and alarms; on the same metadata as `schema`."""

from __future__ import annotations

import sqlalchemy as sa

from archive.catalog.columns import Moment, Names
from archive.catalog.schema import metadata


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null)


def _count(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


figure = sa.Table(
    "figure",
    metadata,
    _text("source", key=True),
    _text("run_id", key=True),
    _text("night"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("whole", sa.Boolean, nullable=False),
    *map(_count, ("articles", "edited", "removed")),
    *map(_count, ("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone")),
    *map(_count, ("documents", "documents_failed", "titled", "dated", "pictured")),
    _count("characters", null=True),
    sa.Column("newest_at", Moment, nullable=True),
    sa.Column("failures", Names, nullable=False),
    _count("usual", null=True),
    sa.Column("breaches", Names, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
)
alarm = sa.Table(
    "alarm",
    metadata,
    _text("id", key=True),
    _text("subject"),
    _text("kind"),
    _text("severity"),
    _text("message"),
    sa.Column("raised_at", Moment, nullable=False),
    _text("night", null=True),
    _text("run_id", null=True),
    sa.Column("cleared_at", Moment, nullable=True),
    _text("cleared_message", null=True),
)
notice = sa.Table(
    "notice",
    metadata,
    _text("alarm_id", key=True),
    _text("what", key=True),
    _text("to", key=True),
    sa.Column("at", Moment, nullable=False),
)

sa.Index("figure_by_night", figure.c.source, figure.c.night)  # how did a source fare lately?
sa.Index("figure_of_night", figure.c.night)  # how did all sources fare lately?
_open = alarm.c.cleared_at.is_(None)
sa.Index("alarm_open", alarm.c.id, sqlite_where=_open, postgresql_where=_open)  # what is amiss now?
