"""What a person reads when a service or a file is not as the settings say: one line, the right status."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.demo_site import DemoSite, crawl_moment
from tests.cli.progress_lines import without_progress

Dateline = Callable[..., Any]
ROOT = Path(__file__).parents[2]

GOOD_SOURCE = "name: site\nhomepage: https://example.org/\n"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken and on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def write(folder: Path, **settings: str) -> Path:
    """A file of settings, and one good source, in `folder`; each setting is a line of YAML."""
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "site.yaml").write_text(GOOD_SOURCE)
    lines = {
        "store": "file:archive",
        "catalog": "sqlite:///catalog.db",
        "spool": "spool",
        "sources": "sources",
        **settings,
    }
    config = folder / "dateline.yaml"
    config.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
    return config


def assert_one_line(done: Any, status: int, *words: str) -> None:
    assert (done.status, done.text) == (status, ""), done.notes
    assert len(done.notes.splitlines()) == 1, done.notes
    for word in words:
        assert word in done.notes


@pytest.mark.parametrize("command", [["crawl"], ["verify"], ["rebuild", "--yes"]], ids=" ".join)
def test_a_bucket_that_is_not_there(
    dateline: Dateline, tmp_path: Path, s3_environment: Any, command: list[str]
) -> None:
    s3 = f"{{endpoint: '{s3_environment.endpoint}', region: us-east-1}}"
    config = write(tmp_path, store="s3://nobody-made-this/archive", s3=s3)
    done = dateline(*command, config=config)
    assert_one_line(
        done, 3, "s3://nobody-made-this/archive", "the bucket does not exist; create it, or correct"
    )


def test_a_wrong_secret_key(
    dateline: Dateline, tmp_path: Path, s3_address: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    s3 = f"{{endpoint: '{s3_address.endpoint}', region: {s3_address.region}}}"
    done = dateline("crawl", config=write(tmp_path, store=s3_address.address, s3=s3))
    assert_one_line(done, 3, "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    assert "not-the-secret" not in done.notes


def test_an_endpoint_where_nobody_listens(
    dateline: Dateline, tmp_path: Path, s3_environment: Any, closed_port: int
) -> None:
    del s3_environment  # its credentials are in the environment
    s3 = f"{{endpoint: 'http://127.0.0.1:{closed_port}', region: us-east-1}}"
    done = dateline("crawl", config=write(tmp_path, store="s3://bucket-a/archive", s3=s3))
    assert_one_line(done, 3, "s3://bucket-a/archive", "check that the service runs, and s3.endpoint")


def test_a_database_where_nobody_listens(dateline: Dateline, tmp_path: Path, closed_port: int) -> None:
    catalog = f"postgresql+psycopg://me:hunter2@127.0.0.1:{closed_port}/news"
    done = dateline("crawl", config=write(tmp_path, catalog=catalog))
    assert_one_line(
        done, 3, f"postgresql+psycopg://me:***@127.0.0.1:{closed_port}/news", "is PostgreSQL running"
    )
    assert "hunter2" not in done.notes


def test_a_database_that_refuses_the_password(
    dateline: Dateline, tmp_path: Path, postgres_server: Any
) -> None:
    rules = postgres_server.socket_folder / "data" / "pg_hba.conf"
    trusting = rules.read_text()
    with postgres_server.connect() as connection:
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'the right one'")
        rules.write_text(f"local all guarded scram-sha-256\n{trusting}")
        connection.execute("SELECT pg_reload_conf()")
        try:
            host = postgres_server.socket_folder
            catalog = f"postgresql+psycopg://guarded:hunter2@/postgres?host={host}"
            done = dateline("crawl", config=write(tmp_path, catalog=catalog))
        finally:
            rules.write_text(trusting)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE guarded")
    assert_one_line(done, 3, "check user and password in `catalog`")
    assert "hunter2" not in done.notes


def test_a_database_that_does_not_exist(dateline: Dateline, tmp_path: Path, postgres_server: Any) -> None:
    catalog = f"postgresql+psycopg://postgres@/nowhere?host={postgres_server.socket_folder}"
    done = dateline("crawl", config=write(tmp_path, catalog=catalog))
    assert_one_line(done, 3, 'database "nowhere" does not exist', "create the database, or correct its name")


def test_a_catalog_that_is_no_database(dateline: Dateline, tmp_path: Path) -> None:
    config = write(tmp_path)
    (tmp_path / "catalog.db").write_text("dear diary, " * 200)
    assert_one_line(dateline("crawl", config=config), 1, "is damaged", "run `dateline rebuild`")


def test_an_archive_of_a_later_release(dateline: Dateline, tmp_path: Path) -> None:
    config = write(tmp_path)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "FORMAT.json").write_text('{"version": 7}')
    done = dateline("crawl", config=config)
    assert_one_line(done, 2, "has archive format 7; this release reads formats 1 and 2")


@pytest.mark.parametrize(
    ("limit", "kind", "message"),
    [(100_000, "sqlite", "catalog sqlite:///"), (300_000, "postgresql", "the spool at ")],
    ids=["no room for the catalog", "no room for the spool"],
)
def test_a_disk_that_is_full(
    request: pytest.FixtureRequest, tmp_path: Path, limit: int, kind: str, message: str
) -> None:
    """A file that may not grow any further answers like a disk without space; nothing is lost by it."""
    catalog = "sqlite:///catalog.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with DemoSite() as site:
        site.write_sources(tmp_path / "sources")
        site.write_hosts_file(tmp_path / "hosts")
        config = tmp_path / "dateline.yaml"
        config.write_text(
            f"store: file:archive\ncatalog: {catalog}\nspool: spool\nsources: sources\n"
            "network: {hosts_file: hosts, delay: 0}\nlog: {level: warning}\n"
        )
        command = [sys.executable, "-m", "cli", "--config", str(config)]
        crawl = [*command, "crawl", "--clock", crawl_moment(1).isoformat()]
        done = run(limited(limit, crawl))
        assert (done.returncode, done.stdout) == (3, ""), done.stderr
        # Under this limit py3langid cannot unpack its model either: pages read sooner have failed.
        *pages, last = without_progress(done.stderr)
        assert message in last
        assert all("reading a page failed" in line for line in pages)
        again = run(crawl)
        assert again.returncode == 0, again.stderr
        [newest, *_] = json.loads(run([*command, "runs", "--json"]).stdout)["runs"]
        urls = json.loads(run([*command, "runs", newest["id"], "--urls", "--json"]).stdout)["urls"]
        failed = [line for line in urls if line["reason"] == "extract_error"]
        assert len(failed) <= len(pages)
        assert f"Versions made: {18 - len(failed)} " in again.stdout
    assert run([*command, "verify"]).returncode == 0


def limited(limit: int, command: list[str]) -> list[str]:
    """`command` under a limit on the size of files, set by a Python that then becomes it."""
    script = (
        "import os, resource, sys; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); os.execv(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-c", script, *command]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    return subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=300, check=False
    )


BROKEN = {
    "two of one name": (
        "other",
        "name: site\nhomepage: https://example.org/\n",
        ["also the name", "other.yaml:1: name"],
    ),
    "unknown key": (
        "typo",
        "name: typo\nhomepage: https://example.org/\nscedule: '0 2 * * *'\n",
        ["did you mean 'schedule'?", "typo.yaml:3"],
    ),
    "no YAML": ("tabs", "name: tabs\n\thomepage: x\n", ["tabs.yaml:2"]),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("command", [["crawl"], ["sources", "check"], ["status"]], ids=" ".join)
def test_a_broken_source_file(dateline: Dateline, tmp_path: Path, command: list[str], broken: str) -> None:
    name, text, expected = BROKEN[broken]
    config = write(tmp_path)
    (tmp_path / "sources" / f"{name}.yaml").write_text(text)
    done = dateline(*command, config=config)
    assert (done.status, done.text) == (2, "")
    for words in expected:
        assert words in done.notes


def test_an_unknown_source_and_what_was_meant(dateline: Dateline, tmp_path: Path) -> None:
    done = dateline("crawl", "sites", config=write(tmp_path))
    assert_one_line(done, 2, "no source is named 'sites'; did you mean 'site'?")


def test_no_source_that_is_enabled(dateline: Dateline, tmp_path: Path) -> None:
    config = write(tmp_path)
    (tmp_path / "sources" / "site.yaml").write_text(GOOD_SOURCE + "enabled: false\n")
    done = dateline("crawl", config=config)
    assert_one_line(done, 2, "1 source, none enabled; set `enabled: true`")
