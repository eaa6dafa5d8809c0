from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.app import load_command
from cli.commands import COMMANDS, Command

Dateline = Callable[..., Any]
ROOT = Path(__file__).parents[2]
HEAVY = {"sqlalchemy", "scrapy", "twisted", "boto3", "pydantic", "rich", "trafilatura", "lxml", "structlog"}
PRINT_MODULES = "import sys; print(*{name.partition('.')[0] for name in sys.modules}, sep='\\n')"


def modules_after(*arguments: str) -> set[str]:
    script = f"from cli.main import run; assert run({list(arguments)!r}) == 0; {PRINT_MODULES}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_the_overview_imports_nothing_heavy(arguments: list[str]) -> None:
    assert modules_after(*arguments) & HEAVY == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_needs_no_database_and_no_crawler(command: Command) -> None:
    loaded = modules_after(command.name, "--help")
    assert loaded & {"sqlalchemy", "scrapy", "twisted", "boto3", "trafilatura"} == set()


def test_a_crawl_starts_without_what_only_its_workers_need() -> None:
    """A third of a second of imports, which a night of 304s would spend for nothing."""
    script = f"import cli.main, cli.crawl, crawler.start; {PRINT_MODULES}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=300, check=True
    )
    loaded = set(done.stdout.split())
    assert {"crawler", "scrapy", "sqlalchemy"} <= loaded
    assert loaded & {"trafilatura", "htmldate", "numpy", "scipy", "PIL", "imagehash"} == set()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_row_of_the_table_leads_to_its_command(command: Command) -> None:
    assert load_command(command).name == command.name


def test_the_overview_names_every_command(dateline: Dateline) -> None:
    done = dateline("--help")
    assert done.status == 0
    width = max(len(command.name) for command in COMMANDS)
    for command in COMMANDS:
        assert f"  {command.name.ljust(width)}  {command.help}" in done.text


def test_the_version_is_that_of_the_project(dateline: Dateline) -> None:
    done = dateline("--version")
    assert (done.status, done.text) == (0, "dateline 0.1.0\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["crwal"], "dateline: there is no command 'crwal'; did you mean 'crawl'?"),
        (["--colour"], "dateline: No such option: --colour"),
        (["crawl", "--nigth", "2026-03-20"], "dateline crawl: No such option: --nigth"),
        (["crawl", "--night", "20 March"], "--night '20 March' is no date such as 2026-03-21"),
        (["crawl", "--night", "20260320"], "--night '20260320' is no date such as 2026-03-21"),
        (["crawl", "--clock", "2026-03-20T02:00"], "is no moment such as 2026-03-20T02:00Z"),
        (["crawl", "--kind", "odd"], "kind 'odd'; allowed: manual, scheduled, requested, backfill"),
        (["archive"], "dateline archive: Missing argument 'URL...'"),
        (
            ["archive", "ftp://example.org/x"],
            "expected an address such as https://example.org/story",
        ),
        (["runs", "--limit", "0"], "dateline runs: Invalid value for '--limit'"),
        (["runs", "--urls"], "--urls needs a run: `dateline runs last --urls`"),
        (["runs"], "there is no archive at file://"),
        (["--config", "absent.yaml", "crawl"], "absent.yaml"),
        (["crawl"], "the folder of sources cannot be read: No such file or directory"),
        (["sources", "cheque"], "dateline sources: No such command 'cheque'"),
        (["rebuild"], "rebuild empties the catalog before it replays the journal: say --yes to do it"),
        (["demo", "--port", "70000"], "dateline demo: Invalid value for '--port'"),
        (["demo", "--keep", "."], "holds other things than a demo, and is left alone"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_line_and_status_2(dateline: Dateline, arguments: list[str], message: str) -> None:
    Path("mine.txt").write_text("not a demo")
    done = dateline(*arguments)
    assert (done.status, done.text) == (2, "")
    assert message in done.notes
    assert len(done.notes.splitlines()) == 1


def test_nothing_shows_the_overview_and_is_wrong_usage(dateline: Dateline) -> None:
    done = dateline()
    assert done.status == 2
    assert "Look after it:" in done.notes


def test_a_file_that_cannot_be_written_is_named(dateline: Dateline, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = dateline("sources", "schema", "--out", tmp_path / "file" / "x")
    assert (done.status, done.text) == (1, "")
    assert done.notes == f"dateline: cannot write the schema to {tmp_path}/file/x: Not a directory\n"


def test_a_fault_of_ours_says_so() -> None:
    script = (
        "import sys, cli.main\n"
        "def broken(): raise RuntimeError('postgresql://me:hunter2@db lost its way')\n"
        "cli.main.make_app = lambda: type('App', (), {'main': lambda self, **_: broken()})()\n"
        "sys.exit(cli.main.run(sys.argv[1:]))\n"
    )
    quiet, loud = (
        subprocess.run(
            [sys.executable, "-c", script, *more], cwd=ROOT, capture_output=True, text=True, check=False
        )
        for more in ([], ["--debug"])
    )
    assert (quiet.returncode, loud.returncode) == (1, 1)
    assert quiet.stderr == (
        "dateline: RuntimeError: postgresql://me:***@db lost its way (this is a fault of ours, please report "
        "it; `dateline --debug …` shows the traceback)\n"
    )
    assert "Traceback" in loud.stderr
    assert "hunter2" not in loud.stderr


def test_a_reader_that_goes_away_is_no_fault() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "sources", "schema"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    _, notes = child.communicate(timeout=300)
    assert (child.returncode, notes) == (1, b"")
