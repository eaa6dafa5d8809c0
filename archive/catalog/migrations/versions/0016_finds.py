"""Saved searches with what they found, and how long the steps of runs took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.columns import KEY, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "find",
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("alarm_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("search", "article_id", "number"),
    )
    op.create_index("find_by_time", "find", ["search", "at"])
    op.create_index("find_by_article", "find", ["article_id"])
    op.create_index("find_by_alarm", "find", ["alarm_id"])
    op.create_table(
        "phase",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("median", sa.BigInteger(), nullable=False),
        sa.Column("p95", sa.BigInteger(), nullable=False),
        sa.Column("longest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "name"),
    )
    op.add_column("figure", sa.Column("bytes", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("figure", "bytes")
    op.drop_table("phase")
    op.drop_table("find")
    op.drop_table("saved_search")
