"""Who works over an archive: this process for a little, more of them for more or when asked, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.pools.pool import Alone
from archive.pools.processes import ProcessPool
from cli import pool as choice
from cli.pool import pool_for
from config.cluster_settings import ClusterSettings
from config.sections import CrawlSettings
from config.settings import Settings

MUCH, LITTLE = 1, 1 << 20  # bytes that count as a little, in an archive of less than a thousand
CLUSTER = ClusterSettings(address="127.0.0.1:6379", token_file=Path("/etc/token"))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("choice")
    crawl = CrawlSettings(workers=3)
    return Settings(store=f"file://{folder}/store", catalog=f"sqlite:///{folder}/catalog.db", crawl=crawl)


@pytest.fixture(scope="module")
def archive(settings: Settings) -> Iterator[Archive]:
    opened = open_archive(settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("a_little", "workers", "kind", "size"),
    [
        pytest.param(LITTLE, None, Alone, 1, id="a little"),
        pytest.param(MUCH, None, ProcessPool, 3, id="as crawl.workers says"),
        pytest.param(LITTLE, 2, ProcessPool, 2, id="asked for"),
        pytest.param(MUCH, 1, Alone, 1, id="nobody else, asked for"),
    ],
)
def test_who_works(
    settings: Settings,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    *,
    a_little: int,
    workers: int | None,
    kind: type,
    size: int,
) -> None:
    monkeypatch.setattr(choice, "_LITTLE", a_little)
    with pool_for(settings, archive, workers) as pool:
        assert (type(pool), pool.size) == (kind, size)


def test_what_has_to_stay_here_stays_here(archive: Archive) -> None:
    many = Settings(
        engine="ray", store="s3://bucket/x", catalog="postgresql+psycopg://db/x", cluster=CLUSTER,
        crawl=CrawlSettings(workers=1),
    )  # fmt: skip
    with pool_for(many, archive, 2, here=True) as pool:
        assert isinstance(pool, ProcessPool)
    with pool_for(many, archive, 1) as pool:
        assert isinstance(pool, Alone)
