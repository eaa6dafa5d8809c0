"""Copies and near copies of stories and of pictures, and the index that candidates are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cluster_member",
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.String(32), nullable=False),
        sa.Column("linked_to", sa.String(32), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("jaccard", sa.BigInteger(), nullable=True),
        sa.Column("containment", sa.BigInteger(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("cluster_members", "cluster_member", ["cluster"])
    op.create_index("cluster_member_links", "cluster_member", ["linked_to"])
    op.create_table(
        "picture_link",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("first", sa.String(64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("distance", sa.BigInteger(), nullable=True),
        sa.Column("likeness", sa.BigInteger(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("picture_link_by_first", "picture_link", ["first"])
    op.add_column("image", sa.Column("look", sa.Text(), nullable=True))
    _create_index_of_candidates()


def _create_index_of_candidates() -> None:
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
    op.create_table(
        "fingerprint_period",
        sa.Column("period", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("period"),
    )
    op.create_table(
        "picture_print",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    op.create_table(
        "picture_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("picture", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "hash", "picture"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in (
        "picture_key",
        "picture_print",
        "fingerprint_period",
        "fingerprint_key",
        "fingerprint",
        "picture_link",
        "cluster_member",
    ):
        op.drop_table(table)
    op.drop_column("image", "look")
