"""Lines in byte order, however many: sorted in pieces that are put aside, then merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

_IN_MEMORY = 100_000  # lines


class SortedLines:
    """Takes lines in any order and gives them back in byte order; a context that removes what it put aside.

    A line holds no line feed. `in_memory` lines are held at most; the rest lies in files without a name
    below `folder`.
    """

    def __init__(self, folder: Path, in_memory: int = _IN_MEMORY) -> None:
        self._folder, self._most = folder, in_memory
        self._lines: list[bytes] = []
        self._aside: list[IO[bytes]] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, line: str) -> None:
        """Take one line, without its end."""
        self._lines.append(line.encode() + b"\n")
        if len(self._lines) >= self._most:
            self._put_aside()

    def __iter__(self) -> Iterator[bytes]:
        """Every line with its end, once `add` is done with."""
        for file in self._aside:
            file.seek(0)
        yield from heapq.merge(*self._aside, sorted(self._lines))

    def _put_aside(self) -> None:
        file: IO[bytes] = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed with this object
        self._open.callback(file.close)
        file.writelines(sorted(self._lines))
        self._aside.append(file)
        self._lines = []
