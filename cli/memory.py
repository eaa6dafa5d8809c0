"""`dateline sources memory`: what a source's pages have taught, and learning it anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, moment, print_json
from config.errors import DatelineError

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.rows import LearningRow, MemoryRow, RunRow
    from config.settings import Settings
    from config.source import Source
    from pipelines.memory.inspect import ClusterView, MemoryView
    from pipelines.memory.learner import Learned


@dataclass(frozen=True, slots=True)
class Epoch:
    """A memory with the newest runs that read with it."""

    memory: MemoryRow
    runs: tuple[RunRow, ...]


def memory(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source.")],
    learn: Annotated[
        bool,
        typer.Option("--learn", help="Learn it anew from the newest articles; used from the next run on."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how pages of a source are recognised: shapes, where their text stands, what recurs around it."""
    from archive.catalog.memories import learning_of
    from archive.memory_objects import read_memory
    from cli.choose import choose_sources
    from config.load_sources import load_sources
    from pipelines.memory.inspect import inspect
    from pipelines.memory.site_memory import EncodedMemory

    settings = settings_of(context)
    source = choose_sources(load_sources(settings.sources), [name], settings.sources)[name]
    with archive_to_read(context) as archive:
        learned = asyncio.run(_learn(archive, settings, source)) if learn else None
        epochs, tried = _epochs(archive, name), learning_of(archive.catalog, name)
        view = (
            inspect(EncodedMemory(read_memory(archive.store, epochs[-1].memory)).decode()) if epochs else None
        )
    if as_json:
        row = learned.memory if learned else None
        result = learned.result if learned else None
        print_json(
            {
                "source": name, "learned": row, "result": result, "epochs": epochs, "memory": view,
                "tried": tried,
            }
        )  # fmt: skip
        return
    if learned and learned.memory is None:
        print(f"Nothing new was learned: {_WHY[learned.result]}.")
    out = console()
    for line in _lines(name, epochs, view):
        out.print(line, soft_wrap=True)
    if tried is not None:
        out.print(_tried(tried), soft_wrap=True)


_WHY = {
    "same": "the same as is known already",
    "no_shape": "too few articles, or no shape in them",
    "failed": "the worker process did not come back; the log tells more",
}


def _tried(row: LearningRow) -> str:
    """What learning met at the end of the last runs that tried."""
    times = "once" if row.tries == 1 else f"{row.tries} times"
    return (
        f"Since then learning brought nothing {times}, last {moment(row.tried_at)} from "
        f"{counted(row.pages, 'page')} ({row.reason}): {_WHY.get(row.result, row.result)}. No run tries "
        f"again before {moment(row.not_before)}; --learn does now."
    )


async def _learn(archive: Archive, settings: Settings, source: Source) -> Learned:
    from archive.clock import SystemClock
    from archive.commit import Committer
    from archive.held_leases import HostLeases
    from archive.journal import JournalWriter, new_writer
    from archive.maintenance import check_no_maintenance
    from pipelines.memory.epoch import COMMAND
    from pipelines.memory.learner import Learner, Result
    from pipelines.workers import Workers

    clock = SystemClock()
    writer = new_writer(clock.now())
    held = HostLeases(archive.catalog, writer, clock)
    committer = Committer(
        archive.store, archive.catalog, JournalWriter(archive.store, writer, clock), clock, held.require
    )
    limits = settings.crawl
    try:
        await held.take(f"run:memory-{writer}")  # as of a run: nothing is moved or erased meanwhile
        await asyncio.to_thread(check_no_maintenance, archive.catalog, clock)
        with Workers(1, limits.worker_memory, limits.extract_timeout) as workers:
            learned = await Learner(archive, workers, clock, committer, held)(source, COMMAND)
    finally:
        await held.release()
    if learned.result is Result.BUSY:
        raise DatelineError(
            f"a run, or another command, is learning the memory of {source.name}; start this again when it "
            "has ended"
        )
    return learned


def _epochs(archive: Archive, source: str) -> list[Epoch]:
    from archive.catalog.memories import memories_of, runs_between

    rows = memories_of(archive.catalog, source)
    ends = (row.learned_at for row in rows[1:])
    return [
        Epoch(row, tuple(runs_between(archive.catalog, source, row.learned_at, next(ends, None))))
        for row in rows
    ]


def _lines(name: str, epochs: list[Epoch], view: MemoryView | None) -> Iterator[str]:
    if view is None:
        yield f"{name} has no memory yet: one is learned at the end of a run, or now with --learn."
        return
    for epoch in epochs:
        row = epoch.memory
        used = f"{epoch.runs[0].id} last" if epoch.runs else "no run yet"
        yield (
            f"{row.number}. {row.sha256[:8]}  learned {moment(row.learned_at)} from "
            f"{counted(row.pages, 'page')} ({row.reason}); used by {used}"
        )
    for number, cluster in enumerate(view.clusters, 1):
        yield ""
        yield from _cluster_lines(number, cluster)
    yield ""
    yield f"{counted(view.furniture, 'text')} recurring on many pages, the most frequent:"
    for text, pages in view.samples:
        yield f"  {pages:>3}  {text}"


def _cluster_lines(number: int, cluster: ClusterView) -> Iterator[str]:
    yield f"shape {number}: {counted(cluster.pages, 'page')}, text in {cluster.container}"
    agreed = ", ".join(f"{teller} {pages}" for teller, pages in cluster.agreed.items())
    yield f"  tellers that agree, in pages: {agreed}"
    yield (
        f"  {cluster.characters.low:,} to {cluster.characters.high:,} characters; "
        f"{cluster.share.low / 10:.0f} to {cluster.share.high / 10:.0f} % of the page; of it furniture "
        f"{cluster.furniture.low / 10:.0f} to {cluster.furniture.high / 10:.0f} %"
    )
    for what, kinds in (("text", cluster.text), ("left out", cluster.left_out)):
        for kind in kinds:
            yield f"  {what}: {kind}"
