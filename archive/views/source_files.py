"""The files of sources as pages show them: read again only when one has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.defaults_file import defaults_path
from config.known_files import KnownFiles, Stamp, stamp_of
from config.load_sources import load_source_file, read_sources
from config.problems import ConfigProblems
from config.source import Source, is_source_name

_Stamps = tuple[tuple[str, Stamp], ...]  # of each file, by name


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source's YAML as it lies there, and what is wrong with it, a line each."""

    name: str
    text: str
    problems: tuple[str, ...]


@dataclass(slots=True)
class SourceFiles:
    """The folder of source files; None where a service has none. Use from any thread."""

    folder: Path | None = None
    _read: tuple[_Stamps, Mapping[str, Source]] = field(default=((), {}))
    _known: KnownFiles = field(default_factory=KnownFiles)

    def sources(self) -> Mapping[str, Source]:
        """The sources whose files are right, by name."""
        stamp = self._stamp()
        seen, sources = self._read
        if stamp != seen:
            sources = self._sources(self.folder) if self.folder else {}
            self._read = (stamp, sources)  # one assignment, so that no other thread sees half of it
        return sources

    def title(self, name: str) -> str:
        """The name that people know a source by; its short name where no file says it."""
        source = self.sources().get(name)
        return source.title if source else name

    def titles(self) -> Callable[[str], str]:
        """`title` for one page: the folder is looked at once, not for every line."""
        known = self.sources()
        return lambda name: known[name].title if name in known else name

    def file(self, name: str) -> SourceFile | None:
        """The file of a source with its problems; None if there is none."""
        path = self.folder / f"{name}.yaml" if self.folder and is_source_name(name) else None
        if path is None or not path.is_file():
            return None
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            load_source_file(path)
        except ConfigProblems as error:
            # Where the folder lies is the operator's affair: a reader sees file and line.
            said = (str(problem).replace(f"{path.parent}/", "") for problem in error.problems)
            return SourceFile(path.name, text, tuple(said))
        return SourceFile(path.name, text, ())

    def _stamp(self) -> _Stamps:
        if self.folder is None or not self.folder.is_dir():
            return ()
        with os.scandir(self.folder) as entries:  # a few times a page: several times quicker than by paths
            facts = [(entry.name, stamp_of(entry.stat())) for entry in entries]
        with suppress(FileNotFoundError):
            shared = defaults_path(self.folder)
            facts.append((str(shared), stamp_of(shared.stat())))
        return tuple(sorted(facts))

    def _sources(self, folder: Path) -> Mapping[str, Source]:
        resolved, _ = read_sources(folder, self._known.read)
        self._known.forget(but=set(folder.iterdir()))
        return {each.source.name: each.source for each in resolved}
