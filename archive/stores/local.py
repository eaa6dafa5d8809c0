"""Objects as files in a folder, durable against power loss and safe between processes.

The order of writing: temporary file → fsync → read back → `link(2)` to the final name → fsync of the
folder. `link` fails if the name exists, which makes it the local form of S3's `If-None-Match: *`;
`rename` would overwrite without a word.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from archive.stores.keys import RESERVED, check_key, check_prefix, is_key
from archive.stores.probe import probe
from archive.stores.store import (
    ObjectCollision,
    ObjectCorrupted,
    ObjectInfo,
    ObjectNotFound,
    StoreUnreachable,
    Unfinished,
)

_STALE_SECONDS: Final = 24 * 3600.0  # no put takes a day: an older temporary file belongs to a killed process

_WHAT_TO_DO: Final = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; raise it or free some space",
    errno.EFBIG: "the file is larger than this process or file system may write",
    errno.EROFS: "the file system is read-only; remount it writable or set another store",
    errno.EACCES: "permission denied; give this user write access to the folder",
    errno.EPERM: "the file system refuses it (hard links are needed); set a store on another one",
    errno.EOPNOTSUPP: "the file system has no hard links; set a store on another one",
    errno.EIO: "the disk reports an I/O error; check the disk before storing more",
}


class LocalStore:
    """An `ObjectStore` over the folder `root`, which is made by the first `put`.

    A write error, a failed fsync included, is `StoreUnreachable` at once: after a failed fsync the kernel
    may drop the dirty pages and report the next fsync as success (PostgreSQL's "fsyncgate", 2018), so
    nothing is tried again with the same file.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._tmp = self._root / RESERVED
        self._durable: set[Path] = set()  # folders whose own entry we have fsynced

    @property
    def address(self) -> str:
        """The folder as a `file://` URL."""
        return self._root.as_uri()

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:  # noqa: ARG002 - files have no content type
        target = self._path(key)
        with self._disk(f"put {key}"), self._checked_temp(key, data, sha256) as temp:
            self._make_folder(target.parent)
            self._publish(temp, target, key, sha256)
            _fsync(target.parent)

    def replace(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:  # noqa: ARG002
        target = self._path(key)
        with self._disk(f"replace {key}"), self._checked_temp(key, data, sha256) as temp:
            self._make_folder(target.parent)
            if target.is_dir():
                raise ValueError(f"object key {key!r} is already the folder of other objects")
            temp.replace(target)
            _fsync(target.parent)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        if offset < 0 or (length is not None and length < 0):
            raise ValueError(f"offset {offset} and length {length} must not be negative")
        with self.open(key) as stream, self._disk(f"read {key}"):
            stream.seek(offset)
            return stream.read(-1 if length is None else length)

    def open(self, key: str) -> BinaryIO:
        path = self._path(key)
        with self._disk(f"open {key}"):
            try:
                return path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise ObjectNotFound(key, self.address) from None

    def stat(self, key: str) -> ObjectInfo | None:
        path = self._path(key)
        with self._disk(f"stat {key}"):
            try:
                return ObjectInfo(key, path.stat().st_size) if not path.is_dir() else None
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder = check_prefix(prefix).rpartition("/")[0]
        return self._walk(f"{folder}/" if folder else "", prefix)

    def delete(self, key: str) -> None:
        path = self._path(key)
        with self._disk(f"delete {key}"):
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            _fsync(path.parent)

    def erase(self, key: str) -> None:
        self.delete(key)  # a folder keeps no versions

    def locked_until(self, key: str) -> datetime | None:
        self._path(key)
        return None  # and locks nothing

    def abort_unfinished(self, key: str | None = None) -> int:
        if key is not None:
            self._path(key)
            return 0  # a temporary file does not tell what it was to become
        removed = 0
        with self._disk("remove old temporary files"):
            for temp in self._temporary():
                with suppress(FileNotFoundError):  # its writer is done with it just now
                    if time.time() - temp.stat().st_mtime > _STALE_SECONDS:
                        temp.unlink()
                        removed += 1
        return removed

    def unfinished(self) -> Unfinished:
        with self._disk("look for temporary files"):
            return Unfinished(len(self._temporary()), expires=False)

    def check(self) -> None:
        probe(self)
        self.abort_unfinished()

    def _temporary(self) -> tuple[Path, ...]:
        return tuple(self._tmp.iterdir()) if self._tmp.is_dir() else ()

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextmanager
    def _checked_temp(self, key: str, data: bytes | Path, sha256: str) -> Iterator[Path]:
        """`data` in a temporary file that is on disk and was read back; in the end it is gone."""
        temp = self._write_temp(data)
        try:
            if (actual := _digest(temp)) != sha256:
                raise ObjectCorrupted(key, self.address, expected=sha256, actual=actual)
            yield temp
        finally:
            temp.unlink(missing_ok=True)

    def _write_temp(self, data: bytes | Path) -> Path:
        """A new file with `data`, on disk: its name is not durable yet, its bytes are."""
        self._make_folder(self._tmp)
        temp = self._tmp / uuid4().hex
        try:
            with temp.open("xb") as out:
                if isinstance(data, Path):
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, out, 1 << 20)
                else:
                    out.write(data)
                out.flush()
                os.fsync(out.fileno())
                if hasattr(os, "posix_fadvise"):  # so that reading back asks the disk, not the page cache
                    os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
        return temp

    def _publish(self, temp: Path, target: Path, key: str, sha256: str) -> None:
        try:
            os.link(temp, target)
        except FileExistsError:
            if target.is_dir():
                raise ValueError(f"object key {key!r} is already the folder of other objects") from None
            if (actual := _digest(target)) != sha256:
                raise ObjectCollision(key, self.address, expected=sha256, actual=actual) from None
            # Whoever wrote it may not have come to its fsync yet, and we are about to acknowledge it.
            _fsync(target)

    def _make_folder(self, folder: Path) -> None:
        """Make `folder` and those above it, each durable in the one that holds it."""
        missing = [folder, *folder.parents]
        for each in reversed(missing[: missing.index(self._root) + 1]):
            if each in self._durable and each.is_dir():
                continue
            try:
                each.mkdir(parents=each == self._root, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                if each in {self._root, self._tmp}:
                    raise  # not the key is wrong, but the place
                raise ValueError(f"{each} must be a folder, but an object stands there") from None
            _fsync(each.parent)
            self._durable.add(each)

    def _walk(self, folder: str, prefix: str) -> Iterator[ObjectInfo]:
        """Objects under `folder` ("" or ending in "/") that start with `prefix`, in byte order of keys.

        A folder sorts as its name with the slash, as in the keys below it: `a-b` stands before `a/b`.
        """
        with self._disk(f"list {folder}"):
            try:
                with os.scandir(self._root / folder) as entries:
                    names = sorted(entry.name + "/" * entry.is_dir() for entry in entries)
            except (FileNotFoundError, NotADirectoryError):
                return
        for name in names:
            key = folder + name
            if not (key.startswith(prefix) or prefix.startswith(key)) or not is_key(key.rstrip("/")):
                continue
            if name.endswith("/"):
                yield from self._walk(key, prefix)
            elif info := self.stat(key):
                yield info

    @contextmanager
    def _disk(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            number = error.errno or errno.EIO
            advice = _WHAT_TO_DO.get(number, os.strerror(number))
            raise StoreUnreachable(f"cannot {doing} in {self.address}: {advice}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
