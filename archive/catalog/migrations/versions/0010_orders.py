"""Pauses, runs that were asked for, and what a source has used of its quota."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.columns import Moment, Names

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "run_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sources", Names(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("run_request_by_status", "run_request", ["status", "asked_at"])
    op.create_index("capture_by_source", "capture", ["source", "at"])


def downgrade() -> None:
    op.drop_index("capture_by_source", "capture")
    op.drop_table("run_request")
    op.drop_table("pause")
