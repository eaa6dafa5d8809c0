"""The lines beside an article's text that versions compare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Names

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Versions of before have none, as their journal lines are read too.
    op.add_column("version", sa.Column("asides", Names(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("version", "asides")
