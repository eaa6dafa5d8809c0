"""The window: which waiting URL goes next, with every source getting its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.rows import LedgerRow

_LOW = 20  # rows of a source at which more are read


@dataclass
class _Queue:
    rows: deque[LedgerRow] = field(default_factory=deque)
    after: int = -1
    in_flight: int = 0
    dry: bool = False  # the catalog had no more when last asked


class Window:
    """Rows of the frontier, a handful a source, handed out in turn.

    Args:
        read: (source, after position) → more rows of the frontier; may block.
        size: pages in flight in all.
        per_source: pages in flight for one source: more would only wait for their host's turn.
    """

    def __init__(
        self, sources: list[str], read: Callable[[str, int], list[LedgerRow]], *, size: int, per_source: int
    ) -> None:
        self._queues = {name: _Queue() for name in sources}
        self._turns = deque(sources)
        self._read, self._size, self._per_source = read, size, per_source
        self.in_flight = 0

    def wake(self) -> None:
        """The frontier has new rows: every source may be asked again."""
        for queue in self._queues.values():
            queue.dry = False

    def refill(self) -> None:
        """Read more rows for sources that run low. Blocks on the catalog; callers use a thread."""
        for name, queue in self._queues.items():
            if not queue.dry and len(queue.rows) < _LOW:
                more = self._read(name, queue.after)
                queue.rows.extend(more)
                queue.after = more[-1].position if more else queue.after
                queue.dry = not more

    @property
    def hungry(self) -> bool:
        """Whether `refill` could bring something."""
        return any(not queue.dry and len(queue.rows) < _LOW for queue in self._queues.values())

    @property
    def empty(self) -> bool:
        """Whether no row waits here (some may be in flight)."""
        return not any(queue.rows for queue in self._queues.values())

    def next(self) -> LedgerRow | None:
        """The next row, now in flight; None if every source or the whole window is full or empty."""
        if self.in_flight >= self._size:
            return None
        for _ in range(len(self._turns)):
            name = self._turns[0]
            self._turns.rotate(-1)
            queue = self._queues[name]
            if queue.rows and queue.in_flight < self._per_source:
                queue.in_flight += 1
                self.in_flight += 1
                return queue.rows.popleft()
        return None

    def done(self, source: str) -> None:
        """A row of this source has its outcome."""
        self._queues[source].in_flight -= 1
        self.in_flight -= 1
