"""People are told of what is amiss, once, and once more when it is over: by the real service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.clock import SystemClock
from archive.orders import ask_for_run
from tests.crawler.watch.receivers import Webhook, webhook
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, feed, page, small_house, story

SECONDS = 300.0
NEVER = 'schedule: "0 2 29 2 *"\n'  # no slot comes while the test runs: what runs was asked for


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as made:
        yield made


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        yield site


def publish(site: SmallSite, number: int) -> None:
    """From now on the feed names so many articles."""
    paths = [f"/news/{n}" for n in range(number)]
    site.add("site.test", {path: page(story(f"Town{path[6:]}")) for path in paths})
    site.add("site.test", {"/feed": feed(site.url("site.test", path) for path in paths)})


def house_of(folder: Path, site: SmallSite, hook: Webhook, extra: str) -> House:
    house = small_house(
        folder / "house",
        {"site": site.source("site", "site.test", extra)},
        hosts=["site.test"],
        environment={"ALARM_HOOK": f"json://127.0.0.1:{hook.port}/desk"},
    )
    settings = house.config.read_text().replace("log: {level: warning}", "log: {level: info, format: json}")
    house.config.write_text(settings + "alarms: {to: ['${ALARM_HOOK}']}\nschedule: {tick: 0.2s}\n")
    return house


def run_asked_for(house: House, service: subprocess.Popen[str]) -> None:
    """Ask for a run, and wait until the service says that it has ended."""
    with closing(house.open()) as archive:
        ask_for_run(archive, SystemClock(), ["site"], actor="desk")
    until(service, "run ended")


def until(service: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """The next line of its log that says this."""
    assert service.stdout is not None
    seen = []
    for line in service.stdout:
        seen.append(line)
        if line.startswith("{") and (entry := json.loads(line)).get("event") == event:
            return dict(entry)
    raise AssertionError(f"it never said {event!r}: {''.join(seen)}")


def test_a_source_that_breaks_what_it_is_expected_to_bring(
    tmp_path: Path, site: SmallSite, hook: Webhook
) -> None:
    house = house_of(tmp_path, site, hook, f"{NEVER}expect: {{articles_per_night: {{min: 3}}}}\n")
    publish(site, 1)
    service = house.start("serve", "--no-web")
    try:
        run_asked_for(house, service)
        assert hook.arrived.acquire(timeout=SECONDS)
        if os.environ.get("DATELINE_TEST_FULL"):
            run_asked_for(house, service)  # it still holds: nobody is told again
        publish(site, 4)
        run_asked_for(house, service)
        assert hook.arrived.acquire(timeout=SECONDS)
        service.send_signal(signal.SIGTERM)
        assert service.wait(SECONDS) == 0
    finally:
        service.kill()
        service.communicate()
    assert hook.titles == ["Dateline: 1 alarm", "Dateline: 1 over"]
    assert "1 new article, expected at least 3" in hook.taken[0]["message"]


def test_a_quota_met_within_a_run(tmp_path: Path, site: SmallSite, hook: Webhook) -> None:
    house = house_of(tmp_path, site, hook, "quota: {night: {requests: 4}}\n")
    publish(site, 6)
    house.run("crawl")
    house.run("crawl")
    assert hook.titles == ["Dateline: 1 alarm"]
    assert "site: quota.night.requests (4) is used up" in hook.taken[0]["message"]
