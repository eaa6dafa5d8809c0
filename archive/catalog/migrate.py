"""Brings a database's schema to the newest revision (alembic), doing nothing when it is there already.

A catalog that is in use is migrated while others read and write: on PostgreSQL each revision has
transactions of its own, indexes are made beside the writers (`online`), and whoever needs a table for
himself waits for it a second at most, so that nobody queues behind him for longer, and tries again. On
SQLite one transaction does it all: readers read on what was there before (WAL), writers wait for the
writer's lock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive.catalog.engine import writing
from archive.catalog.errors import CatalogUnreachable
from config.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0023"  # tests hold this against the newest file in migrations/versions
_LOCK = 0x646174656C696E65  # "dateline", as a PostgreSQL advisory lock
_SCRIPTS = Path(__file__).parent / "migrations"

LOCK_SECONDS = 1  # that a migration waits for a table, and lets others wait behind it
_TRIES, _PAUSE = 600, 0.5  # seconds between tries
_ANOTHER_TIME = {"55P03", "40P01"}  # a lock that is not to be had, and a deadlock


def upgrade(engine: sa.Engine, revision: str = HEAD) -> None:
    """Create or migrate the schema.

    Raises ConfigError if the catalog is from a newer release, CatalogUnreachable if a table cannot be had.
    """
    found = current(engine)
    if found == revision:
        return  # the usual case, without importing alembic
    if found is not None and engine.dialect.name == "postgresql":
        _upgrade_in_use(engine, revision)
        return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two first starts at once would both create the tables
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _run(connection, revision, online=False)


def _upgrade_in_use(engine: sa.Engine, revision: str) -> None:
    with _alone(engine):
        for _ in range(_TRIES):
            with engine.connect() as connection:
                connection.execute(sa.text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
                connection.commit()
                try:
                    _run(connection, revision, online=True)
                except sa.exc.OperationalError as error:
                    if getattr(error.orig, "sqlstate", None) not in _ANOTHER_TIME:
                        raise
                else:
                    return
                finally:
                    connection.invalidate()  # closed, not given back: it has a setting of its own
            time.sleep(_PAUSE)
    raise CatalogUnreachable(
        f"the catalog cannot be migrated to schema {revision}: a table has been in use by one transaction "
        "for minutes; end long readers (`dateline verify`, `export`, `backup`) and start again"
    )


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Be the only one who migrates.

    Asked for again and again: a statement that waits for the lock has a snapshot, which CREATE INDEX
    CONCURRENTLY of the one who has it would wait for in turn.
    """
    key = {"key": _LOCK}
    with engine.connect() as guard:
        guard.execution_options(isolation_level="AUTOCOMMIT")
        while not guard.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            guard.execute(sa.text("SELECT pg_advisory_unlock(:key)"), key)


def _run(connection: sa.Connection, revision: str, *, online: bool) -> None:
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a migration pays
    from alembic.util.exc import CommandError  # noqa: PLC0415

    configuration = alembic_config()
    configuration.attributes["connection"] = connection
    configuration.attributes["online"] = online
    try:
        command.upgrade(configuration, revision)
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
