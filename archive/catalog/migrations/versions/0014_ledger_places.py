"""By which further documents an address of the ledger was named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Names

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody wrote it down for runs of before, as their journal lines are read too.
    op.add_column("ledger", sa.Column("also_by", Names(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("ledger", "also_by")
