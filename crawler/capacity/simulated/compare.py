"""A simulation held against the model, line by line (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.capacity.day import Counts, costs_of
from crawler.capacity.expected import expected_day
from crawler.capacity.night import Machine, PageCost, pass_night
from crawler.capacity.plan import source_times, times_of
from crawler.capacity.simulated.nights import Simulated
from crawler.capacity.workload import Workload

WITHIN = 0.15


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: what the model said, and what the simulation brought."""

    name: str
    unit: str
    model: float
    simulated: float

    @property
    def ratio(self) -> float:
        """Simulated by model; 1 where both are nothing."""
        if not self.model:
            return 1.0 if not self.simulated else float("inf")
        return self.simulated / self.model

    @property
    def holds(self) -> bool:
        """Whether they are as near to each other as was promised."""
        return abs(self.ratio - 1) <= WITHIN


def compare(
    found: Simulated, workload: Workload, by: Mapping[str, float], machine: Machine, parts: int
) -> list[Compared]:
    """What all nights brought together, and the last of them at its height, beside the model's."""
    model, simulated = Counts(), Counts()
    for number, night in found.nights.items():
        model += expected_day(workload, night=number)
        simulated += night.counts
    lines = [
        Compared(what, "", getattr(model, name), getattr(simulated, name))
        for what, name in (
            ("new articles", "new"),
            ("looks at known pages", "looks"),
            ("looks that found a change", "changed"),
            ("pictures", "pictures"),
            ("discovery documents", "documents"),
            ("requests", "requests"),
            ("rows of the ledger", "ledger_rows"),
            ("versions", "versions"),
        )
    ]
    costs = [
        costs_of(counts, by, page_bytes=workload.page_bytes, picture_bytes=workload.picture_bytes)
        for counts in (model, simulated)
    ]
    lines += [
        Compared(what, unit, getattr(costs[0], name), getattr(costs[1], name))
        for what, unit, name in (
            ("CPU of crawl processes", "s", "main_cpu"),
            ("CPU of their workers", "s", "worker_cpu"),
            ("received", "bytes", "received"),
            ("captures", "bytes", "captures"),
            ("derived", "bytes", "derived"),
            ("journal", "bytes", "journal"),
            ("catalog", "bytes", "catalog"),
        )
    ]
    return [*lines, *_of_a_night(found, workload, by, machine, parts)]


def _of_a_night(
    found: Simulated, workload: Workload, by: Mapping[str, float], machine: Machine, parts: int
) -> list[Compared]:
    """How long nights take, and what goes on at their height: of the fullest night."""
    number = max(found.nights, key=lambda one: found.nights[one].counts.pages)
    night, expected = found.nights[number], expected_day(workload, night=number)
    costs = costs_of(expected, by, page_bytes=workload.page_bytes, picture_bytes=workload.picture_bytes)
    cost = PageCost(costs.main_cpu / expected.pages, costs.worker_cpu / expected.pages)
    runs = times_of(workload, source_times(workload, machine, number), machine, cost, parts)
    time = pass_night(runs)
    slowest = max(*(run.hours for run in runs), sum(run.share * run.longest for run in runs))
    return [
        Compared("from a slot to the end of its run", "h", time.hours, night.hours),
        Compared("the slowest source", "h", slowest, night.longest),
        Compared("pages a second at the height", "", time.rate, found.peak),
        Compared("runs at once", "", time.at_once, found.runs_at_once),
    ]
