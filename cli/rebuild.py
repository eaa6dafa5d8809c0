"""`dateline rebuild`: the catalog from the bucket alone."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import archive_of, settings_of
from cli.output import AsJson, counted, print_json, reporter
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.opening import Archive
    from config.settings import Settings

_SQLITE = "sqlite:///"


def rebuild(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Empty the catalog and replay the journal that lies in the store, row for row.

    Nothing is lost: all that the catalog knows came from there. Stop crawls and the scheduler before. A
    SQLite catalog that is damaged is put aside under another name, and made new.
    """
    settings = settings_of(context)
    if not yes:
        _ask(settings.shown()["catalog"])
    set_aside = _set_aside_if_damaged(settings)
    with archive_of(settings) as archive:
        entries = _replay(archive)
        address = archive.store.address
    if as_json:
        print_json({"store": address, "entries": entries, "set_aside": set_aside})
        return
    if set_aside is not None:
        print(f"The damaged catalog is kept as {set_aside}.")
    print(f"The catalog is rebuilt: {counted(entries, 'journal entry', 'journal entries')} from {address}.")


def _replay(archive: Archive) -> int:
    from archive.rebuild import rebuild as replay

    return replay(archive.store, archive.catalog, reporter("Replaying journal entries"))


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
