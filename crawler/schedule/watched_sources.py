"""The source files while a schedule runs: what changes in them holds from the next tick on.

What each source is, with all it builds on, is kept in a folder of our own, and runs read that folder. So a
file that is being edited, or is wrong, costs its source nothing: what it said before stands, also after a
restart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from archive.whole_file import whole_file
from config.defaults_file import defaults_path
from config.errors import ConfigError
from config.known_files import KnownFiles, Stamp, stamp_of
from config.load_sources import SourceErrors, read_sources, resolve_source_file
from config.problems import Problem
from config.resolve import ResolvedSource
from config.source import Source
from crawler.schedule.timetable import Timetable, timetables_of
from crawler.watch.door import AlarmDoor

log = structlog.get_logger()

WRONG_FILE = "source_file"  # the kind of alarm

Fingerprint = frozenset[tuple[Path, Stamp]]


class WatchedSources:
    """Follows the folder of sources. Used by one thread.

    Args:
        folder: the source files, which people edit.
        kept: a folder of ours for the last good version of each; made if it is missing.
        door: is told which files are wrong, and which are right again.
    """

    def __init__(self, folder: Path, kept: Path, door: AlarmDoor | None = None) -> None:
        self._folder, self.kept = folder, kept
        self._door = door or AlarmDoor()
        self._files = KnownFiles()
        self._seen: Fingerprint | None = None
        self._known: dict[str, ResolvedSource] = {}
        self._told: frozenset[str] = frozenset()  # problems, word for word
        self._wrong: frozenset[str] = frozenset()  # names of sources

    @property
    def sources(self) -> tuple[Source, ...]:
        """What holds now, sorted by name."""
        return tuple(self._known[name].source for name in sorted(self._known))

    def begin(self) -> Sequence[Timetable]:
        """The timetables to begin with.

        Raises:
            SourceErrors: a file is wrong of which there is no good copy yet, or the folder cannot be read.
        """
        right, problems = read_sources(self._folder, self._files.read)
        wrong = self._names() - {one.source.name for one in right}
        never_right = {name for name in wrong if not (self.kept / f"{name}.yaml").exists()}
        if never_right:
            theirs = [one for one in problems if one.file is not None and one.file.stem in never_right]
            raise SourceErrors(theirs or problems)
        return self.changed() or ()

    def changed(self) -> Sequence[Timetable] | None:
        """The timetables of the enabled sources, if any file is another than at the call before; else None.

        Only files that are other ones are read again, however many there are.
        A file that is wrong, or builds on one, is logged once and keeps what it said when it was last right.
        The same holds for all files when the folder or `defaults.yaml` cannot be read.
        """
        now = self._fingerprint()
        if now == self._seen:
            return None
        try:
            right, problems = read_sources(self._folder, self._files.read)
        except SourceErrors as error:
            self._tell(error.problems)
            return None
        self._seen = now
        self._files.forget(but={path for path, _ in now})
        found = {one.source.name: one for one in right}
        found |= self._still_standing(self._names() - found.keys())
        self._tell(problems)
        self._keep(found)
        before, self._known = self._known, found
        _log_changes(before, found)
        every = (found[name] for name in sorted(found))
        return timetables_of(every)

    def _paths(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.suffix in {".yaml", ".yml"}]

    def _names(self) -> set[str]:
        """Names of the sources that have a file, right or wrong."""
        return {path.stem for path in self._paths() if not path.name.startswith(".")}

    def _fingerprint(self) -> Fingerprint:
        try:
            paths = [*self._paths(), *filter(Path.exists, [defaults_path(self._folder)])]
            return frozenset((path, stamp_of(path.stat())) for path in paths)
        except OSError:
            return frozenset()

    def _still_standing(self, wrong: set[str]) -> dict[str, ResolvedSource]:
        """The last good version of each source whose file is wrong now."""
        standing = {}
        for name in sorted(wrong):
            if name in self._known:
                standing[name] = self._known[name]
                continue
            try:
                standing[name] = resolve_source_file(self.kept / f"{name}.yaml")
            except ConfigError:
                log.warning("a source that was never right is not crawled", source=name)
        return standing

    def _keep(self, found: Mapping[str, ResolvedSource]) -> None:
        """Copy what the sources are, each as one file that builds on no other; drop those that are gone."""
        self.kept.mkdir(parents=True, exist_ok=True)
        for name, one in found.items():
            _write_changed(self.kept / f"{name}.yaml", one.as_one_file())
        groups = {
            one.source.group: {"concurrency": one.most_in_group} for one in found.values() if one.source.group
        }
        _write_changed(defaults_path(self.kept), json.dumps({"groups": groups}, sort_keys=True) + "\n")
        for path in self.kept.glob("*.yaml"):
            if path.stem not in found:
                path.unlink()

    def _tell(self, problems: Sequence[Problem]) -> None:
        """Log each problem once, in their order, until it is over; and tell the door."""
        now = frozenset(map(str, problems))
        for problem in problems:
            if str(problem) not in self._told:
                log.error("a source file is wrong; what it said before stands", problem=str(problem))
        self._tell_the_door(problems)
        if self._told and not now:
            log.info("all source files are right again")
        self._told = now

    def _tell_the_door(self, problems: Sequence[Problem]) -> None:
        wrong: dict[str, list[str]] = {}
        for problem in problems:
            wrong.setdefault(problem.file.stem if problem.file is not None else "", []).append(str(problem))
        for name, said in wrong.items():
            more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
            message = f"its file is wrong, what it said before stands: {said[0]}{more}"
            self._door.raise_alarm(WRONG_FILE, message, subject=name)
        for name in (self._known.keys() | self._wrong | {""}) - wrong.keys():
            self._door.clear_alarm(WRONG_FILE, subject=name, message="its file is right again")
        self._wrong = frozenset(wrong)


def _write_changed(place: Path, text: str) -> None:
    if not place.exists() or place.read_text(encoding="utf-8") != text:
        with whole_file(place) as stream:
            stream.write(text.encode())


def _log_changes(before: Mapping[str, ResolvedSource], after: Mapping[str, ResolvedSource]) -> None:
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    changed = sorted(
        name for name in before.keys() & after.keys() if before[name].source != after[name].source
    )
    if before and (added or removed or changed):
        log.info("sources changed", added=added, removed=removed, changed=changed)
