"""What a browser made of pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rendered",
        sa.Column("capture_id", sa.String(32), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("capture_id", "part"),
    )
    op.create_index("rendered_in_segment", "rendered", ["segment"])


def downgrade() -> None:
    op.drop_table("rendered")
