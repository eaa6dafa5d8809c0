"""Retention, takedowns, erasures, and the digests of journal entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment, Names

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("segment", sa.Column("keep_days", sa.BigInteger(), nullable=True))
    op.add_column("journal_entry", sa.Column("digest", sa.String(64), nullable=True))
    op.create_table(
        "takedown",
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("purged_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("url_key"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("details", Names(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "erasure",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "purged",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "rebuilding",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("store"),
    )
    op.create_index("journal_by_time", "journal_entry", ["at"])
    pending = sa.text("done_at IS NULL")
    op.create_index("erasure_pending", "erasure", ["key"], sqlite_where=pending, postgresql_where=pending)
    op.create_index("capture_by_payload_place", "capture", ["payload_segment", "payload_offset"])
    op.create_index("image_by_capture", "image", ["capture_id"])
    op.create_index("picture_by_content", "picture", ["sha256"])
    op.create_index("version_by_capture", "version", ["capture_id"])
    op.drop_index("capture_by_url", "capture")
    op.create_index("capture_by_url", "capture", ["url_key", "at", "id"])


def downgrade() -> None:
    op.drop_index("capture_by_url", "capture")
    op.create_index("capture_by_url", "capture", ["url_key", "at"])
    for index, table in (
        ("version_by_capture", "version"),
        ("picture_by_content", "picture"),
        ("image_by_capture", "image"),
        ("capture_by_payload_place", "capture"),
    ):
        op.drop_index(index, table)
    op.drop_index("journal_by_time", "journal_entry")
    for table in ("rebuilding", "purged", "erasure", "audit", "takedown"):
        op.drop_table(table)
    op.drop_column("journal_entry", "digest")
    op.drop_column("segment", "keep_days")
