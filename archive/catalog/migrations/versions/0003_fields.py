"""What else an article says: standfirst, section, tags, notes, agencies; and what a picture's file says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.catalog.schema import Names

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LISTS = ("agency", "tags", "notes", "parts")
_TEXTS = ("published_confidence", "standfirst", "section", "variant", "amp_url", "charset")
_EMBEDDED = ("embedded_caption", "embedded_credit")


def upgrade() -> None:
    for name in _LISTS:  # versions of before have empty ones, as their journal lines are read too
        op.add_column("version", sa.Column(name, Names(), nullable=False, server_default="[]"))
    for name in _TEXTS:
        op.add_column("version", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("version", sa.Column("paywalled", sa.Boolean(), nullable=True))
    for name in _EMBEDDED:
        op.add_column("picture", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in _EMBEDDED:
        op.drop_column("picture", name)
    for name in (*_LISTS, *_TEXTS, "paywalled"):
        op.drop_column("version", name)
