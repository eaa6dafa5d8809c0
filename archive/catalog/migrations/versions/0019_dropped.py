"""Captures whose bytes were let go, and which ones stand for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.columns import Moment

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dropped",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.String(64), nullable=False),
        sa.Column("payload_sha1", sa.Text(), nullable=False),
        sa.Column("payload_size", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", Moment(), nullable=False),
        sa.Column("instead", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dropped_by_url", "dropped", ["url_key", "at"])
    op.create_index("dropped_by_source", "dropped", ["source", "at"])
    op.create_index("dropped_for", "dropped", ["instead", "at"])


def downgrade() -> None:
    op.drop_table("dropped")
