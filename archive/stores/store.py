"""The boundary to object storage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from config.errors import DatelineError, ServiceUnreachable

HELD: Final = datetime.max.replace(tzinfo=UTC)
"""Until when an object under a legal hold is locked: until whoever placed the hold lifts it."""


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


class ObjectLocked(DatelineError):  # noqa: N818
    """Retention or a legal hold keeps an object, or a version of it, from being erased or replaced."""

    def __init__(self, key: str, where: str, until: datetime) -> None:
        lock = (
            "is under a legal hold; whoever placed it has to lift it first"
            if until == HELD
            else f"is locked until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC; try again after that"
        )
        super().__init__(f"object {key} in {where} {lock}. Nothing of it was erased")
        self.key, self.until = key, until


class StoreUnreachable(ServiceUnreachable):
    """The store did not answer, or refused us, after all retries."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """Key and size in bytes of a stored object."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What puts that never ended have left in a store, which costs space and is no object.

    Attributes:
        count: how many there are, those of living writers included.
        expires: whether the store removes them by itself (a lifecycle rule); None if it does not say.
    """

    count: int
    expires: bool | None


class ObjectStore(Protocol):
    """Objects that are written once and never changed, under `/`-separated keys.

    `replace` and `erase` are the two exceptions: repair puts back what rot took, and a purge takes out what
    must not be kept.

    Failure semantics, the same for every implementation:

    - Every method raises `StoreUnreachable` when the service does not answer, refuses the credentials or
      the bucket, or the disk is full or read-only: bounded retries with jitter have then been made.
    - `put` returns only when the object is durable and was read back with the digest given. It never
      overwrites: if the key exists with the same digest it is success (a lost acknowledgement, or another
      writer with the same content), with another digest `ObjectCollision`. Bytes that don't have the
      digest given, before or after they were written, are `ObjectCorrupted` and never acknowledged.
    - `replace` and `erase` leave no old version of the object behind where the store keeps versions. They
      raise `ObjectLocked` before anything is changed if retention or a legal hold protects one of them.
      Cut off half way, they are finished by being called again.
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
        """Remove an object; absent is fine. Its old versions stay, where the store keeps them.

        For objects that were never acknowledged: only recovery and probes call this.
        """

    def replace(self, key: str, data: bytes | Path, *, sha256: str, content_type: str) -> None:
        """Store `data` under `key` in place of what stands there, if anything; only repair and purge call it.

        Readers see the old object or the new one, never a part of either. Returns as `put` does: durable,
        and read back with the digest given (else ObjectCorrupted).
        """

    def erase(self, key: str) -> None:
        """Remove an object with all its versions and delete markers; absent is fine."""

    def locked_until(self, key: str) -> datetime | None:
        """The moment until which a version of the object cannot be erased; None if nothing locks it.

        `HELD` for a legal hold. A lock that has run out is none, and neither has an absent object one.
        """

    def abort_unfinished(self, key: str | None = None) -> int:
        """Remove what puts that never ended have left; the result counts them.

        With a `key` all that was begun for this object, whose writer is known to be dead; else what is older
        than a day, since no put takes as long.
        """

    def unfinished(self) -> Unfinished:
        """What puts that never ended have left by now."""

    def check(self) -> None:
        """Prove that we may write, read back, conditionally refuse an overwrite, and delete.

        Raises StoreUnreachable with one clear line (bucket missing, wrong credentials, disk full,
        `If-None-Match` not honoured).
        """
