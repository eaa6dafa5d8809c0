"""What one crawl costs: CPU of the main process and of its workers, memory, bytes and objects written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path

from bench.crawl_archive import FIRST_NIGHT, ROOT, BenchArchive
from bench.measured_process import family_of, pss_of

_SAMPLE_SECONDS = 1.0
# The main process says at its end what it took itself: wait4 only knows the sum with its workers, which are
# children of a warm process and known to their grandparent only when that one has ended.
_PROGRAM = """
import json, resource, sys
from cli.main import main
try:
    sys.exit(main())
finally:
    took = resource.getrusage(resource.RUSAGE_SELF)
    open("usage.json", "w").write(json.dumps(took.ru_utime + took.ru_stime))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One crawl.

    Attributes:
        main_cpu, worker_cpu: milliseconds, user and system.
        main_memory, worker_memory: MB, the most of the main process, and of one worker (proportional set).
        captures, derived, journal, catalog: bytes that came to these places.
        objects: that came to the store.
        requests: captures that came to the catalog, robots.txt and discovery documents among them.
    """

    main_cpu: float = 0.0
    worker_cpu: float = 0.0
    main_memory: float = 0.0
    worker_memory: float = 0.0
    captures: float = 0.0
    derived: float = 0.0
    journal: float = 0.0
    catalog: float = 0.0
    objects: float = 0.0
    requests: float = 0.0

    def less(self, other: Cost, times: float = 1.0) -> Cost:
        """What is left without so many times another cost."""
        return Cost(*(getattr(self, f.name) - times * getattr(other, f.name) for f in fields(self)))

    def part(self, number: float) -> Cost:
        """What each of so many things cost, and nothing below 0."""
        return Cost(*(max(getattr(self, f.name), 0.0) / number for f in fields(self)))

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Cost:
        """From values by name."""
        return cls(**{each.name: values.get(each.name, 0.0) for each in fields(cls)})


@dataclass(slots=True)
class CountedArchive:
    """An archive of a benchmark, and what it held before the next crawl."""

    archive: BenchArchive
    _held: dict[str, float] = field(default_factory=dict)

    def night(self, days: float, *names: str) -> Cost:
        """`dateline crawl` of sources or of all, days after the first; raises RuntimeError if it fails."""
        folder = self.archive.folder
        moment = (FIRST_NIGHT + timedelta(days=days)).isoformat()
        command = [sys.executable, "-c", _PROGRAM, "--config", str(folder / "dateline.yaml")]
        command += ["crawl", *names, "--json", "--clock", moment]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (folder / "output.txt").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, env=environment)
            main, worker, cpu = _followed(process)
        if process.returncode:
            tail = (folder / "output.txt").read_text(errors="replace")[-3000:]
            raise RuntimeError(f"the crawl ended with status {process.returncode}\n{tail}")
        main_cpu = json.loads((folder / "usage.json").read_text())
        before, self._held = self._held, _held(folder)
        grown = {name: value - before.get(name, 0.0) for name, value in self._held.items()}
        measured = {
            "main_cpu": 1000 * main_cpu,
            "worker_cpu": 1000 * (cpu - main_cpu),
            "main_memory": main,
            "worker_memory": worker,
        }
        return Cost.of({**grown, **measured})


def _followed(process: subprocess.Popen[bytes]) -> tuple[float, float, float]:
    """Wait for a process; the most MB that it had, and that one below it had; seconds of CPU of all."""
    main = worker = 0.0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return main, worker, usage.ru_utime + usage.ru_stime
        for pid in family_of(process.pid):
            mb = pss_of(pid) / 1024
            main, worker = (max(main, mb), worker) if pid == process.pid else (main, max(worker, mb))
        time.sleep(_SAMPLE_SECONDS)


def _held(folder: Path) -> dict[str, float]:
    """Bytes of the store by first part of the key, and of the catalog; and the number of objects."""
    store, held = folder / "archive", {"objects": 0.0}
    for path in store.rglob("*"):
        if path.is_file():
            kind = path.relative_to(store).parts[0]
            held[kind] = held.get(kind, 0.0) + path.stat().st_size
            held["objects"] += 1
    catalog = sqlite3.connect(folder / "catalog.db")
    pages, free, size = (
        catalog.execute(f"pragma {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    [requests] = catalog.execute("select count(*) from capture").fetchone()
    catalog.close()
    return {**held, "catalog": float((pages - free) * size), "requests": float(requests)}
