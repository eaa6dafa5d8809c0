"""Work in order, with the next things made ready and several under way meanwhile."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing
from itertools import islice
from typing import Any, TypeVar

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")

BATCH = 32
"""Articles that are loaded at once: a few questions to the catalog in place of some for each."""


async def in_batches(
    keys: Iterator[K], load: Callable[[Sequence[K]], Awaitable[Sequence[T]]], size: int = BATCH
) -> AsyncGenerator[T, None]:
    """What `load` gives of the keys, in order; the next batch is loaded while one is worked on.

    `keys` may block; `load` gives at least one thing for a batch that is not empty.
    """

    async def following() -> Sequence[T]:
        batch = await asyncio.to_thread(lambda: list(islice(keys, size)))
        return await load(batch) if batch else ()

    loading = asyncio.create_task(following())
    try:
        while batch := await loading:
            loading = asyncio.create_task(following())
            for one in batch:
                yield one
    finally:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)


async def in_order(
    items: AsyncGenerator[T, None], take: Callable[[T], Coroutine[Any, Any, R]], most: int
) -> AsyncGenerator[R, None]:
    """`take` of each item, in order; at most so many at a time, and none is begun long before its turn."""
    waiting: deque[asyncio.Task[R]] = deque()
    async with aclosing(items):
        try:
            while True:
                while len(waiting) < most and (item := await anext(items, None)) is not None:
                    waiting.append(asyncio.create_task(take(item)))
                if not waiting:
                    return
                yield await waiting.popleft()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
