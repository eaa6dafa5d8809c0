"""An archive of its own over the living news web, worked with the normal command."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.opening import Archive, open_archive
from cli.demo_site import DemoSite, crawl_moment
from config.settings import Settings, load_settings
from tests.end_to_end.crawl_zygote import REPOSITORY, Zygote

COMMAND = (sys.executable, "-m", "cli")
EACH_NIGHT = "1, 2, 3, 7, 14, 30"  # days: the first nights of a test follow each other


@cache
def zygote() -> Zygote:
    """One for each test process, begun with the first command and ended with the process."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        begun = stack.enter_context(Zygote(Path(folder) / "log"))
        atexit.register(stack.pop_all().close)
    return begun


@dataclass(frozen=True)
class House:
    """A folder with sources and settings; `environment` holds what the services need."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def config(self) -> Path:
        return self.folder / "dateline.yaml"

    @classmethod
    def build(
        cls,
        folder: Path,
        site: DemoSite,
        *,
        store: str | None = None,
        catalog: str | None = None,
        s3: str = "",
        crawl: str = "",
        ladder: str = EACH_NIGHT,
        environment: Mapping[str, str] | None = None,
    ) -> House:
        folder.mkdir(parents=True)
        (folder / "sources").mkdir()
        site.write_sources(folder / "sources")
        site.write_hosts_file(folder / "hosts")
        lines = [
            f"store: {store or (folder / 'store').as_uri()}",
            f"catalog: {catalog or f'sqlite:///{folder}/catalog.db'}",
            "spool: spool",
            "sources: sources",
            "network: {hosts_file: hosts, delay: 0, contact: https://example.org/about-us}",
            f"crawl: {{workers: 1, revisit: [{ladder}], {crawl}}}",
            f"s3: {{{s3}}}",
        ]
        (folder / "dateline.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return cls(folder, environment or {})

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "DATELINE_CONFIG": str(self.config)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, so that all of it can be killed at once."""
        return subprocess.Popen(
            [*COMMAND, *words],
            env=self.environ,
            cwd=REPOSITORY,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *words: str, expect: int = 0) -> str:
        """Run a command to its end; what it printed, if it ended with the status expected."""
        ended = zygote().run(self.environ, *words)
        assert ended.status == expect, ended.printed
        return ended.printed

    def night_words(self, night: int) -> tuple[str, ...]:
        moment = crawl_moment(night)
        return ("crawl", "--clock", moment.isoformat(), "--night", moment.date().isoformat())

    def crawl(self, night: int) -> str:
        return self.run(*self.night_words(night))

    def problems(self) -> list[dict[str, str]]:
        """What `dateline verify` finds."""
        ended = zygote().run(self.environ, "verify", "--json")
        problems: list[dict[str, str]] = json.loads(ended.printed)["report"]["problems"]
        assert ended.status == (1 if problems else 0), ended.printed
        return problems

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    def open(self) -> Archive:
        return open_archive(self.settings)
