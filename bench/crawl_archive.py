"""An archive for the crawl's benchmarks: its configuration, and the normal command over it."""

from __future__ import annotations

import compileall
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from archive.catalog.catalog import Catalog
from archive.catalog.runs import newest_runs, tally
from bench.measured_process import Measured, measure
from config.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
# After every date that a page of the corpus states: what lies ahead is no date of an article.
FIRST_NIGHT = datetime.fromisoformat("2026-11-01T02:00:00+00:00")
_PROGRAM = "import sys; from cli.main import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the crawl may use; `at_once` requests in flight in all, no delay between them."""

    at_once: int
    workers: int


@dataclass(frozen=True, slots=True)
class BenchArchive:
    """One archive below a folder, crawled by the normal command."""

    folder: Path

    def furnish(self, sources: Sequence[Mapping[str, Any]], limits: Limits, **crawl: Any) -> None:
        """Write configuration (with settings under `crawl`), hosts file and sources."""
        _compile_ours()
        (self.folder / "sources").mkdir(parents=True)
        names = " ".join(source["homepage"].split("/")[2].partition(":")[0] for source in sources)
        (self.folder / "hosts").write_text(f"127.0.0.1 {names}\n")
        yaml = YAML()
        for source in sources:
            yaml.dump(dict(source), self.folder / "sources" / f"{source['name']}.yaml")
        settings = {
            "store": f"file://{self.folder / 'archive'}",
            "catalog": f"sqlite:///{self.folder / 'catalog.db'}",
            "spool": str(self.folder / "spool"),
            "sources": str(self.folder / "sources"),
            "network": {
                "contact": "bench@example.org",
                "hosts_file": str(self.folder / "hosts"),
                "delay": 0,
                "concurrency": limits.at_once,
                "concurrency_per_host": limits.at_once,
            },
            "crawl": {"workers": limits.workers, "revisit": [1, 2, 3, 4, 5, 6], **crawl},
        }
        yaml.dump(settings, self.folder / "dateline.yaml")

    def crawl(self, days: float, *, sample: bool = False) -> Measured:
        """`dateline crawl` as on the night so many days after the first."""
        moment = FIRST_NIGHT + timedelta(days=days)
        command = [sys.executable, "-c", _PROGRAM, "--config", str(self.folder / "dateline.yaml")]
        command += ["crawl", "--json", "--clock", moment.isoformat()]
        environment = {"PYTHONPATH": str(ROOT)}
        return measure(command, folder=self.folder, environment=environment, sample=sample)

    def outcomes(self) -> Counter[str]:
        """How the addresses of the newest run ended."""
        catalog = Catalog.open(load_settings(self.folder / "dateline.yaml").catalog)
        try:
            counted: Counter[str] = Counter()
            for each in tally(catalog, newest_runs(catalog, 1)[0].id):
                reason = f"({each.reason})" if each.reason else ""
                counted[f"{each.outcome}{reason}"] += each.count
            return counted
        finally:
            catalog.close()


def _compile_ours() -> None:
    """As an installer does it: where Python writes no bytecode, each start would compile all of ours."""
    for room in ("archive", "cli", "config", "crawler", "pipelines"):
        compileall.compile_dir(ROOT / room, quiet=1)


def source_of(host: str, port: int, **discover: Any) -> dict[str, Any]:
    """A source without pictures, with looks enough for every page each night."""
    return {
        "name": host.replace(".", "-"),
        "homepage": f"http://{host}:{port}/",
        "discover": {**discover, "articles": {"allow": ["/20"]}, "max_urls": 1_000_000, "front": False},
        "politeness": {"delay": 0},
        "images": {"enabled": False},
        "network": {"allow_private": True},
        "policy": {"noarchive": "ignore"},  # some pages of the corpus ask for it
        "revisit": {"budget": 1_000_000},
    }


def shown(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in outcomes.most_common())


def as_json(result: Measured) -> dict[str, Any]:
    """The account that the command printed."""
    account: dict[str, Any] = json.loads(result.output)
    return account
