"""A watcher beside long work: a thread of its own that shows how far it is, until the work ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

from cli.output import console

LINE_SECONDS = 10.0  # between two lines where there is no terminal
_BAR_SECONDS = 0.25  # between two looks at what the bars show


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work and how far it is; a `total` of 0 is not known yet."""

    name: str
    done: int
    total: int


@contextmanager
def watching(watch: Callable[[Event], None]) -> Iterator[None]:
    """Run `watch` until the block ends, which sets its event; the work only counts and never waits for it."""
    over = Event()
    thread = Thread(target=watch, args=(over,), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def steps_shown(steps: Callable[[], Sequence[Step]], line: Callable[[], str]) -> AbstractContextManager[None]:
    """Show work on stderr until the block ends: its steps as bars at a terminal, else `line` now and then.

    Both are asked anew at each look; `steps` always gives the same ones. The first bar is there from the
    start, the others once their total is known.
    """
    return watching(partial(_bars, steps) if sys.stderr.isatty() else partial(_lines, line))


def _bars(steps: Callable[[], Sequence[Step]], over: Event) -> None:
    from rich.progress import Progress

    with Progress(console=console(stderr=True), transient=True) as bars:
        tasks = [bars.add_task(step.name, total=None, visible=not at) for at, step in enumerate(steps())]
        while not over.wait(_BAR_SECONDS):
            for task, step in zip(tasks, steps(), strict=True):
                if step.total:
                    bars.update(task, total=step.total, completed=step.done, visible=True)
                else:
                    bars.update(task, completed=step.done)


def _lines(line: Callable[[], str], over: Event) -> None:
    while not over.wait(LINE_SECONDS):
        print(line(), file=sys.stderr, flush=True)
