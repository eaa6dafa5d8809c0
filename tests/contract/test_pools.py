"""What every pool does with tasks: in this process, in others, on a cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from archive.opening import Archive, open_archive
from archive.pools.pool import Alone, Pool, PoolError, begun, meanwhile
from archive.pools.processes import ProcessPool
from archive.stores.store import ObjectCollision
from config.settings import Settings
from tests.contract import pool_tasks
from tests.contract.ray_here import ray_pool

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
OTHERS = ["processes", *(["ray"] if FULL else [])]
MOST_AHEAD = 4  # items, for each task that is carried out at a time


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("pools")
    return Settings(
        store=f"file://{folder}/store", catalog=f"sqlite:///{folder}/catalog.db", spool=folder / "spool"
    )


@pytest.fixture(scope="module")
def archive(settings: Settings) -> Iterator[Archive]:
    opened = open_archive(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pools(
    settings: Settings, archive: Archive, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Pool]]:
    """Each kind of pool, made when a test asks for it and kept."""
    with ExitStack() as stack:

        @cache
        def pool(kind: str) -> Pool:
            if kind == "ray":
                return stack.enter_context(ray_pool(settings, tmp_path_factory.mktemp("ray")))
            made = Alone(archive) if kind == "alone" else ProcessPool(settings, 2)
            stack.callback(made.close)
            return made

        yield pool


@pytest.fixture(params=["alone", *OTHERS])
def pool(request: pytest.FixtureRequest, pools: Callable[[str], Pool]) -> Pool:
    return pools(request.param)


@pytest.fixture(params=OTHERS)
def others(request: pytest.FixtureRequest, pools: Callable[[str], Pool]) -> Pool:
    return pools(request.param)


def test_results_come_in_the_order_of_items(pool: Pool) -> None:
    found = list(pool.map(pool_tasks.look, range(40)))
    assert [number for number, _, _ in found] == list(range(40))
    assert {size > 100 for _, _, size in found} == {True}  # the archive is open there
    assert ({os.getpid()} == {process for _, process, _ in found}) == isinstance(pool, Alone)


def test_no_item_is_taken_long_before_its_turn(pool: Pool) -> None:
    taken: list[int] = []
    results = pool.map(pool_tasks.collide, (taken.append(n) or n for n in count(100)))
    assert [next(results) for _ in range(5)] == [100, 101, 102, 103, 104]
    assert 5 <= len(taken) <= 5 + MOST_AHEAD * pool.size
    assert list(pool.map(pool_tasks.collide, [1, 2])) == [1, 2]  # beside those that are under way


def test_what_a_task_raises_is_raised_in_its_place(pool: Pool) -> None:
    results = pool.map(pool_tasks.collide, range(20))
    assert [next(results) for _ in range(pool_tasks.BAD)] == list(range(pool_tasks.BAD))
    with pytest.raises(
        ObjectCollision, match=r"a/key already exists in a store.*expected sha256 this"
    ) as caught:
        next(results)
    assert (caught.value.key, caught.value.expected, caught.value.actual) == ("a/key", "this", "that")
    assert list(results) == []


def test_an_exception_that_cannot_be_sent_says_what_it_was(others: Pool) -> None:
    with pytest.raises(RuntimeError, match="Unsendable: one and another"):
        list(others.map(pool_tasks.fail_strangely, [1]))


def test_a_result_that_cannot_be_sent_fails_and_harms_nothing(others: Pool) -> None:
    with pytest.raises(Exception, match=r"pickle|local object"):
        list(others.map(pool_tasks.give_what_cannot_be_sent, [1]))
    assert list(others.map(pool_tasks.collide, [3])) == [3]


def test_a_process_that_is_killed_costs_another_try(others: Pool, tmp_path: Path) -> None:
    task = partial(pool_tasks.die_once, mark=tmp_path / "killed")
    assert list(others.map(task, range(20))) == list(range(20))
    assert (tmp_path / "killed").exists()


def test_a_task_that_kills_each_process_is_named(others: Pool) -> None:
    results = others.map(pool_tasks.die, range(20))
    assert [next(results) for _ in range(pool_tasks.BAD)] == list(range(pool_tasks.BAD))
    with pytest.raises(PoolError, match=f"die of {pool_tasks.BAD}"):
        next(results)
    assert list(others.map(pool_tasks.collide, [1, 2, 3])) == [1, 2, 3]


def test_work_goes_on_meanwhile(pool: Pool) -> None:
    taken: list[int] = []
    with meanwhile(pool, pool_tasks.collide, range(100, 130), taken.append):
        assert list(pool.map(pool_tasks.collide, [1, 2, 3])) == [1, 2, 3]
    assert taken == list(range(100, 130))


def test_what_a_task_raises_meanwhile_is_raised_at_the_end(pool: Pool) -> None:
    with pytest.raises(ObjectCollision), meanwhile(pool, pool_tasks.collide, range(20), lambda _: None):
        pass


def test_an_error_leaves_off_what_goes_on_meanwhile(others: Pool) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        meanwhile(others, pool_tasks.collide, count(100), lambda _: None),
    ):
        raise ZeroDivisionError
    assert list(others.map(pool_tasks.collide, [1])) == [1]


def test_what_is_begun_has_the_same_results(pool: Pool) -> None:
    assert list(begun(pool, pool.map(pool_tasks.collide, range(100, 120)))) == list(range(100, 120))
    assert list(begun(pool, pool.map(pool_tasks.collide, ()))) == []
    results = begun(pool, pool.map(pool_tasks.collide, range(20)))
    with pytest.raises(ObjectCollision):
        list(results)


def test_others_begin_before_anything_is_asked_for(others: Pool) -> None:
    taken = Event()

    def items() -> Iterator[int]:
        taken.set()
        yield 100

    results = begun(others, others.map(pool_tasks.collide, items()))
    assert taken.wait(timeout=60)
    assert list(results) == [100]


def test_nobody_begins_what_this_process_does_itself(archive: Archive) -> None:
    alone, left = Alone(archive), iter(range(3))
    results = begun(alone, alone.map(pool_tasks.collide, left))
    assert next(left) == 0
    assert list(results) == [1, 2]


def test_who_leaves_early_leaves_no_process(settings: Settings) -> None:
    pool = ProcessPool(settings, 1)
    results = pool.map(pool_tasks.look, count())
    child = next(results)[1]
    assert child in {process.pid for process in multiprocessing.active_children()}
    pool.close()
    pool.close()
    assert child not in {process.pid for process in multiprocessing.active_children()}
    with pytest.raises(PoolError, match="closed"):
        list(pool.map(pool_tasks.look, [1]))
