"""Batches that are loaded ahead, and tasks that run side by side: order, bounds, failures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from pipelines.reprocess.ahead import in_batches, in_order


async def _same(keys: Sequence[int]) -> Sequence[int]:
    return keys


@pytest.mark.parametrize(
    ("count", "loaded"),
    [(0, []), (1, [[0]]), (4, [[0, 1, 2, 3]]), (5, [[0, 1, 2, 3], [4]])],
    ids=["nothing", "one", "a batch", "one more"],
)
def test_batches_are_loaded_in_order(count: int, loaded: list[list[int]]) -> None:
    asked: list[list[int]] = []

    async def load(keys: Sequence[int]) -> Sequence[str]:
        asked.append(list(keys))
        return [f"article {key}" for key in keys]

    async def all_of_them() -> list[str]:
        return [one async for one in in_batches(iter(range(count)), load, 4)]

    assert asyncio.run(all_of_them()) == [f"article {n}" for n in range(count)]
    assert asked == loaded


def test_the_next_batch_is_loaded_while_one_is_worked_on() -> None:
    async def first_of_two() -> int:
        second = asyncio.Event()

        async def load(keys: Sequence[int]) -> Sequence[int]:
            if keys[0] == 2:
                second.set()
            return keys

        items = in_batches(iter(range(4)), load, 2)
        one = await anext(items)
        await second.wait()  # nobody has asked for more
        await items.aclose()
        return one

    assert asyncio.run(first_of_two()) == 0


def test_a_failure_to_load_comes_after_what_was_loaded() -> None:
    async def load(keys: Sequence[int]) -> Sequence[int]:
        if keys[0] == 2:
            raise RuntimeError("the catalog has gone")
        return keys

    found: list[int] = []

    async def take_all() -> None:
        async for one in in_batches(iter(range(4)), load, 2):
            found.append(one)  # noqa: PERF401 - a comprehension would lose what came before the failure

    with pytest.raises(RuntimeError, match="the catalog has gone"):
        asyncio.run(take_all())
    assert found == [0, 1]


def test_only_so_many_are_under_way_and_they_come_in_order() -> None:
    under_way = most = 0

    async def take(n: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(10 - n):  # later ones are done sooner
            await asyncio.sleep(0)
        under_way -= 1
        return n

    async def all_of_them() -> list[int]:
        return [n async for n in in_order(in_batches(iter(range(9)), _same, 4), take, 3)]

    assert asyncio.run(all_of_them()) == list(range(9))
    assert most == 3


def test_a_failure_ends_what_is_under_way() -> None:
    ended: list[int] = []

    async def take(n: int) -> int:
        try:
            if n == 0:
                await asyncio.sleep(0)
                raise RuntimeError("the store has gone")
            await asyncio.Event().wait()
        finally:
            ended.append(n)
        return n

    async def all_of_them() -> list[int]:
        return [n async for n in in_order(in_batches(iter(range(9)), _same, 4), take, 3)]

    with pytest.raises(RuntimeError, match="the store has gone"):
        asyncio.run(all_of_them())
    assert sorted(ended) == [0, 1, 2]
