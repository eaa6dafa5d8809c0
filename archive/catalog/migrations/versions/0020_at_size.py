"""Indexes for questions that read a whole table, or sorted one."""

from __future__ import annotations

from archive.catalog.online import create_index, drop_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NEW = (
    ("page_by_article", "page", ["article_id"], "article_id IS NOT NULL"),
    ("page_by_found", "page", ["source", "found_at"], None),
    ("run_by_end", "run", ["finished_at"], None),
    ("text_by_place", "text", ["segment", "offset"], None),
    ("article_by_first", "article", ["first_captured_at", "id"], None),
    ("capture_by_time", "capture", ["at"], None),
    ("dropped_by_time", "dropped", ["at"], None),
    ("capture_by_content", "capture", ["payload_sha256", "at", "id"], None),
)


def upgrade() -> None:
    for name, table, columns, where in _NEW:
        create_index(name, table, columns, where=where)
    drop_index("capture_by_payload", "capture")


def downgrade() -> None:
    create_index("capture_by_payload", "capture", ["payload_sha256"])
    for name, table, *_ in _NEW:
        drop_index(name, table)
