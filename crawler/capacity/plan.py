"""The plan: cores, memory, bandwidth, storage, requests and rows for a workload (pure).

Everything is in proportion to the expected day (`expected`) by measured constants (`constants`), but for what
a night's shape decides: how many processes are needed, and what is asked at its height (`night`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.errors import ConfigError
from crawler.capacity.constants import FILE
from crawler.capacity.day import Costs, Counts, costs_of, dropped
from crawler.capacity.expected import expected_day, size_classes, source_day
from crawler.capacity.night import (
    HOUR,
    Machine,
    PageCost,
    RunTime,
    SourceTime,
    Timeline,
    groups,
    pass_night,
    process_rate,
    run_time,
)
from crawler.capacity.workload import Keep, Workload

DAY, YEAR = 86_400.0, 365.0
COMMIT_SECONDS = 60.0  # `crawl.segment_seconds`: a process commits this often, or when a segment is full
MOST_PARTS = 1024


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes of one day in the object store and the catalog.

    Attributes:
        captures, derived, journal: in the object store, as kept in the end, in one copy.
        catalog: with its indexes.
        copies: of what is in the object store.
    """

    captures: float
    derived: float
    journal: float
    catalog: float
    copies: int

    @property
    def objects(self) -> float:
        """Bytes in object stores, all copies."""
        return (self.captures + self.derived + self.journal) * self.copies


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workload needs.

    Attributes:
        counts: of one day.
        costs: of one day, everything kept, in gzip.
        storage: what of it stays.
        processes: crawl processes that go on at once at the night's height.
        parts: crawl processes of one run.
        workers: of each, that read pages.
        cores: that are busy at the night's height.
        mean_cores: over the whole day.
        memory: bytes of all processes at once.
        timeline: of a night.
        longest: hours that the largest source takes at its delay, whatever the machine.
        requests_peak: a second, everything that is asked for.
        received_peak: bits a second.
        puts: objects a day.
    """

    workload: Workload
    counts: Counts
    costs: Costs
    storage: Storage
    processes: int
    parts: int
    workers: int
    cores: float
    mean_cores: float
    memory: float
    timeline: Timeline
    longest: float
    requests_peak: float
    received_peak: float
    puts: float


def plan_of(workload: Workload, by: Mapping[str, float], machine: Machine | None = None) -> Plan:
    """The plan of a workload.

    Args:
        workload: what is asked for.
        by: constants by name, see `crawler.capacity.constants`.
        machine: of each crawl process; one of the settings' defaults if None.

    Raises:
        ConfigError: no constants were measured, or no number of processes ends the night in time.
    """
    if not by:
        raise ConfigError(f"{FILE} has no constants; `python -m bench.constants --write` measures them")
    machine = machine or Machine()
    counts = expected_day(workload)
    costs = costs_of(counts, by, page_bytes=workload.page_bytes, picture_bytes=workload.picture_bytes)
    pages = max(counts.pages, 1e-9)
    cost = PageCost(costs.main_cpu / pages, costs.worker_cpu / pages)
    classes = source_times(workload, machine, workload.nights)
    parts, runs = _enough(workload, classes, machine, cost)
    timeline = pass_night(runs)
    processes = parts * timeline.at_once
    # Seconds of processes at their full rate.
    active = math.fsum(run.bulk for run in runs) * HOUR * parts * workload.runs_a_day
    return Plan(
        workload=workload,
        counts=counts,
        costs=costs,
        storage=_storage(workload, counts, costs, by),
        processes=processes,
        parts=parts,
        workers=machine.workers,
        cores=timeline.rate * (cost.main + cost.worker),
        mean_cores=costs.cpu / DAY,
        memory=processes * (by["process.memory"] + machine.workers * by["worker.memory"]) * 1e6,
        timeline=timeline,
        longest=classes[0].pages * classes[0].step / HOUR,
        requests_peak=timeline.rate * counts.requests / pages,
        received_peak=8 * timeline.rate * costs.received / pages,
        puts=(active / COMMIT_SECONDS + parts * len(groups(workload)) * workload.runs_a_day)
        * by["commit.objects"],
    )


def source_times(workload: Workload, machine: Machine, night: int) -> list[SourceTime]:
    """The sources of a workload in one run, by size: pages come one a delay from the site's host.

    Pictures come from a host of their own, beside the pages; where they take longer, the pages wait for them.
    """
    found = []
    for articles, sources in size_classes(workload):
        each = source_day(workload, articles, night)
        pages = each.pages / workload.runs_a_day
        pictures = each.pictures / workload.runs_a_day
        step = max(workload.delay, machine.service)
        found.append(SourceTime(sources, pages, max(step, pictures * workload.delay / max(pages, 1e-9))))
    return found


def times_of(
    workload: Workload, classes: Sequence[SourceTime], machine: Machine, cost: PageCost, parts: int
) -> list[RunTime]:
    """The runs of a day, each with so many processes that share its sources; documents come first."""
    documents = workload.documents * workload.delay / HOUR
    runs = []
    for begins, share in groups(workload):
        rate = parts * process_rate(machine, workload.sources * share / parts, workload.delay, cost)
        run = run_time(begins, share, classes, rate)
        runs.append(replace(run, hours=run.hours + documents, longest=run.longest + documents))
    return runs


def _enough(
    workload: Workload, classes: Sequence[SourceTime], machine: Machine, cost: PageCost
) -> tuple[int, list[RunTime]]:
    """The fewest processes a run with which its pages are fetched within the night; how its runs go then."""
    parts = 1
    while parts <= MOST_PARTS:
        runs = times_of(workload, classes, machine, cost, parts)
        bulk = pass_night([replace(run, hours=run.bulk, longest=run.bulk, course=()) for run in runs])
        if bulk.hours <= workload.night:
            return parts, runs
        parts = max(parts + 1, math.ceil(parts * min(bulk.hours / workload.night, 2.0) * 0.9))
    pages = sum(each.pages * each.sources for each in classes)
    raise ConfigError(
        f"{pages:,.0f} pages a night are not fetched within night = {workload.night:g} h by {MOST_PARTS} "
        f"processes a run, at delay = {workload.delay:g} s; allow a longer night or a shorter delay"
    )


def _storage(workload: Workload, counts: Counts, costs: Costs, by: Mapping[str, float]) -> Storage:
    """What stays of a day by the keep policy, compacted or not."""
    idle = dropped(counts, by, workload.page_bytes)
    if workload.keep is Keep.ALL:
        kept = costs.captures
    elif workload.keep is Keep.CHANGED:
        kept = costs.captures - idle
    else:  # of several looks a day one is kept
        kept = costs.captures - idle * max(0.0, 1 - 1 / workload.runs_a_day)
    pictures = counts.pictures * by["picture.captures"] * workload.picture_bytes / by["picture.size"]
    share = by["zstd.share"] if workload.zstd else 1.0  # pictures are packed already
    return Storage(
        captures=pictures + (kept - pictures) * share,
        derived=costs.derived * share,
        journal=costs.journal,
        catalog=costs.catalog,
        copies=2 if workload.replica else 1,
    )
