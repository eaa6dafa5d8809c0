"""Which waiting task goes to a worker next (pure): what others wait for first, and every source in its turn.

A source whose tasks take long, or end their worker, goes to the slow lane: while others are at work, it and
its like share half of the workers. When nevertheless all workers are held for long, tasks of sources known
to be quick may go to a relief.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

LONG = 1.0  # seconds of one task; a page takes hundredths
FORGIVEN = 8  # quick tasks in a row that lead out of the slow lane
AT_WORK = 30.0  # seconds after a task of theirs for which others count as being at work
URGENT_IN_A_ROW = 3  # then it is a page's turn, if one waits


@dataclass(frozen=True, slots=True)
class Turn:
    """For whom a task asks.

    Attributes:
        source: on whose behalf; what is nobody's is never slow.
        urgent: others wait for it: a picture (its article), a discovery document (all that it names).
    """

    source: str = ""
    urgent: bool = False


ANYBODY = Turn()


class Place(Enum):
    """Where a task is carried out."""

    WORKER = "worker"
    RELIEF = "relief"


@dataclass(slots=True)
class _Seated:
    turn: Turn
    place: Place
    began: float | None = None  # None: sent, and no worker has taken it up


@dataclass(slots=True)
class _Queue:
    """Tasks that wait, by source; the sources take turns."""

    sources: deque[str] = field(default_factory=deque)
    tickets: dict[str, deque[int]] = field(default_factory=dict)

    def add(self, source: str, ticket: int) -> None:
        if source not in self.tickets:
            self.tickets[source] = deque()
            self.sources.append(source)
        self.tickets[source].append(ticket)

    def remove(self, source: str, ticket: int) -> None:
        self.tickets[source].remove(ticket)
        if not self.tickets[source]:
            del self.tickets[source]
            self.sources.remove(source)


class Turns:
    """Tasks that wait and tasks that were given a place. Moments are seconds of any one clock.

    Args:
        workers: how many there are; so many tasks are given a place there. While all of them are of sources
            known to be quick, one more is, which the next free worker takes up at once. The relief has one.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._slow_share = max(1, workers // 2)
        self._next_ticket = 0
        self._waiting: dict[int, Turn] = {}
        self._urgent, self._pages = _Queue(), _Queue()
        self._seated: dict[int, _Seated] = {}
        self._penance: dict[Turn, int] = {}  # quick tasks still wanted of those that have ended one
        self._at_work: dict[str, float] = {}  # the last two sources that were not slow, and when
        self._urgent_in_a_row = 0

    @property
    def waiting(self) -> int:
        """Tasks without a place."""
        return len(self._waiting)

    def ask(self, turn: Turn) -> int:
        """A task wants a place; its ticket."""
        self._next_ticket += 1
        self._waiting[self._next_ticket] = turn
        self._queue(turn).add(turn.source, self._next_ticket)
        return self._next_ticket

    def is_slow_page(self, turn: Turn) -> bool:
        """Whether this is a page of a source whose pages have shown to be slow."""
        return not turn.urgent and self._is_slow(turn)

    def began(self, ticket: int, now: float) -> None:
        """A worker has taken a task up; told again, nothing changes."""
        seated = self._seated.get(ticket)
        if seated is not None and seated.began is None:
            seated.began = now

    def gone(self, ticket: int) -> None:
        """A task was given up, waiting or not, and says nothing about its source."""
        turn = self._waiting.pop(ticket, None)
        if turn is not None:
            self._queue(turn).remove(turn.source, ticket)
        self._seated.pop(ticket, None)

    def ended(self, ticket: int, seconds: float | None) -> None:
        """A task that had a place has ended after so many seconds; None: it took its worker with it."""
        seated = self._seated.pop(ticket)
        if seconds is None or seconds > LONG:
            self._penance[seated.turn] = FORGIVEN
        else:
            self._penance[seated.turn] = max(0, self._penance.get(seated.turn, 0) - 1)

    def next(self, now: float) -> tuple[int, Place] | None:
        """The next task that gets a place, and where; None while none may."""
        long = self._long(now)
        at_workers = [one for one in self._seated.values() if one.place is Place.WORKER]
        slow = sum(one.turn in long or self._is_slow(one.turn) for one in at_workers)
        if len(at_workers) < self._workers:
            return self._take(Place.WORKER, now, long, slow_may=slow < self._slow_share)
        held = sum(one.began is not None and now - one.began > LONG for one in at_workers)
        if (
            len(at_workers) == self._workers
            and all(self._is_quick(one.turn) for one in at_workers)
            and not held
        ):
            return self._take(Place.WORKER, now, long, slow_may=False)
        if held >= self._workers and len(at_workers) == len(self._seated):
            return self._take(Place.RELIEF, now, long, slow_may=False)
        return None

    def _take(
        self, place: Place, now: float, long: frozenset[Turn], *, slow_may: bool
    ) -> tuple[int, Place] | None:
        queues = (self._urgent, self._pages)
        if self._urgent_in_a_row >= URGENT_IN_A_ROW:
            queues = (self._pages, self._urgent)
        for queue in queues:
            for _ in range(len(queue.sources)):
                source = queue.sources[0]
                queue.sources.rotate(-1)
                turn = Turn(source, queue is self._urgent)
                slow = turn in long or self._is_slow(turn)
                if place is Place.RELIEF:
                    may = bool(source) and not slow and self._is_quick(turn)
                else:
                    may = not slow or slow_may or not self._others_at_work(source, now)
                if may:
                    return self._seat(queue, turn, place, now, slow=slow)
        return None

    def _seat(self, queue: _Queue, turn: Turn, place: Place, now: float, *, slow: bool) -> tuple[int, Place]:
        ticket = queue.tickets[turn.source][0]
        self.gone(ticket)
        self._seated[ticket] = _Seated(turn, place)
        self._urgent_in_a_row = self._urgent_in_a_row + 1 if turn.urgent else 0
        if not slow:
            self._at_work.pop(turn.source, None)
            self._at_work = dict([*self._at_work.items(), (turn.source, now)][-2:])
        return ticket, place

    def _queue(self, turn: Turn) -> _Queue:
        return self._urgent if turn.urgent else self._pages

    def _is_slow(self, turn: Turn) -> bool:
        return bool(turn.source) and self._penance.get(turn, 0) > 0

    def _is_quick(self, turn: Turn) -> bool:
        """Whether it has shown to be."""
        return not turn.source or self._penance.get(turn) == 0

    def _long(self, now: float) -> frozenset[Turn]:
        """Whose tasks hold a worker for long at this moment."""
        return frozenset(
            one.turn
            for one in self._seated.values()
            if one.turn.source and one.began is not None and now - one.began > LONG
        )

    def _others_at_work(self, source: str, now: float) -> bool:
        return any(name != source and now - at < AT_WORK for name, at in self._at_work.items())
