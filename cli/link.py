"""`dateline link`: compares what no run has compared yet."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json, reporter
from config.errors import DatelineError

if TYPE_CHECKING:
    from archive.opening import Archive
    from pipelines.duplicates.link_new import LinkedArchive


def link(context: typer.Context, as_json: AsJson = False) -> None:
    """Link copies of stories and of pictures over the whole archive, as each run does at its end.

    Only what is not compared yet is compared, and what reads otherwise since it was: after an upgrade
    everything, later usually nothing. May be stopped at any moment and started again. The index that it
    searches lies in the catalog, and fills itself from the archive where it is not whole.
    """
    settings = settings_of(context)
    with archive_to_read(context) as archive:
        done = asyncio.run(_link(archive, settings.duplicates.window))
    if done is None:
        raise DatelineError("another process is linking copies; it takes up everything that is there")
    if as_json:
        print_json({"linked": done})
        return
    texts, pictures = done.texts, done.pictures
    if texts.again:
        console().print(
            f"{counted(texts.again, 'article')} compared again, as texts read otherwise: {texts.withdrawn:,} "
            "without a copy now that had one",
            soft_wrap=True,
        )
    console().print(
        f"{counted(texts.versions, 'version')} compared: {counted(texts.articles, 'article')} with a copy, "
        f"{counted(texts.clusters, 'cluster')} changed; {counted(pictures.pictures, 'picture')} compared: "
        f"{pictures.linked:,} used before",
        soft_wrap=True,
    )


async def _link(archive: Archive, days: int | None) -> LinkedArchive | None:
    from archive.clock import SystemClock
    from archive.commit import Committer
    from archive.held_leases import HostLeases
    from archive.journal import JournalWriter, new_writer
    from archive.maintenance import check_no_maintenance
    from pipelines.duplicates.link_new import LEASE, link_new

    clock = SystemClock()
    writer = new_writer(clock.now())
    held = HostLeases(archive.catalog, writer, clock)
    journal = JournalWriter(archive.store, writer, clock)
    committer = Committer(archive.store, archive.catalog, journal, clock, held.require)
    show = reporter("compared")
    try:
        await held.take(LEASE)
        await asyncio.to_thread(check_no_maintenance, archive.catalog, clock)
        return await link_new(
            archive, committer, held, clock, days=days, progress=lambda done: show(done, done)
        )
    finally:
        await held.release()
