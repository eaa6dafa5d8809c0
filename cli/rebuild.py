"""`dateline rebuild`: the catalog from the bucket alone."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import archive_of, settings_of
from cli.output import AsJson, console, counted, print_json, reporter
from cli.pool import Workers, pool_for, start_pool_early
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.pools.pool import Pool
    from archive.rebuild.run import Rebuilt
    from config.settings import Settings

_SQLITE = "sqlite:///"


def rebuild(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Start over, also where an interrupted rebuild can go on.")
    ] = False,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Empty the catalog and replay the journal that lies in the store, row for row.

    Nothing is lost: all that the catalog knows came from there. Stop crawls and the scheduler before. A
    rebuild that was interrupted goes on where it stopped; until it is done, other commands refuse the
    catalog. A SQLite catalog that is damaged is put aside under another name, and made new.

    Also a bucket that is not whole is read as far as it goes: each damaged object is named with what it
    costs, and the status is 1 if something that was acknowledged is lost.
    """
    settings = settings_of(context)
    if not yes:
        _ask(settings.shown()["catalog"])
    start_pool_early(settings, workers)
    set_aside = _set_aside_if_damaged(settings)
    with archive_of(settings, unfinished=True) as archive, pool_for(settings, archive, workers) as pool:
        done = _replay(archive, settings, pool, anew=anew)
        address = archive.store.address
    if as_json:
        print_json(
            {
                "store": address,
                "ok": not done.lost,
                "entries": done.entries,
                "set_aside": set_aside,
                "rebuilt": done,
            }
        )
    else:
        _print(done, address, set_aside)
    if done.lost:
        raise typer.Exit(1)


def _replay(archive: Archive, settings: Settings, pool: Pool, *, anew: bool) -> Rebuilt:
    from archive.catalog import leases, rebuilding
    from archive.clock import SystemClock
    from archive.rebuild.run import rebuild as replay
    from archive.spool import abandoned

    before = rebuilding.unfinished(archive.catalog)
    if before is not None and not anew:
        begun = f"{before.started_at:%Y-%m-%d %H:%M}"
        print(f"Going on with the rebuild that began at {begun} UTC", file=sys.stderr)
    for spool in abandoned(settings.spool):  # of writers that died here: nobody has to wait for their leases
        with spool:
            leases.release(archive.catalog, spool.writer)
    return replay(
        archive.store,
        archive.catalog,
        reporter("Replaying journal entries"),
        step=lambda what: reporter(f"Reading {what}"),
        clock=SystemClock(),
        anew=anew,
        pool=pool,
    )


def _print(done: Rebuilt, address: str, set_aside: Path | None) -> None:
    out = console()
    if set_aside is not None:
        out.print(f"The damaged catalog is kept as {set_aside}.", soft_wrap=True)
    entries = counted(done.entries, "journal entry", "journal entries")
    texts = counted(done.texts, "text")
    out.print(f"The catalog is rebuilt: {entries} and {texts} from {address}.", soft_wrap=True)
    if done.resumed:
        out.print(f"An interrupted rebuild had brought in {done.resumed:,} of them.", soft_wrap=True)
    for line in (
        f"{counted(done.adopted, 'capture')} that a cut commit had put: entered" if done.adopted else "",
        f"{counted(done.collected, 'object')} that nothing names: removed" if done.collected else "",
        f"{counted(done.indexes, 'index', 'indexes')}: made anew" if done.indexes else "",
    ):
        if line:
            out.print(line, soft_wrap=True)
    for damage in done.damage:
        out.print(f"{'lost' if damage.lost else 'left'}: {damage}", soft_wrap=True)


def _ask(catalog: str) -> None:
    if not sys.stdin.isatty():
        raise ConfigError("rebuild empties the catalog before it replays the journal: say --yes to do it")
    if not typer.confirm(f"Empty the catalog {catalog} and replay the journal?", err=True):
        raise typer.Abort


def _set_aside_if_damaged(settings: Settings) -> Path | None:
    """Rename a SQLite file that cannot be read as one, with what belongs to it; its new name, or None."""
    from archive.catalog.catalog import Catalog
    from archive.catalog.errors import CatalogDamagedError
    from archive.clock import SystemClock

    try:
        Catalog.open(settings.catalog).close()
    except CatalogDamagedError:
        if not settings.catalog.startswith(_SQLITE):
            raise
        return _set_aside(Path(settings.catalog.removeprefix(_SQLITE)), SystemClock().now())
    return None


def _set_aside(file: Path, now: datetime) -> Path:
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
