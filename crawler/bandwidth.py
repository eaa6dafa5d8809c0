"""How fast bytes may come in: a bucket that answers take out of and time fills."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_LONGEST_WAIT = 10.0  # seconds; then the rate is asked for again, as the hour may have changed it


class Bandwidth:
    """Used from the event loop.

    What an answer will weigh is known when it is there, so the bucket may go below nothing; new requests then
    wait until it is level. Over some time, no more comes in than the rate.
    """

    def __init__(
        self, rate: Callable[[], float | None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._monotonic = rate, monotonic
        self._level, self._at = 0.0, monotonic()

    def took(self, size: int) -> None:
        """So many bytes came in."""
        self.wait()
        self._level -= size

    def wait(self) -> float:
        """Seconds until the next request may go out, as things stand; 0: now."""
        now, rate = self._monotonic(), self._rate()
        passed, self._at = now - self._at, now
        if rate is None:
            self._level = 0.0
            return 0.0
        self._level = min(rate, self._level + passed * rate)  # at most a second's worth is saved up
        return max(0.0, -self._level / rate)

    async def room(self) -> None:
        """Wait until a request may go out."""
        while (seconds := self.wait()) > 0:  # noqa: ASYNC110 - time alone fills the bucket
            await asyncio.sleep(min(seconds, _LONGEST_WAIT))
