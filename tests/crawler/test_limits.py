"""What ends a source's part of a run, and that what is left is due again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import frontier, runs
from archive.catalog.usage import Used, used
from archive.commit import Committer
from archive.free_space import least_free
from archive.journal import JournalWriter
from archive.opening import Archive, open_archive
from archive.orders import pause, resume
from archive.rows import CaptureRow, LedgerRow, RunRow
from config.quota import Amount, Quota, QuotaSettings
from config.settings import Settings
from config.source import Source
from config.timing import Timing
from crawler.bandwidth import Bandwidth
from crawler.intake import Intake
from crawler.limits import Limits, begin_of
from crawler.settle import leave
from tests.archive.material import NOON, SetClock

RUN = RunRow(id="run-1", kind="scheduled", sources=("news",), started_at=NOON)
NEWS = Source(name="news", homepage="https://news.example/", timezone="Europe/Berlin")
HOUR = timedelta(hours=1)


def capture(
    number: int, at: datetime, *, run: str = "run-0", source: str = "news", kind: str = "response"
) -> CaptureRow:
    return CaptureRow(
        id=f"{number:032x}", url_key=f"{number:032x}", url=f"https://{source}.example/{number}", at=at,
        source=source, run_id=run, kind=kind, status=200, mime="text/html", payload_sha256="0" * 64,
        payload_sha1="A" * 32, payload_size=1000, truncated=None, segment="captures/s", offset=number * 300,
        length=300, payload_segment="captures/s", payload_offset=number * 300, payload_length=300,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(settings_in(tmp_path))
    commit(
        opened,
        RUN,
        capture(1, NOON - 40 * 24 * HOUR),
        capture(2, NOON - 20 * HOUR),  # the night before, in Berlin
        capture(3, NOON - 2 * HOUR),
        capture(4, NOON - 1 * HOUR, kind="not_modified"),
        capture(5, NOON - 1 * HOUR, source="other"),
    )
    yield opened
    opened.close()


def settings_in(folder: Path, **more: object) -> Settings:
    return Settings(
        store=f"file://{folder}/store",
        catalog=f"sqlite:///{folder}/catalog.db",
        spool=folder / "spool",
        **more,
    )


def commit(archive: Archive, *rows: object) -> None:
    clock = SetClock()
    writer = JournalWriter(archive.store, f"w{len(list(archive.store.list('journal/')))}", clock)
    Committer(archive.store, archive.catalog, writer, clock).commit_rows(rows)  # type: ignore[arg-type]


def why(
    archive: Archive, folder: Path, source: Source, run: RunRow = RUN, quota: QuotaSettings | None = None
) -> str | None:
    settings = settings_in(folder, quota=quota or QuotaSettings())
    limits = Limits(archive.catalog, run, {"news": source}, settings, SetClock())
    limits.refresh()
    return limits.why("news")


@pytest.mark.parametrize(
    ("source", "since", "expected"),
    [
        ("news", None, Used(4, 3000, 1200)),
        ("news", NOON - 3 * HOUR, Used(2, 1000, 600)),
        (None, NOON - 3 * HOUR, Used(3, 2000, 900)),
    ],
)
def test_what_was_used_is_counted_from_captures(
    archive: Archive, source: str | None, since: datetime | None, expected: Used
) -> None:
    assert used(archive.catalog, source, since) == expected


@pytest.mark.parametrize(
    ("quota", "every", "expected"),
    [
        pytest.param(Quota(night=Amount(requests=3)), None, None, id="two last night, two today"),
        pytest.param(
            Quota(night=Amount(requests=2)), None, "quota_night_requests", id="requests of the night"
        ),
        pytest.param(Quota(night=Amount(bytes=1000)), None, "quota_night_bytes", id="a 304 brings no bytes"),
        pytest.param(
            Quota(month=Amount(requests=3)), None, "quota_month_requests", id="requests of the month"
        ),
        pytest.param(Quota(storage=1200), None, "quota_storage", id="storage"),
        pytest.param(Quota(storage=1201), None, None, id="not yet"),
        pytest.param(
            Quota(), QuotaSettings(night=Amount(requests=3)), "quota_all_night_requests", id="of all, in UTC"
        ),
        pytest.param(Quota(), QuotaSettings(storage=1500), "quota_all_storage", id="storage of all"),
        pytest.param(Quota(), QuotaSettings(min_free=2**62), "disk_full", id="the disk"),
    ],
)
def test_quotas(
    archive: Archive, tmp_path: Path, quota: Quota, every: QuotaSettings | None, expected: str | None
) -> None:
    assert why(archive, tmp_path, NEWS.model_copy(update={"quota": quota}), quota=every) == expected


def test_what_this_process_fetched_counts_once_committed_or_not(archive: Archive, tmp_path: Path) -> None:
    source = NEWS.model_copy(update={"quota": Quota(night=Amount(requests=4))})
    limits = Limits(archive.catalog, RUN, {"news": source}, settings_in(tmp_path), SetClock())
    limits.refresh()
    assert limits.why("news") is None
    ours = capture(6, NOON + HOUR / 60, run="run-1")
    limits.add(ours)
    assert limits.why("news") is None
    commit(archive, ours)
    limits.refresh()
    assert limits.why("news") is None
    limits.add(capture(7, NOON + HOUR / 60, run="run-1"))
    assert limits.why("news") == "quota_night_requests"
    # Killed and started again, the catalog alone gives the same.
    commit(archive, capture(7, NOON + HOUR / 60, run="run-1"))
    later = Limits(archive.catalog, RUN, {"news": source}, settings_in(tmp_path), SetClock(NOON + HOUR))
    later.refresh()
    assert later.why("news") == "quota_night_requests"


@pytest.mark.parametrize(
    ("kind", "timing", "expected"),
    [
        ("scheduled", Timing(run_time=0.000001), "run_time"),
        ("manual", Timing(run_time=0.000001), "run_time"),
        ("backfill", Timing(run_time=0.000001), None),
        ("scheduled", Timing(not_between=("13:00-15:00",)), "blackout"),
        ("requested", Timing(not_between=("13:00-15:00",)), None),
        ("scheduled", Timing(not_between=("11:00-13:00",)), None),
    ],
)
def test_time(archive: Archive, tmp_path: Path, kind: str, timing: Timing, expected: str | None) -> None:
    source = NEWS.model_copy(update={"timing": timing})  # noon in UTC is two o'clock in Berlin's summer time
    assert why(archive, tmp_path, source, replace(RUN, kind=kind)) == expected


def test_a_pause_ends_a_run_of_the_schedule_alone(archive: Archive, tmp_path: Path) -> None:
    pause(archive, SetClock(), ["news"], until=None, actor="a")
    assert why(archive, tmp_path, NEWS) == "paused"
    assert why(archive, tmp_path, NEWS, replace(RUN, kind="requested")) is None
    resume(archive, SetClock(), ["news"])
    assert why(archive, tmp_path, NEWS) is None


def test_what_is_left_is_due_in_the_next_run_whatever_the_feeds_say(archive: Archive) -> None:
    row = LedgerRow(
        run_id="run-1",
        url_key="k",
        url="https://news.example/k",
        source="news",
        found_by="feed",
        found_in="f",
        position=0,
    )
    commit(archive, *leave(row, None, "quota_night_bytes", NOON))
    assert [(one.outcome, one.reason) for one in runs.ledger_of(archive.catalog, "run-1")] == [
        ("skipped", "quota_night_bytes")
    ]
    page = frontier.pages(archive.catalog, ["k"])["k"]
    assert leave(row, page, "run_time", NOON) == (
        replace(row, outcome="skipped", reason="run_time", at=NOON),
    )
    intake = Intake(archive.catalog, "run-2", SetClock())
    intake.take_due_pages("news")
    (again,) = intake.drain()
    assert (again.url, again.found_by, again.found_in, again.outcome) == (row.url, "feed", "f", None)


@pytest.mark.parametrize(
    ("stretch", "now", "zone", "expected"),
    [
        ("night", "2026-03-29T12:00", "Europe/Berlin", "2026-03-28T23:00"),
        ("night", "2026-03-29T22:30", "Europe/Berlin", "2026-03-29T22:00"),
        ("month", "2026-03-29T12:00", "Europe/Berlin", "2026-02-28T23:00"),
        ("month", "2026-03-01T03:00", "America/New_York", "2026-02-01T05:00"),
    ],
)
def test_when_a_night_and_a_month_begin(stretch: str, now: str, zone: str, expected: str) -> None:
    found = begin_of(stretch, datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_bandwidth_over_a_minute_is_the_rate() -> None:
    clock, rate = [0.0], 1000.0
    bucket = Bandwidth(lambda: rate, lambda: clock[0])
    sent = 0
    while clock[0] < 60:
        if (seconds := bucket.wait()) > 0:
            clock[0] += seconds
        else:
            bucket.took(2500)
            sent += 2500
            clock[0] += 0.1
    assert 60 * rate <= sent <= 60 * rate + 5000
    assert Bandwidth(lambda: None, lambda: clock[0]).wait() == 0


def test_room_is_looked_at_where_a_folder_will_be(tmp_path: Path) -> None:
    found = least_free(tmp_path / "not" / "there", "s3://bucket")
    assert found is not None
    assert found.free > 0
