"""The nights themselves: the ledger, the leases and the decisions of the schedule are the real ones.

Time jumps from one event to the next: a slot comes, or a run ends. At each, the schedule reads its state from
a real catalog, decides, and enters what it decided through journal and catalog as the service does. A run is
then carried out by so many crawl processes (`process`), each with the leases of its hosts.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.held_leases import HostLeases
from archive.journal import JournalWriter
from archive.rows import RunRow, SlotRow
from archive.stores.local import LocalStore
from crawler.capacity.day import Counts, costs_of
from crawler.capacity.night import FIVE_MINUTES, Machine
from crawler.capacity.simulated.followed import Followed, Pool, poisson
from crawler.capacity.simulated.process import Process, Work
from crawler.capacity.simulated.world import Site, World
from crawler.capacity.workload import Workload
from crawler.schedule.decide import Going, Rules, decide
from crawler.schedule.run_ledger import NewestSlots, entry_of, read_state
from crawler.schedule.slots import Slot, slots_between
from crawler.schedule.timetable import Timetable, next_begin

# At no slot's moment; in winter, when the zones' offsets are those of the workload.
BEGIN = datetime(2026, 1, 12, 0, 10, tzinfo=UTC)
_GRACE, _GATHER = timedelta(hours=24), timedelta(seconds=30)


@dataclass
class SetClock:
    """Shows what it was set to."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        """The same as seconds, for leases."""
        return self.moment.timestamp()


@dataclass
class Night:
    """What the runs of one local date brought.

    Attributes:
        slots: that ran.
        late: seconds from each slot to the begin of its run, the most.
        hours: from a slot until its run was over, the most.
        longest: hours that the slowest source took, from its run's begin.
        done: sources that were done within the workload's night, from their slots.
    """

    counts: Counts = field(default_factory=Counts)
    slots: int = 0
    late: float = 0.0
    hours: float = 0.0
    longest: float = 0.0
    done: int = 0


@dataclass
class Simulated:
    """The whole simulation.

    Attributes:
        nights: by number, the first is 1; a night is the 24 hours from midnight (UTC) on.
        peak: pages a second in the fullest five minutes of all.
        in_flight: pages fetched or held at once, the most of all processes together.
        rows: of the windows in memory, the most of one process.
        runs_at_once: the most.
        statuses: of all slots in the ledger.
        leases, refused: hosts that were leased, and those that another process had.
        ticks, decide_seconds: of the schedule, and CPU of reading the ledger and deciding at one of them.
        followed: articles that were followed.
        cpu: seconds that the simulation took.
    """

    nights: dict[int, Night] = field(default_factory=dict)
    peak: float = 0.0
    in_flight: int = 0
    rows: int = 0
    runs_at_once: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    leases: int = 0
    refused: int = 0
    ticks: int = 0
    decide_seconds: float = 0.0
    followed: int = 0
    cpu: float = 0.0


@dataclass(slots=True)
class _Run:
    row: RunRow
    leases: list[HostLeases]
    in_flight: int


class Nights:
    """One simulation; used once.

    Args:
        world: sources.
        workload: what is asked for.
        machine: of each crawl process.
        parts: crawl processes of one run.
        by: measured constants by name.
        folder: an empty one for catalog and journal.
        tell: told each night that is over, and how many runs there were.
    """

    def __init__(
        self,
        world: World,
        workload: Workload,
        machine: Machine,
        *,
        parts: int,
        by: Mapping[str, float],
        folder: Path,
        seed: int = 1,
        tell: Callable[[str], None] = lambda said: None,  # noqa: ARG005 - nobody listens
    ) -> None:
        self._world, self._workload, self._machine, self._by = world, workload, machine, by
        self._parts, self._tell = parts, tell
        self._dice = random.Random(seed)
        self._clock = SetClock(BEGIN)
        self._catalog = Catalog.open(f"sqlite:///{folder / 'catalog.db'}")
        journal = JournalWriter(LocalStore(folder / "archive"), "simulation", self._clock)
        self._committer = Committer(LocalStore(folder / "archive"), self._catalog, journal, self._clock)
        self._slots = NewestSlots()
        self._pools = [
            Pool(members, workload, random.Random(f"{seed} {number}"))
            for number, members in enumerate(world.pools)
        ]
        self._brought: dict[tuple[int, int], Followed] = {}
        self._going: dict[str, _Run] = {}
        self._ends: list[tuple[datetime, str]] = []
        self._bins: defaultdict[int, float] = defaultdict(float)
        self.found = Simulated()

    def run(self, nights: int) -> Simulated:
        """So many nights of every source; runs that then go on are still counted."""
        began, until = time.process_time(), BEGIN + timedelta(days=nights)
        kinds = list({(table.cron, table.zone): table for table in self._world.timetables}.values())
        try:
            self._enter_last_slots()
            moment: datetime | None = min(self._first(kinds))
            while moment is not None:
                self._clock.moment = moment
                self._end_runs()
                self._tick(until)
                moment = self._next(kinds, until)
        finally:
            self._catalog.close()
        self.found.peak = max(self._bins.values(), default=0.0) / FIVE_MINUTES
        self.found.followed = sum(pool.pages for pool in self._pools)
        self.found.cpu = time.process_time() - began
        self.found.decide_seconds /= max(self.found.ticks, 1)
        return self.found

    def _enter_last_slots(self) -> None:
        """Let every source have run before: one that never did runs at once, and all would in one night."""
        seen: dict[tuple[str, str], Slot] = {}
        rows = []
        for table in self._world.timetables:
            if (kind := (table.cron, table.zone)) not in seen:
                *_, seen[kind] = slots_between(*kind, BEGIN - timedelta(days=2), BEGIN, source="")
            slot = replace(seen[kind], source=table.source)
            rows.append(
                SlotRow(
                    source=slot.source,
                    slot=slot.key,
                    due_at=slot.instant,
                    night=slot.night.isoformat(),
                    status="run",
                )
            )
        self._committer.commit_rows(rows)

    def _first(self, kinds: Iterable[Timetable]) -> Iterable[datetime]:
        return (coming[1] for table in kinds if (coming := next_begin(table, BEGIN)) is not None)

    def _next(self, kinds: Iterable[Timetable], until: datetime) -> datetime | None:
        """The next slot that counts, or the next end of a run."""
        coming = (next_begin(table, self._clock.moment) for table in kinds)
        slots = [each[1] for each in coming if each is not None and each[1] < until]
        return min([*slots, *(end for end, _ in self._ends[:1])], default=None)

    def _tick(self, until: datetime) -> None:
        """What `Scheduler.tick` does, but for its own lease and its children."""
        began = time.process_time()
        now = self._clock.moment
        going = {
            run_id: Going(run_id, run.row.sources, run.row.started_at) for run_id, run in self._going.items()
        }
        state = read_state(self._catalog, self._world.timetables, self._clock, ours=going, slots=self._slots)
        decisions = decide(self._world.timetables, state, now, Rules(grace=_GRACE, gather=_GATHER))
        self.found.decide_seconds += time.process_time() - began
        self.found.ticks += 1
        entry = entry_of(decisions, self._clock)
        self._committer.commit_rows(entry.rows)
        self._slots.entered(entry.slots)
        for slot in entry.slots:
            self.found.statuses[slot.status] = self.found.statuses.get(slot.status, 0) + 1
        for run in self._going.values():
            for held in run.leases:
                held.require()
        slots = {slot.run_id: slot.due_at for slot in entry.slots if slot.run_id is not None}
        for row in entry.runs:
            if slots[row.id] < until:
                self._begin(row, slots[row.id])
            else:  # it belongs to a night that nobody asked for
                self._going[row.id] = _Run(row, [], 0)
                heapq.heappush(self._ends, (now + timedelta(seconds=1), row.id))

    def _begin(self, row: RunRow, slot: datetime) -> None:
        number = (slot - BEGIN) // timedelta(days=1)
        night = self.found.nights.setdefault(number + 1, Night())
        works: list[list[Work]] = [[] for _ in range(self._parts)]
        for name in row.sources:
            site = self._world.sites[name]
            work, counts = self._work(site, number)
            night.counts += counts
            works[_place(site.host) % self._parts].append(work)
        late = (row.started_at - slot).total_seconds()
        seconds, in_flight, held = 0.0, 0, []
        for place, part in enumerate(works):
            ran = Process(part, self._machine, round(self._by["page.unpacked"])).run()
            self._keep(ran.pages, row.started_at)
            night.longest = max(night.longest, ran.seconds / 3600)
            night.done += sum(late + end <= self._workload.night * 3600 for end in ran.ends.values())
            seconds, in_flight = max(seconds, ran.seconds), in_flight + ran.in_flight
            self.found.rows = max(self.found.rows, ran.rows)
            held.append(self._lease(row, place, part))
        night.slots += len(row.sources)
        night.late, night.hours = max(night.late, late), max(night.hours, (late + seconds) / 3600)
        self._going[row.id] = _Run(row, held, in_flight)
        heapq.heappush(self._ends, (row.started_at + timedelta(seconds=max(seconds, 1.0)), row.id))
        self.found.runs_at_once = max(self.found.runs_at_once, len(self._going))
        self.found.in_flight = max(self.found.in_flight, sum(run.in_flight for run in self._going.values()))

    def _lease(self, row: RunRow, number: int, part: Sequence[Work]) -> HostLeases:
        """One process's leases: on its part of the run, and on each of its hosts."""
        clocks = (self._clock.seconds, self._clock.seconds)
        held = HostLeases(self._catalog, f"{row.id} {number}", self._clock, clocks=clocks)
        names = [f"run:{row.id}:{number}", *(f"host:{self._world.sites[work.source].host}" for work in part)]

        taken = asyncio.run(held.take_all(names))
        self.found.leases, self.found.refused = (
            self.found.leases + taken,
            self.found.refused + len(names) - taken,
        )
        return held

    def _end_runs(self) -> None:
        while self._ends and self._ends[0][0] <= self._clock.moment:
            _, run_id = heapq.heappop(self._ends)
            run = self._going.pop(run_id)
            self._committer.commit_rows([replace(run.row, status="done", finished_at=self._clock.moment)])
            for held in run.leases:
                asyncio.run(held.release())
            self._tell(f"{run.row.night}: a run of {len(run.row.sources):,} sources is over")

    def _work(self, site: Site, night: int) -> tuple[Work, Counts]:
        """What a source's run asks for: its own new articles, and its share of its pool's looks."""
        followed = self._crawled(site.pool, night)
        load, dice = self._workload, self._dice
        new = poisson(dice, site.size / load.runs_a_day)
        looks = _rounded(dice, followed.looks * site.size / self._pools[site.pool].size)
        changed = _rounded(dice, looks * followed.changed / followed.looks) if followed.looks else 0
        unchanged = looks - changed
        not_modified = _rounded(dice, unchanged * load.not_modified)
        identical = _rounded(dice, (unchanged - not_modified) * load.identical)
        pictures, documents = _rounded(dice, new * load.pictures), _rounded(dice, load.documents)
        asked = new + looks + pictures + documents
        counts = Counts(
            new=new,
            changed=changed,
            furniture=unchanged - not_modified - identical,
            identical=identical,
            not_modified=not_modified,
            not_due=load.listed,
            pictures=pictures,
            documents=documents,
            again=_rounded(dice, asked * load.failures),
        )
        costs = costs_of(counts, self._by, page_bytes=load.page_bytes, picture_bytes=load.picture_bytes)
        pages = max(new + looks, 1)
        work = Work(
            source=site.name,
            new=new,
            looks=looks,
            documents=documents,
            pictures=pictures,
            delay=load.delay,
            main_cpu=costs.main_cpu / pages,
            worker_cpu=costs.worker_cpu / pages,
        )
        return work, counts

    def _crawled(self, pool: int, night: int) -> Followed:
        """A pool's night, which is taken once, with the first of its sources."""
        if (pool, night) not in self._brought:
            self._brought[pool, night] = self._pools[pool].crawl(self._clock.moment)
        return self._brought[pool, night]

    def _keep(self, pages: dict[int, float], began: datetime) -> None:
        """Add a part's pages to those of all processes, by stretches of the whole time."""
        first = int((began - BEGIN).total_seconds() // FIVE_MINUTES)
        for stretch, number in pages.items():
            self._bins[first + stretch] += number


def _rounded(dice: random.Random, value: float) -> int:
    """Up or down by chance, so that the mean stays."""
    whole = int(value)
    return whole + int(dice.random() < value - whole)


def _place(host: str) -> int:
    """The same number for a host everywhere and always."""
    return int.from_bytes(blake2b(host.encode(), digest_size=8).digest())
