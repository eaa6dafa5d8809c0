"""The saved searches of a settings file that is read again when it has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import overload

import structlog

from config.errors import ConfigError
from config.saved_search import SavedSearch

log = structlog.get_logger()

Stamp = tuple[int, int, int] | None  # moment of the last change, size and number of the file


class WatchedSearches(Sequence[SavedSearch]):
    """What the settings say now, as a sequence. Use from any thread.

    A file that is wrong, or away, costs nothing: what it said before stands, and the log says so once.

    Args:
        path: the settings' file; None where there is none: nothing changes then.
        searches: what it said when it was read.
        read: reads it again; raises ConfigError.
    """

    def __init__(
        self,
        path: Path | None,
        searches: Sequence[SavedSearch],
        read: Callable[[], Sequence[SavedSearch]],
    ) -> None:
        self._path, self._read, self._lock = path, read, Lock()
        self._searches = tuple(searches)
        self._seen = self._stamp()

    def now(self) -> tuple[SavedSearch, ...]:
        """All of them; one look at the file's date where nothing has changed."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                self._look()
            return self._searches

    def _look(self) -> None:
        try:
            found = tuple(self._read())
        except (ConfigError, OSError) as error:
            log.error("the settings are wrong; the searches stay as they were", problem=str(error))  # noqa: TRY400
            return
        if found != self._searches:
            log.info("saved searches changed", searches=[each.name for each in found])
        self._searches = found

    def _stamp(self) -> Stamp:
        try:
            facts = self._path.stat() if self._path is not None else None
        except OSError:
            return None
        return None if facts is None else (facts.st_mtime_ns, facts.st_size, facts.st_ino)

    def __len__(self) -> int:
        return len(self.now())

    def __iter__(self) -> Iterator[SavedSearch]:
        return iter(self.now())

    @overload
    def __getitem__(self, at: int) -> SavedSearch: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[SavedSearch, ...]: ...
    def __getitem__(self, at: int | slice) -> SavedSearch | tuple[SavedSearch, ...]:
        return self.now()[at]
