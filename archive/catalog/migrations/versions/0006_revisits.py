"""How often pages change and what a look at them found; how much an edit changed, what flaps, front pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page", sa.Column("capture_id", sa.String(32), nullable=True))
    # Pages of before have none, as their journal lines are read too.
    op.add_column("page", sa.Column("changes", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "rate",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stage", sa.BigInteger(), nullable=False),
        sa.Column("age_class", sa.Text(), nullable=False),
        sa.Column("looks", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Double(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("source", "stage", "age_class"),
    )
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("honoured", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "feed",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("interval_minutes", sa.BigInteger(), nullable=False),
        sa.Column("polled_at", Moment(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "url_key"),
    )
    _upgrade_versions()


def _upgrade_versions() -> None:
    """What an edit amounted to, what flaps, and what front pages showed."""
    op.add_column("version", sa.Column("edit", sa.Text(), nullable=True))
    for name in ("words_added", "words_removed", "sentences_moved"):
        op.add_column("version", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("version", sa.Column("returns_to", sa.BigInteger(), nullable=True))
    for name in ("silent", "walled"):
        op.add_column("version", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("version_by_canonical", "version", ["canonical_url"])
    op.create_table(
        "flap",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("article_id", sa.String(32), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", "article_id"),
    )
    op.create_index("flap_by_article", "flap", ["article_id"])
    op.create_table(
        "front",
        sa.Column("capture_id", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("link_key", sa.String(32), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("capture_id", "position"),
    )
    op.create_index("front_by_page", "front", ["url_key", "at"])
    op.create_index("front_by_link", "front", ["link_key", "at"])


def downgrade() -> None:
    op.drop_table("front")
    op.drop_table("flap")
    op.drop_index("version_by_canonical", "version")
    for name in ("walled", "silent", "returns_to", "sentences_moved", "words_removed", "words_added", "edit"):
        op.drop_column("version", name)
    for table in ("feed", "host", "rate"):
        op.drop_table(table)
    op.drop_column("page", "changes")
    op.drop_column("page", "capture_id")
