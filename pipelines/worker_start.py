"""Where workers come from: each is forked from a process that has imported the extractor."""

from __future__ import annotations

from multiprocessing.context import BaseContext

from archive.pools.warm import start_warm, warm_context

# Before a worker's memory is capped. The last: imagehash imports it with its first hash, 100 MB of mappings.
IMPORTED_FIRST = (
    "pipelines.extract_member",
    "pipelines.image_facts",
    "pipelines.memory.study",
    "pipelines.workers",
    "scipy.fftpack",
)


def warm_up(*also: str) -> None:
    """Start the warm process now, so that it is there when the first worker is wanted; does not wait for it.

    Args:
        also: modules that it shall import besides the extractor.
    """
    start_warm(*IMPORTED_FIRST, *also)


def worker_context() -> BaseContext:
    """How to start a worker."""
    return warm_context(*IMPORTED_FIRST)
