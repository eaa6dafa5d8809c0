"""The loop around the scheduler: a clean end, and services that are away."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from archive.catalog import leases
from archive.rows import RunRow
from config.errors import DatelineError
from crawler.schedule.children import Command
from crawler.schedule.leadership import LEASE
from crawler.schedule.service import ScheduleService
from crawler.schedule.timetable import Timetable
from tests.crawler.schedule.conftest import Stage


def test_a_clean_end_waits_for_the_child_to_acknowledge(stage: Stage) -> None:
    service = stage.service(tick=3600)
    run_id = stage.child()
    stage.end(service)
    assert stage.runs() == ["interrupted a"]
    assert leases.holder_of(stage.archive.catalog, LEASE, stage.clock) is None
    assert leases.holder_of(stage.archive.catalog, f"run:{run_id}", stage.clock) is None


def test_a_jump_of_the_clock_is_seen_within_a_tick(stage: Stage) -> None:
    stage.clock.set("10T12:00")
    service = stage.service(tick=0.05, grace_hours=7)
    stage.clock.set("11T08:00")  # it slept through the night
    stage.child()
    stage.end(service)
    assert stage.slots("a") == ["11T02:00 run"]


def test_a_store_that_is_away_for_a_while_ends_nothing(stage: Stage) -> None:
    root = Path(stage.settings.store.removeprefix("file://"))
    away = root.rename(root.with_name("away"))
    root.write_text("a file where the folder was")
    with capture_logs() as logs:
        service = stage.service(tick=0.05)
        while not any(entry["event"] == "the schedule waits for a service" for entry in logs):
            assert any(thread.is_alive() for _, thread in stage.services)
        root.unlink()
        away.rename(root)
        stage.child()
        stage.end(service)
    told = [entry["event"] for entry in logs if "service" in entry["event"]]
    assert told == ["the schedule waits for a service", "the service is back"]
    assert stage.slots("a") == ["10T02:00 run"]
    assert stage.runs() == ["interrupted a"]


def test_an_error_of_ours_ends_the_service_and_gives_the_lease_back(stage: Stage) -> None:
    def refuse(run: RunRow) -> Command:
        raise DatelineError(f"no way to carry out {run.id}")

    table = Timetable("a", "0 2 * * *", "UTC")
    service = ScheduleService(stage.archive, [table], stage.settings, stage.clock, command=refuse)
    with pytest.raises(DatelineError, match="no way to carry out run-"):
        service.run()
    assert leases.holder_of(stage.archive.catalog, LEASE, stage.clock) is None
    assert stage.runs() == ["running a"]
