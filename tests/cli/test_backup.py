"""The drill as a person does it: back up, lose the catalog, restore; here, on PostgreSQL, in a new folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.masked_file import values_in
from tests.archive.material import everything
from tests.cli.conftest import ROOT, Dateline, DemoArchive, clean_environment
from tests.crawler.fetch.certificates import TestAuthority

TOKEN = "a-token-that-only-readers-know"
DEFAULTS = (
    "groups:\n  agencies: {concurrency: 1, schedule: '15 * * * *'}\nbases:\n  papers: {images: {max: 4}}\n"
)
GOLDEN = "url: https://mirador.example/1\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect: {title: Bridge}\n"


def rows(archive: DemoArchive) -> object:
    with archive.open() as opened:
        return everything(opened.catalog)


def lose_catalog(archive: DemoArchive) -> None:
    for path in archive.config.parent.glob("catalog.db*"):
        path.unlink()


def test_a_lost_catalog_is_restored(dateline: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    before = rows(mine)
    made = dateline("backup", tmp_path / "b.tar", "--json", config=mine.config).json
    lose_catalog(mine)
    done = dateline("restore", tmp_path / "b.tar", "--json", config=mine.config)
    assert (done.status, done.json["restored"]) == (0, {"rows": made["backup"]["rows"], "entries": 0})
    assert rows(mine) == before
    assert dateline("verify", config=mine.config).status == 0


def test_it_is_restored_to_postgresql(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(mine)
    dateline("backup", tmp_path / "b.tar", config=mine.config)
    monkeypatch.setenv("DATELINE_CATALOG", postgres_url)
    assert dateline("restore", tmp_path / "b.tar", config=mine.config).status == 0
    assert rows(mine) == before
    assert dateline("verify", config=mine.config).status == 0


def test_a_new_machine_gets_its_configuration_too(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path
) -> None:
    before = rows(mine)
    authority = TestAuthority.in_folder(tmp_path).ca_file
    with mine.config.open("a") as file:
        file.write(f"evidence: {{authority_ca_file: '{authority}'}}\n")
    golden = Path("golden") / "el-mirador" / "bridge.html"
    (mine.config.parent / "sources" / golden).parent.mkdir(parents=True)
    (mine.config.parent / "sources" / golden).write_text("<p>Read as ever.</p>")
    expected = golden.with_suffix(".yaml")
    (mine.config.parent / "sources" / expected).write_text(GOLDEN)
    (mine.config.parent / "defaults.yaml").write_text(DEFAULTS)
    with (mine.config.parent / "sources" / "el-mirador.yaml").open("a") as file:
        file.write("group: agencies\nextends: papers\n")
    done = dateline("backup", tmp_path / "b.tar", config=mine.config)
    assert "dateline.yaml, 3 sources" in done.text
    new = tmp_path / "new"
    shutil.copytree(mine.config.parent / "archive", new / "archive")  # the copy of the store
    done = dateline("restore", tmp_path / "b.tar", "--settings", new)
    assert (done.status, done.notes) == (0, "")
    assert rows(replace(mine, config=new / "dateline.yaml")) == before
    for name in ("el-mirador.yaml", "harbour-courier.yaml", "tagblatt-am-see.yaml", golden, expected):
        assert (new / "sources" / name).read_bytes() == (mine.config.parent / "sources" / name).read_bytes()
    assert (new / "defaults.yaml").read_text() == DEFAULTS
    shown = dateline("sources", "show", "el-mirador", "--json", config=new / "dateline.yaml").json["source"]
    assert (shown["schedule"], shown["images"]["max"]) == ("15 * * * *", 4)
    assert (new / "network.hosts_file").read_bytes() == (mine.config.parent / "hosts").read_bytes()
    assert (new / "evidence.authority_ca_file").read_bytes() == authority.read_bytes()
    assert dateline("sources", "check", config=new / "dateline.yaml").status == 1  # the case is read


def test_secrets_stay_out_and_come_from_the_environment(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mine.config.open("a") as file:
        file.write(f"web: {{token: {TOKEN}}}\n")
    done = dateline("backup", tmp_path / "b.tar", config=mine.config)
    assert "Left out of dateline.yaml, and asked for by `dateline restore`: web.token" in done.text
    assert TOKEN.encode() not in (tmp_path / "b.tar").read_bytes()
    new = tmp_path / "new"
    shutil.copytree(mine.config.parent / "archive", new / "archive")
    done = dateline("restore", tmp_path / "b.tar", "--settings", new)
    assert (done.status, sorted(path.name for path in new.iterdir())) == (2, ["archive"])
    assert "web.token was *** when it was backed up: set DATELINE_WEB__TOKEN" in done.notes
    monkeypatch.setenv("DATELINE_WEB__TOKEN", TOKEN)
    assert dateline("restore", tmp_path / "b.tar", "--settings", new).status == 0


def test_secrets_are_asked_for_at_a_terminal(dateline: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    with mine.config.open("a") as file:
        file.write(f"web: {{token: {TOKEN}}}\n")
    dateline("backup", tmp_path / "b.tar", config=mine.config)
    new = tmp_path / "new"
    shutil.copytree(mine.config.parent / "archive", new / "archive")
    terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    command = [sys.executable, "-P", "-m", "cli", "restore", str(tmp_path / "b.tar"), "--settings", str(new)]
    with subprocess.Popen(
        [sys.executable, "-c", terminal, *command],
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        shown = b""
        while b"with *** for: " not in shown:  # what is typed before the last space is not read
            piece = process.stdout.read(1)
            assert piece, shown.decode()
            shown += piece
        process.stdin.write(TOKEN.encode() + b"\n")
        rest = process.stdout.read()
        process.stdin.close()
        assert process.wait(300) == 0, rest.decode()
    assert TOKEN.encode() not in shown + rest
    assert values_in((new / "dateline.yaml").read_text())["web.token"] == TOKEN
    assert (new / "dateline.yaml").stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_not_overwritten(dateline: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    dateline("backup", tmp_path / "b.tar", config=mine.config)
    before = rows(mine), mine.config.read_bytes()
    for arguments, said in (
        ((), "is not empty"),
        (("--settings", mine.config.parent), "dateline.yaml is there already"),
    ):
        done = dateline("restore", tmp_path / "b.tar", *arguments, config=mine.config)
        assert done.status == 2
        assert said in done.notes
    assert (rows(mine), mine.config.read_bytes()) == before


def test_without_the_store_nothing_is_begun(dateline: Dateline, mine: DemoArchive, tmp_path: Path) -> None:
    dateline("backup", tmp_path / "b.tar", config=mine.config)
    shutil.rmtree(mine.config.parent / "archive")
    lose_catalog(mine)
    done = dateline("restore", tmp_path / "b.tar", config=mine.config)
    assert done.status == 2
    assert "put the store back first" in done.notes
    assert not (mine.config.parent / "archive").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["backup", "nowhere/b.tar"], "cannot write nowhere/b.tar", id="missing folder"),
        pytest.param(["backup"], "OUT", id="no file named"),
        pytest.param(["restore", "b.tar"], "cannot read b.tar", id="no backup"),
        pytest.param(["verify", "--sample", "0.3"], "allowed is 1/N", id="no share"),
        pytest.param(["verify", "--night", "2026-03-21"], "--sample 1/30", id="a night and no share"),
        pytest.param(["verify", "--sample", "1/3", "--night", "soon"], "'soon' is no date", id="no night"),
    ],
)
def test_wrong_usage_says_why(reading: Dateline, arguments: list[str], said: str) -> None:
    done = reading(*arguments)
    assert (done.status, done.data) == (2, b"")
    assert said in done.notes


def test_three_nights_in_a_row_verify_everything(reading: Dateline) -> None:
    whole = reading("verify", "--json").json
    nights = [
        reading("verify", "--json", "--sample", "1/3", "--night", f"2026-03-{day}").json for day in (30, 31)
    ]
    nights.append(reading("verify", "--json", "--sample", "1/3", "--night", "2026-04-01").json)
    assert sorted(night["sample"]["part"] for night in nights) == [1, 2, 3]
    for what in ("segments", "records", "journal_entries"):
        assert sum(night["report"][what] for night in nights) == whole["report"][what]
    assert all(night["ok"] for night in nights)


def test_a_share_is_named_in_the_report(reading: Dateline) -> None:
    assert "part 1 of 1: " not in reading("verify").text
    found = {
        reading("verify", "--sample", "1/2", "--night", f"2026-03-2{n}").text.split(": ")[1] for n in (0, 1)
    }
    assert found == {"part 1 of 2", "part 2 of 2"}
