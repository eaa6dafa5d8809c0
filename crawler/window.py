"""The window: which waiting URL goes next, with every source getting its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.rows import LedgerRow

_LOW = 20  # rows of a source at which more are read
_HELD_FOR_EACH = 8  # pages of a source in flight, for each that may be fetched at once


@dataclass
class _Queue:
    rows: deque[LedgerRow] = field(default_factory=deque)
    after: int = -1
    fetching: int = 0
    held: dict[str, int] = field(default_factory=dict)  # bytes of fetched pages without an outcome, by key
    held_bytes: int = 0
    dry: bool = False  # the catalog had no more when last asked


class Window:
    """Rows of the frontier, a handful a source, handed out in turn.

    A page that has come gives up its place on the wire before it is read: pages that keep the readers busy
    for long hold up their own source, and nobody else's requests. What waits to be read is bounded by bytes;
    when it is full, each source may still hold its even share.

    Args:
        read: (source, after position) → more rows of the frontier; may block.
        size: pages being fetched in all.
        per_source: pages being fetched for one source: more would only wait for their host's turn.
        held_bytes: of fetched pages that have no outcome yet, about.
    """

    def __init__(
        self,
        sources: list[str],
        read: Callable[[str, int], list[LedgerRow]],
        *,
        size: int,
        per_source: int,
        held_bytes: int,
    ) -> None:
        self._queues = {name: _Queue() for name in sources}
        self._turns = deque(sources)
        self._read, self._size, self._per_source = read, size, per_source
        self._most_held, self._share = held_bytes, held_bytes // max(len(sources), 1)
        self._fetching = self._held = self._held_bytes = 0

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

    @property
    def in_flight(self) -> int:
        """Rows that were handed out and have no outcome."""
        return self._fetching + self._held

    def next(self) -> LedgerRow | None:
        """The next row, now being fetched; None if every source is full or empty, or the wire is full."""
        if self._fetching >= self._size:
            return None
        for _ in range(len(self._turns)):
            name = self._turns[0]
            self._turns.rotate(-1)
            queue = self._queues[name]
            if queue.rows and self._has_room(queue):
                queue.fetching += 1
                self._fetching += 1
                return queue.rows.popleft()
        return None

    def _has_room(self, queue: _Queue) -> bool:
        most = _HELD_FOR_EACH * self._per_source
        if queue.fetching >= self._per_source or queue.fetching + len(queue.held) >= most:
            return False
        has_its_share = bool(queue.held) and queue.held_bytes >= self._share
        return self._held_bytes < self._most_held or not has_its_share

    def fetched(self, row: LedgerRow, size: int) -> None:
        """A row's page has come with so many bytes, and waits for its outcome."""
        queue = self._queues[row.source]
        queue.held[row.url_key] = size
        queue.fetching -= 1
        queue.held_bytes += size
        self._fetching -= 1
        self._held += 1
        self._held_bytes += size

    def done(self, row: LedgerRow) -> None:
        """A row has its outcome, fetched or not."""
        queue = self._queues[row.source]
        size = queue.held.pop(row.url_key, None)
        if size is None:
            queue.fetching -= 1
            self._fetching -= 1
        else:
            queue.held_bytes -= size
            self._held -= 1
            self._held_bytes -= size
