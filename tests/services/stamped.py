"""Connections of a server that know when a request came to the system, however late the server reads it."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterable
from typing import Any

_SO_TIMESTAMPING, _RX_SOFTWARE, _SOFTWARE = 37, 1 << 3, 1 << 4  # linux/net_tstamp.h; Python names none
_STAMPS = struct.Struct("@qq")  # the first of three: by the system's clock
_ROOM = _STAMPS.size + 64


class StampedSocket(socket.socket):
    """A connection that knows when what was read last came to the system: the server may read it much later.

    Sources: socket(7) and the kernel's documentation of SO_TIMESTAMPING (software, receive). Elsewhere than
    on Linux it is when it was read.
    """

    arrived = 0.0  # seconds since the epoch

    @classmethod
    def of(cls, accepted: socket.socket) -> StampedSocket:
        """The connection that was accepted, in whose place this one is used."""
        made = cls(fileno=accepted.detach())
        if sys.platform == "linux":
            made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _SOFTWARE | _RX_SOFTWARE)
        return made

    @property
    def arrived_monotonic(self) -> float:
        """The same by the clock of `time.monotonic`."""
        return self.arrived - time.time() + time.monotonic()

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        data, told, *_ = self.recvmsg(bufsize, _ROOM, flags)
        self._note(told)
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        view = memoryview(buffer)
        count, told, *_ = self.recvmsg_into([view[: nbytes or len(view)]], _ROOM, flags)
        self._note(told)
        return count

    def _note(self, told: Iterable[tuple[int, int, bytes]]) -> None:
        stamps = [_STAMPS.unpack_from(value) for _, kind, value in told if kind == _SO_TIMESTAMPING]
        self.arrived = stamps[0][0] + stamps[0][1] / 1e9 if stamps else time.time()
