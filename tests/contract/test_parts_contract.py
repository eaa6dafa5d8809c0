"""Parts of a run in either kind of catalog: claimed by one at a time, done once, handed to each other."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from archive.catalog import leases, parts
from archive.catalog.catalog import Catalog
from archive.catalog.parts import HandedUrl, PartState, RunPart
from tests.archive.material import NOON, SetClock

SECONDS = 60.0
RUN = "run-1"


def at(seconds: float) -> SetClock:
    return SetClock(NOON + timedelta(seconds=seconds))


def part(shard: int, *, run: str = RUN) -> RunPart:
    definition = {"name": f"s{shard}", "homepage": f"https://s{shard}.example/"}
    return RunPart(run, shard, (f"s{shard}.example",), (definition,))


def found(key: str, finder: int = 0) -> HandedUrl:
    return HandedUrl(key, f"https://x.example/{key}", "s0", "feed", "https://s0.example/feed", finder)


def claimed(
    catalog: Catalog,
    holder: str,
    moment: float = 0.0,
    run: str | None = RUN,
    *,
    succeeded: list[str] | None = None,
) -> RunPart | None:
    def succeed(gone: str, _until: datetime) -> None:
        if succeeded is not None:
            succeeded.append(gone)
        leases.drop_run_out(catalog, gone, at(moment))

    return parts.claim(catalog, run, holder, SECONDS, at(moment), succeed=succeed)


def test_a_part_is_claimed_by_one_and_is_what_was_divided(catalog: Catalog) -> None:
    parts.divide(catalog, [part(3), part(5)])
    first, second = claimed(catalog, "one"), claimed(catalog, "two")
    assert first is not None
    assert (first.shard, first.sites, first.sources) == (3, ("s3.example",), part(3).sources)
    assert (first.tries, first.discovered, first.lease) == (1, False, "run:run-1/3")
    assert second is not None
    assert second.shard == 5
    assert claimed(catalog, "three") is None
    assert parts.states(catalog, RUN, at(0)) == [
        PartState(3, "waiting", "one", 1),
        PartState(5, "waiting", "two", 1),
    ]
    assert leases.works_on(catalog, RUN, at(0))
    assert not leases.works_on(catalog, "run", at(0))
    assert parts.shards_of_sites(catalog, RUN) == {"s3.example": 3, "s5.example": 5}


def test_dividing_again_changes_nothing(catalog: Catalog) -> None:
    parts.divide(catalog, [part(0)])
    claimed(catalog, "one")
    parts.divide(catalog, [part(0)])
    assert claimed(catalog, "two") is None


def test_of_many_that_ask_at_once_each_gets_another(catalog: Catalog) -> None:
    parts.divide(catalog, [part(number) for number in range(6)])
    got: dict[str, RunPart | None] = {}
    start = threading.Barrier(8)

    def ask(holder: str) -> None:
        start.wait(300)
        got[holder] = claimed(catalog, holder)

    threads = [threading.Thread(target=ask, args=(f"h{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shards = [one.shard for one in got.values() if one is not None]
    # Rows that another one is about to take are skipped, so one that asks just then may come away empty.
    assert len(shards) == len(set(shards)) <= 6
    while (more := claimed(catalog, "late")) is not None:
        shards.append(more.shard)
    assert sorted(shards) == [0, 1, 2, 3, 4, 5]


def test_the_part_of_one_that_is_gone_is_claimed_when_its_lease_is_over(catalog: Catalog) -> None:
    """And its hosts are left alone for as long as they want requests apart."""
    parts.divide(catalog, [part(0)])
    assert claimed(catalog, "gone") is not None
    leases.acquire(catalog, ["host:slow"], "gone", SECONDS, at(0), spacing={"host:slow": 30.0})
    leases.acquire(catalog, ["host:quick"], "gone", SECONDS, at(0))
    succeeded: list[str] = []
    assert claimed(catalog, "next", SECONDS - 0.001, succeeded=succeeded) is None
    assert succeeded == []
    again = claimed(catalog, "next", SECONDS, succeeded=succeeded)
    assert succeeded == ["gone"]
    assert again is not None
    assert again.tries == 2
    assert leases.acquire(catalog, ["host:quick"], "next", SECONDS, at(SECONDS)) == {"host:quick"}
    assert leases.acquire(catalog, ["host:slow"], "next", SECONDS, at(SECONDS + 29)) == set()
    assert leases.free_in(catalog, "host:slow", at(SECONDS + 20)) == 10.0
    assert leases.acquire(catalog, ["host:slow"], "next", SECONDS, at(SECONDS + 30)) == {"host:slow"}


def test_who_lost_a_part_does_not_end_it(catalog: Catalog) -> None:
    parts.divide(catalog, [part(0)])
    stale = claimed(catalog, "gone")
    fresh = claimed(catalog, "next", SECONDS)
    assert stale is not None
    assert fresh is not None
    parts.leave(catalog, stale, "gone", done=True)
    assert parts.states(catalog, RUN, at(SECONDS)) == [PartState(0, "waiting", "next", 2)]
    assert parts.leave(catalog, fresh, "next", done=True)
    assert parts.states(catalog, RUN, at(SECONDS))[0].state == "done"


def test_a_part_that_was_stopped_waits(catalog: Catalog) -> None:
    parts.divide(catalog, [part(0)])
    mine = claimed(catalog, "one")
    assert mine is not None
    assert not parts.leave(catalog, mine, "one", done=False)
    leases.release(catalog, "one", at(1))
    succeeded: list[str] = []
    again = claimed(catalog, "two", 1, succeeded=succeeded)
    assert succeeded == []  # it has given its lease back, and so has stopped
    assert again is not None
    assert not again.discovered


def test_what_is_handed_over_opens_a_part_again(catalog: Catalog) -> None:
    parts.divide(catalog, [part(0), part(1)])
    one, two = claimed(catalog, "one"), claimed(catalog, "two")
    assert one is not None
    assert two is not None
    assert parts.leave(catalog, two, "two", done=True)
    leases.release(catalog, "two")
    parts.hand(catalog, RUN, 1, [found("a"), found("b")])
    parts.hand(catalog, RUN, 1, [found("a")])  # found again
    assert [state.state for state in parts.states(catalog, RUN, at(0))] == ["waiting", "waiting"]
    again = claimed(catalog, "three")
    assert again is not None
    assert (again.shard, again.discovered) == (1, True)
    waiting = parts.handed(catalog, RUN, 1)
    assert sorted(row.url_key for row in waiting) == ["a", "b"]
    parts.hand_back(catalog, RUN, [row for row in waiting if row.url_key == "b"])
    assert not parts.leave(catalog, again, "three", done=True)  # a is not taken up
    parts.take_up(catalog, RUN, ["a"])
    last = claimed(catalog, "three", SECONDS)
    assert last is not None
    assert parts.handed(catalog, RUN, 1) == []
    assert [row.url_key for row in parts.handed(catalog, RUN, 0)] == ["b"]


def test_what_is_nobodys_is_for_who_finds_it_first(catalog: Catalog) -> None:
    assert parts.found_first(catalog, RUN, 0, [found("a"), found("b")]) == {"a", "b"}
    assert parts.found_first(catalog, RUN, 1, [found("b"), found("c")]) == {"c"}
    assert parts.found_first(catalog, RUN, 0, [found("a")]) == {"a"}  # it goes on after a crash
    assert parts.found_first(catalog, RUN, 0, []) == set()


def test_a_run_that_ended_leaves_nothing(catalog: Catalog) -> None:
    parts.divide(catalog, [part(0), part(0, run="run-2")])
    parts.found_first(catalog, RUN, 0, [found("a")])
    gone = claimed(catalog, "gone")
    assert gone is not None
    leases.acquire(catalog, ["host:a"], "gone", SECONDS, at(0))
    parts.forget(catalog, RUN)
    assert leases.renew(catalog, [gone.lease, "host:a"], "gone", SECONDS, at(0)) == set()
    assert parts.divided_runs(catalog) == ["run-2"]
    assert parts.found_first(catalog, RUN, 1, [found("a")]) == {"a"}
    parts.forget(catalog)
    assert parts.divided_runs(catalog) == []
