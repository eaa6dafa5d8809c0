"""The scheduler's tick over a real archive, with real child processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from archive.catalog import journal_state, leases, orders, runs, watch
from archive.commit import Committer
from archive.digest import url_key
from archive.journal import JournalWriter, new_writer
from archive.orders import ask_for_run, pause, resume
from archive.rebuild.run import rebuild
from archive.rows import LedgerRow, RunRow
from archive.stores.store import StoreUnreachable
from config.quota import QuotaSettings
from crawler.schedule.children import Command
from crawler.schedule.decide import Decisions
from crawler.schedule.leadership import LEASE
from crawler.schedule.run_ledger import entry_of
from crawler.schedule.slots import parse_slot_key
from tests.crawler.schedule.conftest import Stage


def test_two_sources_share_a_run_and_run_again_the_next_night(stage: Stage) -> None:
    scheduler = stage.scheduler("a", "b")
    scheduler.tick()
    first = stage.child()
    scheduler.tick()  # nothing more is due
    stage.tell(first, "done")
    stage.clock.set("11T02:00:01")
    with capture_logs() as logs:
        scheduler.tick()
    second = stage.child()
    stage.tell(second, "done")
    scheduler.tick()
    assert stage.slots("a") == stage.slots("b") == ["10T02:00 run", "11T02:00 run"]
    assert stage.runs() == ["done a b", "done a b"]
    run = runs.run_by_id(stage.archive.catalog, second)
    assert run is not None
    assert (run.kind, run.night) == ("scheduled", "2026-03-11")
    assert [(entry["event"], entry["run"]) for entry in logs if "run" in entry] == [
        ("run ended", first),
        ("run started", second),
    ]


def test_the_entry_stands_before_the_child_starts(stage: Stage) -> None:
    seen: list[tuple[list[str], list[str]]] = []

    def command(run: RunRow) -> Command:
        seen.append((stage.slots("a"), stage.runs()))
        return stage.command(run)

    stage.scheduler("a", command=command).tick()
    stage.tell(stage.child(), "done")
    assert seen == [(["10T02:00 run"], ["running a"])]


def test_overlap_is_refused_for_that_night(stage: Stage) -> None:
    scheduler = stage.scheduler("a")
    scheduler.tick()
    run_id = stage.child()
    stage.clock.set("11T02:00")
    scheduler.tick()
    assert stage.slots("a") == ["10T02:00 run", "11T02:00 overlap"]
    stage.tell(run_id, "done")
    scheduler.tick()
    stage.clock.set("12T02:00")
    scheduler.tick()
    stage.tell(stage.child(), "done")
    assert stage.slots("a") == ["10T02:00 run", "11T02:00 overlap", "12T02:00 run"]


def test_a_run_that_was_asked_for_is_one_run_and_its_source_waits(stage: Stage) -> None:
    stage.clock.set("10T01:00")
    scheduler = stage.scheduler("a", tick=1e-6)
    request = ask_for_run(stage.archive, stage.clock, ["a"], actor="desk")
    assert ask_for_run(stage.archive, stage.clock, ["a"], actor="desk") == request
    scheduler.tick()
    run_id = stage.child()
    stage.clock.set("10T02:00")
    scheduler.tick()
    assert stage.slots("a") == []  # it waits, and is no overlap
    answered = orders.request_by_id(stage.archive.catalog, request.id)
    assert answered is not None
    assert (answered.status, answered.run_id) == ("started", run_id)
    stage.tell(run_id, "die")
    scheduler.tick()
    scheduler.tick()
    assert stage.child() == run_id  # it goes on under its id, as a run of the schedule does
    stage.tell(run_id, "done")
    scheduler.tick()
    stage.tell(stage.child(), "done")
    assert stage.slots("a") == ["10T02:00 run"]
    found = {run.id: run.kind for run in runs.newest_runs(stage.archive.catalog)}
    assert found[run_id] == "requested"
    assert sorted(found.values()) == ["requested", "scheduled"]


@pytest.mark.parametrize(
    ("kind", "sources", "closed"),
    [
        pytest.param("manual", ("by-hand",), True, id="pages saved by hand"),
        pytest.param("manual", ("a", "b"), True, id="a crawl by hand"),
        pytest.param("backfill", (), True, id="an import"),
        pytest.param("backfill", ("a",), False, id="a backfill goes on when its command comes again"),
    ],
)
def test_a_run_by_hand_that_nobody_goes_on_with_is_closed(
    stage: Stage, kind: str, sources: tuple[str, ...], *, closed: bool
) -> None:
    stage.clock.set("09T20:00")
    run = RunRow(id="run-by-hand", kind=kind, sources=sources, started_at=stage.clock.now())
    waits = [
        LedgerRow(
            run_id=run.id,
            url_key=url_key(url),
            url=url,
            source="by-hand",
            position=number,
            found_by="hand",
            found_in="",
        )
        for number, url in enumerate(("http://site.test/a", "http://site.test/b"))
    ]
    writer = JournalWriter(stage.archive.store, "w1", stage.clock)
    Committer(stage.archive.store, stage.archive.catalog, writer, stage.clock).commit_rows([run, *waits])
    scheduler = stage.scheduler()
    stage.clock.set("10T19:00")
    scheduler.tick()
    assert runs.run_by_id(stage.archive.catalog, run.id) == run  # a person may still go on with it
    stage.clock.set("10T21:00")
    scheduler.tick()
    scheduler.tick()
    found = runs.run_by_id(stage.archive.catalog, run.id)
    assert found is not None
    assert (found.status, found.finished_at) == (
        ("interrupted", stage.clock.now()) if closed else ("running", None)
    )
    ends = [(row.outcome, row.reason) for row in runs.ledger_of(stage.archive.catalog, run.id)]
    assert ends == [("skipped", "interrupted") if closed else (None, None)] * 2


def test_a_request_for_what_is_gone_is_refused(stage: Stage) -> None:
    stage.clock.set("10T01:00")
    ask_for_run(stage.archive, stage.clock, ["gone"], actor="desk")
    scheduler = stage.scheduler("a")
    scheduler.tick()
    (request,) = orders.newest_requests(stage.archive.catalog)
    assert (request.status, request.note) == ("refused", "there is no source gone")
    stage.tell(stage.child(), "done")  # its own night before, which it had not run yet


def test_a_pause_survives_a_rebuild_and_its_slots_are_entered(stage: Stage) -> None:
    stage.clock.set("09T20:00")
    pause(stage.archive, stage.clock, ["a"], until=None, actor="desk", reason="they asked")
    rebuild(stage.archive.store, stage.archive.catalog, lambda _done, _total: None)
    stage.clock.set("10T02:00")
    scheduler = stage.scheduler("a")
    scheduler.tick()
    assert stage.slots("a") == ["10T02:00 paused"]
    assert [row.source for row in resume(stage.archive, stage.clock, ["a", "b"])] == ["a"]
    stage.clock.set("11T02:00")
    scheduler.tick()
    stage.tell(stage.child(), "done")
    assert stage.slots("a")[-1] == "11T02:00 run"


def test_nothing_begins_where_the_disk_is_full(stage: Stage) -> None:
    plenty = stage.settings
    stage.settings = plenty.model_copy(update={"quota": QuotaSettings(min_free=2**62)})
    full = stage.scheduler("a")
    full.tick()
    assert stage.slots("a") == []
    (alarm,) = watch.open_alarms(stage.archive.catalog)
    assert (alarm.kind, alarm.severity) == ("disk_full", "error")
    full.close()
    stage.settings = plenty
    stage.clock.set("10T03:00")
    roomy = stage.scheduler("a")
    roomy.tick()
    stage.tell(stage.child(), "done")
    assert stage.slots("a") == ["10T02:00 run"]
    assert watch.open_alarms(stage.archive.catalog) == []


class _Crash(BaseException):
    """The process dies here."""


def test_death_between_entry_and_child(stage: Stage) -> None:
    def die(_run: RunRow) -> Command:
        raise _Crash

    with pytest.raises(_Crash):
        stage.scheduler("a", command=die).tick()
    stage.clock.set("10T02:01:31")  # the dead one's lease has ended
    heir = stage.scheduler("a")
    heir.tick()
    stage.tell(stage.child(), "done")
    heir.tick()
    assert stage.slots("a") == ["10T02:00 run"]
    assert stage.runs() == ["done a"]


def test_death_between_journal_and_catalog(stage: Stage) -> None:
    slot = parse_slot_key("a", "2026-03-10T02:00 UTC")
    entry = entry_of(Decisions(start=((slot,),)), stage.clock)
    writer = new_writer(stage.clock.now())
    JournalWriter(stage.archive.store, writer, stage.clock).put(entry.rows)
    assert stage.slots("a") == []
    heir = stage.scheduler("a")
    heir.tick()
    run_id = stage.child()
    stage.tell(run_id, "done")
    heir.tick()
    assert run_id == entry.runs[0].id
    assert stage.slots("a") == ["10T02:00 run"]
    assert stage.runs() == ["done a"]


def test_a_second_scheduler_stands_by_and_takes_over(stage: Stage) -> None:
    first, second = stage.scheduler("a"), stage.scheduler("a")
    first.tick()
    run_id = stage.child()
    stage.clock.set("11T01:59")
    first.tick()
    with capture_logs() as logs:
        stage.clock.set("11T02:00")
        second.tick()
        second.tick()
    leader = leases.holder_of(stage.archive.catalog, LEASE, stage.clock)
    assert [entry["leader"] for entry in logs] == [leader]  # said once
    assert stage.slots("a") == ["10T02:00 run"]
    first.close()
    second.tick()  # the child goes on all the same, and is seen by its lease
    assert stage.slots("a") == ["10T02:00 run", "11T02:00 overlap"]
    stage.tell(run_id, "done")
    first.tick()  # stands by now, but still tells of its own child
    assert stage.runs() == ["done a"]


def test_a_child_that_died_goes_on_under_its_id(stage: Stage) -> None:
    scheduler = stage.scheduler("a", tick=1e-6)
    scheduler.tick()
    run_id = stage.child()
    with capture_logs() as logs:
        stage.tell(run_id, "die")
        scheduler.tick()  # sees it, and frees the lease that it left
        scheduler.tick()
    assert stage.child() == run_id
    stage.tell(run_id, "done")
    scheduler.tick()
    assert ("run interrupted; it goes on later", 7) in [(e["event"], e.get("exit_status")) for e in logs]
    assert stage.slots("a") == ["10T02:00 run"]
    assert stage.runs() == ["done a"]


def test_a_failing_child_is_not_started_at_every_tick(stage: Stage) -> None:
    started: list[str] = []

    def missing(run: RunRow) -> Command:
        started.append(run.id)
        return Command([str(Path(stage.settings.spool) / "no-such-program")])

    scheduler = stage.scheduler("a", command=missing)
    with capture_logs() as logs:
        for _ in range(4):
            scheduler.tick()
    assert len(started) == 1
    told = [entry for entry in logs if entry["event"].startswith("run interrupted")]
    assert [entry["next_try_seconds"] for entry in told] == [60.0]
    assert "no-such-program" in told[0]["problem"]


def test_a_store_that_is_away_costs_no_slot_and_doubles_none(stage: Stage) -> None:
    root = Path(stage.settings.store.removeprefix("file://"))
    scheduler = stage.scheduler("a")
    away = root.rename(root.with_name("away"))
    root.write_text("a file where the folder was")
    with pytest.raises(StoreUnreachable):
        scheduler.tick()
    assert stage.slots("a") == []
    root.unlink()
    away.rename(root)
    scheduler.tick()
    stage.tell(stage.child(), "done")
    scheduler.tick()
    assert stage.slots("a") == ["10T02:00 run"]
    assert stage.runs() == ["done a"]


def test_the_ledger_is_the_replay_of_the_journal(stage: Stage) -> None:
    scheduler = stage.scheduler("a", "b")
    scheduler.tick()
    stage.tell(stage.child(), "done")
    stage.clock.set("13T02:00")
    scheduler.tick()
    stage.tell(stage.child(), "done")
    catalog = stage.archive.catalog
    before = (runs.newest_runs(catalog), runs.slots_of(catalog, "a"), journal_state.keys(catalog))
    rebuild(stage.archive.store, catalog, lambda _done, _total: None)
    assert (runs.newest_runs(catalog), runs.slots_of(catalog, "a"), journal_state.keys(catalog)) == before
    assert stage.slots("b") == ["10T02:00 run", "11T02:00 missed", "12T02:00 coalesced", "13T02:00 run"]


def test_what_keeps_a_source_from_running_is_said_once(stage: Stage) -> None:
    stage.clock.set("20T02:00")
    ahead = stage.scheduler("a", "gone")
    ahead.tick()
    stage.tell(stage.child(), "die")
    ahead.close()
    stage.clock.set("19T00:00")
    scheduler = stage.scheduler("a")
    with capture_logs() as logs:
        scheduler.tick()
        scheduler.tick()
    events = [entry["event"] for entry in logs if entry["log_level"] == "warning"]
    assert [event.partition(":")[0] for event in events] == [
        "the ledger has a later slot than the clock",
        "an interrupted run cannot go on",
    ]
