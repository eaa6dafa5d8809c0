"""`dateline expire`: what is past the time that its source keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json

if TYPE_CHECKING:
    from archive.expire import Expiry
    from config.settings import Settings


def expire(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete segments whose time is over, as `policy: {expire: 90d}` of their sources said.

    What is still needed is carried over first: the current version of an article that was seen within that
    time, payloads that later captures stand on, texts and pictures that other versions show. With
    `policy: {keep: changed}` the bytes of pages that only were unchanged go, too. Ledgers and digests stay.
    """
    from archive.clock import SystemClock
    from archive.expire import expire as expire_archive
    from archive.expire import plan_expiry
    from archive.rewrite.opening import rewriting
    from archive.takedown import Request

    settings, clock = settings_of(context), SystemClock()
    sources = _keep_changed(settings)
    with archive_to_read(context) as archive:
        if dry_run:
            done = plan_expiry(archive.catalog, clock.now(), sources)
        else:
            by = Request(user_name(), "policy of the sources")
            with rewriting(archive, settings.spool, clock) as engine:
                done = expire_archive(engine, by, sources)
    if as_json:
        print_json({"dry_run": dry_run, "expiry": done})
    else:
        _print(done, dry_run=dry_run)


def _keep_changed(settings: Settings) -> list[str]:
    from archive.retention import keep_changed
    from config.load_sources import load_sources

    return keep_changed(load_sources(settings.sources)) if settings.sources.exists() else []


def _print(done: Expiry, *, dry_run: bool) -> None:
    out = console()
    if not done.segments and not done.rewritten:
        out.print("Nothing is past its time.")
        return
    would = "would go" if dry_run else "gone"
    classes = f" of {', '.join(done.classes)}" if done.classes else ""
    out.print(
        f"{counted(done.segments, 'segment')}{classes} {would}, with {counted(done.captures, 'capture')}, "
        f"{counted(done.versions, 'version')}, {counted(done.articles, 'article')}, "
        f"{counted(done.texts, 'text')} and {counted(done.pictures, 'picture')}",
        soft_wrap=True,
    )
    if done.carried:
        out.print(f"  carried over: {counted(done.carried, 'capture')} that something stands on")
    if done.repeated:
        pages = counted(done.repeated, "unchanged page")
        out.print(f"  {pages} out of {counted(done.rewritten, 'segment')} that were written again")
    about = "about " if dry_run else ""
    out.print(f"  {about}{done.bytes_freed:,} bytes freed")
