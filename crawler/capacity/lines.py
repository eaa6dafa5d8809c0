"""A plan as lines to be read, and as one JSON document (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from crawler.capacity.plan import YEAR, Plan
from crawler.capacity.workload import Keep

_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
Line = tuple[str, str]


def sections_of(plan: Plan) -> list[tuple[str, list[Line]]]:
    """Headings with (what, how much)."""
    counts, costs, stored, time = plan.counts, plan.costs, plan.storage, plan.timeline
    kept = {
        Keep.ALL: "everything",
        Keep.CHANGED: "what changed",
        Keep.CHANGED_DAILY: "one a day, and changes",
    }
    return [
        (
            "a day",
            [
                ("new articles", number(counts.new)),
                ("looks at known pages", number(counts.looks)),
                ("of these changed: a version each", number(counts.changed)),
                ("pictures", number(counts.pictures)),
                ("feeds, sitemaps, front pages, robots.txt", number(counts.documents)),
                ("requests in all", number(counts.requests)),
                ("received", size(costs.received)),
            ],
        ),
        (
            "machines",
            [
                ("cores, at the night's height", f"{plan.cores:,.1f}"),
                ("cores, over the whole day", f"{plan.mean_cores:,.1f}"),
                ("crawl processes at once", f"{plan.processes:,} with {plan.workers} workers each"),
                ("of them for one run", f"{plan.parts:,}"),
                ("memory", size(plan.memory)),
                ("requests a second, at the height", f"{plan.requests_peak:,.1f}"),
                ("bandwidth, at the height", f"{plan.received_peak / 1e6:,.1f} Mbit/s"),
            ],
        ),
        (
            "a night",
            [
                ("from a slot to the end of its run, at most", f"{time.hours:.1f} h"),
                ("of it waiting for other runs", f"{time.late:.1f} h"),
                ("the largest source alone", f"{plan.longest:.1f} h"),
                ("runs at once", f"{time.at_once}"),
            ],
        ),
        (
            "storage",
            [
                (f"captures a day, {kept[plan.workload.keep]} kept", size(stored.captures)),
                ("texts and articles read out of them, a day", size(stored.derived)),
                ("journal a day", size(stored.journal)),
                ("object store a year, all copies", size(stored.objects * YEAR)),
                ("catalog a day", size(stored.catalog)),
                ("catalog a year", size(stored.catalog * YEAR)),
                ("rows of the ledger a day", number(counts.ledger_rows)),
                ("versions a day", number(counts.versions)),
                ("objects put a day", number(plan.puts)),
            ],
        ),
    ]


def as_document(plan: Plan) -> dict[str, Any]:
    """Everything, in the units that the attributes of `Plan` name."""
    found = asdict(plan)
    found["counts"] |= {
        "looks": plan.counts.looks,
        "pages": plan.counts.pages,
        "requests": plan.counts.requests,
        "ledger_rows": plan.counts.ledger_rows,
        "versions": plan.counts.versions,
    }
    found["storage"] |= {
        "objects": plan.storage.objects,
        "objects_a_year": plan.storage.objects * YEAR,
        "catalog_a_year": plan.storage.catalog * YEAR,
    }
    return found


def table_of(plans: Sequence[Plan]) -> str:
    """Several plans beside each other, as a table of a page in Markdown."""
    heads = " | ".join(f"{plan.workload.sources:,} sources" for plan in plans)
    lines = [f"| | {heads} |", "|---|" + "---|" * len(plans)]
    for parts in zip(*(sections_of(plan) for plan in plans), strict=True):
        lines.append(f"| **{parts[0][0]}** |" + " |" * len(plans))
        rows = zip(*(each for _, each in parts), strict=True)
        lines += [f"| {row[0][0]} | {' | '.join(value for _, value in row)} |" for row in rows]
    return "\n".join(lines)


def number(value: float) -> str:
    """Three digits: more would promise what no model can keep."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 or rounded == int(rounded) else f"{rounded:,g}"  # noqa: PLR2004


def size(value: float) -> str:
    """Bytes in decimal units, three digits."""
    for unit in _UNITS[:-1]:
        if value < 999.5:  # noqa: PLR2004 - shown with three digits
            return f"{float(f'{value:.3g}'):g} {unit}"
        value /= 1000
    return f"{float(f'{value:.3g}'):,g} {_UNITS[-1]}"
