"""The boundary to object storage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from config.errors import DatelineError, ServiceUnreachable


class ObjectNotFound(DatelineError):  # noqa: N818 - the field's own name for it
    """No object has this key."""

    def __init__(self, key: str, where: str) -> None:
        super().__init__(f"object {key} is not in {where}")
        self.key = key


class ObjectCollision(DatelineError):  # noqa: N818
    """Another object already stands under this key; nothing was written."""

    def __init__(self, key: str, where: str, *, expected: str, actual: str) -> None:
        super().__init__(
            f"object {key} already exists in {where} with other content "
            f"(expected sha256 {expected}, found {actual})"
        )
        self.key, self.expected, self.actual = key, expected, actual


class ObjectCorrupted(DatelineError):  # noqa: N818
    """The bytes handed over, or read back after writing, don't have the digest that was promised."""

    def __init__(self, key: str, where: str, *, expected: str, actual: str) -> None:
        super().__init__(
            f"object {key} in {where}: expected sha256 {expected}, found {actual}; nothing was acknowledged. "
            "The memory, the disk or the service changed the bytes: check it before storing more"
        )
        self.key, self.expected, self.actual = key, expected, actual


class StoreUnreachable(ServiceUnreachable):
    """The store did not answer, or refused us, after all retries."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """Key and size in bytes of a stored object."""

    key: str
    size: int


class ObjectStore(Protocol):
    """Objects that are written once and never changed, under `/`-separated keys.

    Failure semantics, the same for every implementation:

    - Every method raises `StoreUnreachable` when the service does not answer, refuses the credentials or
      the bucket, or the disk is full or read-only: bounded retries with jitter have then been made.
    - `put` returns only when the object is durable and was read back with the digest given. It never
      overwrites: if the key exists with the same digest it is success (a lost acknowledgement, or another
      writer with the same content), with another digest `ObjectCollision`. Bytes that don't have the
      digest given, before or after they were written, are `ObjectCorrupted` and never acknowledged.
    - `read` and `open` raise `ObjectNotFound` for an absent key. A read that starts at or beyond the end
      of an object gives no bytes. A stream may be broken off at any read with `StoreUnreachable`.
    - No key is another key's folder: `a` and `a/b` never stand in one store.
    - A listing is sorted by key and is not proof of absence while others write.
    - Keys that would leave the store (`..`, a leading `/`, backslash, NUL, control characters) are
      refused with ValueError before anything is touched.

    The methods block and may be called from any thread.
    """

    @property
    def address(self) -> str:
        """Where the store is, for messages; never holds a secret."""

    def put(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        """Store `data` (bytes, or a file streamed from disk) under `key` if nothing is there yet."""

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """The bytes `[offset, offset + length)` of an object, in one (range) request."""

    def open(self, key: str) -> BinaryIO:
        """The whole object as a stream; the caller closes it."""

    def stat(self, key: str) -> ObjectInfo | None:
        """Size of an object, or None if it is absent."""

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Objects whose key starts with `prefix`, sorted by key."""

    def delete(self, key: str) -> None:
        """Remove an object; absent is fine. Only recovery and retention call this."""

    def check(self) -> None:
        """Prove that we may write, read back, conditionally refuse an overwrite, and delete.

        Raises StoreUnreachable with one clear line (bucket missing, wrong credentials, disk full,
        `If-None-Match` not honoured).
        """
