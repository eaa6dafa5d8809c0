"""The source files while a schedule runs: what changes in them holds from the next tick on.

The last good version of each file is copied to a folder of our own, and runs read that folder. So a file that
is being edited, or is wrong, costs its source nothing: what it said before stands, also after a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import structlog

from archive.whole_file import whole_file
from config.errors import ConfigError
from config.load_sources import SourceErrors, load_source_file, read_sources
from config.problems import Problem
from config.source import Source
from crawler.schedule.decide import Timetable

log = structlog.get_logger()

Fingerprint = frozenset[tuple[str, int, int, int]]


class WatchedSources:
    """Follows the folder of sources. Used by one thread.

    Args:
        folder: the source files, which people edit.
        kept: a folder of ours for the last good version of each; made if it is missing.
    """

    def __init__(self, folder: Path, kept: Path) -> None:
        self._folder, self.kept = folder, kept
        self._seen: Fingerprint | None = None
        self._known: dict[str, Source] = {}
        self._told: frozenset[str] = frozenset()

    @property
    def sources(self) -> tuple[Source, ...]:
        """What holds now, sorted by name."""
        return tuple(self._known[name] for name in sorted(self._known))

    def begin(self) -> Sequence[Timetable]:
        """The timetables to begin with.

        Raises:
            SourceErrors: a file is wrong of which there is no good copy yet, or the folder cannot be read.
        """
        _, problems = read_sources(self._folder)
        never_right = [
            problem
            for problem in problems
            if problem.file is None or not (self.kept / f"{problem.file.stem}.yaml").exists()
        ]
        if never_right:
            raise SourceErrors(never_right)
        return self.changed() or ()

    def changed(self) -> Sequence[Timetable] | None:
        """The timetables of the enabled sources, if any file is another than at the call before; else None.

        A file that is wrong is logged once, and keeps what it said when it was last right. The same holds for
        all files when the folder cannot be read.
        """
        now = self._fingerprint()
        if now == self._seen:
            return None
        try:
            right, problems = read_sources(self._folder)
        except SourceErrors as error:
            self._tell(error.problems)
            return None
        self._seen = now
        found = {source.name: source for source in right} | self._still_standing(problems)
        self._tell(problems)
        self._keep(right, found)
        before, self._known = self._known, found
        _log_changes(before, found)
        enabled = (source for source in self.sources if source.enabled)
        return [Timetable(source.name, source.schedule, source.timezone) for source in enabled]

    def _fingerprint(self) -> Fingerprint:
        try:
            paths = [path for path in self._folder.iterdir() if path.suffix in {".yaml", ".yml"}]
            stats = [(path.name, path.stat()) for path in paths]
        except OSError:
            return frozenset()
        return frozenset((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)

    def _still_standing(self, problems: Sequence[Problem]) -> dict[str, Source]:
        """The last good version of each file that is wrong now."""
        standing = {}
        for name in {problem.file.stem for problem in problems if problem.file is not None}:
            if name in self._known:
                standing[name] = self._known[name]
                continue
            try:
                standing[name] = load_source_file(self.kept / f"{name}.yaml")
            except ConfigError:
                log.warning("a source that was never right is not crawled", source=name)
        return standing

    def _keep(self, right: Sequence[Source], found: dict[str, Source]) -> None:
        """Copy the good files, and drop those of sources that are gone."""
        self.kept.mkdir(parents=True, exist_ok=True)
        for source in right:
            text = (self._folder / f"{source.name}.yaml").read_bytes()
            place = self.kept / f"{source.name}.yaml"
            if not place.exists() or place.read_bytes() != text:
                with whole_file(place) as stream:
                    stream.write(text)
        for path in self.kept.glob("*.yaml"):
            if path.stem not in found:
                path.unlink()

    def _tell(self, problems: Sequence[Problem]) -> None:
        """Log each problem once, until it is over."""
        now = frozenset(map(str, problems))
        for problem in sorted(now - self._told):
            log.error("a source file is wrong; what it said before stands", problem=problem)
        if self._told and not now:
            log.info("all source files are right again")
        self._told = now


def _log_changes(before: dict[str, Source], after: dict[str, Source]) -> None:
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    changed = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    if before and (added or removed or changed):
        log.info("sources changed", added=added, removed=removed, changed=changed)
