"""The boundary to what keeps exchanges."""

from __future__ import annotations

from typing import Any, Protocol

from archive.exchange import Exchange


class Recorder(Protocol):
    """Keeps an exchange before anything has interpreted it: bytes first."""

    async def record(self, exchange: Exchange, *, source: str) -> Any:
        """Keep `exchange`, fetched for the source of this name; return what later steps need to find it.

        Awaited before the response goes any further, truncated exchanges and redirect hops included. Called
        concurrently. An error ends the request with that error: what was not kept is not processed, and is
        fetched again later. Must not block the event loop.
        """
