"""Around the index of words; what is there already waits to be indexed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_doc",
        sa.Column("month", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("month", "place"),
        sa.UniqueConstraint("article_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_month",
        sa.Column("month", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month"),
    )
    op.create_table(
        "search_pending",
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "number"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO search_pending (article_id, number) SELECT article_id, number FROM version")


def downgrade() -> None:
    connection = op.get_bind()
    for month in list(connection.execute(sa.text("SELECT month FROM search_month")).scalars()):
        op.execute(f"DROP TABLE IF EXISTS search_{month:06d}")
    for table in ("search_pending", "search_month", "search_doc"):
        op.drop_table(table)
