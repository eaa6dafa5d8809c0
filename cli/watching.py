"""A watcher beside long work: a thread of its own that shows how far it is, until the work ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


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
