"""`dateline pause`, `resume`, `run-now`, `schedule` and `sources show`, in this process."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.clock import SystemClock
from archive.commit import Committer
from archive.journal import JournalWriter
from archive.opening import open_archive
from archive.rows import RunRow
from cli.main import run
from config.settings import load_settings

A = "name: a\nhomepage: https://a.example/\nextends: small\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.yaml").write_text(A)
    (tmp_path / "defaults.yaml").write_text("bases:\n  small: {images: {max: 3}}\n")
    (tmp_path / "dateline.yaml").write_text(
        "store: file:store\ncatalog: sqlite:///c.db\nspool: spool\nsources: sources\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_pause_a_request_and_what_the_schedule_says(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "pause", "a", "--reason", "they asked")["paused"][0]["source"] == "a"
    request = told(capsys, "run-now", "a")["request"]
    shown = told(capsys, "schedule")
    assert [row["reason"] for row in shown["paused"]] == ["they asked"]
    assert [row["id"] for row in shown["requests"]] == [request["id"]]
    assert (shown["next"][0]["source"], shown["next"][0]["slot"]) == ("a", None)
    assert run(["schedule"]) == 0
    text = capsys.readouterr().out
    assert "a is paused until it is resumed" in text
    assert "a: a run was asked for" in text
    told_too = told(capsys, "status")
    assert [row["reason"] for row in told_too["paused"]] == ["they asked"]
    assert [row["id"] for row in told_too["requests"]] == [request["id"]]
    assert told_too["sources"][0]["paused"]["reason"] == "they asked"
    assert run(["status"]) == 0
    text = capsys.readouterr().out
    assert "a is paused until it is resumed" in text
    assert "a: a run was asked for" in text
    assert told(capsys, "resume", "a")["resumed"][0]["source"] == "a"
    assert told(capsys, "schedule")["next"][0]["slot"] is not None
    assert house.exists()


@pytest.mark.parametrize(
    ("kind", "sources", "expected"),
    [
        (
            "manual",
            ("by-hand",),
            "by-hand: the manual run run-1 was interrupted; `dateline crawl` goes on with it",
        ),
        (
            "backfill",
            (),
            "an import, run run-1 was interrupted; give its command again; the schedule closes it",
        ),
        ("backfill", ("a",), "a: the backfill run run-1 was interrupted; its command goes on with it"),
    ],
)
def test_status_tells_of_runs_by_hand_that_were_left(
    house: Path, capsys: pytest.CaptureFixture[str], kind: str, sources: tuple[str, ...], expected: str
) -> None:
    began = datetime(2026, 3, 20, 8, tzinfo=UTC)
    with closing(open_archive(load_settings(house / "dateline.yaml"))) as archive:
        writer = JournalWriter(archive.store, "w1", SystemClock())
        row = RunRow(id="run-1", kind=kind, sources=sources, started_at=began)
        Committer(archive.store, archive.catalog, writer, SystemClock()).commit_rows([row])
    [left] = told(capsys, "status")["interrupted"]
    closes = None if kind == "backfill" and sources else "2026-03-21T08:00:00.000000Z"
    assert (left["run"]["id"], left["closes_at"]) == ("run-1", closes)
    assert run(["status"]) == 0
    assert expected in capsys.readouterr().out


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("pause",), "name the sources, or say --all"),
        (("pause", "b"), "no source is named 'b'"),
        (("pause", "a", "--until", "2020-01-01"), "is over already"),
        (("run-now",), "name the sources to run"),
    ],
)
def test_what_is_no_order(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], answer: str
) -> None:
    assert run(list(arguments)) == 2
    assert answer in capsys.readouterr().err


def test_where_each_value_stands(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = {value["key"]: value for value in told(capsys, "sources", "show", "a")["values"]}
    assert values["images.max"] == {
        "key": "images.max",
        "value": 3,
        "said_by": "extends small",
        "file": str(house / "defaults.yaml"),
        "line": 2,
    }
    assert "schedule" not in values
    every = {value["key"]: value for value in told(capsys, "sources", "show", "a", "--all")["values"]}
    assert every["schedule"]["said_by"] is None
