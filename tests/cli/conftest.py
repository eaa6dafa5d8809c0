"""The demo's three nights, crawled once a test process, and the command as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from cli.demo_site import NIGHTS, DemoSite, crawl_moment
from cli.main import run
from config.settings import load_settings

ROOT = Path(__file__).parents[2]


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
    folder = tmp_path_factory.mktemp("demo")
    with DemoSite() as site:
        site.write_sources(folder / "sources")
        site.write_hosts_file(folder / "hosts")
        config = folder / "dateline.yaml"
        config.write_text(
            "store: file://./archive\ncatalog: sqlite:///catalog.db\nspool: spool\nsources: sources\n"
            "network: {hosts_file: hosts, delay: 0}\nlog: {level: warning}\n"
            "crawl: {revisit: [1, 2, 3]}\n"
        )
        for night in NIGHTS:
            site.set_night(night)
            command = ["-P", "-m", "cli", "--config", str(config), "crawl"]
            done = subprocess.run(
                [sys.executable, *command, "--clock", crawl_moment(night).isoformat()],
                env=clean_environment() | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return DemoArchive(site, config)


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
def reading(dateline: Dateline, demo_archive: DemoArchive) -> Dateline:
    """The same over the demo's archive."""

    def call(*arguments: object) -> Done:
        return dateline(*arguments, config=demo_archive.config)

    return call
