"""Which sources a command is about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import counted
from config.errors import ConfigError

if TYPE_CHECKING:
    from config.source import Source


def choose_sources(known: Iterable[Source], names: Sequence[str], folder: Path) -> dict[str, Source]:
    """The sources named, or all that are enabled if none is; by name.

    Raises ConfigError for a name that no source has, and if there is nothing to do.
    """
    by_name = {source.name: source for source in known}
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            listed = ", ".join(by_name) or "none"
            raise ConfigError(f"no source is named {name!r}{meant} (sources in {folder}: {listed})")
    if names:
        return {name: by_name[name] for name in names}
    enabled = {name: source for name, source in by_name.items() if source.enabled}
    if not enabled:
        what = f"{counted(len(by_name), 'source')}, none enabled" if by_name else "no source"
        raise ConfigError(
            f"{folder} has {what}; set `enabled: true` in a source's file, or name the sources to crawl"
        )
    return enabled


def source_file(folder: Path, name: str) -> Path:
    """The file of a source by its name; raises ConfigError if there is none."""
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"no source is named {name!r}{meant} (files in {folder}: {', '.join(names) or 'none'})"
        )
    return folder / f"{name}.yaml"
