"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from archive.clock import isoformat_z, parse_z

KEY = sa.String(32)  # url_key, capture id, article id
SHA256 = sa.String(64)


class Moment(sa.types.TypeDecorator[datetime]):
    """A UTC moment: `timestamptz` on PostgreSQL; on SQLite 27 characters whose order is time order."""

    impl = sa.String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[datetime]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.String(27))  # type: ignore[arg-type]

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> object:
        if value is None or dialect.name == "postgresql":
            return value
        return isoformat_z(value)

    def process_result_value(self, value: object, dialect: sa.Dialect) -> datetime | None:
        del dialect
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return None if value is None else parse_z(str(value))


class Names(sa.types.TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, stored as a JSON array."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: sa.Dialect) -> object:
        del dialect
        return None if value is None else list(value)

    def process_result_value(self, value: object, dialect: sa.Dialect) -> tuple[str, ...] | None:
        del dialect
        return tuple(value) if isinstance(value, list) else None

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[Any], tuple[str, ...] | None] | None:
        """SQLite gives text, and most lists are empty: a version has six, a third of its reading."""
        decode = super().result_processor(dialect, coltype)
        if dialect.name != "sqlite" or decode is None:
            return decode
        return lambda value: () if value == "[]" else decode(value)
