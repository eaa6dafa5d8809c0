"""Twelve kinds of site: `sources add` finds the way in, and the crawl that follows reaches the articles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from archive.catalog import runs
from archive.rows import LedgerRow
from config.load_sources import load_source_file
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.small_site import SmallSite, crawl_words, small_house
from tests.site.kinds import HOSTS, KINDS, NOW, Kind

FULL = os.environ.get("DATELINE_TEST_FULL") == "1"
STORIES = 60 if FULL else 9  # of each site
REACHED = 0.98
WRONG = 0.05


@dataclass(frozen=True)
class Added:
    """A kind of site, what `sources add` made of it, and the ledger of the crawl after it."""

    kind: Kind
    told: dict[str, Any]
    ledger: tuple[LedgerRow, ...]


@dataclass(frozen=True)
class Web:
    house: House
    added: dict[str, Added]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """All sites added in one process and crawled in one run, as a person would in twelve commands and one."""
    with SmallSite() as site:
        kinds = {make.__name__: make(site, STORIES) for make in KINDS}
        house = small_house(tmp_path_factory.mktemp("kinds") / "house", {}, hosts=HOSTS)
        wanted = json.dumps([[name, kind.home] for name, kind in kinds.items()])
        made = subprocess.run(
            [sys.executable, "-P", "tests/site/add_all.py", str(house.config), NOW.isoformat()],
            input=wanted,
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            timeout=300,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        told = {row["kind"]: row for row in json.loads(made.stdout)}
        house.run(*crawl_words(NOW))
        with closing(house.open()) as archive:
            (run,) = runs.newest_runs(archive.catalog, 1)
            ledger = tuple(runs.ledger_of(archive.catalog, run.id))
        yield Web(
            house,
            {
                name: Added(
                    kind, told[name], tuple(row for row in ledger if row.source == told[name]["name"])
                )
                for name, kind in kinds.items()
            },
        )


@pytest.fixture(params=[make.__name__ for make in KINDS])
def added(request: pytest.FixtureRequest, web: Web) -> Added:
    return web.added[request.param]


def test_the_right_way_in_is_found(added: Added) -> None:
    found = {key: sorted(urls) for key, urls in added.told["ways"].items()}
    assert found == {key: sorted(urls) for key, urls in added.kind.ways.items()}


def test_the_file_says_what_matters_and_is_valid(added: Added, web: Web) -> None:
    missing = [words for words in added.kind.says if words not in added.told["file"]]
    assert not missing, added.told["file"]
    source = load_source_file(web.house.folder / "sources" / f"{added.told['name']}.yaml")
    assert source.network.allow_private
    assert source.timezone in {"Europe/Berlin", "UTC"}  # what its dates state, if it states any


def test_articles_are_tried_within_the_budget(added: Added) -> None:
    assert (added.told["tried"], added.told["read"]) == (5, 5)
    assert added.told["requests"] <= 30


def test_the_crawl_reaches_the_articles_and_little_else(added: Added) -> None:
    stories = set(added.kind.stories)
    archived = {row.url for row in added.ledger if row.outcome == "archived"}
    fetched = {row.url for row in added.ledger if row.outcome != "skipped"}
    assert len(archived & stories) >= REACHED * len(stories), sorted(stories - archived)
    assert len(fetched - stories) <= WRONG * len(fetched), sorted(fetched - stories)


def test_what_robots_txt_closes_is_skipped_with_its_reason(web: Web) -> None:
    closed = [row for row in web.added["robots_delay"].ledger if "/closed/" in row.url]
    assert closed
    assert {(row.outcome, row.reason) for row in closed} == {("skipped", "robots")}
