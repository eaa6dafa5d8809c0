"""Brings a database's schema to the newest revision (alembic), doing nothing when it is there already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive.catalog.engine import writing
from config.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0017"  # tests hold this against the newest file in migrations/versions
_LOCK = 0x646174656C696E65  # "dateline", as a PostgreSQL advisory lock
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """Create or migrate the schema; raises ConfigError if the catalog is from a newer release."""
    if current(engine) == HEAD:
        return  # the usual case, without importing alembic
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a migration pays
    from alembic.util.exc import CommandError  # noqa: PLC0415

    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two first starts at once would both create the tables
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        configuration = alembic_config()
        configuration.attributes["connection"] = connection
        try:
            command.upgrade(configuration, HEAD)
        except CommandError as error:
            raise ConfigError(
                f"the catalog's schema is unknown to this release ({error}); "
                "use the release that wrote it, or point `catalog` at an empty database and rebuild"
            ) from error


def current(engine: sa.Engine) -> str | None:
    """The revision a database is at, or None if it is empty."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def alembic_config() -> Config:
    """The alembic configuration, without an ini file."""
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415

    configuration = AlembicConfig()
    configuration.set_main_option("script_location", str(_SCRIPTS))
    configuration.set_main_option("path_separator", "os")
    return configuration
