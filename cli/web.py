"""`dateline web`: the archive over HTTP, until told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from cli.open import archive_to_read
from cli.options import options_of, settings_of, watched_searches
from cli.output import AsJson, print_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from web.origins import Origins

NEEDED = ("starlette", "uvicorn", "jinja2", "prometheus_client")


def web(
    context: typer.Context,
    as_json: AsJson = False,
    beside: Annotated[bool, typer.Option("--beside", hidden=True)] = False,
) -> None:
    """Serve TimeGate, TimeMaps, CDX and raw captures, and on another port their replay in a browser.

    Reads only. Prints the two addresses, and answers until SIGTERM or Ctrl-C. The settings under `web` say
    where it listens, and whether readers need a token.
    """
    check_extra()
    if beside:
        _end_with_parent()
    from web.serve import serve

    settings = settings_of(context)

    def ready(origins: Origins) -> None:
        show(origins, as_json=as_json)

    with archive_to_read(context) as archive:
        searches = watched_searches(settings, options_of(context))
        serve(archive, settings.web, ready, sources=settings.sources, searches=searches)


def _end_with_parent() -> None:
    """End when standard input does: `serve`, which started us, is gone then, however it went."""

    def watch() -> None:
        # Not through the buffer, whose lock this thread would hold while the interpreter ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def missing_extra() -> list[str]:
    """What serves HTTP and is not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def check_extra() -> None:
    """Raise ConfigError if what serves HTTP is not installed."""
    if missing := missing_extra():
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
