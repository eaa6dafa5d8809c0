from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.demo_folder import MARK, make_folder
from config.errors import ConfigError
from tests.cli.progress_lines import without_progress

Dateline = Callable[..., Any]
ROOT = Path(__file__).parents[2]


def shell(command: list[str] | str, here: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, in a folder of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    return subprocess.run(
        command,
        shell=isinstance(command, str),
        cwd=here,
        env=kept | {"PYTHONPATH": str(ROOT), "DATELINE_LOG__LEVEL": "error"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass(frozen=True)
class Shown:
    here: Path
    text: str
    seconds: float


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    here = tmp_path_factory.mktemp("a person's folder")
    began = time.monotonic()
    done = shell([sys.executable, "-m", "cli", "demo"], here)
    assert (done.returncode, without_progress(done.stderr)) == (0, [])
    return Shown(here, done.stdout, time.monotonic() - began)


def commands(text: str) -> list[str]:
    lines = text.partition("Try next")[2].splitlines()
    return [line.strip() for line in lines if " --config " in line]


def test_it_ends_in_less_than_a_minute(shown: Shown) -> None:
    assert shown.seconds < 300


@pytest.mark.parametrize(
    "promised",
    [
        "Three news sites live on 127.0.0.1:",
        "Night 1 · 2026-03-20",
        "Night 3 · 2026-03-22",
        "21 addresses: 18 archived, 1 unchanged, 1 skipped (robots), 1 failed (http_500)",
        "1 quarantined (consent_wall), 1 gone (http_404)",
        "version 2  removed        Library will lend drills, ladders and a cider press",
        "An article that was edited",
        "version 1  2026-03-20 02:00 UTC  first seen      Night ferry to return after four winters",
        "version 2  2026-03-21 02:00 UTC  text            Night ferry to return after four winters",
        "version 3  2026-03-22 02:00 UTC  title           Night ferry returns in May with four crossings",
        "text: The harbour board agreed on Thursday to pay for [-three-]{+four+} crossings a week",
        "title: Night ferry [-to return after-]{+returns in May with+} four [-winters-]{+crossings a week+}",
        "last seen 2026-03-20 02:00, missing since 2026-03-21 02:00 UTC (http_404)",
        "The same words on two sites",
        "first seen   harbour-courier",
        "a copy       el-mirador",
        "pictures archived (",
        "demo-data/archive/captures/2026/03/20/",
        "demo-data/archive/derived/2026/03/22/",
    ],
)
def test_it_tells_what_was_promised(shown: Shown, promised: str) -> None:
    assert promised in shown.text


def test_nothing_it_tells_of_has_two_names_for_a_night(shown: Shown) -> None:
    """Every changed article of the site's own plan is told of, once."""
    edits = [line for line in shown.text.splitlines() if line.startswith("  version 2  ")]
    told = shown.text.partition("An article that was edited")[0].splitlines()
    assert len([line for line in edits if line in told]) == 5


def test_the_commands_it_prints_work_as_they_stand(shown: Shown) -> None:
    words = {
        "versions": "Night ferry returns in May with four crossings a week",
        "get": "three crossings a week",
        "diff": "[-to return after-]{+returns in May with+}",
        "export": "",
        "verify": "all as promised",
        "runs": "skipped (robots)",
    }
    said: dict[str, str] = {}
    for command in commands(shown.text):
        done = shell(command, shown.here)
        assert done.returncode == 0, (command, done.stderr)
        name = command.partition(" --config ")[2].split()[1]
        said[name] = said.get(name, "") + done.stdout
    assert said.keys() == words.keys()
    for name, expected in words.items():
        assert expected in said[name], name
    lines = (shown.here / "demo-data" / "export.jsonl").read_text().splitlines()
    assert len(lines) == 34
    assert {json.loads(line)["outcome"] for line in lines} >= {"archived", "removed"}


def test_again_with_json_and_settings_of_another_archive_around(shown: Shown, tmp_path: Path) -> None:
    stranger = tmp_path / "not the demo's"
    script = [sys.executable, "-m", "cli", "demo", "--json", "--keep", str(shown.here / "demo-data")]
    done = subprocess.run(
        script,
        cwd=shown.here,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATELINE_STORE": f"file://{stranger}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told = json.loads(done.stdout)
    assert not stranger.exists()
    assert [night["status"] for night in told["nights"]] == ["done"] * 3
    assert [step["events"] for step in told["edited"]["steps"]] == [[], ["text"], ["title"]]
    assert told["removed"]["how"] == "http_404"
    assert told["copy"]["first_source"] == "harbour-courier"
    assert told["seconds"] < 300


@pytest.mark.parametrize(
    ("content", "allowed"),
    [({}, True), ({MARK: ""}, True), ({MARK: "", "catalog.db": "old"}, True), ({"mine.txt": "dear"}, False)],
    ids=["empty", "a demo that never began", "a former demo", "anything else"],
)
def test_only_a_former_demo_is_emptied(tmp_path: Path, content: dict[str, str], *, allowed: bool) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    if allowed:
        make_folder(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [MARK]
    else:
        with pytest.raises(ConfigError, match="holds other things than a demo, and is left alone"):
            make_folder(tmp_path)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == content


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / MARK).write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(ConfigError, match="is not a folder"):
        make_folder(tmp_path / "link")
    assert (tmp_path / "real" / MARK).exists()
