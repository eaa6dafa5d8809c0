"""The real services and the corpus, for every test that asks for them by name."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import botocore.session
import pytest
import structlog
from hypothesis import HealthCheck, settings

from archive.catalog import catalog, migrate
from archive.catalog.catalog import Catalog
from tests.catalog_template import copied_first
from tests.services.postgres import Postgres, postgres
from tests.services.seaweedfs import REGION, SeaweedFS, seaweedfs
from tests.warm_workers import cold_context, warm_context

_REPOSITORY = Path(__file__).parent.parent

# What is slow is the machine; the rest stays as it is, in CI hypothesis' own profile for it.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


# Files with few tests that take long; what begins last is what everybody waits for.
_LONG = ("end_to_end/", "site/", "crawler/render/", "web/test_replay_browser.py", "cli/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, for test processes that take file by file."""
    tests = _REPOSITORY / "tests"
    items.sort(key=lambda item: not str(item.path.relative_to(tests)).startswith(_LONG))


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command run in this process sets up all logging: the next test is not to hear of it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("scrapy", "asyncio", "PIL")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def _new_catalogs_are_copies() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "upgrade", copied_first(migrate.upgrade))
        yield


@pytest.fixture(scope="session", autouse=True)
def _s3_is_described_once() -> Iterator[None]:
    """Botocore parses its description of S3 for each session anew, for a tenth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(scope="session", autouse=True)
def _workers_start_warm() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multiprocessing, "get_context", warm_context)
        yield


@pytest.fixture(scope="module")
def _spawned_workers() -> Iterator[None]:
    """Workers start from nothing, as in a program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multiprocessing, "get_context", cold_context)
        yield


@pytest.fixture
def _from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """New catalogs are migrated revision by revision, as in a program."""
    monkeypatch.setattr(catalog, "upgrade", migrate.upgrade)


@dataclass(frozen=True)
class S3Address:
    """What the settings would say: the store's address, its endpoint and its region."""

    address: str
    endpoint: str
    region: str


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """One SeaweedFS for each test process, started by the first test that needs it."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One PostgreSQL for each test process, started by the first test that needs it."""
    with postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def s3_environment(s3_server: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> SeaweedFS:
    """The server, with its credentials where the AWS chain finds them (child processes included)."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture
def s3_address(s3_environment: SeaweedFS) -> S3Address:
    """A fresh and empty bucket."""
    bucket = f"dateline-{uuid4().hex}"
    s3_environment.client.create_bucket(Bucket=bucket)
    return S3Address(f"s3://{bucket}/archive", s3_environment.endpoint, REGION)


@pytest.fixture
def bare_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A fresh and empty database."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """A catalog without rows, to be copied."""
    url = postgres_server.create_database()
    Catalog.open(url).close()
    return url


@contextmanager
def _postgres_database(server: Postgres, template: str) -> Iterator[str]:
    url = server.create_database(template)
    yield url
    server.drop_database(url)


@pytest.fixture
def postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """A fresh database that has the catalog's tables, without rows."""
    with _postgres_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """The same for all tests of a module."""
    with _postgres_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def local_store_address(tmp_path: Path) -> str:
    """A folder that does not exist yet, as a store's address."""
    return (tmp_path / "store").as_uri()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The open corpus of real pages; the only thing a test may be skipped for."""
    folder = Path(os.environ.get("DATELINE_CORPUS", _REPOSITORY / ".." / "shared" / "corpus")).resolve()
    if not (folder / "README.md").is_file():
        pytest.skip(f"no corpus at {folder}: set DATELINE_CORPUS to the folder that holds it")
    return folder
