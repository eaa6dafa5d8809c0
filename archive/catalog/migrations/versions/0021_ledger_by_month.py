"""The ledger in partitions on PostgreSQL, a month of runs each; what there is stays where it lies."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from archive.catalog.months import BEFORE, OTHER, after, bound, month_of
from archive.catalog.online import is_online

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEXES = {
    "ledger_pending": "(run_id, source, position) WHERE outcome IS NULL",
    "ledger_by_place": "(run_id, position)",
    "ledger_by_url": "(url_key, at)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # Nobody who writes meanwhile comes to a run of the month after next.
    end = bound(after(after(month_of(datetime.now(UTC)))))
    if not is_online():
        _swap()
        op.execute(f"DROP TABLE {BEFORE}")  # new, and empty
        return
    beyond = sa.text("SELECT 1 FROM ledger WHERE run_id >= :bound LIMIT 1")
    if op.get_bind().execute(beyond, {"bound": end}).first() is not None:
        return  # runs that are named otherwise: it stays one table, until `dateline rebuild`
    with op.get_context().autocommit_block():
        # Proven while others write, so that to attach it needs no look at the rows.
        op.execute("ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_until")
        op.execute(f"ALTER TABLE ledger ADD CONSTRAINT ledger_until CHECK (run_id < '{end}') NOT VALID")
        op.execute("ALTER TABLE ledger VALIDATE CONSTRAINT ledger_until")
    op.execute("LOCK TABLE ledger IN ACCESS EXCLUSIVE MODE")
    _swap()
    op.execute(f"ALTER TABLE ledger ATTACH PARTITION {BEFORE} FOR VALUES FROM (MINVALUE) TO ('{end}')")
    op.execute(f"ALTER TABLE {BEFORE} DROP CONSTRAINT ledger_until")


def _swap() -> None:
    """An empty `ledger` with partitions in place of the one that there was."""
    op.execute(f"ALTER TABLE ledger RENAME TO {BEFORE}")
    for name in ("ledger_pkey", *_INDEXES):
        op.execute(f"ALTER INDEX {name} RENAME TO {BEFORE}_{name.removeprefix('ledger_')}")
    op.execute(f"CREATE TABLE ledger (LIKE {BEFORE} INCLUDING DEFAULTS) PARTITION BY RANGE (run_id)")
    op.execute("ALTER TABLE ledger ADD CONSTRAINT ledger_pkey PRIMARY KEY (run_id, url_key)")
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON ledger {columns}")
    op.execute(f"CREATE TABLE {OTHER} PARTITION OF ledger DEFAULT")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE TABLE ledger_whole (LIKE ledger INCLUDING DEFAULTS)")
    op.execute("INSERT INTO ledger_whole SELECT * FROM ledger")
    op.execute("DROP TABLE ledger")
    op.execute("ALTER TABLE ledger_whole RENAME TO ledger")
    op.execute("ALTER TABLE ledger ADD CONSTRAINT ledger_pkey PRIMARY KEY (run_id, url_key)")
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON ledger {columns}")
