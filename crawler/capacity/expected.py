"""The expected day of a workload: what the model says before anything is simulated (pure)."""

from __future__ import annotations

from datetime import timedelta

from config.source import Revisit
from crawler.capacity.day import Counts
from crawler.capacity.looks import looks_on
from crawler.capacity.workload import Workload, sizes
from crawler.revisit.budget import looks_a_run

_CLASSES = 200  # of sizes: sources of nearly one size are counted together


def expected_day(workload: Workload, *, night: int | None = None) -> Counts:
    """What all sources' runs of one day bring, of an archive that has been running for so many nights.

    Args:
        workload: what is asked for.
        night: which night it is, the first is 1; the workload's own if None.
    """
    night = workload.nights if night is None else night
    total = Counts()
    for size, count in size_classes(workload):
        total += source_day(workload, size, night).times(count)
    return total


def size_classes(workload: Workload) -> list[tuple[float, int]]:
    """(articles a day, number of sources) for sources of nearly one size, the largest first."""
    ranked = sizes(workload)
    classes: list[tuple[float, int]] = []
    begin = 0
    while begin < len(ranked):
        end = max(begin + 1, min(len(ranked), int(begin * (1 + 8 / _CLASSES))))
        classes.append((sum(ranked[begin:end]) / (end - begin), end - begin))
        begin = end
    return classes


def source_day(workload: Workload, size: float, night: int) -> Counts:
    """What one source's runs of a day bring, with `size` new articles in it."""
    gap = timedelta(days=1 / workload.runs_a_day)
    taken, changed = _looks_a_day(workload, size, gap, night)
    unchanged = taken - changed
    not_modified = unchanged * workload.not_modified
    identical = (unchanged - not_modified) * workload.identical
    # What discovery names again: its lists, but for what is due of them; the newest articles stand in them.
    listed = workload.listed * workload.runs_a_day
    pictures = workload.pictures * size
    pages = size + taken
    documents = workload.documents * workload.runs_a_day
    return Counts(
        new=size,
        changed=changed,
        furniture=unchanged - not_modified - identical,
        identical=identical,
        not_modified=not_modified,
        not_due=listed,
        pictures=pictures,
        documents=documents,
        again=workload.failures * (pages + pictures + documents),
    )


def _looks_a_day(workload: Workload, size: float, gap: timedelta, night: int) -> tuple[float, float]:
    """Looks of one source in a day, and how many of them find a change; no more than its budget."""
    taken, changed = looks_on(gap, size, night)
    budget = looks_a_run(Revisit().budget, gap, workload.delay)
    asked = size * taken / workload.runs_a_day
    share = 1.0 if budget is None or asked <= budget else budget / asked
    return size * taken * share, size * changed * share
