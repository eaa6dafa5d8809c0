"""The files in `deploy/` start what there is, and the pages show them as they are."""

from __future__ import annotations

import json
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest

from cli.commands import COMMANDS
from config.variables import CONFIG_VARIABLE
from tests.docs.markdown import Page

ROOT = Path(__file__).parent.parent.parent
NAMES = {command.name for command in COMMANDS}
UNIT = ROOT / "deploy" / "dateline.service"


def unit(path: Path = UNIT) -> ConfigParser:
    parsed = ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(path)
    return parsed


def test_the_unit_starts_a_command_that_exists() -> None:
    program, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert Path(program).name == "dateline"
    assert words[:1] == ["--config"]
    assert words[2] in NAMES


def test_the_unit_stops_serve_alone_and_gives_it_time() -> None:
    service = unit()["Service"]
    assert (service["KillMode"], service["TimeoutStopSec"]) == ("mixed", "10min")
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == "dateline"


def test_the_page_shows_the_unit_as_it_is() -> None:
    blocks = [block.text for block in Page("docs/operating.md").blocks if block.kind == "ini"]
    assert UNIT.read_text().strip() in {text.strip() for text in blocks}


def test_the_image_starts_serve_as_a_user_of_its_own_from_files_that_are_there() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    words = {line.partition(" ")[0]: line.partition(" ")[2] for line in lines if line[:1].isupper()}
    assert json.loads(words["ENTRYPOINT"]) == ["dateline"]
    assert json.loads(words["CMD"])[0] in NAMES
    assert words["USER"] == "dateline"
    assert words["ENV"].partition("=")[0] == CONFIG_VARIABLE
    assert (ROOT / "constraints.txt").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dateline-cluster.service", ["cluster", "up"]),
        ("dateline-cluster-join.service", ["cluster", "up", "--join"]),
    ],
)
def test_the_units_of_a_cluster_start_its_machines_and_start_them_again(name: str, words: list[str]) -> None:
    parsed = unit(ROOT / "deploy" / name)
    program, *rest = shlex.split(parsed["Service"]["ExecStart"])
    assert Path(program).name == "dateline"
    assert rest[2:] == words
    assert parsed["Service"]["Restart"] == "always"
    assert name in Page("docs/cluster.md").text
