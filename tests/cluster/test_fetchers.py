"""Plain processes carry out one run over PostgreSQL, as on hosts of their own: one dies, one is cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from archive.catalog import parts, runs, versions
from archive.clock import SystemClock
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.rows import RunRow
from cli.parts import definitions_of
from config.load_sources import resolve_sources
from crawler.parts.drive import parts_of
from crawler.plan import RunPlan
from crawler.start import new_run
from tests.archive.material import everything
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.small_site import Page, SmallSite, Visit, feed, page, small_house, story

LEASE = 6.0  # seconds
DELAY = 0.4
SLACK = 0.01  # of a way that may take longer for one request than for the next, seconds
HOSTS, PAGES = 8, 10
PATIENCE = 300.0
SCRIPT = Path(__file__).with_name("short_leases.py")


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        for number in range(HOSTS):
            host = f"www.site{number}.test"
            stories = {f"/news/{n}": page(story(f"Town{number}x{n}")) for n in range(PAGES)}
            site.add(host, {**stories, "/feed": feed(site.url(host, path) for path in stories)})
        yield site


@pytest.fixture
def house(site: SmallSite, tmp_path: Path, postgres_url: str) -> House:
    hosts = {f"s{number}": f"www.site{number}.test" for number in range(HOSTS)}
    return small_house(
        tmp_path / "house",
        {name: site.source(name, host, f"politeness: {{delay: {DELAY}s}}\n") for name, host in hosts.items()},
        hosts=hosts.values(),
        crawl="segment_seconds: 0.5s",
        catalog=postgres_url,
    )


def divided_run(house: House, archive: Archive) -> RunRow:
    """A run of all sources, in parts that nobody has claimed."""
    resolved = resolve_sources(house.settings.sources)
    plan = RunPlan(
        new_run("manual", [one.source.name for one in resolved], SystemClock()),
        {one.source.name: one.source for one in resolved},
    )
    journal = JournalWriter(archive.store, new_writer(datetime.now(UTC)), SystemClock())
    Committer(archive.store, archive.catalog, journal, SystemClock()).commit_rows([plan.run])
    parts.divide(archive.catalog, parts_of(plan, definitions_of(resolved), 16))
    return plan.run


def fetcher(house: House, run: RunRow, host: str) -> subprocess.Popen[str]:
    """A fetcher as on a host of its own: nobody else sees its spool."""
    environment = house.environ | {"DATELINE_SPOOL": str(house.folder / f"spool-{host}")}
    environment["PYTHONPATH"] = str(REPOSITORY)
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(LEASE), "crawl", "--part-of", run.id],
        env=environment, cwd=REPOSITORY, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


def too_close(site: SmallSite) -> list[tuple[str, float]]:
    """Requests to one host that came sooner after the one before than they may."""
    found = []
    for number in range(HOSTS):
        visits = site.visits(f"www.site{number}.test")
        for before, after in pairwise(visits):
            if after.began - before.began < DELAY - SLACK:
                found.append((after.host + after.path, after.began - before.began))
    return found


def test_one_killed_and_one_cut_off(site: SmallSite, house: House) -> None:
    archive = house.open()
    run = divided_run(house, archive)
    pages: dict[str, list[Visit]] = {}

    def seen(visit: Visit, answer: Page) -> Page:
        pages.setdefault(visit.host, []).append(visit)
        return answer

    for name, answer in list(site.pages.items()):
        if "/news/" in name:
            assert not callable(answer)
            site.pages[name] = lambda visit, answer=answer: seen(visit, answer)

    def has_fetched(process: subprocess.Popen[str], number: int) -> bool:
        assert process.poll() is None
        return sum(map(len, pages.values())) >= number

    killed = fetcher(house, run, "a")
    until(lambda: has_fetched(killed, 3))
    cut_off = fetcher(house, run, "b")
    states = lambda: parts.states(archive.catalog, run.id, SystemClock())  # noqa: E731
    until(lambda: sum(state.holder is not None for state in states()) == 2)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    before = sum(map(len, pages.values()))
    until(lambda: has_fetched(cut_off, before + 3))
    os.killpg(cut_off.pid, signal.SIGSTOP)

    while any(state.state != "done" for state in states()):
        third = fetcher(house, run, "c")
        printed, _ = third.communicate(timeout=PATIENCE)
        assert third.returncode == 0, printed
    ledger = runs.ledger_of(archive.catalog, run.id)
    os.killpg(cut_off.pid, signal.SIGCONT)
    printed, _ = cut_off.communicate(timeout=PATIENCE)
    assert cut_off.returncode == 1, printed
    assert "another process took it over while this one stood still" in printed
    assert runs.ledger_of(archive.catalog, run.id) == ledger  # it has said nothing more

    assert {row.outcome for row in ledger} == {"archived"}
    assert len(ledger) == HOSTS * PAGES
    assert len({row.position for row in ledger}) == len(ledger)
    made = Counter(version.url for version in versions.every_version(archive.catalog))
    assert made == {row.url: 1 for row in ledger}
    assert too_close(site) == []

    house.run("crawl", "--run", run.id)
    ended = runs.run_by_id(archive.catalog, run.id)
    assert ended is not None
    assert ended.status == "done"
    for host in "ab":  # each comes back, and takes in what its dead have left
        back = fetcher(house, run, host)
        printed, _ = back.communicate(timeout=PATIENCE)
        assert back.returncode == 0, printed
        assert not any((house.folder / f"spool-{host}").iterdir())
    assert house.problems() == []
    before_rebuild = everything(archive.catalog)
    archive.catalog.clear()
    house.run("rebuild", "--yes")
    assert everything(archive.catalog) == before_rebuild
    archive.close()
