"""`/metrics`: what Prometheus reads, what docs/http.md says of it, and what a run leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from archive.catalog import previews
from archive.catalog.previews import PreviewRequest
from archive.opening import Archive
from archive.phases import Phases
from archive.rows import AlarmRow, FigureRow, RunRequestRow, SegmentRow
from archive.views.viewer import Viewer
from archive.views.vitals import vitals
from config.settings import WebSettings
from tests.archive.material import NOON, SetClock
from tests.cli.conftest import DemoArchive, demo_archive
from tests.contract.catalog_rows import Numbers
from tests.docs.markdown import Page, codes_in
from tests.web.api_material import DAY, api_archive
from tests.web.visitor import ask
from web.app import api_app, replay_app
from web.origins import Origins
from web.traffic import Traffic

__all__ = ["demo_archive"]

ORIGINS = Origins("http://testserver", "http://replay.test")
FIGURES = FigureRow(
    source="times", run_id="run-1", night="2026-03-29", at=NOON, whole=True, articles=1, edited=0, removed=0,
    archived=1, unchanged=0, not_modified=0, skipped=0, failed=1, quarantined=0, gone=0, documents=1,
    documents_failed=0, titled=1, dated=1, pictured=1, characters=9, newest_at=None, bytes=4711,
)  # fmt: skip


def steps() -> Phases:
    phases = Phases()
    for seconds in (0.1, 0.2, 4.0):
        phases.add("fetch", seconds)
    phases.add("put", 0.05)
    return phases


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    made = api_archive(tmp_path_factory.mktemp("metrics"))
    numbers = Numbers()
    numbers.number = 50
    made.catalog.apply(
        numbers.entry(
            *steps().rows("run-1"),
            FIGURES,
            replace(FIGURES, source="post", bytes=1),
            AlarmRow(
                id="1", subject='a "b"\\\n', kind="silent", severity="error", message="m", raised_at=NOON
            ),
            SegmentRow(
                key="derived/x", kind="derived", sha256="0" * 64, size=5, records=1, sealed_at=NOON + DAY
            ),
            RunRequestRow(id="r", sources=("times",), asked_at=NOON, actor="desk"),
        ),
        {},
    )
    previews.ask(made.catalog, PreviewRequest("times", "p", NOON, "desk"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(archive: Archive) -> ASGIApp:
    return api_app(archive, WebSettings(rate=0), ORIGINS, SetClock(NOON + 40 * DAY))


TIMED = "dateline_http_request_seconds"


def samples(app: ASGIApp, **headers: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """By name, value by labels, as the parser of Prometheus' text format reads it."""
    text = ask(app, ORIGINS.api, "/metrics", headers).text
    read = read_openmetrics if headers else text_string_to_metric_families
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in read(text):
        assert (family.type == "histogram") == (family.name == TIMED)
        if family.name == TIMED:  # whose values are those of this process
            found[TIMED] = {tuple((each, "") for each in ("origin", "route", "status")): 0}
            continue
        assert family.documentation.endswith(".")
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_both_formats_can_be_read_and_say_the_same(app: ASGIApp) -> None:
    assert samples(app) == samples(app, accept="application/openmetrics-text; version=1.0.0")


def test_the_table_has_every_metric_with_its_labels(app: ASGIApp) -> None:
    told = {}
    for cell, _ in Page("docs/http.md").table("name", "means"):
        for code in codes_in(cell):
            name, _, labels = code.partition("{")
            told[name] = set(labels.rstrip("}").split(",")) - {""}
    true = {
        name: {label for labels in values for label, _ in labels} for name, values in samples(app).items()
    }
    assert told == true


def test_every_step_is_told_of() -> None:
    told = {
        name
        for cell, _ in Page("docs/http.md").table("phase", "from where to where")
        for name in codes_in(cell)
    }
    timed = set()
    for folder in ("archive", "crawler", "pipelines"):
        for file in Path(__file__).parents[2].joinpath(folder).rglob("*.py"):
            timed |= set(re.findall(r'hases\.timed\("(\w+)"\)', file.read_text(encoding="utf-8")))
    assert told == timed


def test_values(app: ASGIApp) -> None:
    found = samples(app)
    times, fetch = ("source", "times"), ("phase", "fetch")
    assert found["dateline_last_run_bytes"][(times,)] == 4711
    took = found["dateline_last_run_phase_seconds"]
    assert took[fetch, ("quantile", "1"), times] == 4
    assert 0.2 <= took[fetch, ("quantile", "0.5"), times] <= 0.24
    assert took[("phase", "put"), ("quantile", "0.95"), times] == 0.05
    assert found["dateline_last_run_phase_total_seconds"][fetch, times] == pytest.approx(4.3)
    assert found["dateline_last_run_phase_times"][fetch, times] == 3
    assert (
        found["dateline_newest_segment_timestamp_seconds"][(("kind", "derived"),)] == (NOON + DAY).timestamp()
    )
    assert found["dateline_run_requests_waiting"] == {(): 1}
    assert found["dateline_urls_waiting"] == {(): 0}
    assert found["dateline_previews_waiting"] == {(): 1}
    newest = found["dateline_catalog_timestamp_seconds"][()]
    assert newest == (NOON + 51 * timedelta(minutes=1)).timestamp()
    assert found["dateline_alarm"] == {
        (("kind", "silent"), ("severity", "error"), ("source", 'a "b"\\\n')): 1
    }


def timed(app: ASGIApp) -> dict[tuple[str, str, str], float]:
    """How many requests were answered, by origin, route and status."""
    text = ask(app, ORIGINS.api, "/metrics", {}).text
    [family] = [each for each in text_string_to_metric_families(text) if each.name == TIMED]
    return {
        (each.labels["origin"], each.labels["route"], each.labels["status"]): each.value
        for each in family.samples
        if each.name.endswith("_count")
    }


def test_requests_are_timed_by_their_route_and_status(archive: Archive) -> None:
    ticks = iter(range(10_000))
    traffic = Traffic(now=lambda: next(ticks) / 5)  # each takes a fifth of a second
    api = api_app(archive, WebSettings(rate=3), ORIGINS, traffic=traffic)
    replay = replay_app(archive, WebSettings(), ORIGINS, traffic=traffic)
    asked = (
        *("/sources", "/sources/times", "/sources/none", "/healthz", "/no/such/page", "/runs/run-1?after=x"),
        *("/api/v1/service", "/api/v1/runs/a", "/api/v1/no", "/api/v1/service", "/%00%ff" * 40),
    )
    for path in asked:
        ask(api, ORIGINS.api, path, {})
    ask(api, "http://elsewhere.test", "/sources", {})
    ask(api, ORIGINS.api, "/sources", {}, "DELETE")
    ask(replay, ORIGINS.replay, "/web/2026mp_/https://a.example/", {})
    found = timed(api)
    assert found == {
        ("api", "/sources", "200"): 1,
        ("api", "/sources/{source}", "200"): 1,
        ("api", "/sources/{source}", "404"): 1,
        ("api", "/healthz", "200"): 1,
        ("api", "/runs/{run}", "400"): 1,
        ("api", "/api/v1/service", "200"): 1,
        ("api", "/api/v1/runs/{run}", "404"): 1,
        ("api", "/api/v1/{rest:path}", "404"): 1,
        ("api", "other", "404"): 2,
        ("api", "other", "405"): 1,
        ("api", "other", "421"): 1,
        ("api", "other", "429"): 1,
        ("replay", "/web/{when}/{rest:path}", "404"): 1,
    }
    again = timed(api)
    assert again == found | {("api", "/metrics", "200"): 1}
    text = ask(api, ORIGINS.api, "/metrics", {}).text
    assert 'seconds_bucket{le="0.1",origin="api",route="/sources",status="200"} 0.0' in text
    assert 'seconds_bucket{le="0.25",origin="api",route="/sources",status="200"} 1.0' in text
    assert 'dateline_http_requests_open{origin="api"} 1.0' in text  # this one


def test_a_crawl_leaves_how_long_its_steps_took(demo_archive: DemoArchive) -> None:
    with demo_archive.open() as crawled:
        found = vitals(Viewer(crawled.catalog)).sources
    assert {row.name for source in found for row in source.phases} >= {
        *("fetch", "record", "read", "seal", "put", "journal", "apply", "index")
    }
    assert all(source.bytes > 0 for source in found)
    for source in found:
        for row in source.phases:
            assert row.median <= row.p95 <= row.longest <= row.total
            assert row.count > 0
