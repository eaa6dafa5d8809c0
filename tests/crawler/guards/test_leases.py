"""Leases over one catalog, as two processes hold them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from archive.catalog import leases
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogUnreachable
from archive.commit import Committer
from archive.held_leases import HostLeases, LeaseLost
from archive.journal import JournalWriter
from archive.rows import RunRow
from tests.archive.material import NOON, SetClock
from tests.crawler.conftest import SmallArchive

RUN, HOST = "run:run-1", "host:news.example"


def holder(
    archive: SmallArchive, name: str, *, at: timedelta = timedelta(), seconds: float = 120.0
) -> HostLeases:
    return HostLeases(archive.catalog, name, SetClock(NOON + at), seconds)


@dataclass
class Hands:
    """Two clocks, as a test sets them: the monotonic one and that of the wall."""

    monotonic: float = 1000.0
    wall: float = 2000.0

    def leases(self, archive: SmallArchive, name: str = "one", seconds: float = 100.0) -> HostLeases:
        clocks = (lambda: self.monotonic, lambda: self.wall)
        return HostLeases(archive.catalog, name, SetClock(NOON), seconds, clocks)

    def go_on(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


def test_one_holder_at_a_time(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        one, two = holder(small_archive, "one"), holder(small_archive, "two")
        assert await one.take(HOST)
        assert await one.take(HOST)
        assert not await two.take(HOST)
        assert (one.holds(HOST), two.holds(HOST), one.holds("host:other.example")) == (True, False, False)
        assert await two.take("host:other.example")
        await one.release()
        assert not one.holds(HOST)
        assert await two.take(HOST)

    asyncio.run(scene())


def test_many_are_taken_at_once_but_for_those_of_others(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        one, two = holder(small_archive, "one"), holder(small_archive, "two")
        hosts = [f"host:{number}.example" for number in range(3)]
        assert await two.take(hosts[1])
        assert await one.take_all(hosts) == 2
        assert [(one.holds(host), two.holds(host)) for host in hosts] == [(1, 0), (0, 1), (1, 0)]
        await one.release()
        assert await two.take_all(hosts) == 3

    asyncio.run(scene())


def test_who_waits_for_a_lease_is_asked_for_together(
    small_archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is asked for alone, what came meanwhile in one transaction more."""
    acquire = leases.acquire
    asked: list[list[str]] = []
    hosts = [f"host:{number}.example" for number in range(9)]

    def noted(catalog: Catalog, names: list[str], *rest: Any, **also: Any) -> set[str]:
        asked.append(sorted(names))
        return acquire(catalog, names, *rest, **also)

    async def scene() -> list[bool]:
        one, two = holder(small_archive, "one"), holder(small_archive, "two")
        assert await two.take(hosts[4])
        monkeypatch.setattr(leases, "acquire", noted)
        return await asyncio.gather(*map(one.take, [*hosts, hosts[0]]))

    assert asyncio.run(scene()) == [True] * 4 + [False] + [True] * 5
    assert sorted(chain(*asked)) == hosts
    assert len(asked) <= 2


def test_each_who_waits_learns_that_the_catalog_cannot_be_reached(
    small_archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> set[str]:
        raise CatalogUnreachable("catalog cannot be used")

    async def scene() -> list[bool | BaseException]:
        one = holder(small_archive, "one")
        with monkeypatch.context() as patch:
            patch.setattr(leases, "acquire", unreachable)
            failed = await asyncio.gather(*map(one.take, ["a", "b", "c"]), return_exceptions=True)
        return [*failed, await one.take("a")]

    *failed, again = asyncio.run(scene())
    assert [type(each) for each in failed] == [CatalogUnreachable] * 3
    assert again is True


def test_many_takers_at_once_find_one_holder(small_archive: SmallArchive) -> None:
    async def scene() -> list[bool]:
        holders = [holder(small_archive, f"h{number}") for number in range(12)]
        return await asyncio.gather(*(one.take(HOST) for one in holders))

    assert sorted(asyncio.run(scene())) == [False] * 11 + [True]


def test_a_lease_that_ran_out_is_free_and_its_holder_knew_before(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        slept = holder(small_archive, "slept", seconds=0.0)
        assert not await slept.take(HOST)  # over as soon as it is taken: it does not count on it
        assert await holder(small_archive, "next", at=timedelta(seconds=1)).take(HOST)

    asyncio.run(scene())


def test_leases_are_renewed(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        hands = Hands()
        one = hands.leases(small_archive, seconds=0.3)
        assert await one.take(RUN)
        task = asyncio.create_task(one.renew_forever())
        for _ in range(3):
            before = one._until[RUN]
            hands.go_on(0.2)
            async with asyncio.timeout(300):
                while one._until[RUN] == before:  # noqa: ASYNC110 - a lease tells nobody
                    await asyncio.sleep(0.01)
            assert one.holds(RUN)
        assert not task.done()
        task.cancel()

    asyncio.run(scene())


@pytest.mark.parametrize("released", [False, True], ids=["and has it", "and gave it back"])
@pytest.mark.parametrize("taken", [RUN, HOST])
def test_a_run_of_which_another_process_took_a_lease_ends(
    small_archive: SmallArchive, taken: str, released: bool
) -> None:
    """One that stood still for long: what it knows of that run or host may not be true any more."""

    async def scene() -> None:
        asleep = Hands().leases(small_archive, "asleep", seconds=0.3)
        assert await asleep.take(RUN)
        assert await asleep.take(HOST)
        awake = holder(small_archive, "awake", at=timedelta(hours=1))
        assert await awake.take(taken)
        if released:
            await awake.release()
        async with asyncio.timeout(300):
            with pytest.raises(LeaseLost, match=taken):
                await asleep.renew_forever()
        with pytest.raises(LeaseLost, match=taken):
            await asyncio.to_thread(asleep.require)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("monotonic", "wall", "holds"),
    [
        pytest.param(0, 0, True, id="at once"),
        pytest.param(89, 89, True, id="short of its end"),
        pytest.param(91, 91, False, id="a tenth before its end"),
        pytest.param(1, 3600, False, id="a laptop slept for an hour, and its monotonic clock with it"),
        pytest.param(91, -3600, False, id="the wall's clock was put back"),
        pytest.param(89, -3600, True, id="put back, and not too long ago"),
    ],
)
def test_a_lease_holds_while_both_clocks_say_so(
    small_archive: SmallArchive, monotonic: float, wall: float, holds: bool
) -> None:
    async def scene() -> None:
        hands = Hands()
        one = hands.leases(small_archive)
        assert await one.take(HOST)
        hands.monotonic += monotonic
        hands.wall += wall
        assert one.holds(HOST) is holds
        await asyncio.to_thread(one.require)  # nobody was there in between: it goes on
        assert one.holds(HOST)

    asyncio.run(scene())


def test_one_that_slept_commits_nothing_if_another_was_there(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        hands = Hands()
        one = hands.leases(small_archive)
        assert await one.take(RUN)
        journal = JournalWriter(small_archive.store, "w2", small_archive.clock)
        committer = Committer(
            small_archive.store, small_archive.catalog, journal, small_archive.clock, one.require
        )
        row = RunRow(id="run-1", kind="manual", sources=("news",), started_at=NOON)
        await asyncio.to_thread(committer.commit_rows, [row])
        hands.wall += 3600
        other = holder(small_archive, "other", at=timedelta(hours=1))
        assert await other.take(RUN)
        await other.release()
        with pytest.raises(LeaseLost, match="another process took it over"):
            await asyncio.to_thread(committer.commit_rows, [replace(row, status="done")])
        assert len(list(small_archive.store.list("journal/"))) == 1
        assert await one.take(HOST)  # what it never had it may still ask for
        with pytest.raises(LeaseLost):
            await one.take(RUN)

    asyncio.run(scene())


def test_a_host_that_is_left_keeps_its_distance_for_whoever_comes_next(small_archive: SmallArchive) -> None:
    """Also if its robots.txt asked for more while it was held; a host without a distance is free at once."""

    async def scene() -> None:
        one = holder(small_archive, "one")
        one.keep_apart(HOST, 5.0)
        assert await one.take(HOST)
        assert await one.take("host:other.example")
        one.keep_apart(HOST, 30.0)
        await one.release()
        two = holder(small_archive, "two")
        assert await two.take("host:other.example")
        assert not await two.take(HOST)
        assert leases.free_in(small_archive.catalog, HOST, SetClock(NOON)) == 30.0
        assert leases.holder_of(small_archive.catalog, HOST, SetClock(NOON)) is None
        assert await holder(small_archive, "three", at=timedelta(seconds=30)).take_in_turn(HOST)

    asyncio.run(scene())


def test_a_host_that_somebody_has_is_not_waited_for(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        one, two = holder(small_archive, "one"), holder(small_archive, "two")
        one.keep_apart(HOST, 5.0)
        assert await one.take(HOST)
        assert not await two.take_in_turn(HOST)

    asyncio.run(scene())


def test_a_clock_that_was_put_back_closes_no_host_for_long(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        one = holder(small_archive, "one", at=timedelta(days=1))
        one.keep_apart(HOST, 5.0)
        assert await one.take(HOST)
        await one.release()

    asyncio.run(scene())
    assert leases.free_in(small_archive.catalog, HOST, SetClock(NOON)) == 5.0


def test_before_a_request_goes_out_both_leases_are_confirmed(small_archive: SmallArchive) -> None:
    async def scene() -> None:
        hands = Hands()
        one = hands.leases(small_archive)
        assert await one.take(RUN)
        assert await one.take(HOST)
        await one.confirm(RUN, HOST)
        hands.go_on(95)  # it stood still, and nobody was there
        await one.confirm(RUN, HOST)
        assert one.holds(RUN)
        hands.go_on(200)
        other = holder(small_archive, "other", at=timedelta(hours=1))
        assert await other.take(RUN)
        with pytest.raises(LeaseLost, match=RUN):
            await one.confirm(RUN, HOST)

    asyncio.run(scene())
