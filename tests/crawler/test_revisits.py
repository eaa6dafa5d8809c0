"""Known pages over many runs of a source: a run's intake, settlement and commits, on a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from archive.catalog import frontier, revisits
from archive.digest import url_key
from archive.outcome import Outcome, OutcomeKind
from archive.rows import HostRow, PageRow, RateRow, RunRow
from config.settings import load_settings
from config.source import Source
from crawler.candidate import Candidate, FoundBy
from crawler.intake import Intake
from crawler.plan import RunPlan
from crawler.revisits import Revisits
from crawler.settle import Look, settle
from tests.archive.material import everything, rebuilt
from tests.crawler.conftest import SmallArchive

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
FEED = "https://news.example/feed"
A, B, C = (f"https://news.example/{letter}" for letter in "abc")
Says = Callable[[str, datetime], OutcomeKind]  # what a page shows at a moment


def same(_url: str, _at: datetime) -> OutcomeKind:
    return OutcomeKind.UNCHANGED


class Newsroom:
    """One source; nothing but the catalog goes from one run to the next."""

    def __init__(self, archive: SmallArchive, folder: Path, schedule: str, **more: Any) -> None:
        (folder / "dateline.yaml").write_text("network: {delay: 5s}\n")
        self.archive, self.settings = archive, load_settings(folder / "dateline.yaml")
        self.source = Source.model_validate(
            {"name": "news", "homepage": "https://news.example/", "schedule": schedule, **more}
        )
        self._numbers = count(1)
        self.skipped: dict[str, str] = {}

    def run(
        self, at: datetime, feed: Iterable[str | Candidate] = (), says: Says = same, kind: str = "scheduled"
    ) -> list[str]:
        """Addresses that the run fetches, in order."""
        self.archive.clock.moment, self.archive.clock.step = at, timedelta(0)
        run = RunRow(id=f"run-{next(self._numbers)}", kind=kind, sources=("news",), started_at=at)
        plan = RunPlan(run, {"news": self.source})
        state = Revisits(self.archive.catalog, plan, self.settings, at)
        taking = Intake(self.archive.catalog, run.id, self.archive.clock, state.paces)
        taking.take_due_pages("news")
        taking.take([_candidate(each) for each in feed], "news")
        taking.spend_the_rest()
        assert not taking.held
        rows = taking.drain()
        waiting = [row for row in rows if row.outcome is None]
        self.skipped = {row.url: str(row.reason) for row in rows if row.outcome == "skipped"}
        pages = frontier.pages(self.archive.catalog, [row.url_key for row in waiting])
        ended: list[Any] = [run]
        for row in waiting:
            page = pages.get(row.url_key)
            kind_found = says(row.url, at) if page else OutcomeKind.ARCHIVED
            outcome = Outcome(kind_found, "http_404" if kind_found is OutcomeKind.GONE else None)
            look = Look(outcome, at, changed=kind_found is OutcomeKind.ARCHIVED)
            state.learn("news", page, look, hinted=row.url_key in taking.hinted)
            ended += settle(row, page, look, state.paces["news"])
        self.archive.committer.commit_rows([*rows, *ended, *state.take_changed()])
        return [row.url for row in waiting]

    def looks(self, times: Iterable[datetime], says: Says = same) -> list[datetime]:
        """The moments, of runs at these times, at which the one known page is fetched."""
        return [at for at in times if self.run(at, says=says)]

    def page(self, url: str) -> PageRow:
        return frontier.pages(self.archive.catalog, [url_key(url)])[url_key(url)]

    def rates(self) -> list[RateRow]:
        return revisits.rates_of(self.archive.catalog, ["news"])["news"]


def _candidate(named: str | Candidate) -> Candidate:
    return named if isinstance(named, Candidate) else Candidate(named, FoundBy.FEED, FEED)


def hinted(url: str, modified: datetime) -> Candidate:
    return Candidate(url, FoundBy.SITEMAP, FEED, modified=modified)


def each(step: timedelta, number: int) -> list[datetime]:
    return [MONDAY + n * step for n in range(1, number + 1)]


def test_a_source_crawled_each_quarter_of_an_hour_takes_the_ladder(
    small_archive: SmallArchive, tmp_path: Path
) -> None:
    room = Newsroom(small_archive, tmp_path, "*/15 * * * *")
    assert room.run(MONDAY, [A]) == [A]
    # From where looks are rare, some of the runs are enough.
    runs = [*each(QUARTER, 34), *(MONDAY + hour * HOUR for hour in (12, 16, 20, 22, 23, 24, 25, 36))]
    runs += [MONDAY + day * DAY for day in (2, 2.5, 3, 3.5, 4, 5, 6, 6.5, 7, 8, 14, 20, 29, 29.5, 30, 31)]
    looks = [(at - MONDAY) / HOUR for at in room.looks(runs)]
    assert looks == [0.25, 1, 3, 8, 24, 72, 168, 720]
    assert room.page(A).next_look_at is None
    room.run(MONDAY + 32 * DAY, [A])
    assert room.skipped == {A: "ladder_ended"}


def test_a_nightly_source_looks_at_the_nights_nearest_to_the_ladder(
    small_archive: SmallArchive, tmp_path: Path
) -> None:
    room = Newsroom(small_archive, tmp_path, "0 2 * * *", timezone="Europe/Berlin")
    room.run(MONDAY, [A])
    # Runs take minutes longer or shorter, and clocks go forward on the 29th.
    nights = [MONDAY + n * DAY + timedelta(minutes=n % 7) - HOUR * (n >= 27) for n in range(1, 40)]
    assert [(at - MONDAY).days + 1 for at in room.looks(nights)][1:] == [4, 8, 30]
    assert room.page(A).last_fetched_at == nights[29]


def test_a_real_change_restarts_the_clock(small_archive: SmallArchive, tmp_path: Path) -> None:
    """Changed an hour after its first capture, and once more after nine days."""
    room = Newsroom(small_archive, tmp_path, "0 * * * *")
    room.run(MONDAY, [A])
    edits = {MONDAY + 1 * HOUR, MONDAY + 73 * HOUR}

    def says(_url: str, at: datetime) -> OutcomeKind:
        return OutcomeKind.ARCHIVED if at in edits else OutcomeKind.UNCHANGED

    looks = [(at - MONDAY) / HOUR for at in room.looks(each(HOUR, 100), says)]
    assert looks == [1, 2, 4, 9, 25, 73, 74, 76, 81, 97]
    assert room.page(A).changes == 2


def test_a_miss_is_looked_after_at_the_next_run_whatever_the_budget(
    small_archive: SmallArchive, tmp_path: Path
) -> None:
    room = Newsroom(small_archive, tmp_path, "0 2 * * *", revisit={"budget": 0})
    room.run(MONDAY, [A, B])

    def gone(url: str, _at: datetime) -> OutcomeKind:
        return OutcomeKind.GONE if url == A else OutcomeKind.UNCHANGED

    asked = Candidate(A, FoundBy.HAND, "command line")
    assert room.run(MONDAY + DAY, [asked], gone) == [A]
    assert room.skipped == {B: "over_budget"}
    assert room.run(MONDAY + 2 * DAY, says=gone) == [A]
    assert room.page(A).misses == 2


def test_the_budget_goes_to_the_highest_expected_gain(small_archive: SmallArchive, tmp_path: Path) -> None:
    """Four pages are due; the one that is a day old has most to tell, the older ones hardly anything."""
    room = Newsroom(small_archive, tmp_path, "0 2 * * *", revisit={"budget": 2})
    urls = [f"https://news.example/{age}" for age in (30, 7, 3, 1)]
    rows = []
    for url, age in zip(urls, (30, 7, 3, 1), strict=True):
        first = MONDAY - age * DAY
        looked = first if age == 1 else MONDAY - age * DAY + max(age / 3, 1) * DAY
        rows.append(PageRow(
            url_key=url_key(url), url=url, source="news", found_by="feed", found_in=FEED, found_at=first,
            first_captured_at=first, last_fetched_at=looked, next_look_at=MONDAY - HOUR,
        ))  # fmt: skip
    small_archive.committer.commit_rows(rows)
    fetched = room.run(MONDAY, urls)
    assert fetched == [urls[3], urls[2]]
    assert room.skipped == {urls[0]: "over_budget", urls[1]: "over_budget"}
    assert set(room.run(MONDAY + DAY)) == {urls[0], urls[1]}  # they stay due


def test_a_part_of_the_budget_waits_for_hints(small_archive: SmallArchive, tmp_path: Path) -> None:
    room = Newsroom(small_archive, tmp_path, "0 2 * * *", revisit={"budget": 4})
    urls = [f"https://news.example/{number}" for number in range(7)]
    room.run(MONDAY, [*urls, C])
    night = MONDAY + DAY
    room.run(MONDAY + 2 * HOUR, [Candidate(C, FoundBy.HAND, "command line")])
    fetched = room.run(night, [hinted(C, night - HOUR)])
    assert (len(fetched), fetched[-1]) == (4, C)
    assert list(room.skipped.values()) == ["over_budget"] * 4
    # Without hints nothing of it is left over.
    assert len(room.run(night + DAY)) == 4


def test_hints_that_never_name_a_change_are_followed_by_way_of_trial_only(
    small_archive: SmallArchive, tmp_path: Path
) -> None:
    """A sitemap that dates every page with the moment at which it is read."""
    room = Newsroom(small_archive, tmp_path, "0 2 * * *")
    urls = [f"https://news.example/{number}" for number in range(12)]
    room.run(MONDAY, urls)
    numbers = []
    for night in (4, 5, 6, 11, 12, 13):  # nights without a rung, once the third is taken
        at = MONDAY + night * DAY
        numbers.append(len(room.run(at, [hinted(url, at) for url in urls])))
    assert numbers[0] == 12
    assert numbers[-2:] == [5, 5]
    assert set(room.skipped.values()) == {"not_due"}


def test_what_was_learned_is_kept_and_used(small_archive: SmallArchive, tmp_path: Path) -> None:
    """A source whose pages never change after the first hour is left alone; the journal knows why."""
    room = Newsroom(small_archive, tmp_path, "0 * * * *")
    early = {f"https://news.example/{n}": MONDAY for n in range(60)}
    room.run(MONDAY, early)

    def says(url: str, at: datetime) -> OutcomeKind:
        edited = int(url.rpartition("/")[2]) % 2 == 0 and at == MONDAY + HOUR
        return OutcomeKind.ARCHIVED if edited else OutcomeKind.UNCHANGED

    for at in each(HOUR, 30):
        room.run(at, says=says)
    rows = {(row.stage, row.age_class): row for row in room.rates()}
    assert rows[0, "1h"].looks == 60
    assert sum(row.changes for row in room.rates()) > 30
    later = MONDAY + 40 * HOUR
    room.run(later, [C])
    looks = [(at - later) / HOUR for at in (later + n * HOUR for n in range(1, 25)) if C in room.run(at)]
    assert looks == [1, 2]  # the ladder would look after 1, 3, 8 and 24 hours
    assert rebuilt(small_archive.store) == everything(small_archive.catalog)


@pytest.mark.parametrize(
    ("schedule", "kind", "polled"),
    [
        pytest.param(
            "*/15 * * * *", "scheduled", [True, True, True, False, True], id="each quarter of an hour"
        ),
        pytest.param("*/15 * * * *", "manual", [True] * 5, id="by hand"),
        pytest.param("0 2 * * *", "scheduled", [True] * 5, id="each night"),
    ],
)
def test_feeds_that_bring_nothing_are_polled_less(
    small_archive: SmallArchive, tmp_path: Path, schedule: str, kind: str, polled: list[bool]
) -> None:
    room = Newsroom(small_archive, tmp_path, schedule)
    found = []
    for number in range(5):
        at = MONDAY + number * QUARTER
        run = RunRow(id=f"run-{number}", kind=kind, sources=("news",), started_at=at)
        state = Revisits(small_archive.catalog, RunPlan(run, {"news": room.source}), room.settings, at)
        found.append(state.polls("news", FEED, at))
        if found[-1]:
            row = state.polled("news", FEED, at, entries=30, seen=30 if number else 0)
            small_archive.committer.commit_rows([row])
            assert state.polls("news", FEED, at)  # the run goes on after an interruption
    assert found == polled


def test_hosts_are_counted(small_archive: SmallArchive, tmp_path: Path) -> None:
    room = Newsroom(small_archive, tmp_path, "0 2 * * *")
    plan = RunPlan(RunRow(id="r", kind="manual", sources=("news",), started_at=MONDAY), {"news": room.source})
    state = Revisits(small_archive.catalog, plan, room.settings, MONDAY)
    for honoured in (True, False, False):
        assert state.ask_on_condition(A)
        state.answered(A, honoured=honoured)
    assert state.take_changed() == [HostRow(host="news.example", asked=3, honoured=1)]
    small_archive.committer.commit_rows([HostRow(host="news.example", asked=30, honoured=0)])
    again = Revisits(small_archive.catalog, plan, room.settings, MONDAY)
    assert [again.ask_on_condition(A) for _ in range(51)].index(True) == 49


def test_a_page_row_of_before_is_read(small_archive: SmallArchive) -> None:
    row = PageRow(
        url_key=url_key(A), url=A, source="news", found_by="feed", found_in=FEED, found_at=MONDAY, etag='"x"'
    )
    small_archive.committer.commit_rows([row])
    assert frontier.pages(small_archive.catalog, [row.url_key]) == {row.url_key: row}
    assert (replace(row).capture_id, row.changes) == (None, 0)
