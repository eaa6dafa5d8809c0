"""The window: which waiting URL goes next, with every source getting its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest

from archive.rows import LedgerRow
from crawler.holdings import Holdings

_LOW = 20  # rows of a source at which more are read
HELD_FOR_EACH = 4  # pages of a source that are fetched or held, for each that may be fetched at once


@dataclass
class _Queue:
    rows: deque[LedgerRow] = field(default_factory=deque)
    after: int = -1
    fetching: set[str] = field(default_factory=set)  # keys of rows on the wire, or waiting for their host
    held: set[str] = field(default_factory=set)  # keys of rows whose pages came and have no outcome yet
    dry: bool = False  # the catalog had no more when last asked
    waits: bool = True  # its source stands among those that take turns


class Window:
    """Rows of the frontier, a handful a source, handed out in turn.

    A page that has come gives up its place on the wire: what keeps the readers busy holds up nobody else's
    requests. What waits to be read is bounded by its bytes, see `Holdings`, and for each source in number.
    Once half of the places are taken, the rest is for sources that have none: hosts that let us wait for
    each answer leave the others theirs.

    Args:
        read: (source, after position) → more rows of the frontier; may block.
        size: pages being fetched in all.
        per_source: pages being fetched for one source: more would only wait for their host's turn.
        holdings: where what waits to be read is counted.
    """

    def __init__(
        self,
        sources: list[str],
        read: Callable[[str, int], list[LedgerRow]],
        *,
        size: int,
        per_source: int,
        holdings: Holdings,
    ) -> None:
        self._queues = {name: _Queue() for name in sources}
        self._turns = deque(sources)  # who has rows; who turns out to have none comes back with its next ones
        self._low = set(sources)  # who runs low and may have more in the catalog
        self._read, self._size, self._per_source, self._holdings = read, size, per_source, holdings
        self._fetching = self._held = 0

    def wake(self) -> None:
        """The frontier has new rows: every source may be asked again."""
        for name, queue in self._queues.items():
            queue.dry = False
            if len(queue.rows) < _LOW:
                self._low.add(name)

    def refill(self) -> None:
        """Read more rows for sources that run low. Blocks on the catalog; callers use a thread."""
        for name in sorted(self._low):
            queue = self._queues[name]
            more = self._read(name, queue.after)
            queue.rows.extend(more)
            queue.after = more[-1].position if more else queue.after
            queue.dry = not more
            if more and not queue.waits:
                queue.waits = True
                self._turns.append(name)
            if queue.dry or len(queue.rows) >= _LOW:
                self._low.discard(name)

    def upcoming(self, most: int) -> list[LedgerRow]:
        """The rows that wait here, those of each source in turn as they would be handed out."""
        waiting = [iter(self._queues[name].rows) for name in islice(self._turns, most)]
        by_turn = chain.from_iterable(zip_longest(*waiting))
        return list(islice((row for row in by_turn if row is not None), most))

    @property
    def hungry(self) -> bool:
        """Whether `refill` could bring something."""
        return bool(self._low)

    @property
    def empty(self) -> bool:
        """Whether no row waits here (some may be in flight)."""
        return not any(self._queues[name].rows for name in self._turns)

    @property
    def in_flight(self) -> int:
        """Rows that were handed out and have no outcome."""
        return self._fetching + self._held

    def next(self) -> LedgerRow | None:
        """The next row, now being fetched; None if every source is full or empty, or no place is free."""
        if self._fetching >= self._size:
            return None
        for _ in range(len(self._turns)):
            name = self._turns.popleft()
            queue = self._queues[name]
            queue.waits = bool(queue.rows)
            if not queue.waits:
                continue
            self._turns.append(name)
            if self._has_room(name, queue):
                row = queue.rows.popleft()
                if not queue.dry and len(queue.rows) < _LOW:
                    self._low.add(name)
                queue.fetching.add(row.url_key)
                self._fetching += 1
                self._holdings.asked(name, row.url_key)
                return row
        return None

    def _has_room(self, name: str, queue: _Queue) -> bool:
        fetching = len(queue.fetching)
        most = self._per_source if 2 * self._fetching < self._size else 1
        if fetching >= most or fetching + len(queue.held) >= HELD_FOR_EACH * self._per_source:
            return False
        return self._holdings.has_room(name)

    def fetched(self, row: LedgerRow, size: int) -> None:
        """A row's page has come with so many bytes, and waits for its outcome."""
        queue = self._queues[row.source]
        queue.fetching.remove(row.url_key)
        queue.held.add(row.url_key)
        self._fetching -= 1
        self._held += 1
        self._holdings.came(row.source, row.url_key, size)

    def done(self, row: LedgerRow) -> None:
        """A row has its outcome, fetched or not."""
        queue = self._queues[row.source]
        if row.url_key in queue.held:
            queue.held.remove(row.url_key)
            self._held -= 1
        else:
            queue.fetching.remove(row.url_key)
            self._fetching -= 1
        self._holdings.let_go(row.source, row.url_key)
