"""Indexes for what pages ask: nights, runs by start, a run's ledger in order, figures of nights, what led."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("run_by_night", "run", ["night", "started_at"])
    op.create_index("run_by_start", "run", ["started_at", "id"])
    op.create_index("ledger_by_place", "ledger", ["run_id", "position"])
    op.create_index("figure_of_night", "figure", ["night"])
    led = sa.text("position = 0")
    for name, columns in (
        ("front_leads", ["url_key", "at"]),
        ("front_leads_by_source", ["source", "url", "at"]),
    ):
        op.create_index(name, "front", columns, sqlite_where=led, postgresql_where=led)


def downgrade() -> None:
    for name in ("front_leads_by_source", "front_leads"):
        op.drop_index(name, "front")
    op.drop_index("figure_of_night", "figure")
    op.drop_index("ledger_by_place", "ledger")
    for name in ("run_by_start", "run_by_night"):
        op.drop_index(name, "run")
