"""Once a day, when no run goes on; after a failure again an hour later."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from crawler.schedule.children import Command
from crawler.schedule.daily import Daily
from tests.archive.material import NOON, SetClock


def done(path: Path) -> int:
    return len(path.read_text()) if path.exists() else 0


def command(path: Path, status: int = 0) -> Command:
    text = f"open({str(path)!r}, 'a').write('x'); raise SystemExit({status})"
    return Command([sys.executable, "-c", text])


def wait(daily: Daily, *, quiet: bool = True) -> None:
    """Tick until it has ended."""
    assert daily.going
    while daily.going:
        daily.tick(quiet=quiet)


def test_it_is_done_once_a_day_and_never_beside_a_run(tmp_path: Path) -> None:
    clock, out = SetClock(step=timedelta()), tmp_path / "out"
    daily = Daily(command(out), clock)
    daily.tick(quiet=False)
    assert not daily.going
    daily.tick(quiet=True)
    wait(daily, quiet=False)
    daily.tick(quiet=True)
    assert not daily.going
    assert done(out) == 1
    clock.moment = NOON + timedelta(days=1)
    daily.tick(quiet=True)
    wait(daily)
    assert done(out) == 2


@pytest.mark.parametrize("fails", ["exit status 1", "No such file or directory"])
def test_a_failure_is_told_and_waits(tmp_path: Path, fails: str) -> None:
    out = tmp_path / "out"
    never = Command([str(tmp_path / "no-such-program")])
    daily = Daily(command(out, 1) if "status" in fails else never, SetClock())
    with capture_logs() as logs:
        daily.tick(quiet=True)
        while daily.going:
            daily.tick(quiet=True)
    assert [entry["event"] for entry in logs] == ["expiry failed; it is tried again in an hour"]
    assert fails in logs[0]["problem"]
    daily.tick(quiet=True)
    assert not daily.going


def test_it_is_asked_each_time_whether_there_is_anything_to_do(tmp_path: Path) -> None:
    """A source that begins to expire while the schedule runs does so from then on."""
    clock, out, wanted = SetClock(step=timedelta()), tmp_path / "out", [False]
    daily = Daily(command(out), clock, lambda: wanted[0])
    daily.tick(quiet=True)
    assert not daily.going
    wanted[0] = True
    daily.tick(quiet=True)
    wait(daily)
    assert done(out) == 1


def test_the_end_of_the_service_ends_it_too() -> None:
    daily = Daily(Command([sys.executable, "-c", "import signal; signal.pause()"]), SetClock())
    daily.tick(quiet=True)
    assert daily.going
    daily.terminate()
    assert not daily.going
