"""Runs that several processes carry out, and how far apart requests to a host are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.columns import KEY, Names

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_part",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("shard", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sites", Names(), nullable=False),
        sa.Column("sources", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("discovered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "shard"),
    )
    op.create_table(
        "part_url",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("url_key", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_in", sa.Text(), nullable=False),
        sa.Column("finder", sa.BigInteger(), nullable=False),
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "url_key"),
    )
    waits = sa.not_(sa.column("taken", sa.Boolean()))
    op.create_index(
        "part_url_waiting", "part_url", ["run_id", "shard"], sqlite_where=waits, postgresql_where=waits
    )
    op.add_column("lease", sa.Column("spacing", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("lease", "spacing")
    op.drop_table("part_url")
    op.drop_table("run_part")
