"""New catalogs as copies of one that was migrated before: the migrations would cost a tenth of a second each.

Opening a catalog still asks its revision and would still migrate it; nothing of ours is replaced. The
migrations themselves run wherever a program is started, and in the tests that ask for `_from_nothing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.migrate import upgrade


def copied_first(migrate: Callable[[sa.Engine], None]) -> Callable[[sa.Engine], None]:
    """`migrate`, before which an SQLite file that is not there yet is made a copy."""

    def upgrade(engine: sa.Engine) -> None:
        path = Path(engine.url.database or "")
        if engine.dialect.name == "sqlite" and not path.exists():
            _copy(path)
        migrate(engine)

    return upgrade


def _copy(path: Path) -> None:
    """Whole or not at all, also where several begin at once; a folder that refuses it refuses us as ever."""
    part = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    with suppress(OSError):
        try:
            part.write_bytes(_migrated())
            os.link(part, path)
        finally:
            part.unlink(missing_ok=True)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        catalog = Catalog(f"sqlite:///{path}")
        upgrade(catalog._engine)
        catalog.close()
        return path.read_bytes()
