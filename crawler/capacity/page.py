"""The tables of docs/capacity.md, as they follow from the constants (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crawler.capacity.constants import Constant
from crawler.capacity.lines import number, table_of
from crawler.capacity.plan import plan_of
from crawler.capacity.workload import Workload

SOURCES = (100, 10_000, 100_000)
PER_SOURCE = 50.0
_ANY_BLOCK = re.compile(r"(<!-- (?P<name>\w+): made by [^>]*-->\n).*?(<!-- end -->)", re.DOTALL)
_KINDS = {
    "known": "a page of a site that is known",
    "unknown": "a page of a site that is not",
    "furniture": "a look: other bytes, the same article",
    "identical": "a look: the same bytes",
    "not_modified": "a look: 304",
    "not_due": "an address named again, not due",
    "picture": "a picture",
    "document": "a discovery document",
    "run": "a run's own begin and end",
}
_PARTS = ("main_cpu", "worker_cpu", "captures", "derived", "journal", "catalog")


def blocks(constants: Mapping[str, Constant]) -> dict[str, str]:
    """The page's tables by name."""
    by = {name: constant.value for name, constant in constants.items()}
    plans = [plan_of(Workload(count, PER_SOURCE * count), by) for count in SOURCES]
    costs = [
        "| | main, ms | workers, ms | captures, B | derived, B | journal, B | catalog, B |",
        "|---|---|---|---|---|---|---|",
    ]
    costs += [
        f"| {meaning} | {' | '.join(number(by[f'{kind}.{part}']) for part in _PARTS)} |"
        for kind, meaning in _KINDS.items()
    ]
    single = [name for name in constants if name.partition(".")[0] not in _KINDS or name == "run.objects"]
    single.append("picture.size")
    others = ["| constant | value | unit | measured by | on |", "|---|---|---|---|---|"]
    others += [
        f"| `{name}` | {number(each.value)} | {each.unit} | `{each.measured_by}` | {each.measured_on} |"
        for name, each in ((name, constants[name]) for name in sorted(single))
    ]
    return {"plans": table_of(plans), "costs": "\n".join(costs), "constants": "\n".join(others)}


def with_blocks(page: str, made: Mapping[str, str]) -> str:
    """The page with each table between its marks as it should be; raises KeyError for a mark of no table."""
    return _ANY_BLOCK.sub(lambda found: f"{found[1]}{made[found['name']]}\n{found[3]}", page)
