"""Reading over a network that breaks: a stream that goes on where it was cut."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from archive.stores.store import StoreUnreachable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK: Final = 64 << 10  # what a break may cost: read(n) of a broken body gives nothing of the n
BREAKS: Final = 5  # how often a stream may be cut before we give up,
PROGRESS: Final = 1 << 20  # unless so many bytes came since the last cut


class Body(Protocol):
    """What answers a range request: bytes until b"", an exception of the client's when it is cut."""

    def read(self, amt: int) -> bytes:
        """At most `amt` bytes; b"" at the end."""

    def close(self) -> None:
        """Give the connection back."""


Fetch = Callable[[int], tuple[Body, int]]
"""From a position in the object: the body from there on, and how many bytes it must have."""


class ResumingStream(io.RawIOBase):
    """The bytes of one object from `start` on.

    SDKs retry the request, not the body (boto3 #4111): when the body ends early or breaks with one of
    `broken`, this asks `fetch` for the rest after `pause(n)`, and raises StoreUnreachable after several
    breaks with little between them. Whether the bytes are right is for the caller's digest.
    """

    def __init__(
        self,
        fetch: Fetch,
        start: int,
        *,
        broken: tuple[type[Exception], ...],
        pause: Callable[[int], None],
        name: str,
    ) -> None:
        super().__init__()
        self._fetch, self._broken, self._pause, self._name = fetch, broken, pause, name
        self._position = start
        self._body, left = fetch(start)  # an absent object is an error of open(), not of the first read
        self._end = start + left
        self._breaks, self._broke_at = 0, start

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return self._end - self._position

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), self.left, CHUNK)
        while wanted:
            if chunk := self._read_some(wanted):
                view[: len(chunk)] = chunk
                self._position += len(chunk)
                return len(chunk)
            self._resume()
        return 0

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()

    def _read_some(self, wanted: int) -> bytes:
        """Some bytes, or none if the body broke or ended too early."""
        try:
            return self._body.read(wanted)
        except self._broken:
            return b""

    def _resume(self) -> None:
        self._breaks = 1 if self._position - self._broke_at >= PROGRESS else self._breaks + 1
        self._broke_at = self._position
        if self._breaks > BREAKS:
            raise StoreUnreachable(
                f"{self._name} broke off {self._breaks} times at byte {self._position} of {self._end}; "
                "check the network to the store and try again"
            )
        self._body.close()
        self._pause(self._breaks)
        self._body, left = self._fetch(self._position)
        if left != self.left:
            raise StoreUnreachable(
                f"{self._name} changed its size from {self._end} to {self._position + left} while it was read"
            )
