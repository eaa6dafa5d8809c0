"""Fetchers as child processes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from crawler.engines.engine import EndedFetcher
from crawler.engines.local import LocalEngine
from crawler.schedule.children import Command

PATIENCE = 300.0
# The run's id says what a child does.
_CHILD = (
    "import signal, sys\n"
    "if sys.argv[1] == 'wait':\n"
    "    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
    "    print(flush=True) or signal.pause()\n"
    "sys.exit(int(sys.argv[1]))"
)


def command(run_id: str) -> Command:
    program = "/no/such/program" if run_id == "none" else sys.executable
    return Command([program, "-c", _CHILD, run_id], dict(os.environ))


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    with closing(LocalEngine(2, command)) as made:
        yield made


def ended(engine: LocalEngine, number: int) -> list[EndedFetcher]:
    """So many fetchers, in the order of their slots."""
    found: list[EndedFetcher] = []
    limit = time.monotonic() + PATIENCE
    while len(found) < number:
        assert time.monotonic() < limit
        found += engine.ended()
    return sorted(found, key=lambda one: one.slot)


def test_fetchers_are_told_of_once_with_their_status(engine: LocalEngine) -> None:
    first, second = engine.slots
    engine.start(first, "0")
    engine.start(second, "3")
    assert ended(engine, 2) == [EndedFetcher(first, 0), EndedFetcher(second, 3)]
    assert engine.ended() == []


def test_one_that_cannot_be_started_is_told_of_too(engine: LocalEngine) -> None:
    engine.start(engine.slots[0], "none")
    [fetcher] = engine.ended()
    assert (fetcher.slot, fetcher.status) == (engine.slots[0], None)
    assert fetcher.problem == "/no/such/program: No such file or directory"


def test_stopped_ones_end_by_themselves(engine: LocalEngine) -> None:
    engine.start(engine.slots[0], "wait")
    assert engine.ended() == []
    engine.stop()
    [fetcher] = ended(engine, 1)
    assert fetcher.status in {7, -15}  # -15: before it had come to say what it does then
