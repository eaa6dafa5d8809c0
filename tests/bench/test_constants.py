"""Constants of the capacity model: what follows from the costs of crawls, by round numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.constants import Costs, least, of_papers
from bench.crawl_cost import Cost

RUN = Cost(main_cpu=1000.0, worker_cpu=500.0, catalog=100.0, objects=6.0)
DOCUMENT = Cost(main_cpu=5.0, catalog=10.0, requests=1.0)
KINDS = {"unknown": 60.0, "known": 30.0, "furniture": 25.0, "identical": 10.0, "not_modified": 7.0}


def crawl(documents: int, pages: int, page: float) -> Cost:
    return RUN.less(DOCUMENT, -documents).less(Cost(main_cpu=page, requests=1.0), -pages)


def costs() -> Costs:
    """A run's own cost and 5 ms a document; four sites of four pages and three documents, and twenty."""
    found = {f"{kind}, {name}": crawl(3 * sites, 4 * sites, page)
             for kind, page in KINDS.items() for name, sites in (("few", 4), ("many", 20))}  # fmt: skip
    return {**found, "run, few": crawl(12, 0, 0.0), "run, many": crawl(60, 0, 0.0)}


def test_what_pages_runs_and_documents_cost() -> None:
    found = {each.name: each.value for each in of_papers(costs(), 64)}
    assert found["run.main_cpu"] == pytest.approx(1000)
    assert found["run.worker_cpu"] == pytest.approx(500)
    assert (found["document.main_cpu"], found["document.catalog"]) == (pytest.approx(5), pytest.approx(10))
    assert {kind: found[f"{kind}.main_cpu"] for kind in KINDS} == pytest.approx(KINDS)


def test_of_each_crawl_the_least_cpu_counts() -> None:
    quiet = costs()
    # In each round other crawls were disturbed.
    rounds = [
        {
            name: replace(cost, main_cpu=cost.main_cpu * 1.3) if number % 3 == disturbed else cost
            for number, (name, cost) in enumerate(quiet.items())
        }
        for disturbed in range(3)
    ]
    assert least(rounds) == quiet
