"""A quota that is used up is one alarm: raised by the run that meets it, over when one ends within it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from archive.catalog import watch
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from config.quota import Amount, Quota, QuotaSettings
from crawler.watch.quotas import QuotaAlarms
from tests.archive.material import SetClock

QUOTAS: dict[str, Quota] = {
    "news": Quota(night=Amount(requests=2000), storage=5 << 30),
    "": QuotaSettings(month=Amount(bytes=7_000_000)),
}


def run(archive: Archive, reached: Sequence[str], at_end: str | None, *, ended: bool = True) -> None:
    """One run of `news` that met quotas; `at_end`: what holds when it has come to its end."""
    clock = SetClock()
    committer = Committer(
        archive.store, archive.catalog, JournalWriter(archive.store, new_writer(clock.now()), clock), clock
    )
    alarms = QuotaAlarms(QUOTAS, archive.catalog, committer, clock)
    for reason in reached:
        alarms.reached("news", reason)
    alarms.close(["news"] if ended else [], lambda _: at_end)


def open_ones(archive: Archive) -> list[tuple[str, str]]:
    return [(row.subject, row.message.partition(":")[0]) for row in watch.open_alarms(archive.catalog)]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("quota_night_requests", [("news", "quota.night.requests (2,000) is used up")]),
        ("quota_storage", [("news", "quota.storage (5,368,709,120) is used up")]),
        ("quota_all_month_bytes", [("", "quota.month.bytes (7,000,000) is used up")]),
        ("paused", []),
        ("disk_full", []),
    ],
)
def test_a_quota_that_is_used_up_is_an_alarm(
    archive: Archive, reason: str, expected: list[tuple[str, str]]
) -> None:
    run(archive, [reason, reason], reason)
    assert open_ones(archive) == expected


def test_it_is_raised_once_and_over_when_a_run_ends_within_it(archive: Archive) -> None:
    run(archive, ["quota_night_requests"], "quota_night_requests")
    [raised] = watch.open_alarms(archive.catalog)
    run(archive, ["quota_night_requests"], "quota_night_requests")
    run(archive, [], None, ended=False)  # interrupted: it can tell nothing
    assert [row.id for row in watch.open_alarms(archive.catalog)] == [raised.id]
    run(archive, [], None)
    assert open_ones(archive) == []


def test_of_one_and_of_all_are_two(archive: Archive) -> None:
    run(archive, ["quota_all_month_bytes"], "quota_all_month_bytes")
    run(archive, ["quota_storage"], "quota_storage")  # within the quota of all meanwhile
    assert open_ones(archive) == [("news", "quota.storage (5,368,709,120) is used up")]
