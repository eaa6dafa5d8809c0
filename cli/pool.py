"""Who carries out work over all of an archive: this process, more of them, or the machines of a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.pools.pool import Pool
    from archive.stores.store import ObjectStore
    from config.settings import Settings

_HELP = (
    "Processes that share the work; 1 for none but this. Else as many as `crawl.workers`, if there is more "
    "than a little to do"
)


def _option(told: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        "--workers", min=1, max=1024, metavar="N", help=told, show_default=False
    )
    return option


Workers = Annotated[int | None, _option(f"{_HELP}; with `engine: ray` all processors of the cluster.")]
WorkersHere = Annotated[int | None, _option(f"{_HELP}.")]
_LITTLE = 64 << 20  # bytes, which one process is done with before others have started (a second or two)


@contextmanager
def pool_for(
    settings: Settings, archive: Archive, workers: int | None, *, here: bool = False
) -> Iterator[Pool]:
    """Who carries out tasks over the archive, which stays open meanwhile; ended at the end of the block.

    Args:
        settings: of the archive; with `engine: ray` the cluster's machines do it, each with its own.
        archive: as it is open here.
        workers: what --workers says; None to decide by how much there is.
        here: on this machine also with `engine: ray`.

    Raises ConfigError without Ray, ServiceUnreachable if the cluster does not answer.
    """
    pool = _pool(settings, archive, workers, here=here)
    try:
        yield pool
    finally:
        pool.close()


def _pool(settings: Settings, archive: Archive, workers: int | None, *, here: bool) -> Pool:
    from archive.pools.pool import Alone

    if workers == 1 or (workers is None and _holds_little(archive.store)):
        return Alone(archive)
    if settings.engine == "ray" and not here:
        from crawler.engines.ray_pool import RayPool

        return RayPool(settings.cluster, workers)
    count = settings.crawl.workers if workers is None else workers
    if count == 1:
        return Alone(archive)
    from archive.pools.processes import ProcessPool
    from cli.logging_setup import set_up_logging

    return ProcessPool(settings, count, partial(set_up_logging, settings.log))


def start_pool_early(settings: Settings, workers: int | None) -> None:
    """Where --workers asks for processes here, have another processor import what they need."""
    if workers is not None and workers > 1 and settings.engine != "ray":
        from archive.pools.warm import FOR_POOLS, start_warm

        start_warm(*FOR_POOLS)


def _holds_little(store: ObjectStore) -> bool:
    """Whether a store has next to nothing; its listing is read until it is clear that it has more."""
    total = 0
    for info in store.list():
        total += info.size
        if total > _LITTLE:
            return False
    return True
