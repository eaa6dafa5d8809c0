"""The figures of each run and source, alarms, and who was told of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment, Names

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COUNTS = (
    *("articles", "edited", "removed"),
    *("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone"),
    *("documents", "documents_failed", "titled", "dated", "pictured"),
)


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("night", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.Column("characters", sa.BigInteger(), nullable=True),
        sa.Column("newest_at", Moment(), nullable=True),
        sa.Column("failures", Names(), nullable=False),
        sa.Column("usual", sa.BigInteger(), nullable=True),
        sa.Column("breaches", Names(), nullable=False),
        sa.PrimaryKeyConstraint("source", "run_id"),
    )
    op.create_index("figure_by_night", "figure", ["source", "night"])
    op.create_table(
        "alarm",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "kind", "severity", "message")),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("night", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("cleared_at", Moment(), nullable=True),
        sa.Column("cleared_message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open = sa.text("cleared_at IS NULL")
    op.create_index("alarm_open", "alarm", ["id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "notice",
        sa.Column("alarm_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", "what", "to"),
    )


def downgrade() -> None:
    for table in ("notice", "alarm", "figure"):
        op.drop_table(table)
