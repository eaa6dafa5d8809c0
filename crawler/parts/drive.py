"""Has the parts of a run carried out: divides it, keeps fetchers going until all parts are done."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from archive.catalog import leases, parts, runs
from archive.catalog.parts import DONE, Definition, PartState, RunPart
from archive.succession import succeeding
from config.source import Source
from crawler.engines.engine import EndedFetcher, Engine, EngineError
from crawler.parts.sharding import divided, sites_of
from crawler.plan import RunPlan
from crawler.run import Job

log = structlog.get_logger()

LOOK_SECONDS = 1.0
MOST_FAILURES = 5  # in a row, of every slot there is; then the run is left for later
LONGEST_WAIT = 60.0  # seconds until a slot is used again whose fetcher failed


def parts_of(plan: RunPlan, definitions: Mapping[str, Definition], shards: int) -> list[RunPart]:
    """The parts of a run (pure).

    Args:
        plan: the run.
        definitions: of its sources by name, as files say them.
        shards: how many parts, at most.
    """
    return [
        RunPart(
            plan.run.id,
            shard,
            tuple(sorted(frozenset().union(*(sites_of(plan.sources[name]) for name in names)))),
            tuple(definitions[name] for name in names),
        )
        for shard, names in divided(plan.sources, shards).items()
    ]


@dataclass(slots=True)
class Slots:
    """Which places are free, and which rest after a failure (pure but for the clock it is given)."""

    busy: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)
    problem: str = ""
    _not_before: dict[str, float] = field(default_factory=dict)

    def ended(self, fetcher: EndedFetcher, now: float) -> None:
        """A fetcher has ended; `now`: monotonic."""
        self.busy.discard(fetcher.slot)
        if fetcher.status == 0:
            del self.failures[fetcher.slot]
            return
        self.failures[fetcher.slot] += 1
        self.problem = fetcher.problem or f"exit status {fetcher.status}"
        wait = min(LONGEST_WAIT, 2.0 ** self.failures[fetcher.slot])
        self._not_before[fetcher.slot] = now + wait
        log.warning("a fetcher failed", slot=fetcher.slot, problem=self.problem, again_seconds=wait)

    def to_start(self, slots: list[str], states: list[PartState], now: float) -> list[str]:
        """The slots that get a fetcher: one for each part that nobody has and nobody is about to claim."""
        free = sum(state.state != DONE and state.holder is None for state in states)
        held = sum(state.state != DONE and state.holder is not None for state in states)
        coming = max(0, len(self.busy) - held)
        idle = [slot for slot in slots if slot not in self.busy and self._not_before.get(slot, 0.0) <= now]
        return idle[: max(0, free - coming)]

    def hopeless(self, slots: list[str]) -> bool:
        """Whether every place has failed again and again."""
        return bool(slots) and all(self.failures[slot] >= MOST_FAILURES for slot in slots)


@dataclass(frozen=True, slots=True)
class Division:
    """How runs are divided and where their parts go.

    Attributes:
        engine: has the places.
        shards: how many parts a run has, at most.
        definitions: of sources by name, as files say them.
    """

    engine: Engine
    shards: int
    definitions: Mapping[str, Definition]

    async def __call__(self, job: Job) -> bool:
        """Have every part of a run carried out; False if a stop left something to do.

        Raises EngineError if no place can do it; the run then goes on with the next start.
        """
        catalog, run_id = job.archive.catalog, job.plan.run.id
        await asyncio.to_thread(parts.forget_ended, catalog)
        found = await asyncio.to_thread(parts.states, catalog, run_id, job.clock)
        if not any(state.holder for state in found):  # else fetchers go on whose driver is no more
            made = parts_of(job.plan, self.definitions, self.shards)
            await asyncio.to_thread(_succeed, job)
            await asyncio.to_thread(parts.forget, catalog, run_id)
            await asyncio.to_thread(parts.divide, catalog, made)
        renewing = asyncio.create_task(job.leases.renew_forever())
        try:
            return await self._drive(job, renewing)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _drive(self, job: Job, renewing: asyncio.Task[None]) -> bool:
        slots = Slots()
        while True:
            if renewing.done():
                renewing.result()  # raises LeaseLost: another process drives the run now
            for fetcher in self.engine.ended():
                slots.ended(fetcher, time.monotonic())
            states = await asyncio.to_thread(parts.states, job.archive.catalog, job.plan.run.id, job.clock)
            if all(state.state == DONE for state in states):
                await asyncio.to_thread(parts.forget, job.archive.catalog, job.plan.run.id)
                return True
            if job.stop.asked:
                self.engine.stop()
                if not slots.busy:
                    return False
            else:
                self._start(job, slots, states)
            await asyncio.to_thread(_show, job)
            await asyncio.sleep(LOOK_SECONDS)

    def _start(self, job: Job, slots: Slots, states: list[PartState]) -> None:
        places = list(self.engine.slots)
        if slots.hopeless(places):
            raise EngineError(
                f"run {job.plan.run.id}: every fetcher failed {MOST_FAILURES} times in a row, the last one "
                f"with {slots.problem}; their logs say more. The run goes on with the next start"
            )
        for slot in slots.to_start(places, states, time.monotonic()):
            slots.busy.add(slot)
            self.engine.start(slot, job.plan.run.id)


def _succeed(job: Job) -> None:
    """Take the places of fetchers of an earlier division that stand still: their leases go with it."""
    succeed = succeeding(job.archive, job.clock)
    fetchers = f"{leases.run_lease(job.plan.run.id)}/"
    gone = leases.run_out_under(job.archive.catalog, fetchers, job.spool.writer, job.clock)
    for other, until in gone.items():
        succeed(other, until)


def sources_of(part: RunPart) -> dict[str, Source]:
    """The sources of a part, by name; raises pydantic's ValidationError if they are of another release."""
    found = (Source.model_validate(definition) for definition in part.sources)
    return {source.name: source for source in found}


def _show(job: Job) -> None:
    """Tell whoever looks how far the run is."""
    outcomes: Counter[str] = Counter()
    waiting = 0
    for tally in runs.tally(job.archive.catalog, job.plan.run.id):
        if tally.outcome is None:
            waiting += tally.count
        else:
            outcomes[tally.outcome] += tally.count
    job.progress.outcomes, job.progress.discovered = outcomes, outcomes.total() + waiting
