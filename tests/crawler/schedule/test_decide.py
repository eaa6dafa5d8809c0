"""The rules of the schedule, one by one, and a year of nights with everything that can go wrong."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import pytest

from archive.rows import PauseRow, RunRequestRow, RunRow
from config.day_window import parse_day_window
from crawler.schedule.decide import Decisions, Going, LedgerState, Rules, decide
from crawler.schedule.slots import Slot, slots_between
from crawler.schedule.timetable import Timetable

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRACE = 30 * HOUR  # of the year of nights
RULES = Rules(grace=DAY)


def utc(text: str) -> datetime:
    """`11T02:00` is in March 2026."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


def at(source: str, text: str, zone: str = "UTC") -> Slot:
    return Slot(source, datetime.fromisoformat(f"2026-03-{text}"), zone)


def run_of(*sources: str, run_id: str = "run-1", started: str = "10T02:00") -> RunRow:
    return RunRow(id=run_id, kind="scheduled", sources=sources, started_at=utc(started), night="2026-03-10")


def told(decisions: Decisions) -> dict[str, list[str]]:
    """What was decided, in words: `{"run": ["a b"], "overlap": ["a 11T02:00"]}`."""
    words: dict[str, list[str]] = {}
    if decisions.resume:
        words["resume"] = [run.id for run in decisions.resume]
    for group in decisions.start:
        words.setdefault("run", []).append(" ".join(f"{slot.source} {slot.local:%dT%H:%M}" for slot in group))
    for passed in decisions.passed:
        words.setdefault(passed.status, []).append(f"{passed.slot.source} {passed.slot.local:%dT%H:%M}")
    return words


A, B = Timetable("a", "0 2 * * *", "UTC"), Timetable("b", "0 2 * * *", "UTC")
BOTH_DONE = {"a": at("a", "10T02:00"), "b": at("b", "10T02:00")}


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        pytest.param(LedgerState(BOTH_DONE), "11T01:59", {}, id="nothing is due"),
        pytest.param(
            LedgerState(BOTH_DONE), "11T02:00", {"run": ["a 11T02:00 b 11T02:00"]}, id="two sources, one run"
        ),
        pytest.param(LedgerState(BOTH_DONE), "10T01:00", {}, id="the clock went back"),
        pytest.param(
            LedgerState({}), "11T09:00", {"run": ["a 11T02:00 b 11T02:00"]}, id="new sources: last night"
        ),
        pytest.param(
            LedgerState({**BOTH_DONE, "b": at("b", "08T02:00")}),
            "11T01:00",
            {"run": ["b 10T02:00"], "missed": ["b 09T02:00"]},
            id="caught up once, too old is missed",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, going=(Going("r", ("a",), utc("10T02:00")),)),
            "11T02:00",
            {"run": ["b 11T02:00"], "overlap": ["a 11T02:00"]},
            id="the run before is still going",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, going=(Going("r", ("a", "b"), utc("10T02:00")),)),
            "13T02:10",
            {
                "overlap": ["a 13T02:00", "b 13T02:00"],
                "missed": ["a 11T02:00", "a 12T02:00", "b 11T02:00", "b 12T02:00"],
            },
            id="going for three days while the scheduler was away",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, going=(Going("r", ("a",), None),)),
            "11T02:00",
            {"run": ["b 11T02:00"]},
            id="a run by hand is waited for",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, interrupted=(run_of("a", "b"),)),
            "11T08:00",
            {"resume": ["run-1"]},
            id="the interrupted run first",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, going=(Going("run-1", ("a", "b"), utc("11T08:00")),)),
            "11T09:00",
            {},
            id="what lay open when it went on waits",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, going=(Going("run-1", ("a",), utc("11T08:00")),)),
            "12T02:00",
            {"run": ["b 12T02:00"], "coalesced": ["b 11T02:00"], "overlap": ["a 11T02:00", "a 12T02:00"]},
            id="until the next slot is refused, and it with it",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, interrupted=(run_of("a"), run_of("a", run_id="run-2"))),
            "10T08:00",
            {"resume": ["run-1"]},
            id="two interrupted runs of a source, one after the other",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, interrupted=(run_of("a"), run_of("b", run_id="run-2"))),
            "10T08:00",
            {"resume": ["run-1", "run-2"]},
            id="two interrupted runs that share nothing",
        ),
        pytest.param(
            LedgerState(BOTH_DONE, interrupted=(run_of("a", "gone"),)),
            "11T02:00",
            {"run": ["a 11T02:00 b 11T02:00"]},
            id="an interrupted run of a source that is gone stops nobody",
        ),
    ],
)
def test_rules(state: LedgerState, now: str, expected: dict[str, list[str]]) -> None:
    found = told(decide([A, B], state, utc(now), RULES))
    assert {word: sorted(items) for word, items in found.items()} == expected


def test_nights_are_runs_of_their_own() -> None:
    seoul, dallas = (
        Timetable("seoul", "0 2 * * *", "Asia/Seoul"),
        Timetable("dallas", "0 12 * * *", "Etc/GMT+5"),
    )
    newest = {"seoul": at("seoul", "10T02:00", "Asia/Seoul"), "dallas": at("dallas", "09T12:00", "Etc/GMT+5")}
    assert (newest["seoul"].instant, newest["dallas"].instant) == (utc("09T17:00"), utc("09T17:00"))
    found = told(decide([seoul, dallas], LedgerState(newest), utc("10T17:00"), RULES))
    assert sorted(found["run"]) == ["dallas 10T12:00", "seoul 11T02:00"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("11T02:00", {}, id="b comes within the gathering time"),
        pytest.param("11T02:03", {"run": ["a 11T02:00 b 11T02:03"]}, id="it has come"),
        pytest.param("11T02:06", {"run": ["a 11T02:00 b 11T02:03"]}, id="looked late"),
    ],
)
def test_gathering(now: str, expected: dict[str, list[str]]) -> None:
    late = Timetable("b", "3 2 * * *", "UTC")
    rules = replace(RULES, gather=timedelta(minutes=5))
    newest = {"a": at("a", "10T02:00"), "b": at("b", "10T02:03")}
    assert told(decide([A, late], LedgerState(newest), utc(now), rules)) == expected


def test_gathering_ends_and_waits_for_nobody_further_off() -> None:
    far = Timetable("b", "6 2 * * *", "UTC")
    rules = replace(RULES, gather=timedelta(minutes=5))
    newest = {"a": at("a", "10T02:00"), "b": at("b", "10T02:06")}
    assert told(decide([A, far], LedgerState(newest), utc("11T02:00"), rules)) == {"run": ["a 11T02:00"]}


def test_without_room_slots_wait_and_are_not_entered() -> None:
    names = ["a", "b", "c"]
    tables = [Timetable(name, f"{5 * n} 2 * * *", "UTC") for n, name in enumerate(names)]
    newest = {name: at(name, f"09T02:{5 * n:02}") for n, name in enumerate(names)}
    state = LedgerState(newest, going=(Going("r", ("other",), utc("10T01:00")),))
    rules = replace(RULES, most_runs=1)
    assert told(decide(tables, state, utc("10T03:00"), rules)) == {}
    free = told(decide(tables, LedgerState(newest), utc("10T03:00"), rules))
    assert free == {"run": ["a 10T02:00 b 10T02:05 c 10T02:10"]}


# ── pauses, times of day without crawls, groups, runs that were asked for ────────────────────────────

NIGHT_OFF = PauseRow(source="a", since=utc("10T20:00"), until=utc("11T05:00"), actor="a", reason="")
MORNING = parse_day_window("01:30-06:00")


def asked(*sources: str, request_id: str = "request-1") -> RunRequestRow:
    return RunRequestRow(id=request_id, sources=sources, asked_at=utc("10T12:00"), actor="a")


@pytest.mark.parametrize(
    ("tables", "state", "now", "expected"),
    [
        pytest.param(
            [A, B],
            LedgerState(BOTH_DONE, pauses=(NIGHT_OFF,)),
            "11T02:00",
            {"run": ["b 11T02:00"], "paused": ["a 11T02:00"]},
            id="paused: entered, not run",
        ),
        pytest.param(
            [A],
            LedgerState(BOTH_DONE, pauses=(NIGHT_OFF,)),
            "11T09:00",
            {"paused": ["a 11T02:00"]},
            id="what fell into a pause is not caught up",
        ),
        pytest.param(
            [A, B],
            LedgerState(BOTH_DONE, pauses=(replace(NIGHT_OFF, source="*", until=None),)),
            "11T02:00",
            {"paused": ["a 11T02:00", "b 11T02:00"]},
            id="the whole schedule",
        ),
        pytest.param(
            [A],
            LedgerState(BOTH_DONE, pauses=(replace(NIGHT_OFF, lifted_at=utc("11T01:00")),)),
            "11T02:00",
            {"run": ["a 11T02:00"]},
            id="lifted before",
        ),
        pytest.param(
            [A],
            LedgerState(BOTH_DONE, pauses=(replace(NIGHT_OFF, since=utc("11T04:00")),)),
            "11T04:30",
            {"paused": ["a 11T02:00"]},
            id="paused before it could begin",
        ),
        pytest.param(
            [replace(A, not_between=(MORNING,))], LedgerState(BOTH_DONE), "11T05:59", {}, id="it waits"
        ),
        pytest.param(
            [replace(A, not_between=(MORNING,))],
            LedgerState(BOTH_DONE),
            "11T06:00",
            {"run": ["a 11T02:00"]},
            id="and begins when the window ends",
        ),
        pytest.param(
            [replace(A, not_between=(MORNING,), blackout="skip")],
            LedgerState(BOTH_DONE),
            "11T02:00",
            {"blackout": ["a 11T02:00"]},
            id="or is skipped",
        ),
        pytest.param(
            [replace(A, cron="0 1 * * *", not_between=(MORNING,), blackout="skip")],
            LedgerState({"a": at("a", "10T01:00")}),
            "11T03:00",
            {},
            id="late into the window: it waits",
        ),
        pytest.param(
            [replace(A, not_between=(MORNING,))],
            LedgerState(BOTH_DONE, interrupted=(run_of("a"),)),
            "10T03:00",
            {},
            id="an interrupted run waits for the end of the window",
        ),
        pytest.param(
            [replace(one, group="g", most_in_group=1) for one in (A, B)],
            LedgerState(BOTH_DONE),
            "11T02:00",
            {"run": ["a 11T02:00"]},
            id="one of a group at a time",
        ),
        pytest.param(
            [replace(one, group="g", most_in_group=1) for one in (A, B)],
            LedgerState(BOTH_DONE, going=(Going("r", ("a",), utc("11T02:00")),)),
            "11T03:00",
            {},
            id="the other waits",
        ),
        pytest.param(
            [replace(A, group="g", most_in_group=3), B],
            LedgerState(BOTH_DONE),
            "11T02:00",
            {"run": ["a 11T02:00", "b 11T02:00"]},
            id="a limited group has runs of its own",
        ),
        pytest.param(
            [A, B],
            LedgerState(BOTH_DONE, requests=(asked("a"), asked("a", request_id="request-2"))),
            "10T12:00",
            {"asked": ["request-1"]},
            id="asked for twice: one after the other",
        ),
        pytest.param(
            [A, B],
            LedgerState(BOTH_DONE, requests=(asked("a"),)),
            "11T02:00",
            {"asked": ["request-1"], "run": ["b 11T02:00"]},
            id="its slot waits for the run that was asked for",
        ),
        pytest.param(
            [A, B],
            LedgerState(BOTH_DONE, requests=(asked("a"),), going=(Going("r", ("a",), utc("10T11:00")),)),
            "10T12:00",
            {},
            id="asked for while it is crawled: after that",
        ),
        pytest.param(
            [A],
            LedgerState(BOTH_DONE, requests=(asked("off"),), pauses=(NIGHT_OFF,)),
            "10T21:00",
            {"asked": ["request-1"]},
            id="a source that is switched off",
        ),
    ],
)
def test_what_people_say(
    tables: list[Timetable], state: LedgerState, now: str, expected: dict[str, list[str]]
) -> None:
    decisions = decide(tables, state, utc(now), RULES)
    found = told(decisions) | ({"asked": [one.id for one in decisions.asked]} if decisions.asked else {})
    assert {word: sorted(items) for word, items in found.items()} == expected


# ── a year of nights ─────────────────────────────────────────────────────────────────────────────────

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
SIX_ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "America/Havana",
]
ZONES = sorted(available_timezones()) if FULL else SIX_ZONES
CRONS = ["0 0 * * *", "30 2 * * *", "0 3 * * *", *(["30 1 * * *", "0 23 * * *"] if FULL else [])]


@dataclass
class World:
    """A ledger, the runs that are going, a clock that misbehaves, and schedulers that die."""

    dice: random.Random
    tables: list[Timetable]
    now: datetime
    pauses: dict[str, PauseRow] = field(default_factory=dict)
    rows: dict[tuple[str, str], str] = field(default_factory=dict)
    newest: dict[str, Slot] = field(default_factory=dict)
    unfinished: dict[str, RunRow] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)  # of the runs that some process works on
    ours: dict[str, datetime] = field(default_factory=dict)  # since when, as the leading scheduler knows it
    by_hand: datetime | None = None
    ran: Counter[str] = field(default_factory=Counter)  # how often each run was entered
    latest: datetime | None = None
    paused_now_and_then: bool = False

    def state(self) -> LedgerState:
        going = [
            Going(
                run_id,
                self.unfinished[run_id].sources,
                self.ours.get(run_id, self.unfinished[run_id].started_at),
            )
            for run_id in self.ends
        ]
        if self.by_hand:
            going.append(Going("by-hand", (self.tables[0].source,), None))
        idle = [run for run_id, run in self.unfinished.items() if run_id not in self.ends]
        return LedgerState(dict(self.newest), tuple(idle), tuple(going), tuple(self.pauses.values()))

    def tick(self, *, calm: bool = False) -> None:
        self._end_runs()
        state = self.state()
        busy = Counter(source for going in state.going for source in going.sources)
        assert max(busy.values(), default=0) <= 1 + bool(self.by_hand)
        rules = Rules(grace=GRACE, gather=timedelta(minutes=5), most_runs=3)
        decisions = decide(self.tables, state, self.now, rules)
        if not calm and self.dice.random() < 0.02:
            return  # died before the entry
        entered = self._enter(decisions)
        if not calm and self.dice.random() < 0.02:
            return  # died between the entry and the children
        for run in (*decisions.resume, *entered):
            assert run.id not in self.ends, "a run that is going was started again"
            self.ours[run.id] = self.now
            self.ends[run.id] = self.now + self._duration(calm=calm)

    def _enter(self, decisions: Decisions) -> list[RunRow]:
        runs = []
        for group in decisions.start:
            names = tuple(slot.source for slot in group)
            assert len({slot.night for slot in group}) == 1
            run = RunRow(id=f"run-{len(self.ran)}", kind="scheduled", sources=names, started_at=self.now)
            self.ran[run.id] += 1
            self.unfinished[run.id] = run
            runs.append(run)
            for slot in group:
                table = next(table for table in self.tables if table.source == slot.source)
                assert table.may_begin(slot) <= self.now <= table.may_begin(slot) + GRACE
                assert table.closed_until(self.now) is None
                assert not any(
                    row.covers(self.now) for row in self.pauses.values() if row.source in {"*", slot.source}
                )
                self._row(slot, "run")
        for passed in decisions.passed:
            self._row(passed.slot, passed.status)
        return runs

    def _row(self, slot: Slot, status: str) -> None:
        assert (slot.source, slot.key) not in self.rows, f"{slot.key} of {slot.source} was decided twice"
        self.rows[slot.source, slot.key] = status
        self.newest[slot.source] = max(self.newest.get(slot.source, slot), slot, key=lambda one: one.instant)
        self.latest = max(self.latest or slot.instant, slot.instant)

    def _duration(self, *, calm: bool) -> timedelta:
        return HOUR / 2 if calm or self.dice.random() < 0.9 else self.dice.choice([6, 25, 49]) * HOUR

    def _end_runs(self) -> None:
        for run_id, end in list(self.ends.items()):
            if end <= self.now:
                del self.ends[run_id], self.unfinished[run_id]
                self.ours.pop(run_id, None)
        if self.by_hand and self.by_hand <= self.now:
            self.by_hand = None

    def misbehave(self) -> None:
        """A step of time, with whatever happens in it."""
        event = self.dice.random()
        step = timedelta(minutes=self.dice.choice([5, 60, 150, 240]))
        if event < 0.04:
            step = 6 * HOUR  # asleep
        elif event < 0.06:
            step = -HOUR  # the clock is set back
        elif event < 0.065:
            step = 3 * DAY  # switched off
        elif event < 0.10:
            self.ours.clear()  # restarted, or another scheduler leads; the children go on
        elif event < 0.14:
            self.ours.clear()
            self.ends.clear()  # everything was killed
        elif event < 0.16:
            self.by_hand = self.now + 2 * HOUR
        self.now += step
        if self.paused_now_and_then:
            self.pause_or_resume()

    def pause_or_resume(self) -> None:
        """Now and then somebody pauses a source or all, and somebody goes on with them."""
        event = self.dice.random()
        if event < 0.01:
            source = self.dice.choice(["*", *(table.source for table in self.tables)])
            until = self.dice.choice([None, self.now + self.dice.choice([3, 30]) * HOUR])
            self.pauses[source] = PauseRow(source=source, since=self.now, until=until, actor="a", reason="")
        elif event < 0.05:
            for source, row in self.pauses.items():
                if row.covers(self.now):
                    self.pauses[source] = replace(row, lifted_at=self.now)


def nights(table: Timetable, after: datetime, until: datetime) -> Iterator[str]:
    return (s.key for s in slots_between(table.cron, table.zone, after, until, source=table.source))


def table_of(number: int, cron: str, zone: str, *, bent: bool) -> Timetable:
    """A source crawled at an hour; `bent`: late by jitter, and not at some times of day, in every mixture."""
    plain = Timetable(f"s{number}", cron, zone)
    if not bent:
        return plain
    windows = tuple(map(parse_day_window, ("01:00-02:45", "22:30-00:20") if number % 2 else ("02:10-04:00",)))
    rule: Literal["wait", "skip"] = "skip" if number % 3 == 1 else "wait"
    limited = replace(plain, group="g", most_in_group=1) if number < 2 else plain
    return replace(limited, jitter=timedelta(minutes=40 * (number + 1)), not_between=windows, blackout=rule)


@pytest.mark.parametrize("bent", [False, True], ids=["plain", "bent"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_nights_has_one_row_for_each_slot(zone: str, bent: bool) -> None:
    start = datetime(2026, 1, 1, 12, 7, tzinfo=UTC)
    tables = [table_of(number, cron, zone, bent=bent) for number, cron in enumerate(CRONS)]
    world = World(random.Random(f"year of {zone}"), tables, start, paused_now_and_then=bent)
    world.tick()
    days = 365 if FULL or not bent else 120
    while world.now < start + days * DAY:
        world.misbehave()
        world.tick()
    world.pauses.clear()
    calm = world.now + 5 * DAY
    while world.now < calm or world.ends:  # all runs end, and nothing goes wrong any more
        world.now += HOUR / 2
        world.tick(calm=True)
    assert not world.ends
    assert not world.unfinished
    expected = {(table.source, key) for table in tables for key in nights(table, start - GRACE, world.now)}
    new = {(table.source, key) for table in tables for key in nights(table, start - GRACE, start)}
    # A source that waits for its group before it ever ran has missed nothing yet.
    firsts = {source: min(key for name, key in world.rows if name == source) for source, _ in world.rows}
    assert max(firsts.values()) < f"{(start + (7 if bent else 2) * DAY).date()}"
    new |= {(source, key) for source, key in expected if key < firsts[source]}
    # A slot that has not begun yet, for its jitter or a time of day without crawls, has no row yet.
    later = {
        (slot.source, slot.key)
        for table in tables
        for slot in slots_between(table.cron, zone, world.now - DAY, world.now, source=table.source)
        if table.may_begin(slot) > world.now - HOUR
    }
    assert expected - new - later <= world.rows.keys() <= expected
    counts = Counter(world.rows.values())
    assert {"run", "coalesced", "overlap", "missed"} | (
        {"paused", "blackout"} if bent else set()
    ) <= counts.keys()
    assert counts["run"] > (0.2 if bent else 0.6) * len(world.rows)
    assert len(expected - new) >= 3 * days
    assert set(world.ran.values()) == {1}


NIGHTS = ["2026-03-29", "2026-07-01", "2026-10-25", "2026-04-05"]


def unlike(zones: list[str]) -> list[str]:
    """One zone of those whose clocks do the same around these nights: a slot's moments then are the same."""

    def clocks(zone: str) -> tuple[object, ...]:
        hours = (
            datetime.fromisoformat(night) + number * HOUR for night in NIGHTS for number in range(-36, 36)
        )
        return tuple(hour.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() for hour in hours)

    return list({clocks(zone): zone for zone in zones}.values())


@pytest.mark.parametrize("zone", unlike(ZONES) if FULL else ["Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("night", NIGHTS)
def test_restarts_at_every_second_around_the_hour_and_two_schedulers(zone: str, night: str) -> None:
    """Killed before the entry, after it, or once the child goes; another scheduler decides the same."""
    table = replace(Timetable("a", "0 2 * * *", zone), jitter=timedelta(seconds=20))
    slot = Slot("a", datetime.fromisoformat(f"{night}T02:00"), zone)
    before = Slot("a", slot.local - DAY, zone)
    around = range(-45, 90) if FULL else range(-5, 30, 2)
    for second in around:
        for dies in ("before", "between", "after"):
            world = World(random.Random(0), [table], slot.instant + timedelta(seconds=second - 60))
            world.newest["a"] = before
            dead = False
            while world.now < slot.instant + timedelta(seconds=150):
                killed = not dead and world.now >= slot.instant + timedelta(seconds=second)
                dead = dead or killed
                first = decide(world.tables, world.state(), world.now, RULES)
                other = decide(world.tables, world.state(), world.now, RULES)
                assert first == other
                if not (killed and dies == "before"):
                    entered = world._enter(first)
                    if killed and dies == "after":
                        for run in (*first.resume, *entered):
                            world.ends[run.id] = world.now + HOUR
                        world.ours.clear()
                    elif not killed:
                        for run in (*first.resume, *entered):
                            world.ends[run.id], world.ours[run.id] = world.now + HOUR, world.now
                # whoever did not lead reads the ledger again, and finds nothing to enter a second time
                world.now += timedelta(seconds=30)
            assert world.rows == {("a", slot.key): "run"}, (second, dies)
            assert world.ran == {"run-0": 1}
            assert set(world.ends) == {"run-0"}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Chatham", "America/Santiago", "Africa/Cairo"])
def test_an_undisturbed_year_runs_every_night(zone: str) -> None:
    start = datetime(2026, 1, 1, 12, 7, tzinfo=UTC)
    world = World(random.Random(0), [Timetable("s", "30 2 * * *", zone)], start)
    while world.now < start + 365 * DAY:
        world.tick(calm=True)
        world.now += HOUR
    assert Counter(world.rows.values()) == {"run": len(world.rows)}
    # The night before the start is caught up, then 365 more.
    assert sorted(key[:10] for _, key in world.rows) == [
        f"{start.date() + number * DAY}" for number in range(len(world.rows))
    ]
    assert len(world.rows) in {365, 366}
