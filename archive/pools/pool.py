"""The seam between work over many pieces of an archive and the processes, or machines, that do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice, takewhile
from threading import Event
from typing import Any, Protocol, TypeVar

from archive.opening import Archive
from config.errors import DatelineError

T = TypeVar("T")
R = TypeVar("R")


class PoolError(DatelineError):
    """A piece of work ended its process each time that it was tried, or there is nobody to do it."""


class Pool(Protocol):
    """Carries out a task on many items, with the archive open wherever that happens.

    A task is a function of a module (or a `functools.partial` of one) that can be pickled, as its items and
    results can. Processes and machines may go: what was under way there is done once more elsewhere, so a
    task changes nothing, or only what may be done twice. Several threads may use it.
    """

    @property
    def size(self) -> int:
        """How many tasks are carried out at a time; 1 means one after the other."""

    def map(
        self, task: Callable[[Archive, T], R], items: Iterable[T], *, waiting: int | None = None
    ) -> Iterator[R]:
        """The result of each item, in their order.

        Items are taken as places come free, a few ahead of the result that is waited for: neither items nor
        results fill the memory. Whoever leaves off early leaves at most those unfinished.

        Args:
            task: what is done.
            items: to each of these.
            waiting: so many items are taken at most beside those that are being worked on or done; None for
                two each. Fewer where an item is large.

        Raises what the task raised, in its item's place, and PoolError.
        """

    def close(self) -> None:
        """Let go of processes and machines. Safe to call again."""


class Alone:
    """A `Pool` of nobody else: this process, with the archive that it has open anyway."""

    size = 1

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def map(
        self, task: Callable[[Archive, T], R], items: Iterable[T], *, waiting: int | None = None
    ) -> Iterator[R]:
        del waiting  # the next item is taken when it is asked for
        return (task(self._archive, item) for item in items)

    def close(self) -> None:
        """There is nothing to let go of: the archive is its owner's."""


@contextmanager
def meanwhile(
    pool: Pool, task: Callable[[Archive, T], R], items: Iterable[T], take: Callable[[R], None]
) -> Iterator[None]:
    """Have a task carried out on all items while the block goes on; it is done at the end of the block.

    `take` is given each result, in a thread of its own. A pool of nobody else does it before the block.

    Raises what `Pool.map` raises, at the end of the block; an error in the block leaves off what is left.
    """
    if pool.size == 1:
        _take_all(pool, task, items, take)
        yield
        return
    left_off = Event()
    beside = ThreadPoolExecutor(1, thread_name_prefix="dateline-meanwhile")
    wanted = takewhile(lambda _: not left_off.is_set(), items)
    done = beside.submit(_take_all, pool, task, wanted, take)
    try:
        yield
        done.result()
    except BaseException:
        left_off.set()
        beside.shutdown(wait=False)  # what is under way ends with the pool
        raise
    beside.shutdown()


def begun(pool: Pool, results: Iterator[R]) -> Iterator[R]:
    """The results of a `Pool.map`, which others begin to make at once; here they are made when asked for.

    Raises what making them raises, when they are asked for.
    """
    if pool.size == 1:
        return results
    beside = ThreadPoolExecutor(1, thread_name_prefix="dateline-begun")
    first = beside.submit(lambda: list(islice(results, 1)))
    beside.shutdown(wait=False)
    return chain.from_iterable(each() for each in (first.result, lambda: results))


def _take_all(
    pool: Pool, task: Callable[[Archive, T], R], items: Iterable[T], take: Callable[[R], None]
) -> None:
    for result in pool.map(task, items):
        take(result)


def name_of(task: Callable[..., Any], item: object) -> str:
    """A task and its item, for messages."""
    named = getattr(task, "func", task)
    return f"{getattr(named, '__name__', named)} of {str(item)[:200]}"
