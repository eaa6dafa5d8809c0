"""Walls, outages and soft 404s on a twentieth of all fetches: no versions, a tombstone for each removal."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.flow import Flow
from pipelines.history import CatalogHistory
from pipelines.reread import Reread
from pipelines.workers import Workers
from tests.archive.material import house
from tests.end_to_end.thirty_nights import REMOVALS, Site, stories

STORIES = 200 if os.environ.get("DATELINE_TEST_FULL") else 10


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("nights")
    chance = random.Random(20260301)
    home = house(folder)
    with Workers(1, 1 << 31, 300.0) as workers:
        flow = Flow(
            workers,
            CatalogHistory(home.catalog),
            Reread(home.store, home.catalog, workers),
            lambda derived: asyncio.wrap_future(home.recorder.derive(derived)),
        )
        made = Site(home, flow, stories(STORIES, chance), chance)
        made.run()
        yield made
    home.die()
    home.catalog.close()


def test_faults_make_no_version(site: Site) -> None:
    """Each story has its first version, and a tombstone if it was removed."""
    wrong = {
        story.url: found
        for story in site.stories
        if (found := [row.removed for row in site.versions_of(story)])
        != ([False, True] if story.removed_on is not None else [False])
    }
    assert wrong == {}
    assert sum(site.account.planted.values()) >= 0.03 * site.account.fetches


def test_every_removal_has_its_tombstone_within_two_nights_of_the_first_miss(site: Site) -> None:
    removed = [story for story in site.stories if story.removed_on is not None]
    assert {story.how for story in removed} >= set(REMOVALS[: len(removed)])
    for story in removed:
        tombstone = site.versions_of(story)[-1]
        assert story.first_missed is not None
        assert tombstone.first_missing_at is not None
        late = (tombstone.captured_at.date() - tombstone.first_missing_at.date()).days
        assert late <= 2, (story.url, story.how, late)
        assert tombstone.last_seen_at is not None
        assert tombstone.last_seen_at < tombstone.first_missing_at < tombstone.captured_at


def test_a_first_miss_makes_the_page_due_the_next_night(site: Site) -> None:
    assert site.account.not_due == []
