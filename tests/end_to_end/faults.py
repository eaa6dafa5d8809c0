"""Makes call N of one kind fail in this process: files, database. S3 fails in `tests.services.proxy`.

Nothing of ours is replaced: a file is a real one whose raw `write(2)` fails, SQL fails below SQLAlchemy.
"""

from __future__ import annotations

import errno
import io
import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

# What each fault of the database says; PostgreSQL's `cut` ends the connection from the server's side.
SQLITE = {
    "full": "database or disk is full",
    "io": "disk I/O error",
    "locked": "database is locked",
    "lost": "disk I/O error",
}
POSTGRESQL = {
    "full": psycopg.errors.DiskFull("could not extend file: No space left on device"),
    "io": psycopg.errors.IoError("could not read block 0: Input/output error"),
    "time-out": psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
}


@dataclass(frozen=True)
class Fault:
    """Which call fails, and how.

    Attributes:
        call: `write`, `fsync`, `link` (and rename), `sql`.
        how: an `errno` name for files, a key of `SQLITE` or `POSTGRESQL` for the database, where `cut` ends
            the connection and `lost` commits and loses the answer.
        at: the number of the first call that fails, from 1.
        lasting: every later call fails too, as on a disk that stays full.
        below: for files, the folder whose files count.
    """

    call: str
    how: str
    at: int
    lasting: bool = False
    below: str = "/"


@dataclass
class Plan:
    """A fault at work in this process: how many calls it has counted, and whether one has failed."""

    fault: Fault
    calls: int = 0
    hit: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def how(self) -> str:
        return self.fault.how

    def fails(self) -> bool:
        """Count a call; whether this one fails."""
        with self._lock:
            self.calls += 1
            at = self.fault.at
            now = self.calls == at or (self.fault.lasting and self.calls > at)
            self.hit = self.hit or now
            return now

    def install(self) -> None:
        """From here on, in this process."""
        {"write": _writes, "fsync": _fsyncs, "link": _links, "sql": _sql}[self.fault.call](self)

    @property
    def error(self) -> OSError:
        number = getattr(errno, self.fault.how)
        return OSError(number, os.strerror(number))


def _writes(plan: Plan) -> None:
    class Failing(io.FileIO):
        def write(self, data: Any) -> int:
            if plan.fails():
                if plan.how == "ENOSPC" and len(data) > 1:  # the kernel writes what still fits
                    super().write(bytes(data)[: len(data) // 2])
                raise plan.error
            return super().write(data)

    real = io.open

    def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if isinstance(file, Path) and "b" in mode and set(mode) & set("wxa") and _is_below(file, plan):
            raw = Failing(file, mode.replace("b", ""), opener=more.get("opener"))
            if (rest or (more.get("buffering", -1),))[0] == 0:
                return raw
            return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return real(file, mode, *rest, **more)

    io.open = opened  # type: ignore[assignment] # what pathlib calls


def _is_below(file: Path, plan: Plan) -> bool:
    return str(file).startswith(plan.fault.below)


def _fsyncs(plan: Plan) -> None:
    _guard(plan, os, "fsync")


def _links(plan: Plan) -> None:
    for name in ("link", "rename", "replace"):
        _guard(plan, os, name)


def _guard(plan: Plan, where: Any, name: str) -> None:
    real: Callable[..., Any] = getattr(where, name)

    def guarded(*args: Any, **more: Any) -> Any:
        if plan.fails():
            raise plan.error
        return real(*args, **more)

    setattr(where, name, guarded)


def _sql(plan: Plan) -> None:
    real = sa.create_engine

    def create_engine(*args: Any, **more: Any) -> sa.Engine:
        engine = real(*args, **more)
        _guard_dialect(plan, engine)
        return engine

    sa.create_engine = create_engine


def _guard_dialect(plan: Plan, engine: sa.Engine) -> None:
    dialect: Any = engine.dialect
    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        if plan.how != "lost":
            guarded = _guarded_sql(plan, engine, getattr(dialect, name), lambda cursor: cursor.connection)
            setattr(dialect, name, guarded)
    dialect.do_commit = _guarded_sql(plan, engine, dialect.do_commit, lambda connection: connection)


def _guarded_sql(plan: Plan, engine: sa.Engine, real: Any, connection_of: Callable[[Any], Any]) -> Any:
    def guarded(first: Any, *args: Any, **more: Any) -> Any:
        if not plan.fails():
            return real(first, *args, **more)
        if engine.dialect.name == "sqlite":
            if plan.how == "lost":
                real(first, *args, **more)
            raise sqlite3.OperationalError(SQLITE[plan.how])
        if plan.how in {"cut", "lost"}:
            if plan.how == "lost":
                real(first, *args, **more)
            _end(connection_of(first), engine)
            if plan.how == "lost":
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return real(first, *args, **more)
        raise POSTGRESQL[plan.how]

    return guarded


def _end(connection: Any, engine: sa.Engine) -> None:
    """End a connection from the server's side, as a restart does."""
    raw = getattr(connection, "driver_connection", connection)
    pid = raw.info.backend_pid
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
