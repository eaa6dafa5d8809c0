"""A store that fails where a test says, and one that writes down what was asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.stores.store import ObjectInfo, ObjectStore, StoreUnreachable, Unfinished


class FailingStore:
    """Passes every call on; the `fail_at`-th one raises, before it was carried out or after.

    With `once` false everything after it fails too, as when the service is gone.
    """

    def __init__(self, store: ObjectStore, *, fail_at: int, after: bool = False, once: bool = True) -> None:
        self._store, self._fail_at, self._after, self._once = store, fail_at, after, once
        self.calls: list[str] = []

    @property
    def address(self) -> str:
        return self._store.address

    def _fails(self, call: str) -> bool:
        self.calls.append(call)
        return len(self.calls) == self._fail_at or (not self._once and len(self.calls) > self._fail_at)

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        fails = self._fails(f"put {key}")
        if not fails or self._after:
            self._store.put(key, data, sha256=sha256, content_type=content_type)
        if fails:
            raise StoreUnreachable(f"no answer to put {key}")

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        if self._fails(f"read {key}"):
            raise StoreUnreachable(f"no answer to read {key}")
        return self._store.read(key, offset, length)

    def open(self, key: str) -> BinaryIO:
        if self._fails(f"open {key}"):
            raise StoreUnreachable(f"no answer to open {key}")
        return self._store.open(key)

    def stat(self, key: str) -> ObjectInfo | None:
        return self._store.stat(key)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        if self._fails(f"list {prefix}"):
            raise StoreUnreachable(f"no answer to list {prefix}")
        return self._store.list(prefix)

    def delete(self, key: str) -> None:
        fails = self._fails(f"delete {key}")
        if not fails or self._after:
            self._store.delete(key)
        if fails:
            raise StoreUnreachable(f"no answer to delete {key}")

    def replace(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        fails = self._fails(f"replace {key}")
        if not fails or self._after:
            self._store.replace(key, data, sha256=sha256, content_type=content_type)
        if fails:
            raise StoreUnreachable(f"no answer to replace {key}")

    def erase(self, key: str) -> None:
        fails = self._fails(f"erase {key}")
        if not fails or self._after:
            self._store.erase(key)
        if fails:
            raise StoreUnreachable(f"no answer to erase {key}")

    def locked_until(self, key: str) -> datetime | None:
        if self._fails(f"locked_until {key}"):
            raise StoreUnreachable(f"no answer to locked_until {key}")
        return self._store.locked_until(key)

    def abort_unfinished(self, key: str | None = None) -> int:
        return self._store.abort_unfinished(key)

    def unfinished(self) -> Unfinished:
        return self._store.unfinished()

    def check(self) -> None:
        self._store.check()
