"""Three nights, archived twice over: in a folder with SQLite, and in S3 with PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from archive.opening import Archive
from cli.demo_site import DemoSite
from tests.end_to_end.house import House
from tests.services.postgres import Postgres
from tests.services.seaweedfs import REGION, SeaweedFS


@dataclass(frozen=True)
class ThreeNights:
    """The site as it stands after the third night, and both archives of it."""

    site: DemoSite
    local: House
    scaled: House


@pytest.fixture(scope="session")
def three_nights(
    tmp_path_factory: pytest.TempPathFactory, s3_server: SeaweedFS, postgres_server: Postgres
) -> Iterator[ThreeNights]:
    folder: Path = tmp_path_factory.mktemp("nights")
    s3_server.client.create_bucket(Bucket="nights")
    with DemoSite() as site, pytest.MonkeyPatch.context() as patch:
        for name, value in s3_server.environment.items():
            patch.setenv(name, value)  # for the archive that the tests open themselves
        local = House.build(folder / "local", site)
        scaled = House.build(
            folder / "scaled",
            site,
            store="s3://nights/archive",
            catalog=postgres_server.create_database(),
            s3=f"endpoint: {s3_server.endpoint}, region: {REGION}",
            environment=s3_server.environment,
        )
        for night in (1, 2, 3):
            site.set_night(night)
            local.crawl(night)
            scaled.crawl(night)
        yield ThreeNights(site, local, scaled)


class Lived(Protocol):
    """What a module's `nights` made."""

    @property
    def house(self) -> House: ...


@pytest.fixture
def archive(nights: Lived) -> Iterator[Archive]:
    """The archive in which the module's nights were lived."""
    opened = nights.house.open()
    yield opened
    opened.close()


# Several nights or many crawls each, whose parts have tests of their own: these run with `make test-full`.
_LONG = [
    "test_backfill.py",
    "test_neighbours.py",
    "test_revisits.py",
    "test_several_pages.py",
    "test_site_memory.py",
    "test_soft_404.py",
    "test_thirty_nights.py",
]
collect_ignore = [] if os.environ.get("DATELINE_TEST_FULL") else _LONG
