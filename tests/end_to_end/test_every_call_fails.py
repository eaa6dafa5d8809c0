"""Call N of every write, fsync, link, SQL and S3 call of a ten-page crawl fails, for every N.

Never a false acknowledgement: what the catalog says was archived lies in the store, byte for byte. Every
run is complete or resumable: a plain new start ends it, and `verify` finds nothing. The short form tries some
N of each kind; `make test-kills` tries all of them, and prints how many there were.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from archive.catalog import runs, versions
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.opening import Archive, open_archive
from archive.reader import read_payload
from archive.rows import CaptureRow
from archive.verify.run import verify
from tests.archive.material import silent
from tests.end_to_end.crawl_zygote import Ended, Zygote
from tests.end_to_end.faults import Fault
from tests.end_to_end.house import House
from tests.end_to_end.kill_campaign import NIGHT
from tests.end_to_end.many_pages import ManyPages, article
from tests.end_to_end.small_site import crawl_words, small_house
from tests.services.postgres import Postgres
from tests.services.proxy import Fate, Wire, proxy
from tests.services.seaweedfs import REGION, SeaweedFS

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
TRIED = 10_000 if FULL else 1  # N's of each kind; all of them in the full form
PAGES = 10
ENOUGH = 2  # runs on end that have fewer calls than N: their number varies a little with time

_ERROR = b"HTTP/1.1 %d Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def site() -> Iterator[ManyPages]:
    with ManyPages(1, PAGES) as site:
        yield site


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with Zygote(tmp_path_factory.mktemp("zygote") / "log", impatient=True) as zygote:
        yield zygote


@pytest.fixture(scope="module")
def empty_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new SQLite catalog, migrated once for all."""
    path = tmp_path_factory.mktemp("empty") / "catalog.db"
    Catalog.open(f"sqlite:///{path}").close()
    return path


@dataclass(frozen=True)
class Stage:
    """Where the crawls of one kind of fault take place."""

    site: ManyPages
    zygote: Zygote
    folder: Path
    empty_catalog: Path

    def house(self, **places: Any) -> House:
        folder = self.folder / uuid4().hex[:12]
        house = small_house(
            folder, self.site.sources(), hosts=self.site.names, crawl="segment_seconds: 0.05s", **places
        )
        if "catalog" not in places:
            shutil.copy(self.empty_catalog, folder / "catalog.db")
        return house

    def crawl(self, house: House, fault: Fault | None = None, config: Path | None = None) -> Ended:
        environment = house.environ | ({"DATELINE_CONFIG": str(config)} if config else {})
        return self.zygote.run(environment, *crawl_words(NIGHT), fault=fault)

    def crawl_again(self, house: House) -> Ended:
        """A plain new start, a minute later."""
        return self.zygote.run(house.environ, *crawl_words(NIGHT + timedelta(minutes=1)))


@pytest.fixture
def stage(site: ManyPages, zygote: Zygote, empty_catalog: Path, tmp_path: Path) -> Stage:
    return Stage(site, zygote, tmp_path, empty_catalog)


def every_n(attempt: Callable[[int], bool]) -> int:
    """Try N = 1, 2, … until N is beyond the last call; a few in the short form. How many were tried."""
    tried = beyond = 0
    numbers: Iterator[int] = itertools.count(1) if FULL else iter(random.Random(7).sample(range(2, 9), TRIED))
    for number in numbers:
        if attempt(number):
            tried, beyond = tried + 1, 0
        elif (beyond := beyond + 1) == ENOUGH:
            break
    assert tried
    return tried


def assert_honest(archive: Archive, ended: Ended) -> None:
    """What is acknowledged is there, and a crawl that says it is done is."""
    assert "Traceback" not in ended.printed, ended.printed
    for row in fetch(archive.catalog, CaptureRow, select(CaptureRow)):
        payload = read_payload(archive.store, row)
        if row.status == 200 and "/story-" in row.url:
            parts = urlsplit(row.url)
            assert payload == article(str(parts.hostname), int(parts.path.rpartition("-")[2]))
    known = {row.id for row in fetch(archive.catalog, CaptureRow, select(CaptureRow))}
    for run in runs.newest_runs(archive.catalog):
        rows = runs.ledger_of(archive.catalog, run.id)
        assert {row.capture_id for row in rows if row.outcome == "archived"} <= known
        if run.status == "done":
            assert None not in {row.outcome for row in rows}
    if ended.status == 0:
        assert [run.status for run in runs.newest_runs(archive.catalog)] == ["done"]


def assert_mended(stage: Stage, house: House, archive: Archive) -> None:
    """A plain new start has come to the end of the same run, and nothing is out of place."""
    *after, run = runs.newest_runs(archive.catalog)
    for each in after:  # the first one failed when its run had ended, and the second found nothing due
        assert {(tally.outcome, tally.reason) for tally in runs.tally(archive.catalog, each.id)} <= {
            ("skipped", "not_due")
        }
    assert run.status == "done"
    outcomes = {row.url: row.outcome for row in runs.ledger_of(archive.catalog, run.id)}
    assert outcomes == dict.fromkeys(stage.site.urls, "archived")
    assert Counter(v.url for v in versions.every_version(archive.catalog)) == Counter(stage.site.urls)
    assert verify(archive.store, archive.catalog, silent).problems == ()
    assert not any((house.folder / "spool").iterdir())


def fail_and_mend(stage: Stage, house: House, fault: Fault | None, config: Path | None = None) -> Ended:
    """One crawl under a fault, one without; `config` shows the first one the archive through a proxy."""
    ended = stage.crawl(house, fault, config)
    archive = open_archive(house.settings)
    try:
        assert_honest(archive, ended)
        if ended.status != 0:
            again = stage.crawl_again(house)
            assert again.status == 0, again.printed + ended.printed
        assert_mended(stage, house, archive)
    finally:
        archive.close()
    return ended


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
@pytest.mark.parametrize(
    ("how", "lasting"), [("ENOSPC", True), ("EIO", False)], ids=["disk full", "input/output error"]
)
def test_files(stage: Stage, call: str, how: str, lasting: bool) -> None:
    def attempt(at: int) -> bool:
        house = stage.house()
        ended = fail_and_mend(stage, house, Fault(call, how, at, lasting, str(house.folder)))
        # What only saves time, a page's lesson kept for later, may fail without ending the run.
        if ended.hit and "lessons of pages are not kept" not in ended.printed:
            assert ended.status == 3, (at, ended.printed)
        shutil.rmtree(house.folder)
        return ended.hit

    print(f"{call} {how}: {every_n(attempt)} calls")


# ── the database ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("how", "lasting"), [("full", True), ("io", False), ("locked", False), ("lost", False)]
)
def test_sqlite(stage: Stage, how: str, lasting: bool) -> None:
    def attempt(at: int) -> bool:
        house = stage.house()
        ended = fail_and_mend(stage, house, Fault("sql", how, at, lasting))
        shutil.rmtree(house.folder)
        return ended.hit

    print(f"SQLite {how}: {every_n(attempt)} calls")


@pytest.fixture
def template(postgres_server: Postgres) -> Iterator[str]:
    """The name of a database with an empty catalog, to copy."""
    url = postgres_server.create_database()
    Catalog.open(url).close()
    yield urlsplit(url).path[1:]
    postgres_server.drop_database(url)


@pytest.mark.parametrize(
    ("how", "lasting"), [("full", True), ("io", False), ("time-out", False), ("cut", False), ("lost", False)]
)
def test_postgresql(stage: Stage, postgres_server: Postgres, template: str, how: str, lasting: bool) -> None:
    def attempt(at: int) -> bool:
        name = f"c{uuid4().hex}"
        with postgres_server.connect() as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)
            ))  # fmt: skip
        url = postgres_server.url(name)
        house = stage.house(catalog=url)
        ended = fail_and_mend(stage, house, Fault("sql", how, at, lasting))
        postgres_server.drop_database(url)
        shutil.rmtree(house.folder)
        return ended.hit

    print(f"PostgreSQL {how}: {every_n(attempt)} calls")


# ── S3 ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fate", "lasting"),
    [
        pytest.param(_ERROR % 500, False, id="500"),
        pytest.param(_ERROR % 503, True, id="503"),
        pytest.param(Wire.RESET, False, id="reset"),
        pytest.param(Wire.SILENT, False, id="time-out"),
        pytest.param(0, False, id="lost answer"),
    ],
)
def test_s3(stage: Stage, s3_environment: SeaweedFS, fate: Fate, lasting: bool) -> None:
    bucket = f"fault-{uuid4().hex}"  # one for all: SeaweedFS keeps volumes for each
    s3_environment.client.create_bucket(Bucket=bucket)

    def attempt(at: int) -> bool:
        seen, failed = itertools.count(1), []

        def decide(_method: str, _n: int) -> Fate:
            number = next(seen)
            if number == at or (lasting and number > at):
                failed.append(number)
                return fate
            return None

        house = stage.house(
            store=f"s3://{bucket}/archive-{at}",
            s3=f"endpoint: {s3_environment.endpoint}, region: {REGION}",
            environment=s3_environment.environment,
        )
        with proxy(s3_environment.ports["s3"], decide) as wire:
            behind = house.config.with_name("behind.yaml")
            behind.write_text(house.config.read_text().replace(s3_environment.endpoint, wire.endpoint))
            fail_and_mend(stage, house, None, behind)
        shutil.rmtree(house.folder)
        return bool(failed)

    print(f"S3 {fate!r}: {every_n(attempt)} calls")
