"""Several pages at once, and yet each address's pages in their order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def in_order_of_keys(
    items: Iterable[T],
    keys: Callable[[T], Sequence[str]],
    work: Callable[[T], Awaitable[None]],
    *,
    size: int,
) -> None:
    """Do `work` on each item, at most `size` at a time, items that share a key one after the other.

    Raises what the first failing work raised; what is under way is then cancelled.
    """
    last: dict[str, asyncio.Task[None]] = {}
    running: set[asyncio.Task[None]] = set()

    async def after(before: set[asyncio.Task[None]], item: T) -> None:
        if before:
            await asyncio.wait(before)
        await work(item)

    try:
        for item in items:
            named = keys(item)
            before = {last[key] for key in named if key in last and not last[key].done()}
            task = asyncio.create_task(after(before, item))
            running.add(task)
            last |= dict.fromkeys(named, task)
            if len(running) >= size:
                running = await _some_done(running)
        while running:
            running = await _some_done(running)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _some_done(running: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    done, rest = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return rest
