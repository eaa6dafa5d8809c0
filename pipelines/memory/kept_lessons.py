"""The lessons of pages that a run reads, kept until its end: whoever learns then need not read them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from errno import ENOSPC
from io import FileIO
from os import strerror
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

import structlog

log = structlog.get_logger()

SPARE = 12  # lessons of a source beyond those learned from: pages are not read in the order of capture
MAX_BYTES = 256 << 20  # of all sources together; pages beyond are read again at the end


@dataclass(frozen=True, slots=True)
class _Place:
    extractor: str
    offset: int
    length: int


class KeptLessons:
    """Lessons by capture, in a file without a name: nothing is left of it, however the process ends.

    They only save time: where the file cannot be written or read, pages are read again at the end.

    Args:
        folder: for the file.
        sources: those without a memory, which may learn their first one from this run.
        wanted: of each, so many lessons at most are asked for, and a few more.
    """

    def __init__(self, folder: Path, sources: Iterable[str], wanted: int) -> None:
        self._sources = frozenset(sources)
        self._wanted = wanted + SPARE
        self._asked: Counter[str] = Counter()
        self._places: dict[str, _Place] = {}
        self._size = 0
        self._file: FileIO | None = None
        try:  # no buffer: what fails shall fail here, and not when the file is closed
            self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - open as long as the run
        except OSError as error:
            self._give_up(error)

    def ask(self, source: str) -> bool:
        """Whether the next page of a source shall say what it teaches; one that does is counted."""
        wanted = source in self._sources and self._asked[source] < self._wanted and self._size < MAX_BYTES
        self._asked[source] += wanted
        return wanted

    def keep(self, source: str, capture_id: str, extractor: str | None, lesson: bytes | None) -> None:
        """Keep what a page teaches that was asked, as an extractor read it; None: it teaches nothing."""
        if lesson is None or extractor is None:
            self._asked[source] -= 1
            return
        if self._file is None:
            return
        try:
            self._file.seek(self._size)
            written = self._file.write(lesson)
        except OSError as error:
            self._give_up(error)
            return
        if written != len(lesson):  # what still fits on a full disk
            self._give_up(OSError(ENOSPC, strerror(ENOSPC)))
            return
        self._places[capture_id] = _Place(extractor, self._size, len(lesson))
        self._size += len(lesson)

    def of(self, capture_id: str, extractor: str) -> bytes | None:
        """The lesson of a capture as this extractor reads it; None: it has to be read."""
        place = self._places.get(capture_id)
        if self._file is None or place is None or place.extractor != extractor:
            return None
        try:
            self._file.seek(place.offset)
            lesson = self._file.read(place.length)
        except OSError as error:
            self._give_up(error)
            return None
        return lesson if len(lesson) == place.length else None

    def _give_up(self, error: OSError) -> None:
        """Ask for no more, and have all pages read again."""
        log.warning("lessons of pages are not kept: the pages are read again", error=error.strerror)
        self._sources = frozenset()
        self.close()
        self._file = None

    def close(self) -> None:
        """Give the file up. Safe to call again."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
