"""`dateline backup`: catalog and configuration in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.options import options_of, settings_of
from cli.output import AsJson, counted, print_json, reporter
from config.errors import ConfigError

if TYPE_CHECKING:
    from archive.backup import Configuration


def backup(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write, such as backup.tar.")],
    as_json: AsJson = False,
) -> None:
    """Write the catalog as it is now, dateline.yaml and the source files into one file.

    Passwords and tokens are left out of dateline.yaml; `dateline restore` asks for them. The archive itself
    lies in the store and is not in the file: keep a copy of the store as well. Crawls may go on meanwhile.
    """
    from archive.backup import back_up
    from archive.clock import SystemClock
    from config.masked_file import left_out

    configuration = _configuration(context)
    with archive_to_read(context) as archive:
        done = back_up(archive, out, configuration, clock=SystemClock(), progress=reporter("Backing up rows"))
    missing = sorted(left_out(configuration.settings.decode())) if configuration.settings else []
    if as_json:
        sources = sorted(configuration.sources)
        print_json({"file": out, "backup": done, "sources": sources, "left_out": missing})
        return
    print(
        f"{out}: {counted(done.rows, 'row')} of {counted(done.tables, 'table')}, "
        f"{'dateline.yaml' if configuration.settings is not None else 'no dateline.yaml'}, "
        f"{counted(sum('/' not in name for name in configuration.sources), 'source')}, {done.size:,} bytes"
    )
    if missing:
        print(f"Left out of dateline.yaml, and asked for by `dateline restore`: {', '.join(missing)}")


def _configuration(context: typer.Context) -> Configuration:
    from archive.backup import Configuration
    from config.defaults_file import defaults_path
    from config.golden_case import FOLDER as GOLDEN
    from config.masked_file import values_in, without_secrets
    from config.settings import settings_file

    settings = settings_of(context)
    file = settings_file(options_of(context).config)
    try:
        folder = settings.sources
        found = sorted((*folder.glob("*.yaml"), *folder.glob(f"{GOLDEN}/*/*"))) if folder.is_dir() else []
        paths = [path for path in found if path.is_file() and not path.name.startswith(".")]
        sources = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        shared = defaults_path(folder)
        defaults = shared.read_bytes() if shared.is_file() else None
        if file is None:
            return Configuration(None, sources, defaults=defaults)
        text = without_secrets(file.read_text(encoding="utf-8-sig"))
        written = values_in(text)
        named = {
            "network.ca_file": settings.network.ca_file,
            "network.hosts_file": settings.network.hosts_file,
            "evidence.authority_ca_file": settings.evidence.authority_ca_file,
        }
        files = {
            key: path.read_bytes() for key, path in named.items() if path is not None and written.get(key)
        }
    except OSError as error:
        raise ConfigError(f"cannot read {error.filename}: {error.strerror or error}") from error
    return Configuration(text.encode(), sources, files, defaults)
