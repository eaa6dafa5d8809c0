"""What stands before the command: the options that hold for all of them, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from archive.opening import Archive
    from config.settings import Settings
    from config.watched_searches import WatchedSearches


@dataclass(frozen=True, slots=True)
class Options:
    """Options of `dateline` itself.

    Attributes:
        config: the file of settings that was named; None for the usual places.
        debug: show tracebacks and debug messages.
    """

    config: Path | None = None
    debug: bool = False


def options_of(context: typer.Context) -> Options:
    """The options of the call that `context` belongs to."""
    found = context.find_object(Options)
    return found if found is not None else Options()


def settings_of(context: typer.Context) -> Settings:
    """Read the settings, and set logging up as they say; raises ConfigProblems."""
    from cli.logging_setup import set_up_logging

    options = options_of(context)
    settings = _read_settings(options.config)
    set_up_logging(settings.log, debug=options.debug)
    return settings


def _read_settings(config: Path | None) -> Settings:
    from config.settings import load_settings

    settings = load_settings(config)
    if settings.searches:
        _check_searches(settings, config)
    return settings


def watched_searches(settings: Settings, options: Options) -> WatchedSearches:
    """The saved searches of the settings, which are read again when their file has changed."""
    from config.settings import settings_file
    from config.watched_searches import WatchedSearches

    path = settings_file(options.config)
    return WatchedSearches(path, settings.searches, lambda: _read_settings(options.config).searches)


def _check_searches(settings: Settings, config: Path | None) -> None:
    """Raise ConfigProblems for saved searches that cannot be understood, with file and line."""
    from archive.search.saved import check_searches
    from config.settings import settings_file
    from config.yaml_file import read_yaml_file

    path = settings_file(config)
    file = read_yaml_file(path) if path is not None else None

    def place(number: int) -> tuple[Path | None, int | None]:
        if file is None or "searches" not in file.data:  # a variable says it
            return None, None
        return file.path, file.line(("searches", number, "query"))

    check_searches(settings.searches, place)


@contextmanager
def archive_of(settings: Settings, *, unfinished: bool = False) -> Iterator[Archive]:
    """Open the archive that the settings name, and close it in the end; `unfinished`: also if half rebuilt.

    Raises what `archive.opening.open_archive` raises.
    """
    from archive.opening import open_archive

    archive = open_archive(settings, unfinished=unfinished)
    try:
        yield archive
    finally:
        archive.close()
