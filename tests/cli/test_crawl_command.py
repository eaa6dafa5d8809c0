"""`crawl` and `archive` against a living site, each in a process of its own, as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.demo_site import DemoSite, crawl_moment
from tests.cli.progress_lines import without_progress

ROOT = Path(__file__).parents[2]
OFF = "tagblatt-am-see"


@dataclass(frozen=True)
class Living:
    """A site that listens, with settings and sources for it; one of them is off."""

    site: DemoSite
    config: Path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "cli", "--config", str(self.config), *arguments]

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    with DemoSite() as site:
        site.write_sources(tmp_path / "sources")
        off = tmp_path / "sources" / f"{OFF}.yaml"
        off.write_text(off.read_text() + "enabled: false\n")
        site.write_hosts_file(tmp_path / "hosts")
        config = tmp_path / "dateline.yaml"
        config.write_text(
            "store: file:archive\ncatalog: sqlite:///catalog.db\nspool: spool\nsources: sources\n"
            "network: {hosts_file: hosts, delay: 0}\ncrawl: {workers: 1}\nlog: {level: warning}\n"
        )
        yield Living(site, config)


CLOCK = ("--clock", crawl_moment(1).isoformat())


def test_all_that_are_enabled_one_by_name_and_a_run_of_a_given_id(living: Living) -> None:
    done = living.run("crawl", *CLOCK, "--json", "--night", "2026-03-20")
    assert (done.returncode, without_progress(done.stderr)) == (0, [])
    account = json.loads(done.stdout)
    [run] = account["runs"]
    assert (run["kind"], run["status"], run["night"]) == ("manual", "done", "2026-03-20")
    assert sorted(run["outcomes"]) == ["el-mirador", "harbour-courier"]
    assert run["outcomes"]["harbour-courier"] == {"archived": {"": 6}, "failed": {"http_500": 1}}
    assert run["discovered"] == 14
    assert account["kept"] is True
    assert len(run["changes"]) == 12

    done = living.run("crawl", OFF, *CLOCK, "--run", "night-7", "--kind", "scheduled")
    assert done.returncode == 0
    assert without_progress(done.stderr) == [f"Note: {OFF} is disabled; it is crawled because you named it."]
    assert done.stdout.startswith("Run night-7 (scheduled): done in ")
    assert "  skipped: 1 robots (tagblatt-am-see)\n" in done.stdout

    done = living.run("crawl", OFF, *CLOCK, "--run", "night-7")
    assert (done.returncode, done.stdout) == (1, "")
    assert "run night-7 has ended already (done); a run is carried out once" in done.stderr

    done = living.run("crawl", OFF, *CLOCK, "--run", "../night")
    assert (done.returncode, done.stdout) == (2, "")
    assert "allowed are letters, digits and . _ : -" in done.stderr


def test_a_run_that_is_killed_goes_on_under_its_id(living: Living) -> None:
    process = subprocess.Popen(
        living.command("crawl", *CLOCK, "--run", "night-8", "--json"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    spool = living.config.parent / "spool"
    while process.poll() is None and not list(spool.glob("*/*.warc.gz")):
        pass  # the first capture opens a segment
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL

    done = living.run("crawl", *CLOCK, "--json")
    assert done.returncode == 0, done.stderr
    account = json.loads(done.stdout)
    assert [(run["id"], run["status"], run["discovered"]) for run in account["runs"]] == [
        ("night-8", "done", 14)
    ]
    assert account["recovered"]["spools"] == 1
    assert living.run("verify").returncode == 0


def test_a_run_that_is_stopped_while_it_discovers_ends_cleanly_and_goes_on(living: Living) -> None:
    process = subprocess.Popen(
        living.command("crawl", *CLOCK, "--run", "night-9", "--json"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    spool = living.config.parent / "spool"
    while process.poll() is None and not list(spool.glob("*/*.warc.gz")):
        pass
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=300)
    [run] = json.loads(out)["runs"]
    assert (process.returncode, run["status"], err) == (1, "interrupted", "")
    assert living.run("verify").returncode == 0

    [run] = json.loads(living.run("crawl", *CLOCK, "--json").stdout)["runs"]
    assert (run["id"], run["status"], run["discovered"]) == ("night-9", "done", 14)
    assert run["outcomes"]["harbour-courier"] == {"archived": {"": 6}, "failed": {"http_500": 1}}


def test_pages_by_hand(living: Living) -> None:
    known = min(living.site.expected(1).new)
    absent = living.site.url("el-mirador", "/ciudad/2026/03/01/nunca/")
    done = living.run("archive", known, *CLOCK)
    assert (done.returncode, without_progress(done.stderr)) == (0, [])
    assert f"  archived  {known}\n" in done.stdout

    done = living.run("archive", "-", *CLOCK, "--json", stdin=f"# a list\n{absent}\n\n{known}\n{known}\n")
    assert done.returncode == 1
    account = json.loads(done.stdout)
    ended = {line["url"]: (line["outcome"], line["reason"]) for line in account["runs"][0]["urls"]}
    assert ended == {absent: ("gone", "http_404"), known: ("unchanged", None)}
    assert account["kept"] is False

    done = living.run("archive", "-", *CLOCK, stdin="# nothing\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no address was given" in done.stderr


def test_an_inside_address_that_no_source_owns_is_refused(living: Living) -> None:
    done = living.run("archive", f"http://127.0.0.1:{living.site.port}/", *CLOCK, "--json")
    assert done.returncode == 1
    [line] = json.loads(done.stdout)["runs"][0]["urls"]
    assert (line["source"], line["outcome"]) == ("by-hand", "failed")
