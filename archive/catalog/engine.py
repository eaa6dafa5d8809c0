"""Opens the database: SQLite with one writer at a time, or PostgreSQL."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

import sqlalchemy as sa

from archive.catalog.errors import CatalogUnreachable

# Before 3.51.3 two connections that checkpoint while a third writes could reset the write-ahead log and
# lose a commit (fixed there and in 3.50.7 and 3.44.6). Here only the holder of the writer's lock ever
# writes or checkpoints, so the fault cannot occur; `doctor` names the version all the same.
_CHECKPOINT_BYTES = 4 << 20
_CHECKPOINT_BYTES_IN_BULK = 64 << 20  # the same pages are written again and again: the log gathers them
_CACHE_KIB = 32 << 10  # of each connection: threads that take turns fill those of all five that are kept
# A host that is cut off hears nothing: without these, what it has asked would wait for hours (libpq, 34.1.2).
_PATIENCE = {
    "connect_timeout": 10,  # seconds, as are these but the last
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
# admin_shutdown and crash_shutdown (PostgreSQL, appendix A).
_FAREWELLS = frozenset({"57P01", "57P02"})


def open_engine(address: str) -> sa.Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`; nothing is connected yet."""
    url = sa.make_url(address)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        with may_write(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        # The connection that was given back last is taken first: each has its own cache of the database, and
        # so no more of them are filled than are in use at once.
        engine = sa.create_engine(
            url, pool_use_lifo=True, connect_args={"timeout": 30, "check_same_thread": False}
        )
        sa.event.listen(engine, "connect", partial(_prepare_sqlite, path))
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args=_PATIENCE)
    sa.event.listen(engine, "handle_error", _tell_farewell)
    return engine


def _tell_farewell(context: sa.ExceptionContext) -> None:
    """Take the server's farewell for the end of all connections: it may be read before one is seen closed."""
    if getattr(context.original_exception, "sqlstate", None) in _FAREWELLS:
        context.is_disconnect = True


def _prepare_sqlite(path: Path, connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own rules lose atomicity
    if not _has_wal(path):
        with _writers_lock(path):  # the switch does not wait for others, it finds the database locked
            connection.execute("PRAGMA journal_mode=WAL")
    for pragma in (
        "synchronous=FULL",
        "wal_autocheckpoint=0",
        "foreign_keys=ON",
        f"cache_size=-{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("dateline_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(engine: sa.Engine, *, durable: bool = True) -> Iterator[sa.Connection]:
    """One write transaction. On SQLite it holds the writer's lock, and checkpoints before letting go.

    One that need not be `durable` does not wait for the disk; the next that is makes it so, too.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            if not durable:
                connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
            yield connection
        return
    # Connected before it is locked, since a new connection may need the lock itself.
    with (
        engine.connect().execution_options(dateline_write=True) as connection,
        _writers_lock(Path(str(engine.url.database))),
    ):
        with _synchronous(connection, durable=durable), connection.begin():
            yield connection
        _checkpoint(connection, _CHECKPOINT_BYTES if durable else _CHECKPOINT_BYTES_IN_BULK)


@contextmanager
def _synchronous(connection: sa.Connection, *, durable: bool) -> Iterator[None]:
    """With less than FULL the log is synced at checkpoints alone; nothing is torn (PRAGMA synchronous)."""
    if durable:
        yield
        return
    # Past SQLAlchemy, which would begin a transaction first.
    database = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    database.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        database.execute("PRAGMA synchronous=FULL")


def compact(engine: sa.Engine) -> None:
    """Write an SQLite database anew: deleted rows stay in free pages of its file and in its log until then.

    While another process reads, the log keeps them until that has ended.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection, _writers_lock(Path(str(engine.url.database))):
            # Past SQLAlchemy, which would begin a transaction first.
            database = cast("sqlite3.Connection", connection.connection.dbapi_connection)
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _writers_lock(path: Path) -> Iterator[None]:
    lock_path = Path(f"{path}.writer")
    with may_write(lock_path):
        lock = lock_path.open("ab")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released by the kernel when the process dies
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)  # closing would not do, if a child was forked meanwhile


def _has_wal(path: Path) -> bool:
    """Whether the file's header says so: both format versions are 2 (SQLite file format, 1.3)."""
    with may_write(path), path.open("rb") as stream:
        return stream.read(20)[18:] == b"\x02\x02"


@contextmanager
def may_write(path: Path) -> Iterator[None]:
    """Turn what the disk says of a file of the catalog into CatalogUnreachable."""
    try:
        yield
    except OSError as error:
        raise CatalogUnreachable(
            f"catalog {path} cannot be used: {error.strerror}; check that the folder may be written"
        ) from error


def _checkpoint(connection: sa.Connection, longest: int) -> None:
    wal = Path(f"{connection.engine.url.database}-wal")
    if wal.exists() and wal.stat().st_size > longest:
        # Past SQLAlchemy, which would begin a transaction first.
        cast("sqlite3.Connection", connection.connection.dbapi_connection).execute(
            "PRAGMA wal_checkpoint(PASSIVE)"
        )
