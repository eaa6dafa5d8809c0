"""The index of near copies as sorted runs; it is a cache, and fills itself again. Versions by source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("fingerprint_key")
    op.drop_table("fingerprint")
    op.execute("DELETE FROM fingerprint_period")
    op.create_table(
        "fingerprint_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("texts", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("fingerprint_run_by_period", "fingerprint_run", ["period", "level"])
    op.create_index("version_by_source", "version", ["source", "captured_at"])


def downgrade() -> None:
    op.drop_index("version_by_source", "version")
    op.drop_table("fingerprint_run")
    op.execute("DELETE FROM fingerprint_period")
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("period", sa.BigInteger(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("shingles", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_index("fingerprint_by_source", "fingerprint", ["source", "at"])
    op.create_index("fingerprint_by_period", "fingerprint", ["period"])
    op.create_table(
        "fingerprint_key",
        sa.Column("period", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("period", "key", "fingerprint"),
        sqlite_with_rowid=False,
    )
