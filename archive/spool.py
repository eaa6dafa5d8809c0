"""The spool: a folder per writer with its open segments, locked while the writer lives."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.journal import new_writer
from archive.place import SEGMENT_ENDS
from archive.segment import SpoolError, sync_folder

DAMAGED = "damaged"  # the folder beside the writers' own, for files that no start can read
SOURCES = "sources"  # the folder beside them for the schedule's good copies of source files


class SpoolBusy(SpoolError):  # noqa: N818 - named for what it says
    """The spool belongs to a living writer, or is being removed by one."""


class Spool:
    """One writer's folder; the kernel releases its lock when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        """Lock a folder that is there; raises SpoolError, SpoolBusy if its writer lives."""
        self.folder = folder
        self.writer = folder.name
        path = folder / "lock"
        try:
            self._lock = path.open("ab")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not path.exists() or not os.path.samestat(path.stat(), os.fstat(self._lock.fileno())):
                self._lock.close()
                raise SpoolBusy(f"spool {folder} was removed by another process just now")
        except FileNotFoundError as error:
            raise SpoolBusy(f"spool {folder} was removed by another process just now") from error
        except BlockingIOError as error:
            self._lock.close()
            raise SpoolBusy(f"spool {folder} belongs to a writer that is still running") from error
        except OSError as error:
            raise SpoolError(
                f"cannot use the spool {folder}: {error.strerror}; free space or fix its rights"
            ) from error

    @classmethod
    def create(cls, root: Path, now: datetime) -> Self:
        """A folder for a new writer."""
        while True:
            folder = root / new_writer(now)
            try:
                folder.mkdir(parents=True)
                return cls(folder)
            except SpoolBusy:
                continue  # between the two lines, a recovery took the empty folder for a dead writer's
            except OSError as error:
                raise SpoolError(
                    f"cannot make the spool {folder}: {error.strerror}; free space or fix its rights"
                ) from error

    def files(self) -> list[Path]:
        """The segments in it, oldest first."""
        return sorted(path for path in self.folder.iterdir() if path.name.endswith(SEGMENT_ENDS))

    def set_aside(self, path: Path) -> Path:
        """Move a file that cannot be read out of the way of every start, and give its new place."""
        place = self.folder.parent / DAMAGED / f"{self.writer}-{path.name}"
        place.parent.mkdir(exist_ok=True)
        path.rename(place)
        sync_folder(place.parent)
        return place

    def remove(self) -> None:
        """Give the folder up when all that was in it is in the store."""
        for path in self.files():
            path.unlink(missing_ok=True)
        if [path.name for path in self.folder.iterdir()] == ["lock"]:
            (self.folder / "lock").unlink()  # before the lock is let go, so that nobody gets it in between
            try:
                self.folder.rmdir()
            except OSError as error:
                # Another recovery looked in just now, and removes it or has removed it.
                if error.errno not in {errno.ENOTEMPTY, errno.ENOENT}:
                    raise
        self._lock.close()

    def close(self) -> None:
        """Let go of the lock and leave the files where they are."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def abandoned(root: Path) -> Iterator[Spool]:
    """Spools of writers that are no more, each locked for the caller while it looks at it."""
    if not root.is_dir():
        return
    others = {DAMAGED, SOURCES}
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and path.name not in others):
        try:
            spool = Spool(folder)
        except SpoolBusy:
            continue
        yield spool
