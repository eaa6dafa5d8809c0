"""`serve` as a process of its own, whose children crawl a living site."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.catalog import runs
from archive.opening import open_archive
from archive.rows import RunRow, SlotRow
from cli.demo_site import DemoSite
from cli.options import Options
from cli.serve import crawl_command
from config.settings import load_settings
from tests.cli.conftest import ROOT, Dateline, clean_environment

NAMES = ["el-mirador", "harbour-courier"]
SECONDS = 300.0


@dataclass
class Serving:
    """A `serve` that runs."""

    process: subprocess.Popen[str]

    def until(self, event: str) -> dict[str, Any]:
        """The next log line that says `event`; the lines before it are passed over."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if line.startswith("{") and (entry := json.loads(line))["event"] == event:
                return dict(entry)
        raise AssertionError(f"it never said {event!r}: {''.join(seen)}")

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """Settings for a living site, two of whose sources are on."""
    with DemoSite() as site:
        site.write_sources(tmp_path / "sources")
        for path in (tmp_path / "sources").iterdir():
            if path.stem not in NAMES:
                path.write_text(path.read_text() + "enabled: false\n")
        site.write_hosts_file(tmp_path / "hosts")
        config = tmp_path / "dateline.yaml"
        config.write_text(
            "store: file:archive\ncatalog: sqlite:///catalog.db\nspool: spool\nsources: sources\n"
            "network: {hosts_file: hosts, delay: 0}\ncrawl: {workers: 1}\nlog: {format: json}\n"
        )
        yield config


@contextmanager
def serving(config: Path, *arguments: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "--config", str(config), "serve", "--no-web", *arguments],
        cwd=config.parent,
        env=clean_environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        yield Serving(process)
    finally:
        process.kill()
        process.communicate()
        watchdog.cancel()


def ledger(config: Path) -> tuple[list[SlotRow], list[RunRow]]:
    archive = open_archive(load_settings(config))
    try:
        slots = [row for name in NAMES for row in runs.slots_of(archive.catalog, name)]
        return slots, runs.newest_runs(archive.catalog)
    finally:
        archive.close()


def test_last_night_is_caught_up_and_the_end_is_clean(config: Path) -> None:
    with serving(config, "--json") as service:
        assert service.process.stdout is not None
        started = service.until("run started")
        others = len(NAMES) - len(started["sources"])  # at some hours their nights differ: then two runs
        ended = [service.until("run ended") for _ in range(1 + others)]
        assert service.end() == 0
        shown = json.loads(service.process.stdout.read())["next"]
    assert sorted(item["source"] for item in shown) == NAMES
    assert all(item["overdue"] for item in shown)
    assert {entry["status"] for entry in ended} == {"done"}
    assert sum(entry["archived"] for entry in ended) > 10
    slots, all_runs = ledger(config)
    assert [(slot.source, slot.status) for slot in slots] == [(name, "run") for name in NAMES]
    assert sorted(slot.slot for slot in slots) == sorted(item["slot"] for item in shown)
    assert {slot.run_id for slot in slots} == {run.id for run in all_runs}
    assert {(run.kind, run.status) for run in all_runs} == {("scheduled", "done")}
    assert {run.night for run in all_runs} == {item["night"] for item in shown}


def test_a_run_that_was_stopped_goes_on_at_the_next_start(config: Path) -> None:
    with serving(config) as service:
        run_id = service.until("run started")["run"]
        assert service.end() == 0
        assert service.process.stdout is not None
        assert "What runs next" in service.process.stdout.read()
    slots_before, runs_before = ledger(config)
    assert all(run.finished_at is None for run in runs_before)
    with serving(config) as service:
        assert service.until("run goes on")["run"] == run_id
        for _ in runs_before:
            service.until("run ended")
        assert service.end() == 0
    slots, all_runs = ledger(config)
    assert slots == slots_before
    assert [(run.id, run.status) for run in all_runs] == [(run.id, "done") for run in runs_before]


def test_a_second_one_stands_by_and_names_the_first(config: Path) -> None:
    with serving(config) as first:
        holder = first.until("this scheduler leads")["holder"]
        assert f"process {first.process.pid} on" in holder
        with serving(config) as second:
            told = second.until("another scheduler leads; standing by to take over when its lease ends")
            assert told["leader"] == holder
            assert second.end() == 0
        assert first.end() == 0


def test_a_source_that_is_added_runs_without_a_restart_and_a_broken_one_costs_nothing(config: Path) -> None:
    sources = config.parent / "sources"
    added = (sources / "tagblatt-am-see.yaml").read_text()
    (sources / "tagblatt-am-see.yaml").unlink()
    with config.open("a") as stream:
        stream.write("schedule: {tick: 1s}\n")
    with serving(config) as service:
        service.until("run ended")
        broken = sources / "el-mirador.yaml"
        broken.write_text("nmae: el-mirador\n" + broken.read_text())
        told = service.until("a source file is wrong; what it said before stands")
        assert "el-mirador.yaml:1: nmae" in told["problem"]
        (sources / "tagblatt-am-see.yaml").write_text(added.replace("enabled: false", "enabled: true"))
        assert service.until("sources changed")["added"] == ["tagblatt-am-see"]
        assert service.until("run started")["sources"] == ["tagblatt-am-see"]
        assert service.until("run ended")["status"] == "done"
        assert service.end() == 0
    with serving(config) as service:
        service.until("this scheduler leads")
        assert service.end() == 0


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["text", "json"])
def test_without_an_enabled_source_it_says_what_to_do(
    config: Path, dateline: Dateline, arguments: tuple[str, ...]
) -> None:
    for path in (config.parent / "sources").iterdir():
        path.write_text(
            re.sub("^enabled: .*$", "", path.read_text(), flags=re.MULTILINE) + "enabled: false\n"
        )
    done = dateline("serve", "--no-web", *arguments, config=config)
    assert (done.status, done.text) == (2, "")
    assert "enabled: true" in done.notes


def test_what_a_child_is_told() -> None:
    run = RunRow(
        id="run-1", kind="scheduled", sources=("a", "b"), night="2026-03-29", started_at=datetime.now(UTC)
    )
    command = crawl_command(run, Options(Path("x.yaml"), debug=True), Path("/kept"))
    assert list(command.arguments[1:]) == [
        *("-P", "-m", "cli", "--config", "x.yaml", "--debug", "crawl"),
        *("--kind", "scheduled", "--run", "run-1", "--night", "2026-03-29", "--", "a", "b"),
    ]
    assert command.environment["DATELINE_SOURCES"] == "/kept"
