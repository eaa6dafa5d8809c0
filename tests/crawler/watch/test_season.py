"""Ninety nights of twenty sites through the journal: each breach alarmed once and cleared, none for nothing.

The short form has four sites and 52 nights; the full one ten seasons, by most of which no threshold was
chosen.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from datetime import date
from pathlib import Path

import psutil
import pytest

from archive.catalog import watch
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive, open_archive
from archive.rebuild.run import rebuild
from archive.rows import AlarmRow, FigureRow
from config.settings import Settings
from config.source import Source
from crawler.watch.judge import judge
from crawler.watch.usual import REACH
from tests.archive.material import SetClock
from tests.crawler.watch.season import DAY, RATES, Fault, Season, season

FULL = os.environ.get("DATELINE_TEST_FULL") == "1"
MIB = 1024**2
_CLEARED = 7  # nights after the end; a source that is not steady needs two good ones in a row


def live_through(archive: Archive, nights: Season) -> list[tuple[int, int]]:
    """Judge night after night, as runs do; open files and memory (bytes) after each."""
    clock, process = SetClock(), psutil.Process()
    committer = Committer(
        archive.store, archive.catalog, JournalWriter(archive.store, new_writer(clock.now()), clock), clock
    )
    sources = {site.name: Source(name=site.name, homepage="https://e.example/") for site in nights.sites}
    seen = []
    for number, (_, figures) in enumerate(nights.figures()):
        standing = watch.open_alarms(archive.catalog)
        rows: list[FigureRow | AlarmRow] = []
        for figure in figures:
            history = watch.figures_of(archive.catalog, figure.source, REACH)
            rows += judge(sources[figure.source], [*history, figure], standing, figure.at)
        committer.commit_rows(rows)
        if number in {nights.nights // 2, nights.nights - 1}:
            gc.collect()
        seen.append((process.num_fds(), process.memory_info().rss))
    return seen


def wrong(nights: Season, alarms: list[AlarmRow]) -> list[str]:
    """False, missed, doubled and lasting alarms, in words."""
    found, owned = [], set()
    by_site = defaultdict(list)
    for alarm in alarms:
        by_site[alarm.subject].append(alarm)
    for fault in nights.faults:
        theirs = [alarm for alarm in by_site[fault.site] if _is_of(alarm, fault)]
        owned |= {alarm.id for alarm in theirs}
        in_time = [alarm for alarm in theirs if alarm.kind in fault.kinds and _night(alarm) <= _latest(fault)]
        if not in_time:
            found.append(f"missed: {fault}")
        if len(theirs) > 1:
            found.append(f"twice: {fault}: {theirs}")
        found += [
            f"not cleared: {alarm}"
            for alarm in theirs
            if alarm.cleared_at is None or alarm.cleared_at.date() > fault.last + _CLEARED * DAY
        ]
    return found + [f"for nothing: {alarm}" for alarm in alarms if alarm.id not in owned]


def _night(alarm: AlarmRow) -> date:
    return date.fromisoformat(alarm.night or "")


def _is_of(alarm: AlarmRow, fault: Fault) -> bool:
    return fault.first <= _night(alarm) <= fault.last + 2 * DAY


def _latest(fault: Fault) -> date:
    return min(fault.last, fault.first + fault.within * DAY)


@pytest.mark.parametrize("seed", range(8, 18) if FULL else [1])
def test_every_breach_is_alarmed_once_and_cleared_and_nobody_for_nothing(seed: int, tmp_path: Path) -> None:
    nights = season(seed) if FULL else season(seed, rates=(3, 12, 25, 60), nights=52)
    assert len(nights.faults) == (14 if FULL else 4)
    archive = open_archive(
        Settings(store=f"file://{tmp_path}/s", catalog=f"sqlite:///{tmp_path}/c.db", spool=tmp_path)
    )
    seen = live_through(archive, nights)
    alarms = watch.newest_alarms(archive.catalog, 1000)
    assert wrong(nights, alarms) == []
    assert len(alarms) == len(nights.faults)
    half = len(seen) // 2
    assert max(files for files, _ in seen[half:]) <= max(files for files, _ in seen[:half])
    assert (seen[-1][1] - seen[half][1]) / half < 1 * MIB  # a night
    rebuild(archive.store, archive.catalog, lambda _done, _total: None)
    assert watch.newest_alarms(archive.catalog, 1000) == alarms
    archive.close()


def test_the_season_has_what_it_says() -> None:
    """Guards the test above: a season without faults would alarm nobody."""
    nights = season(1)
    assert len(nights.sites) == len(RATES) == 20
    assert {fault.what for fault in nights.faults} == {
        "silence", "redesign", "undated", "clipped", "outage", "trickle", "flood",
    }  # fmt: skip
    assert len(list(nights.figures())) == 90
