"""`dateline web`: the archive over HTTP, until told to stop."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import typer

from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from web.origins import Origins

NEEDED = ("starlette", "uvicorn")


def web(context: typer.Context, as_json: AsJson = False) -> None:
    """Serve TimeGate, TimeMaps, CDX and raw captures, and on another port their replay in a browser.

    Reads only. Prints the two addresses, and answers until SIGTERM or Ctrl-C. The settings under `web` say
    where it listens, and whether readers need a token.
    """
    check_extra()
    from web.serve import serve

    settings = settings_of(context)

    def ready(origins: Origins) -> None:
        show(origins, as_json=as_json)

    with archive_to_read(context) as archive:
        serve(archive, settings.web, ready)


def check_extra() -> None:
    """Raise ConfigError if what serves HTTP is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"`dateline web` needs {' and '.join(missing)}, which this installation lacks: install the extra "
            "`dateline[web]`"
        )


def show(origins: Origins, *, as_json: bool) -> None:
    """Print where it answers."""
    if as_json:
        print_json({"api": origins.api, "replay": origins.replay})
    else:
        print(f"API     {origins.api}/")
        print(f"Replay  {origins.replay}/")
    sys.stdout.flush()
