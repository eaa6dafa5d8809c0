"""Which runs a command carries out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import leases
from archive.rows import RunRow
from config.errors import ConfigError
from config.source import Source
from crawler.start import BY_HAND, crawl_plans, new_run, page_plan
from tests.archive.material import NOON, SetClock
from tests.crawler.conftest import SmallArchive

NIGHT = "2026-03-29"


def source(name: str) -> Source:
    return Source(name=name, homepage=f"https://www.{name}.example/")


SOURCES = {name: source(name) for name in ("east", "west")}
KNOWN = {*SOURCES, "north"}  # configured, and not all of them asked for


def run(number: int, *names: str, night: str | None = NIGHT, status: str = "interrupted") -> RunRow:
    return RunRow(
        id=f"run-{number}", kind="manual", sources=names, status=status, night=night,
        started_at=NOON + timedelta(minutes=number),
    )  # fmt: skip


def test_ids_of_new_runs_differ_and_sort_by_age() -> None:
    clock = SetClock()
    made = [new_run("manual", ["b", "a"], clock) for _ in range(50)]
    assert len({one.id for one in made}) == 50
    assert [one.id for one in made] == sorted(one.id for one in made)
    assert made[0].sources == ("a", "b")


# Rows in the ledger → ids of the plans, `new` for a run that begins; (resumed) as it is.
@pytest.mark.parametrize(
    ("ledger", "plans"),
    [
        pytest.param([], ["new"], id="nothing before"),
        pytest.param([run(1, "east", "west")], ["run-1"], id="this night was interrupted"),
        pytest.param([run(1, "east", "west", status="running")], ["run-1"], id="killed"),
        pytest.param([run(1, "east")], ["run-1", "new"], id="one of the sources was interrupted"),
        pytest.param([run(1, "east", "west", night="2026-03-28")], ["run-1", "new"], id="the night before"),
        pytest.param(
            [run(2, "east", "west"), run(1, "west")], ["run-1", "run-2"], id="several, oldest first"
        ),
        pytest.param([run(1, "east", "north")], ["new"], id="with a source that is not asked for"),
        pytest.param([run(1, "east", "gone")], ["run-1", "new"], id="with a source that was removed"),
        pytest.param([run(1, "gone")], ["run-1", "new"], id="of a source that was removed"),
        pytest.param([run(1, "gone", "north")], ["new"], id="removed, and not asked for"),
        pytest.param([run(1, BY_HAND, night=None)], ["run-1", "new"], id="pages saved by hand"),
        pytest.param([run(1, night=None)], ["new"], id="an import"),
        pytest.param([replace(run(1, "east", "west"), finished_at=NOON, status="done")], ["new"], id="ended"),
        pytest.param([replace(run(1, "east"), finished_at=NOON, status="broken")], ["new"], id="ended badly"),
    ],
)
def test_what_was_interrupted_goes_on(
    small_archive: SmallArchive, ledger: list[RunRow], plans: list[str]
) -> None:
    small_archive.committer.commit_rows(ledger)
    found = crawl_plans(small_archive.catalog, SOURCES, small_archive.clock, known=KNOWN, night=NIGHT)
    assert [plan.run.id if plan.resumed else "new" for plan in found] == plans
    for plan in found:
        assert set(plan.run.sources) & KNOWN == set(plan.sources)
        if not plan.resumed:
            assert (plan.run.night, set(plan.sources), plan.asked) == (NIGHT, set(SOURCES), ())


@pytest.mark.parametrize(("passed", "plans"), [(60, ["new"]), (180, ["run-1"])], ids=["alive", "run out"])
def test_a_run_that_another_process_carries_out_is_left_to_it(
    small_archive: SmallArchive, passed: int, plans: list[str]
) -> None:
    small_archive.committer.commit_rows([run(1, "east", "west")])
    leases.acquire(small_archive.catalog, ["run:run-1"], "other", 120, SetClock())
    clock = SetClock(NOON + timedelta(seconds=passed))
    found = crawl_plans(small_archive.catalog, SOURCES, clock, known=KNOWN, night=NIGHT)
    assert [plan.run.id if plan.resumed else "new" for plan in found] == plans


def test_pages_go_to_the_source_that_owns_their_host() -> None:
    urls = ["https://www.east.example/a", "https://elsewhere.example/b", "http://www.east.example:8080/c",
            "https://other.example/d"]  # fmt: skip
    plan = page_plan(SOURCES, urls, SetClock())
    assert plan.asked == tuple(zip(urls, ["east", BY_HAND, "east", BY_HAND], strict=True))
    assert set(plan.sources) == {"east", BY_HAND}
    assert plan.run.sources == (BY_HAND, "east")
    assert plan.sources["east"] is SOURCES["east"]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (
            "https://m\xfcnchen.example/stra\xdfe?q=\xe4#top",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%A4",
        ),
        ("HTTPS://Example.ORG", "https://example.org/"),
        (" https://example.org/a b ", "https://example.org/a%20b"),
    ],
)
def test_an_address_is_spelled_as_it_can_be_asked_for(typed: str, asked: str) -> None:
    assert page_plan({}, [typed], SetClock()).asked == ((asked, BY_HAND),)


@pytest.mark.parametrize(
    "typed",
    ["", "example.org/a", "/a", "ftp://example.org/a", "file:///etc/passwd", "javascript:alert(1)", "http://",
     "http://[::1/a", "http://example.org:port/", "http://example.org:99999/", "https://user:word@example.org/",
     "http://a b/", "http://example.org/\0", "mailto:a@example.org", "http://x/" + "a" * 5000],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError, match="cannot archive") as caught:
        page_plan(SOURCES, ["https://example.org/fine", typed], SetClock())
    assert caught.value.exit_status == 2
    assert "expected an address such as https://example.org/story" in str(caught.value)


def test_a_backfill_goes_on_with_its_first_day_and_no_nightly_run_takes_its_place(
    small_archive: SmallArchive,
) -> None:
    sources = {"b": source("b")}
    begun = replace(run(1, "b", night=None), kind="backfill", since="2026-01-01")
    small_archive.committer.commit_rows([begun])

    def planned(since: str | None) -> list[tuple[str | None, bool]]:
        found = crawl_plans(small_archive.catalog, sources, small_archive.clock, known={"b"}, since=since)
        return [(plan.run.since, plan.resumed) for plan in found]

    assert planned("2026-01-01") == [("2026-01-01", True)]
    assert planned(None) == [("2026-01-01", True), (None, False)]
    assert planned("2025-01-01") == [("2026-01-01", True), ("2025-01-01", False)]
    (plan, *_) = crawl_plans(small_archive.catalog, sources, small_archive.clock, known={"b"})
    assert plan.since == datetime(2026, 1, 1, tzinfo=UTC)
