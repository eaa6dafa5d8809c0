"""Leases over one catalog, as two processes hold them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from archive.held_leases import HostLeases, LeaseLost
from tests.archive.material import NOON, SetClock
from tests.crawler.conftest import SmallArchive

RUN, HOST = "run:run-1", "host:news.example"


def holder(
    archive: SmallArchive, name: str, *, at: timedelta = timedelta(), seconds: float = 120.0
) -> HostLeases:
    return HostLeases(archive.catalog, name, SetClock(NOON + at), seconds)


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
        one = holder(small_archive, "one", seconds=0.6)
        assert await one.take(RUN)
        task = asyncio.create_task(one.renew_forever(RUN))
        assert await asyncio.wait([task], timeout=1.0) == (set(), {task})
        assert one.holds(RUN)
        task.cancel()

    asyncio.run(scene())


@pytest.mark.parametrize("taken", [RUN, HOST])
def test_a_run_that_another_took_over_ends(small_archive: SmallArchive, taken: str) -> None:
    """One that stood still for long; a host that was lost is only refused from then on."""

    async def scene() -> None:
        asleep = holder(small_archive, "asleep", seconds=0.6)
        assert await asleep.take(RUN)
        assert await asleep.take(HOST)
        assert await holder(small_archive, "awake", at=timedelta(hours=1)).take(taken)
        renewing = asyncio.create_task(asleep.renew_forever(RUN))
        done, _ = await asyncio.wait([renewing], timeout=20 if taken == RUN else 0.5)
        if taken == RUN:
            assert isinstance(done.pop().exception(), LeaseLost)
        else:
            assert not done
            renewing.cancel()
        assert not asleep.holds(taken)

    asyncio.run(scene())
