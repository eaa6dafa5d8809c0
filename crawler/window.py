"""The window: which waiting URL goes next, with every source getting its turn."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice, zip_longest
from math import ceil
from types import MappingProxyType
from typing import Literal

from archive.rows import LedgerRow
from crawler.holdings import UNKNOWN, Holdings

_LOW = 20  # rows of a source at which more are read
HELD_FOR_EACH = 4  # pages of a source that are fetched or held, for each that may be fetched at once
HELD_SECONDS = 60.0  # for so long a host may be ahead of the readers, where that is more pages
_LEAST, _FOR_EACH = 64, 4  # places of a window that grows: at least, and for each source


@dataclass(frozen=True, slots=True)
class Room:
    """How many pages may be fetched at once, those included that wait for their host.

    Attributes:
        places: in all.
        each: of one source: more would only wait for their host's turn.
    """

    places: int
    each: int


def room_for(sources: int, window: int | Literal["auto"], held_bytes: int) -> Room:
    """The room that a crawl of so many sources has by its settings (pure).

    A page keeps its place while its host must be let alone, so with fewer places than hosts those that may
    be asked soon wait for the places of those that may not. `auto` gives every source four: since half of the
    places are for sources that have none, each has one page on the wire and one that waits behind it. There
    are no more than `held_bytes` could hold if all of them came at once, and these keep a processor busy that
    takes 30 ms a page while hosts are asked once in half a minute.

    Args:
        sources: of the crawl process.
        window: `crawl.window`.
        held_bytes: `crawl.held_bytes`.
    """
    if window == "auto":
        return Room(max(_LEAST, min(_FOR_EACH * sources, held_bytes // UNKNOWN)), _LEAST // 16)
    return Room(window, max(2, window // 16))


def most_held(each: int, delay: float) -> int:
    """How many pages of a source may be fetched or held to be read (pure).

    A host is asked no sooner than its delay says, so every turn that it misses because the readers are behind
    is lost for good: when all hosts begin at once they are, by half a minute and more, and the host with
    the most pages would end so much later. What has no delay waits for nothing but the readers.

    Args:
        each: pages of a source that may be fetched at once.
        delay: seconds between two requests; what its host asks for may be more.
    """
    return max(HELD_FOR_EACH * each, ceil(HELD_SECONDS / delay) if delay else 0)


@dataclass
class _Queue:
    most: int  # rows that may be fetched or held
    rows: deque[LedgerRow] = field(default_factory=deque)
    after: int = -1
    fetching: set[str] = field(default_factory=set)  # keys of rows on the wire, or waiting for their host
    held: set[str] = field(default_factory=set)  # keys of rows whose pages came and have no outcome yet
    dry: bool = False  # the catalog had no more when last asked
    turn: int = 0  # when it had a place last
    line: list[tuple[int, str]] | None = None  # in which its source stands


class Window:
    """Rows of the frontier, a handful a source, handed out in turn.

    A page that has come gives up its place on the wire: what keeps the readers busy holds up nobody else's
    requests. What waits to be read is bounded by its bytes, see `Holdings`, and for each source in number,
    see `most_held`.
    A source that has no place goes before all that have one, and among them whoever has waited longest. Once
    half of the places are taken, the rest is for sources that have none: hosts that let us wait for
    each answer leave the others theirs.

    Args:
        read: (source, after position) → more rows of the frontier; may block.
        size: pages being fetched in all.
        per_source: pages being fetched for one source.
        holdings: where what waits to be read is counted.
        delays: seconds between two requests of a source; 0 if it is not named.
    """

    def __init__(
        self,
        sources: Iterable[str],
        read: Callable[[str, int], list[LedgerRow]],
        *,
        size: int,
        per_source: int,
        holdings: Holdings,
        delays: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._queues = {
            name: _Queue(most_held(per_source, delays.get(name, 0.0)), turn=number)
            for number, name in enumerate(sources)
        }
        # Who has rows, by (last turn, name): with nothing on the wire, with something, with all it may have.
        self._first: list[tuple[int, str]] = []
        self._further: list[tuple[int, str]] = []
        self._full: list[tuple[int, str]] = []
        self._low = set(self._queues)  # who runs low and may have more in the catalog
        self._read, self._size, self._per_source, self._holdings = read, size, per_source, holdings
        self._turn = len(self._queues)
        self._fetching = self._held = 0

    def wake(self, sources: Iterable[str]) -> None:
        """The frontier has new rows of these: they may be asked for again."""
        for name in sources:
            queue = self._queues[name]
            queue.dry = False
            if len(queue.rows) < _LOW:
                self._low.add(name)

    def refill(self) -> None:
        """Read more rows for sources that run low. Blocks on the catalog; an event loop reads in a thread."""
        self.take(self.read_more())

    def read_more(self) -> list[tuple[str, list[LedgerRow]]]:
        """More rows of the sources that run low, for `take`. Blocks on the catalog, and changes nothing."""
        return [(name, self._read(name, self._queues[name].after)) for name in sorted(self._low)]

    def take(self, read: Iterable[tuple[str, list[LedgerRow]]]) -> None:
        """Let what `read_more` brought wait here."""
        for name, more in read:
            queue = self._queues[name]
            queue.rows.extend(more)
            queue.after = more[-1].position if more else queue.after
            queue.dry = not more
            if queue.dry or len(queue.rows) >= _LOW:
                self._low.discard(name)
            self._line_up(name, queue)

    def upcoming(self, most: int) -> list[LedgerRow]:
        """The rows that wait here, those of each source in turn as they would be handed out.

        Of those that have something on the wire, whoever has had it longest is likely to be next.
        """
        names = (name for _, name in chain(self._first, merge(self._further, self._full)))
        by_turn = chain.from_iterable(zip_longest(*(self._queues[name].rows for name in islice(names, most))))
        return list(islice((row for row in by_turn if row is not None), most))

    @property
    def hungry(self) -> bool:
        """Whether `refill` could bring something."""
        return bool(self._low)

    @property
    def empty(self) -> bool:
        """Whether no row waits here (some may be in flight)."""
        return not (self._first or self._further or self._full)

    @property
    def in_flight(self) -> int:
        """Rows that were handed out and have no outcome."""
        return self._fetching + self._held

    def next(self) -> LedgerRow | None:
        """The next row, now being fetched; None if every source is full or empty, or no place is free."""
        if self._fetching >= self._size or self._holdings.full:
            return None
        further = self._further if 2 * self._fetching < self._size else ()
        name = next((name for _, name in chain(self._first, further) if self._holdings.has_room(name)), None)
        return None if name is None else self._hand_out(name, self._queues[name])

    def _hand_out(self, name: str, queue: _Queue) -> LedgerRow:
        row = queue.rows.popleft()
        if not queue.dry and len(queue.rows) < _LOW:
            self._low.add(name)
        queue.fetching.add(row.url_key)
        self._fetching += 1
        self._holdings.asked(name, row.url_key)
        self._leave(name, queue)
        queue.turn, self._turn = self._turn, self._turn + 1
        self._line_up(name, queue)
        return row

    def _line_up(self, name: str, queue: _Queue) -> None:
        """Let a source stand in the line where it belongs now, or in none."""
        fetching, line = len(queue.fetching), None
        if queue.rows:
            line = self._further if fetching else self._first
            if fetching >= self._per_source or fetching + len(queue.held) >= queue.most:
                line = self._full
        if line is not queue.line:
            self._leave(name, queue)
            if line is not None:
                insort(line, (queue.turn, name))
            queue.line = line

    @staticmethod
    def _leave(name: str, queue: _Queue) -> None:
        if queue.line is not None:
            del queue.line[bisect_left(queue.line, (queue.turn, name))]
        queue.line = None

    def fetched(self, row: LedgerRow, size: int) -> None:
        """A row's page has come with so many bytes, and waits for its outcome."""
        queue = self._queues[row.source]
        queue.fetching.remove(row.url_key)
        queue.held.add(row.url_key)
        self._fetching -= 1
        self._held += 1
        self._holdings.came(row.source, row.url_key, size)
        self._line_up(row.source, queue)

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
        self._line_up(row.source, queue)
