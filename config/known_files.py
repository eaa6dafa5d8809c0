"""YAML files that are read again and again: each anew only when it is another than at the time before."""

from __future__ import annotations

from collections.abc import Collection
from os import stat_result
from pathlib import Path

from config.yaml_file import YamlFile, read_yaml_file

Stamp = tuple[int, int, int]


def stamp_of(stat: stat_result) -> Stamp:
    """What of a file changes with it: when it was written (ns), its size, and which file it is."""
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class KnownFiles:
    """Reads files and remembers what they say. Two threads may read at once, and at worst do it twice."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Stamp, YamlFile]] = {}

    def read(self, path: Path) -> YamlFile:
        """What a file says; one that is wrong is read again each time.

        Raises:
            ConfigProblems: what `read_yaml_file` raises.
        """
        try:
            now = stamp_of(
                path.stat()
            )  # before it is read: what is written meanwhile is seen at the next time
        except OSError:
            return read_yaml_file(path)  # which says what is the matter
        known = self._known.get(path)
        if known is not None and known[0] == now:
            return known[1]
        file = read_yaml_file(path)
        self._known[path] = now, file
        return file

    def forget(self, *, but: Collection[Path]) -> None:
        """Forget all files but these."""
        self._known = {path: known for path, known in self._known.items() if path in but}
