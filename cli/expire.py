"""`dateline expire`: what is past the time that its source keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json

if TYPE_CHECKING:
    from archive.erasure.expire import Expiry
    from archive.erasure.keep import Keep
    from archive.erasure.let_go import LetGo
    from config.settings import Settings

LEAST = 0.02  # of a segment must go before a nightly round writes it again; `dateline compact` takes all


def expire(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete segments whose time is over, as `policy: {expire: 90d}` of their sources said.

    What is still needed is carried over first: the current version of an article that was seen within that
    time, payloads that later captures stand on, texts and pictures that other versions show. With
    `policy: {keep: changed}` the bytes of pages that only were unchanged go, too, where they are a fiftieth
    of a segment or more. Ledgers and digests stay.
    """
    from archive.clock import SystemClock
    from archive.erasure.expire import expire as expire_archive
    from archive.erasure.expire import plan_expiry
    from archive.erasure.let_go import let_all_go, plan_letting_go
    from archive.erasure.takedown import Request
    from archive.rewrite.opening import rewriting

    settings, clock = settings_of(context), SystemClock()
    keep = keep_policies(settings)
    with archive_to_read(context) as archive:
        if dry_run:
            done = plan_expiry(archive.catalog, clock.now())
            gone = plan_letting_go(archive.catalog, keep, clock.now(), least=LEAST)
        else:
            by = Request(user_name(), "policy of the sources")
            with rewriting(archive, settings.spool, clock) as engine:
                done = expire_archive(engine, by)
                gone = let_all_go(engine, keep, by, least=LEAST)
    if as_json:
        print_json({"dry_run": dry_run, "expiry": done, "let_go": gone})
        return
    if not done.segments and not gone.captures:
        console().print("Nothing is past its time.")
    if done.segments:
        _print(done, dry_run=dry_run)
    if gone.captures:
        print_let_go(gone, dry_run=dry_run)


def keep_policies(settings: Settings) -> dict[str, Keep]:
    """What each source lets go that does not keep all."""
    from archive.erasure.keep import policies
    from config.load_sources import load_sources

    return policies(load_sources(settings.sources)) if settings.sources.exists() else {}


def print_let_go(gone: LetGo, *, dry_run: bool) -> None:
    """Say what went of unchanged pages, or would go."""
    pages, about = counted(gone.captures, "unchanged page"), "about " if dry_run else ""
    where = f"out of {counted(gone.segments, 'segment')}"
    went = "would go" if dry_run else "gone"
    console().print(f"{pages} {went} {where}; {about}{gone.bytes_freed:,} bytes freed", soft_wrap=True)


def _print(done: Expiry, *, dry_run: bool) -> None:
    out = console()
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
    about = "about " if dry_run else ""
    out.print(f"  {about}{done.bytes_freed:,} bytes freed")
