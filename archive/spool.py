"""The spool: a folder per writer with its open segments, locked while the writer lives."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.journal import new_writer
from archive.segment import SpoolError


class Spool:
    """One writer's folder; the kernel releases its lock when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = folder.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("ab")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SpoolError(f"spool {folder} belongs to a writer that is still running") from error
        except OSError as error:
            raise SpoolError(
                f"cannot use the spool {folder}: {error.strerror}; free space or fix its rights"
            ) from error

    @classmethod
    def create(cls, root: Path, now: datetime) -> Self:
        """A folder for a new writer."""
        return cls(root / new_writer(now))

    def files(self) -> list[Path]:
        """The segments in it, oldest first."""
        return sorted(self.folder.glob("*.warc.gz"))

    def remove(self) -> None:
        """Give the folder up when all that was in it is in the store."""
        for path in (*self.files(), self.folder / "lock"):
            path.unlink(missing_ok=True)
        self._lock.close()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

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
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        try:
            spool = Spool(folder)
        except SpoolError:
            continue  # its writer lives
        yield spool
