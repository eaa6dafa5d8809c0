"""INSERT that leaves what is there."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


@cache
def insert_new(backend: str, target: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """INSERT a row unless its key is there."""
    insert = (sqlite.insert if backend == "sqlite" else postgresql.insert)(target)
    return insert.on_conflict_do_nothing(index_elements=list(target.primary_key))
