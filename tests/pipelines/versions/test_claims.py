"""Names are held by one task at a time, all of a call or none."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from pipelines.versions.claims import Claims

ROWS = {
    # name: what is asked for, one after the other → who goes on at once
    "other names": ([{"a"}, {"b"}], [True, True]),
    "the same name": ([{"a"}, {"a"}], [True, False]),
    "one of several": ([{"a", "b"}, {"b", "c"}], [True, False]),
    "what somebody waits for is not held": ([{"a"}, {"a", "b"}, {"b"}], [True, False, True]),
    "nothing": ([{"a"}, set()], [True, True]),
}


@pytest.mark.parametrize(("asked", "at_once"), ROWS.values(), ids=ROWS)
def test_who_waits(asked: list[Collection[str]], at_once: list[bool]) -> None:
    async def scenario() -> tuple[list[int], list[bool]]:
        claims, go, order = Claims(), asyncio.Event(), list[int]()

        async def task(number: int) -> bool:
            async with claims.hold(asked[number]) as free:
                order.append(number)
                await go.wait()
                return free

        tasks = [asyncio.create_task(task(number)) for number in range(len(asked))]
        await asyncio.sleep(0)
        began = list(order)
        go.set()
        return began, await asyncio.gather(*tasks)

    began, free = asyncio.run(scenario())
    assert began == [number for number, first in enumerate(at_once) if first]
    assert free == at_once


def test_who_fails_or_is_given_up_holds_nothing() -> None:
    async def scenario() -> bool:
        claims = Claims()

        async def fail() -> None:
            async with claims.hold({"a"}):
                await asyncio.sleep(0)
                raise ValueError("no")

        async def wait() -> None:
            async with claims.hold({"a"}):
                raise AssertionError("given up before its turn came")

        failing, waiting = asyncio.create_task(fail()), asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(failing, waiting, return_exceptions=True)
        async with claims.hold({"a"}) as at_once:
            return at_once

    assert asyncio.run(scenario())


def test_two_tasks_that_want_each_others_names_both_end() -> None:
    async def scenario() -> list[str]:
        claims, done = Claims(), list[str]()

        async def task(name: str, names: Collection[str]) -> None:
            for _ in range(20):
                async with claims.hold(names):
                    await asyncio.sleep(0)
            done.append(name)

        await asyncio.wait_for(asyncio.gather(task("one", {"a", "b"}), task("other", {"b", "a"})), 60)
        return done

    assert sorted(asyncio.run(scenario())) == ["one", "other"]
