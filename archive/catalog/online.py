"""Changes of the schema beside readers and writers: what migrations are made of, from 0020 on.

A table that grows is never locked for longer than its entry in PostgreSQL's own catalog takes: indexes are
made CONCURRENTLY, outside of any transaction; new columns have a constant default, which rewrites no row.
Everything may be repeated: what a migration that was cut off has left is met again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op


def is_online() -> bool:
    """Whether others read and write meanwhile: a PostgreSQL that has a schema already."""
    configuration = op.get_context().config
    return configuration is not None and bool(configuration.attributes.get("online", False))


def create_index(
    name: str, table: str, columns: Sequence[str], *, where: str | None = None, unique: bool = False
) -> None:
    """Make an index; `where`: of these rows alone."""
    only = None if where is None else sa.text(where)
    options = {"unique": unique, "sqlite_where": only, "postgresql_where": only}
    if not is_online():
        op.create_index(name, table, columns, **options)  # type: ignore[arg-type]
        return
    with _outside_transactions():
        # Half an index is left by whoever was cut off; it answers nobody, and is in the way.
        if not _is_valid(name):
            op.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        op.create_index(
            name,
            table,
            columns,
            if_not_exists=True,
            postgresql_concurrently=True,
            **options,  # type: ignore[arg-type]
        )


def drop_index(name: str, table: str) -> None:
    """Take an index away."""
    if not is_online():
        op.drop_index(name, table, if_exists=True)
        return
    with _outside_transactions():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)


@contextmanager
def _outside_transactions() -> Iterator[None]:
    """CONCURRENTLY waits for whoever began before, and nobody waits for it: so it has no limit."""
    with op.get_context().autocommit_block():
        before = op.get_bind().execute(sa.text("SHOW lock_timeout")).scalar_one()
        op.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            op.execute(f"SET lock_timeout = '{before}'")


def _is_valid(index: str) -> bool:
    query = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(op.get_bind().execute(query, {"name": f'"{index}"'}).scalar())
