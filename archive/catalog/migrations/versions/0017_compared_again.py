"""Articles that are to be compared with others again, and attempts to learn that brought nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.columns import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recompare",
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "mark"),
    )
    op.create_table(
        "learning",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("drifted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )


def downgrade() -> None:
    op.drop_table("learning")
    op.drop_table("recompare")
