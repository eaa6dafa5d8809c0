"""`dateline takedown`: addresses that are answered with 451 from now on, and never fetched again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.article import typed_url
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json
from cli.printable import printable
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.commit import Committer
    from archive.erasure.purge import Purged
    from archive.erasure.takedown import Request
    from archive.opening import Archive
    from config.settings import Settings


def takedown(
    context: typer.Context,
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL...]", help="Pages or pictures.")] = None,
    *,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why; readers are told, and it is kept.")
    ] = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove it for good: from segments, journal, catalog and replica.")
    ] = False,
    lift: Annotated[
        bool, typer.Option("--lift", help="Give back what was taken down and not purged.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="What is taken down, and all that was done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a purge.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take pages down: readers are answered with the reason, exports leave them out, no crawl fetches them.

    With a page go all addresses of its article, and the pictures that only it shows. Who asked, when and why
    is kept. A purge cannot be undone; it refuses objects that are locked, with the date until which they are.
    """
    _check(urls or [], reason, purge=purge, lift=lift, list_=list_)
    wanted = [typed_url(url) for url in urls or []]
    settings = settings_of(context)
    with archive_to_read(context) as archive:
        if list_:
            _list(archive, as_json=as_json)
        elif lift:
            _lift(archive, wanted, reason or "", as_json=as_json)
        else:
            _take_down(archive, settings, wanted, reason, purge=purge, yes=yes, as_json=as_json)


def _check(urls: list[str], reason: str | None, *, purge: bool, lift: bool, list_: bool) -> None:
    if sum((purge, lift, list_)) > 1:
        raise ConfigError("--purge, --lift and --list are three different things: say one of them")
    if list_ == bool(urls):
        raise ConfigError("name the addresses to take down, or say --list alone to see what is")
    if not (list_ or purge or lift) and not (reason or "").strip():
        raise ConfigError("say why: --reason TEXT is told to readers, and kept")


def _take_down(
    archive: Archive, settings: Settings, urls: list[str], reason: str | None, *, purge: bool, yes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from archive.catalog import takedowns
    from archive.clock import SystemClock
    from archive.erasure.takedown import Request, take_down

    if purge and not yes:
        _ask(urls)
    clock, done = SystemClock(), []
    for url in urls:
        known = takedowns.of(archive.catalog, url)
        why = reason or (known.reason if known else None)
        if why is None:
            raise ConfigError(f"{url} is not taken down yet: say why with --reason TEXT")
        by = Request(user_name(), why)
        covered = take_down(archive.catalog, _writer(archive), clock, url, by)
        purged = _purge(archive, settings, url, by) if purge else None
        done.append({"url": url, "reason": why, "addresses": covered, "purged": purged})
        if not as_json:
            _print(url, covered, purged)
    if as_json:
        print_json({"taken_down": done})


def _writer(archive: Archive) -> Committer:
    from archive.clock import SystemClock
    from archive.commit import Committer
    from archive.journal import JournalWriter, new_writer

    clock = SystemClock()
    journal = JournalWriter(archive.store, new_writer(clock.now()), clock)
    return Committer(archive.store, archive.catalog, journal, clock)


def _purge(archive: Archive, settings: Settings, url: str, by: Request) -> Purged:
    from archive.clock import SystemClock
    from archive.erasure.purge import purge
    from archive.rewrite.opening import rewriting

    with rewriting(archive, settings.spool, SystemClock()) as engine:
        return purge(engine, url, by)


def _ask(urls: list[str]) -> None:
    if not sys.stdin.isatty():
        raise ConfigError("a purge cannot be undone: say --yes where nobody can be asked")
    for url in urls:
        print(printable(url))
    typer.confirm("Remove this for good? It cannot be undone.", abort=True)


def _print(url: str, covered: list[str], purged: Purged | None) -> None:
    out = console()
    out.print(f"{url}: taken down, {counted(len(covered), 'address', 'addresses')}", soft_wrap=True)
    for each in covered:
        if each != url:
            out.print(f"  {printable(each)}", soft_wrap=True)
    if purged is not None:
        out.print(
            f"  purged: {counted(purged.captures, 'capture')}, {counted(purged.texts, 'text')}, "
            f"{counted(purged.pictures, 'picture')}; {counted(purged.segments, 'segment')} written again, "
            f"{counted(purged.journal_entries, 'journal entry', 'journal entries')} without their lines",
            soft_wrap=True,
        )


def _lift(archive: Archive, urls: list[str], reason: str, *, as_json: bool) -> None:
    from archive.clock import SystemClock
    from archive.erasure.takedown import Request, lift

    lifted = []
    for url in urls:
        by = Request(user_name(), reason)
        addresses = lift(archive.catalog, _writer(archive), SystemClock(), url, by)
        lifted.append({"url": url, "addresses": addresses})
        if not as_json:
            print(f"{printable(url)}: lifted, {counted(len(addresses), 'address', 'addresses')}")
    if as_json:
        print_json({"lifted": lifted})


def _list(archive: Archive, *, as_json: bool) -> None:
    from archive.catalog import takedowns

    standing, done = takedowns.every(archive.catalog), takedowns.done(archive.catalog)
    if as_json:
        print_json({"taken_down": standing, "done": done})
        return
    out = console()
    for row in standing:
        went = "" if row.subject == row.url else f" (with {row.subject})"
        purged = f", purged {row.purged_at:%Y-%m-%d}" if row.purged_at else ""
        out.print(printable(f"{row.at:%Y-%m-%d}  {row.url}{went}{purged}: {row.reason}"), soft_wrap=True)
    if not standing:
        out.print("Nothing is taken down.")
    for line in done:
        text = f"{line.at:%Y-%m-%d %H:%M}  {line.action} by {line.actor}: {line.subject}: {line.reason}"
        out.print(printable(text), style="dim", soft_wrap=True)
