"""What a store and a catalog are asked while a test looks on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from archive.stores.store import ObjectStore


@dataclass
class CountingStore:
    """A real store, and what was read from it; nothing else may be asked of it."""

    store: ObjectStore
    reads: list[tuple[str, int, int | None]] = field(default_factory=list)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        self.reads.append((key, offset, length))
        return self.store.read(key, offset, length)


@contextmanager
def statements_of(engine: sa.Engine | type[sa.Engine]) -> Iterator[list[str]]:
    """What an engine, or any of them, asks its database until the block ends, but for SQLite's BEGIN."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != "BEGIN":
            asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
