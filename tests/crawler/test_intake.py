"""What comes into a run: each URL once, in order of discovery, what is not due ended at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.catalog import frontier, runs
from archive.digest import url_key
from archive.rows import LedgerRow, PageRow, RunRow, TakedownRow
from crawler.candidate import Candidate, FoundBy
from crawler.intake import Intake
from tests.archive.material import NOON
from tests.crawler.conftest import SmallArchive

DAY = timedelta(days=1)
RUN = RunRow(id="run-1", kind="manual", sources=("news",), started_at=NOON)


def url(number: int) -> str:
    return f"https://news.example/{number}"


def found(numbers: Iterable[int], found_by: FoundBy = FoundBy.FEED) -> list[Candidate]:
    return [Candidate(url(number), found_by, "https://news.example/feed") for number in numbers]


@pytest.fixture
def archive(small_archive: SmallArchive) -> SmallArchive:
    small_archive.committer.commit_rows([RUN])
    return small_archive


def intake(archive: SmallArchive) -> Intake:
    return Intake(archive.catalog, RUN.id, archive.clock)


def known(number: int, *, looked: timedelta = timedelta(), **more: object) -> PageRow:
    """A page found and fetched `looked` ago."""
    row = PageRow(
        url_key=url_key(url(number)), url=url(number), source="news", found_by="feed", found_in="f",
        found_at=NOON - looked, first_captured_at=NOON - looked, last_fetched_at=NOON - looked,
    )  # fmt: skip
    return replace(row, **more)  # type: ignore[arg-type]


def test_rows_stand_in_order_of_discovery(archive: SmallArchive) -> None:
    taking = intake(archive)
    assert not taking.waiting
    assert taking.take(found([3, 1, 2]), "news") == 3
    assert taking.take(found([2, 9, 1]), "news") == 1
    assert (taking.waiting, taking.discovered) == (True, 4)
    rows = taking.drain()
    assert [(row.position, row.url) for row in rows] == [(0, url(3)), (1, url(1)), (2, url(2)), (3, url(9))]
    assert {(row.run_id, row.source, row.found_by, row.outcome) for row in rows} == {
        ("run-1", "news", "feed", None)
    }
    assert (taking.drain(), taking.waiting, taking.discovered) == ([], False, 4)


def test_a_document_may_name_one_url_often(archive: SmallArchive) -> None:
    taking = intake(archive)
    assert taking.take(found([1, 1, 1]), "news") == 1
    assert len(taking.drain()) == 1


def test_urls_that_differ_in_a_letter_are_two(archive: SmallArchive) -> None:
    """A key collision must never hide a page."""
    taking = intake(archive)
    spelled = ["https://n.example/a", "https://n.example/a/", "https://n.example/A", "https://n.example/a?ref=x",
               "https://n.example/#!/a", "http://n.example/a", "https://www.n.example/a"]  # fmt: skip
    assert taking.take([Candidate(one, FoundBy.FEED, "f") for one in spelled], "news") == len(spelled)


def test_the_first_source_that_names_a_url_has_it(archive: SmallArchive) -> None:
    taking = intake(archive)
    taking.take(found([1]), "news")
    assert taking.take(found([1]), "other") == 0
    assert [row.source for row in taking.drain()] == ["news"]


def test_what_is_not_due_is_ended_at_once_with_its_reason(archive: SmallArchive) -> None:
    archive.committer.commit_rows([
        known(1, looked=timedelta(hours=2)),
        known(2, looked=DAY),
        known(3, looked=40 * DAY, last_fetched_at=NOON - DAY, last_changed_at=NOON - 40 * DAY),
        known(4, looked=timedelta(hours=2), misses=1),
    ])  # fmt: skip
    taking = intake(archive)
    taking.take(found([1, 2, 3, 4, 5]), "news")
    ended = {row.url: (row.outcome, row.reason) for row in taking.drain()}
    assert ended == {
        url(1): ("skipped", "not_due"),
        url(2): (None, None),
        url(3): ("skipped", "ladder_ended"),
        url(4): (None, None),
        url(5): (None, None),
    }


def test_an_ended_row_has_its_moment_and_one_that_waits_has_none(archive: SmallArchive) -> None:
    archive.committer.commit_rows([known(1, looked=timedelta(hours=2))])
    taking = intake(archive)
    taking.take(found([1, 2]), "news")
    ended, waits = taking.drain()
    assert ended.at is not None
    assert waits.at is None


def test_by_hand_everything_is_due(archive: SmallArchive) -> None:
    archive.committer.commit_rows([known(1, looked=timedelta(hours=2))])
    taking = intake(archive)
    taking.take(found([1], FoundBy.HAND), "news")
    assert [row.outcome for row in taking.drain()] == [None]


def test_known_pages_come_when_their_look_has_come(archive: SmallArchive) -> None:
    rows = [
        known(1, looked=2 * DAY, next_look_at=NOON - DAY),
        known(2, looked=2 * DAY, next_look_at=NOON - 2 * DAY),
        known(3, looked=2 * DAY, next_look_at=NOON + DAY),
        known(4, looked=2 * DAY, next_look_at=None),
        replace(known(5, looked=2 * DAY, next_look_at=NOON - DAY), source="other"),
    ]
    archive.committer.commit_rows(rows)
    taking = intake(archive)
    assert taking.take_due_pages("news") == 2
    taking.take(found([1, 7]), "news")
    assert [(row.url, row.found_by) for row in taking.drain()] == [
        (url(2), "revisit"),
        (url(1), "revisit"),
        (url(7), "feed"),
    ]


def test_a_run_that_goes_on_has_what_it_had(archive: SmallArchive) -> None:
    first = intake(archive)
    first.take(found(range(5)), "news")
    archive.committer.commit_rows(first.drain())
    first.take(found([5, 6]), "news")  # discovered and never committed: killed

    again = intake(archive)
    assert again.discovered == 5
    assert again.take(found(range(8)), "news") == 3
    rows = again.drain()
    assert [(row.position, row.url) for row in rows] == [(5, url(5)), (6, url(6)), (7, url(7))]
    archive.committer.commit_rows(rows)
    waiting = frontier.pending(archive.catalog, RUN.id, "news")
    assert [row.position for row in waiting] == list(range(8))


def test_many_documents_at_once(archive: SmallArchive) -> None:
    """Eight documents that overlap, from eight threads, while others drain."""
    taking = intake(archive)
    documents = [found(range(start, start + 60)) for start in range(0, 240, 30)]
    drained: list[LedgerRow] = []
    with ThreadPoolExecutor(8) as threads:
        fresh = threads.map(lambda document: taking.take(document, "news"), documents)
        for _ in range(20):
            drained += taking.drain()
        numbers = list(fresh)
    drained += taking.drain()
    assert sum(numbers) == len(drained) == taking.discovered == 270
    assert [row.position for row in drained] == list(range(270))
    assert {row.url for row in drained} == {url(number) for number in range(270)}


def test_what_has_ended_waits_for_other_documents_unless_it_is_much(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row is best written once, and never so many be kept for that; who names them later still counts."""
    monkeypatch.setattr("crawler.intake.MOST_WAITING", 3)
    archive.committer.commit_rows([known(number, looked=timedelta(hours=2)) for number in range(3)])
    taking = intake(archive)
    taking.take(found([0, 1]), "news")
    assert (taking.crowded, taking.drain(ended=False)) == (False, [])
    taking.take(found([2]), "news")
    assert taking.crowded
    assert [row.url for row in taking.drain(ended=False)] == [url(0), url(1), url(2)]
    taking.take(found([1], FoundBy.SITEMAP), "news")
    assert taking.places.late() == {url_key(url(1)): ("feed", "sitemap")}


def test_discoveries_can_be_committed_as_they_are(archive: SmallArchive) -> None:
    taking = intake(archive)
    for numbers in ([0, 1], [2], [3, 4]):
        taking.take(found(numbers), "news")
        archive.committer.commit_rows(taking.drain())
    assert [row.position for row in runs.ledger_of(archive.catalog, RUN.id)] == list(range(5))


def test_a_source_takes_no_more_than_its_cap(archive: SmallArchive) -> None:
    """Over the cap a URL ends at once; what a person asks for is always taken; a resumed run counts on."""
    capped = Intake(archive.catalog, RUN.id, archive.clock, None, {"news": 3})
    capped.take(found([1, 2]), "news")
    capped.take(found([3, 4]), "news")
    capped.take(found([5], FoundBy.HAND), "news")
    capped.take(found([6]), "elsewhere")
    rows = capped.drain()
    ends = [(row.url, row.outcome, row.reason) for row in rows]
    assert ends == [
        (url(1), None, None),
        (url(2), None, None),
        (url(3), None, None),
        (url(4), "skipped", "over_cap"),
        (url(5), None, None),
        (url(6), None, None),
    ]
    archive.committer.commit_rows(rows)
    again = Intake(archive.catalog, RUN.id, archive.clock, None, {"news": 5})
    again.take(found([7, 8]), "news")
    assert [row.reason for row in again.drain()] == [None, "over_cap"]


def test_what_was_taken_down_is_passed_by_and_what_was_purged_is_not_named(archive: SmallArchive) -> None:
    for number, purged_at in ((1, None), (2, NOON)):
        row = TakedownRow(
            url_key=url_key(url(number)), url=url(number), subject=url(number), reason="law", at=NOON,
            purged_at=purged_at,
        )  # fmt: skip
        archive.committer.commit_rows([row])
    taking = Intake(archive.catalog, RUN.id, archive.clock, None, {"news": 1})
    assert taking.take(found([1, 2], FoundBy.HAND), "news") == 2
    assert taking.take(found([3]), "news") == 1
    rows = taking.drain()
    assert [(row.url, row.outcome, row.reason) for row in rows] == [
        (url(1), "skipped", "taken_down"),
        (f"purged:{url_key(url(2))}", "skipped", "taken_down"),
        (url(3), None, None),
    ]
    assert [row.url_key for row in rows] == [url_key(url(number)) for number in (1, 2, 3)]


def test_a_trap_has_its_outcome_at_once(archive: SmallArchive) -> None:
    taking = intake(archive)
    links = ("https://news.example/a/a/a/story", "https://news.example/story?PHPSESSID=1f", url(1))
    taking.take([Candidate(link, FoundBy.SECTION, "https://news.example/") for link in links], "news")
    assert [(row.outcome, row.reason) for row in taking.drain()] == [
        ("skipped", "trap"),
        ("skipped", "trap"),
        (None, None),
    ]
