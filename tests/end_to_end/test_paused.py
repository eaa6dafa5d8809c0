"""A process that is stopped for longer than its leases last must not write when it is let go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from archive.catalog import runs, versions
from archive.journal import entries
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.small_site import Page, SmallSite, Visit, crawl_words, feed, page, small_house, story

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
LATER = timedelta(minutes=5)  # by the clock of the second crawl the leases of the first have run out
LEASE = 2.0  # seconds
PAGES = 8

# The command as always, but with leases that end within a test's patience.
_SHORT_LEASES = f"""
import sys
from archive.held_leases import CLOCKS, HostLeases
from cli.main import run
if __name__ == "__main__":
    HostLeases.__init__.__defaults__ = ({LEASE}, CLOCKS)
    sys.exit(run(sys.argv[1:]))
"""


def started(house: House, script: Path) -> subprocess.Popen[str]:
    script.write_text(_SHORT_LEASES)  # a file: workers are spawned, and import it again
    return subprocess.Popen(
        [sys.executable, str(script), *crawl_words(NIGHT)],
        env={**os.environ, "DATELINE_CONFIG": str(house.config), "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def test_what_another_process_took_over_is_left_to_it(tmp_path: Path) -> None:
    with SmallSite() as site:
        stories = {f"/news/{n}": page(story(f"Quay{n}")) for n in range(PAGES)}
        site.add("site.test", {**stories, "/feed": feed(site.url("site.test", path) for path in stories)})
        asked, go = Event(), Event()

        def held(visit: Visit) -> Page:
            if not asked.is_set():
                asked.set()
                go.wait(300)  # the first to ask; the second crawl gets it at once
            return stories[visit.path]

        site.pages["site.test/news/5"] = held
        source = site.source("site", "site.test")
        house = small_house(
            tmp_path / "house", {"site": source}, hosts=["site.test"], crawl="segment_seconds: 0.2s"
        )
        first = started(house, tmp_path / "short_leases.py")
        assert asked.wait(300)
        os.killpg(first.pid, signal.SIGSTOP)
        stopped = time.monotonic()

        Event().wait(max(0.0, LEASE - (time.monotonic() - stopped)))  # until its lease has ended
        house.run(*crawl_words(NIGHT + LATER))
        archive = house.open()
        [run] = runs.newest_runs(archive.catalog)
        ledger = runs.ledger_of(archive.catalog, run.id)
        assert run.status == "done"
        assert {row.outcome for row in ledger} == {"archived"}
        journal = list(entries(archive.store))

        go.set()
        os.killpg(first.pid, signal.SIGCONT)
        printed, _ = first.communicate(timeout=300)
        assert first.returncode == 1, printed
        assert "another process took it over while this one stood still" in printed
        assert "Traceback" not in printed
        assert list(entries(archive.store)) == journal  # it has said nothing more
        assert runs.newest_runs(archive.catalog) == [run]
        assert runs.ledger_of(archive.catalog, run.id) == ledger

        house.run(*crawl_words(NIGHT + 2 * LATER))  # takes in what the first one had fetched
        made = [version.url for version in versions.every_version(archive.catalog)]
        assert sorted(made) == sorted(site.url("site.test", path) for path in stories)
        assert house.problems() == []
        archive.close()
