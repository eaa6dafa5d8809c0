"""`kill -9` of a crawl into a real S3 server, and of that server: nothing acknowledged is lost.

The full form (`make test-kills`) kills 2,400-page crawls 200 times, and their server 50 times.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kill_campaign import Figures, Round
from tests.end_to_end.many_pages import ManyPages
from tests.services.seaweedfs import SeaweedFS

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
SEED = 20260320
HOSTS, PAGES = (4, 2400) if FULL else (2, 80)
IN_FLIGHT = 64  # `crawl.window`: pages between the network and the archive


@pytest.fixture
def site() -> Iterator[ManyPages]:
    with ManyPages(HOSTS, PAGES) as site:
        yield site


def test_nothing_acknowledged_is_lost_with_the_crawl(
    site: ManyPages, s3_environment: SeaweedFS, tmp_path: Path
) -> None:
    kills, figures, chance = 200 if FULL else 4, Figures(), random.Random(SEED)
    while figures.kills < kills:
        one = Round(site, s3_environment, tmp_path / f"round-{figures.rounds}", chance, figures)
        one.under_kills(kills - figures.kills)
    print(f"kills of the crawl: {figures}")
    assert max(figures.refetched) <= IN_FLIGHT


def test_nothing_acknowledged_is_lost_with_the_server(
    site: ManyPages, s3_environment: SeaweedFS, tmp_path: Path
) -> None:
    kills, figures, chance = 50 if FULL else 2, Figures(), random.Random(SEED)
    while figures.kills < kills:
        one = Round(site, s3_environment, tmp_path / f"round-{figures.rounds}", chance, figures)
        one.under_kills_of_the_server(kills - figures.kills)
    print(f"kills of the server: {figures}")
