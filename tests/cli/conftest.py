"""The demo's three nights, crawled once a test process, and the command as a person runs it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from cli.demo_site import NIGHTS, DemoSite, crawl_moment
from cli.main import run
from config.settings import load_settings
from tests.end_to_end.house import zygote

ROOT = Path(__file__).parents[2]
_PORT = "port"  # a file of the demo's archive


@dataclass(frozen=True)
class DemoArchive:
    """An archive of the demo's three nights; `site` knows the truth, and no longer listens."""

    site: DemoSite
    config: Path

    @contextmanager
    def open(self) -> Iterator[Archive]:
        archive = open_archive(load_settings(self.config))
        try:
            yield archive
        finally:
            archive.close()

    def url(self, part: str) -> str:
        """The one address of the three nights that has `part` in it."""
        nights = [self.site.expected(night) for night in NIGHTS]
        known = {url for night in nights for url in night.new | night.disallowed | night.quarantined}
        [found] = [url for url in known if part in url]
        return found


@dataclass(frozen=True)
class Done:
    """What a command did."""

    status: int
    data: bytes
    notes: str

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.data)


Dateline = Callable[..., Done]


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory) -> DemoArchive:
    """A copy for this process of what the first process that wanted it has crawled."""
    common = tmp_path_factory.getbasetemp()
    common = common.parent if "PYTEST_XDIST_WORKER" in os.environ else common
    first, mine = common / "demo-archive", tmp_path_factory.mktemp("demo") / "archive"
    with (common / "demo-archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (first / _PORT).exists():
            (first / _PORT).write_text(str(_crawl_three_nights(first)))
        shutil.copytree(first, mine)
    return DemoArchive(DemoSite(int((mine / _PORT).read_text())), mine / "dateline.yaml")


def _crawl_three_nights(folder: Path) -> int:
    """The port under which the site was crawled."""
    folder.mkdir()
    with DemoSite() as site:
        site.write_sources(folder / "sources")
        site.write_hosts_file(folder / "hosts")
        config = folder / "dateline.yaml"
        config.write_text(
            "store: file://./archive\ncatalog: sqlite:///catalog.db\nspool: spool\nsources: sources\n"
            "network: {hosts_file: hosts, delay: 0}\nlog: {level: warning}\n"
            "crawl: {workers: 1, revisit: [1, 2, 3]}\n"
        )
        for night in NIGHTS:
            site.set_night(night)
            words = ("--config", str(config), "crawl", "--clock", crawl_moment(night).isoformat())
            done = zygote().run(clean_environment(), *words)
            assert done.status == 0, done.printed
        return site.port


def clean_environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}


@pytest.fixture
def dateline(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Dateline:
    """Runs a command in this process, in an empty folder; the result is what it did."""
    for name in os.environ.keys() - clean_environment().keys():
        monkeypatch.delenv(name)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*arguments: object, config: Path | None = None) -> Done:
        before = ["--config", str(config)] if config else []
        capfdbinary.readouterr()
        status = run([*before, *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        return Done(status, out, err.decode())

    return call


@pytest.fixture
def mine(demo_archive: DemoArchive, tmp_path: Path) -> DemoArchive:
    """The demo's archive in a folder of its own, to change and to break things in."""
    copy = shutil.copytree(demo_archive.config.parent, tmp_path / "mine")
    return replace(demo_archive, config=copy / "dateline.yaml")


@pytest.fixture
def own(dateline: Dateline, mine: DemoArchive) -> Dateline:
    """The command over that copy."""

    def call(*arguments: object) -> Done:
        return dateline(*arguments, config=mine.config)

    return call


@pytest.fixture
def reading(dateline: Dateline, demo_archive: DemoArchive) -> Dateline:
    """The same over the demo's archive."""

    def call(*arguments: object) -> Done:
        return dateline(*arguments, config=demo_archive.config)

    return call
