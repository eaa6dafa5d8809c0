"""Worker processes forked from one that has the extractor's imports behind it, which cost a second each time.

Python's own `forkserver` in the place of `spawn`: a worker is as new and as much alone as before.
`_spawned_workers` gives back what programs do.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import BaseContext

_IMPORTED = ["pipelines.extract", "pipelines.image_facts", "pipelines.workers"]
cold_context = multiprocessing.get_context


def warm_context(method: str | None = None) -> BaseContext:
    """`multiprocessing.get_context`, with a fork of the warm process for `spawn`."""
    if method != "spawn":
        return cold_context(method)
    multiprocessing.set_forkserver_preload(_IMPORTED)
    return cold_context("forkserver")
