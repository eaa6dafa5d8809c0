"""A real crawl of raw sites that stand on a public address, with its memory watched.

The command runs under the spy of `spied_command.py`: connects to the public address lead to this machine,
every other address that a socket is told to connect to is noted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import psutil

from archive.catalog import frontier, runs
from archive.rows import DocumentRow, LedgerRow, RunRow
from tests.crawler.fetch.certificates import TestAuthority
from tests.end_to_end.hostile_site import HostileSite
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.raw_site import RawSite
from tests.end_to_end.small_site import crawl_words, small_house

PUBLIC = "93.184.215.14"
NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
MORE_HOSTS = ("elsewhere.test", "expired.test", "wrong-host.test")  # where redirects lead
NOTHING: Mapping[str, str] = {}
_INSIDE = "10.1.2.3"
_SPIED = Path(__file__).parent / "spied_command.py"


@dataclass
class Memory:
    """Peak resident bytes of each process of a crawl, by what the kernel says of it (VmHWM, proc(5))."""

    peaks: dict[int, int] = field(default_factory=dict)
    _done: Event = field(default_factory=Event)

    def watch(self, pid: int) -> None:
        """Look until the process has ended."""
        while not self._done.wait(0.1):
            try:
                family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
            except psutil.NoSuchProcess:
                return
            for one in family:
                if (peak := _high_water(one)) is not None:
                    self.peaks[one] = max(peak, self.peaks.get(one, 0))

    def end(self) -> None:
        self._done.set()


def _high_water(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


@dataclass
class Ended:
    """A run as it stands in the catalog."""

    run: RunRow
    ledger: dict[str, LedgerRow]
    documents: list[DocumentRow]
    memory: Memory

    def outcome(self, url: str) -> str:
        row = self.ledger.get(url)
        if row is None:
            return "not discovered"
        return f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)

    def noted(self, source: str) -> str:
        """All that was noted of the documents of a source."""
        rows = (row for row in self.documents if row.source == source)
        return "; ".join(f"{row.reason or row.status} {' '.join(row.notes)}" for row in rows)


@dataclass
class HostileCrawl:
    """An archive that watches raw sites."""

    site: RawSite
    house: House

    @classmethod
    def build(
        cls,
        folder: Path,
        site: RawSite,
        sites: Iterable[HostileSite],
        *,
        more_hosts: Iterable[str] = (),
        network: str = "timeout: 10s, connect_timeout: 10s, retries: 1",
        crawl: str = "extract_timeout: 60s",
    ) -> HostileCrawl:
        """`more_hosts` are names that no source watches, and that have their address all the same."""
        authority = TestAuthority.in_folder(folder)
        site.certificates |= {
            "row-8.test": authority.server("row-8.test"),
            "expired.test": authority.server(
                "expired.test", valid_until=datetime.now(UTC) - timedelta(days=1)
            ),
            "wrong-host.test": authority.server("other.test"),
        }
        made = list(sites)
        for one in made:
            site.add(one.host, one.paths)
        house = small_house(
            folder / "house",
            {one.name: _source(site, one) for one in made},
            hosts=[],
            network=f"{network}, ca_file: {authority.ca_file}",
            crawl=crawl,
        )
        names = [*(one.host for one in made), *more_hosts, "mixed.test"]
        lines = [*(f"{PUBLIC} {name}" for name in names), f"{_INSIDE} inside.test", f"{_INSIDE} mixed.test"]
        (house.folder / "hosts").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return cls(site, house)

    @property
    def log(self) -> Path:
        """A line for each connect to anything but the public address."""
        return self.house.folder / "connects"

    def run(self, *names: str, moment: datetime = NIGHT, environment: Mapping[str, str] = NOTHING) -> Ended:
        """One crawl, to its end."""
        words = [sys.executable, str(_SPIED), str(self.log), PUBLIC, str(self.site.port)]
        process = subprocess.Popen(
            [*words, *crawl_words(moment, *names)],
            env={
                **os.environ,
                **environment,
                "DATELINE_CONFIG": str(self.house.config),
                "PYTHONPATH": str(REPOSITORY),
            },
            cwd=REPOSITORY,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        memory = Memory()
        watcher = Thread(target=memory.watch, args=(process.pid,), daemon=True)
        watcher.start()
        printed, _ = process.communicate(timeout=300)
        memory.end()
        watcher.join()
        assert process.returncode == 0, printed
        with closing(self.house.open()) as archive:
            run = runs.newest_runs(archive.catalog)[0]
            ledger = {row.url: row for row in runs.ledger_of(archive.catalog, run.id)}
            return Ended(run, ledger, frontier.read_documents(archive.catalog, run.id), memory)


def _source(site: RawSite, one: HostileSite) -> str:
    feed = site.url(one.host, "/feed", scheme=one.scheme)
    discover = (one.discover or "feeds: ['{feed}']").replace("{feed}", feed)
    return (
        f"name: {one.name}\nhomepage: {site.url(one.host, scheme=one.scheme)}\n"
        f"discover: {{{discover}, front: false}}\n{one.extra}"
    )
