"""`dateline restore`: what `dateline backup` wrote, into an empty catalog and an empty folder."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import archive_of, options_of, settings_of
from cli.output import AsJson, counted, print_json, reporter
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.backup import Configuration
    from config.settings import Settings


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `dateline backup` wrote.")],
    settings: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Restore the configuration there first, and use it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill an empty catalog from a backup, then enter what the journal has got since.

    The store has to be there already: it is the archive. Without --settings the settings of this call say
    which store and which catalog. With it they come from the backup, and what was left out of them is asked
    for, or taken from the environment (DATELINE_CATALOG for `catalog`).
    """
    from archive.restore import open_backup

    with open_backup(file) as backup:
        if settings is not None:
            _write_configuration(backup.configuration(), settings)
            context.obj = replace(options_of(context), config=settings / "dateline.yaml")
        chosen = settings_of(context)
        _check_store(chosen)
        with archive_of(chosen) as archive:
            done = backup.restore(archive.store, archive.catalog, reporter("Restoring rows"))
            address = archive.catalog.address
    if as_json:
        print_json({"file": file, "catalog": address, "restored": done})
        return
    print(
        f"{counted(done.rows, 'row')} of {file} are in {address}, and "
        f"{counted(done.entries, 'journal entry', 'journal entries')} that came after the backup."
    )
    print("`dateline verify` holds them against the store.")


def _check_store(settings: Settings) -> None:
    """Opening would begin an archive where there is none."""
    from archive.opening import FORMAT_KEY
    from archive.stores.open import open_store

    store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
    if store.stat(FORMAT_KEY) is None:
        raise ConfigError(
            f"there is no archive at {store.address}: put the store back first, or correct `store`; "
            "a backup holds the catalog and the configuration only"
        )


def _write_configuration(configuration: Configuration, folder: Path) -> None:
    from archive.whole_file import whole_file
    from config.masked_file import left_out, with_values

    for path in (folder / "dateline.yaml", folder / "defaults.yaml", folder / "sources"):
        if path.exists():
            raise ConfigError(
                f"{path} is there already: name another folder, or leave --settings out to restore the "
                "catalog only"
            )
    text = (configuration.settings or b"{}\n").decode()
    answers = {key: _ask(key, shown) for key, shown in left_out(text).items()}
    values = {key: value for key, value in answers.items() if value is not None}
    values |= {"sources": "sources", **{key: key for key in configuration.files}}
    text = with_values(text, values)
    try:
        (folder / "sources").mkdir(parents=True)
    except OSError as error:
        raise ConfigError(f"cannot make {folder / 'sources'}: {error.strerror or error}") from error
    files = {f"sources/{name}": data for name, data in configuration.sources.items()}
    files |= configuration.files
    if configuration.defaults is not None:
        files["defaults.yaml"] = configuration.defaults
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / name) as stream:
            stream.write(data)
    with whole_file(folder / "dateline.yaml") as stream:
        os.fchmod(stream.fileno(), 0o600)  # passwords may be in it again
        stream.write(text.encode())


def _ask(key: str, shown: str) -> str | None:
    """The whole value of a setting of which a part was left out; None if a variable has it."""
    from config.secrets import MASK

    variable = f"DATELINE_{key.replace('.', '__').upper()}"
    if os.environ.get(variable):
        return None
    if not sys.stdin.isatty():
        raise ConfigError(
            f"{key} was {shown} when it was backed up: set {variable} to its value, or answer at a terminal"
        )
    said: str = typer.prompt(f"{key}: {shown}, with {MASK} for", hide_input=True, err=True)
    return shown.replace(MASK, said)
