"""What a catalog says when it cannot, and many processes at one catalog."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from archive.catalog import (
    journal_state,
    leases,
    runs,
)
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogDamagedError, CatalogUnreachable
from config.errors import DatelineError
from tests.archive.material import SetClock, ledger_row
from tests.contract.catalog_rows import Numbers
from tests.services.postgres import Postgres

REPOSITORY = Path(__file__).parents[2]


def one_line(error: pytest.ExceptionInfo[DatelineError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert "s3cret" not in text
    assert "sqlalche.me" not in text
    return text


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_listens() -> None:
    port = closed_port()
    with pytest.raises(CatalogUnreachable) as error:
        Catalog.open(f"postgresql+psycopg://user:s3cret@127.0.0.1:{port}/dateline")
    text = one_line(error)
    assert text.startswith(
        f"catalog postgresql+psycopg://user:***@127.0.0.1:{port}/dateline cannot be used: "
    )
    assert text.endswith("is PostgreSQL running there?")
    assert error.value.exit_status == 3


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(CatalogUnreachable) as error:
        Catalog.open("postgresql+psycopg://user:s3cret@no-such-host.invalid/dateline")
    assert one_line(error).endswith("check the host in `catalog`")


def test_a_database_that_does_not_exist(postgres_server: Postgres) -> None:
    with pytest.raises(CatalogUnreachable) as error:
        Catalog.open(postgres_server.url("nowhere").replace("postgres@", "postgres:s3cret@"))
    assert one_line(error).endswith("create the database, or correct its name in `catalog`")


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("s3cret", "check user and password in `catalog`"),
        ("", "add a password to `catalog` or set PGPASSWORD"),
    ],
)
def test_a_wrong_password(
    postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch, password: str, hint: str
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    rules = postgres_server.socket_folder / "data" / "pg_hba.conf"
    trusting = rules.read_text()
    rules.write_text("local all locked_out scram-sha-256\n" + trusting)
    try:
        with postgres_server.connect() as connection:
            connection.execute("SET password_encryption = 'scram-sha-256'")
            connection.execute("DROP ROLE IF EXISTS locked_out")
            connection.execute("CREATE ROLE locked_out LOGIN PASSWORD 'right'")
            connection.execute("SELECT pg_reload_conf()")
        url = postgres_server.url().replace(
            "postgres@", f"locked_out:{password}@" if password else "locked_out@"
        )
        with pytest.raises(CatalogUnreachable) as error:
            Catalog.open(url)
        assert one_line(error).endswith(hint)
    finally:
        rules.write_text(trusting)
        with postgres_server.connect() as connection:
            connection.execute("SELECT pg_reload_conf()")


def test_a_database_that_goes_away_while_it_is_used(postgres_server: Postgres) -> None:
    url = postgres_server.create_database()
    catalog = Catalog.open(url)
    postgres_server.drop_database(url)
    with pytest.raises(CatalogUnreachable) as error:
        runs.newest_runs(catalog)
    assert one_line(error).startswith("catalog postgresql+psycopg://")
    catalog.close()


def test_a_folder_is_made_for_a_new_catalog(tmp_path: Path) -> None:
    Catalog.open(f"sqlite:///{tmp_path}/not/yet/there.db").close()
    assert (tmp_path / "not" / "yet" / "there.db").is_file()


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        CatalogUnreachable, match="File exists; check that the folder may be written"
    ) as error:
        Catalog.open(f"sqlite:///{tmp_path}/file/catalog.db")
    one_line(error)


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogUnreachable, match="check that the folder exists and may be written") as error:
        Catalog.open(f"sqlite:///{tmp_path}")
    one_line(error)


@pytest.mark.parametrize(
    "content", [b"This is no database, however long it may be. " * 200, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.db"
    path.write_bytes(content)
    with pytest.raises(CatalogDamagedError) as error:
        Catalog.open(f"sqlite:///{path}")
    assert one_line(error).endswith("run `dateline rebuild`")
    assert error.value.exit_status == 1
    assert path.read_bytes() == content


def test_a_page_of_the_database_overwritten(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    numbers = Numbers()
    catalog.apply(numbers.entry(*(ledger_row(f"https://news.example/{n}", n) for n in range(500))), {})
    catalog.close()  # the last to close writes the log back
    path = tmp_path / "catalog.db"
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    catalog = Catalog(f"sqlite:///{path}")
    with pytest.raises(CatalogDamagedError, match="is damaged"):
        runs.ledger_of(catalog, "run-1")
    catalog.close()


READ_ONLY = """
import os, sys
sys.path.insert(0, ".")
from archive.catalog.catalog import Catalog
from archive.catalog import runs, leases
from config.errors import DatelineError
from tests.archive.material import SetClock
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    catalog = Catalog.open(sys.argv[1])
    leases.acquire(catalog, ["a"], "one", 60, SetClock())
except DatelineError as error:
    print(type(error).__name__, error)
"""


def test_a_catalog_that_may_not_be_written(tmp_path: Path) -> None:
    """In a process without root's rights, which is asked for a file that belongs to somebody else."""
    folder = tmp_path / "locked"
    Catalog.open(f"sqlite:///{folder}/catalog.db").close()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    opened = [part for part in (tmp_path, *tmp_path.parents) if part.owner() != "root" or part != Path("/")]
    before = {
        part: part.stat().st_mode
        for part in opened
        if os.access(part, os.W_OK) and part.stat().st_uid == os.geteuid()
    }
    for part, mode in before.items():
        part.chmod(mode | 0o055)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, f"sqlite:///{folder}/catalog.db"],
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            timeout=300,
            check=True,
        )
    finally:
        for part, mode in before.items():
            part.chmod(mode)
        folder.chmod(0o755)
    name, _, text = done.stdout.strip().partition(" ")
    assert name == "CatalogUnreachable", done.stdout + done.stderr
    assert "may be written" in text or "writable" in text
    assert "\n" not in text


WRITER = """
import sys
sys.path.insert(0, ".")
from archive.catalog.catalog import Catalog
from archive.catalog import leases, runs
from archive.journal import Entry
from tests.archive.material import NOON, SetClock, ledger_row
name = sys.argv[2]
print("ready", flush=True); sys.stdin.readline()
catalog = Catalog.open(sys.argv[1])
for n in range(1, 41):
    urls = [f"https://news.example/{name}/{n}/{m}" for m in range(10)]
    rows = tuple(ledger_row(url, n * 10 + m, run_id=name) for m, url in enumerate(urls))
    nothing = lambda key: Entry("others", 1, NOON, None, ())  # what overtook it has no rows of ours
    assert catalog.apply(Entry(name, n, NOON, None, rows), {}, nothing)
    leases.acquire(catalog, [f"host:{n % 5}"], name, 60, SetClock())
    assert len(runs.ledger_of(catalog, name)) == n * 10
catalog.close()
"""


def test_processes_that_write_at_once_lose_nothing_and_never_find_it_locked(address: str) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, address, f"w{n}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for n in range(3)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=300)[1] for child in children]
    assert [(child.returncode, errors) for child, errors in zip(children, said, strict=True)] == [(0, "")] * 3
    catalog = Catalog.open(address)
    assert [len(runs.ledger_of(catalog, f"w{n}")) for n in range(3)] == [400] * 3
    assert len(journal_state.keys(catalog)) == 120
    catalog.close()


def test_a_process_that_dies_in_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/catalog.db"
    catalog = Catalog.open(address)
    code = (
        "import sys, os, signal; sys.path.insert(0, '.')\n"
        "from archive.catalog.catalog import Catalog\n"
        "import sqlalchemy as sa\n"
        "with Catalog(sys.argv[1]).write() as connection:\n"
        "    insert = \"INSERT INTO lease (name, holder, expires_at) VALUES ('a', 'dead', 'x')\"\n"
        "    connection.execute(sa.text(insert))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, address], cwd=REPOSITORY, check=False, timeout=300)
    assert done.returncode == -9
    assert leases.acquire(catalog, ["a"], "one", 60, SetClock()) == {"a"}  # neither locked nor taken
    catalog.close()


def test_a_farewell_that_is_read_before_the_connection_is_seen_closed(
    postgres_server: Postgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that restarts says so and closes; which is seen first is a race."""
    name = postgres_url.removeprefix("postgresql+psycopg://postgres@/").partition("?")[0]
    monkeypatch.setattr(PGDialect_psycopg, "is_disconnect", lambda *_: False)

    def restart() -> None:
        with postgres_server.connect() as other:
            other.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
            )

    catalog = Catalog.open(postgres_url)
    try:
        with catalog.read(), catalog.read():
            pass  # two connections lie ready
        restart()
        with catalog.read() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1

        def cut_between() -> None:
            with catalog.read() as connection:
                restart()
                connection.execute(sa.text("SELECT 1"))

        with pytest.raises(CatalogUnreachable) as error:
            cut_between()
        assert error.value.cut
        with catalog.read(), catalog.read() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
    finally:
        catalog.close()
