"""An archive in a folder, a clock that the test sets, and children that do as they are told."""

from __future__ import annotations

import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.catalog import runs
from archive.clock import isoformat_z
from archive.opening import Archive, open_archive
from archive.rows import RunRow
from config.sections import ScheduleSettings
from config.settings import Settings
from crawler.schedule.children import Command
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.service import ScheduleService
from crawler.schedule.timetable import Timetable

CHILD = Path(__file__).parent / "run_child.py"
SECONDS = 300.0  # any wait of a test ends by then


@dataclass
class SetClock:
    """Shows what it was set to."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def set(self, text: str) -> None:
        """`11T02:00` is in March 2026, UTC."""
        self.moment = datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


@dataclass
class Stage:
    """Everything that a scheduler needs."""

    settings: Settings
    archive: Archive
    clock: SetClock
    listener: socket.socket
    changed: queue.SimpleQueue[None] = field(default_factory=queue.SimpleQueue)
    schedulers: list[Scheduler] = field(default_factory=list)
    children: dict[str, socket.socket] = field(default_factory=dict)
    services: list[tuple[ScheduleService, threading.Thread]] = field(default_factory=list)

    def scheduler(
        self, *names: str, command: Callable[[RunRow], Command] | None = None, tick: float = 30.0
    ) -> Scheduler:
        """A scheduler of sources that are crawled at 02:00 UTC."""
        settings = self.settings.model_copy(update={"schedule": ScheduleSettings(tick=tick)})
        made = Scheduler(
            self.archive,
            [Timetable(name, "0 2 * * *", "UTC") for name in names],
            settings,
            self.clock,
            command=command or self.command,
            changed=lambda: self.changed.put(None),
        )
        self.schedulers.append(made)
        return made

    def service(self, *, tick: float, grace_hours: float = 24) -> ScheduleService:
        """A running service of source `a`; the stage ends it if the test does not."""
        schedule = ScheduleSettings(tick=tick, grace_hours=grace_hours)
        settings = self.settings.model_copy(update={"schedule": schedule})
        table = Timetable("a", "0 2 * * *", "UTC")
        made = ScheduleService(self.archive, [table], settings, self.clock, command=self.command)
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        self.services.append((made, thread))
        return made

    def end(self, service: ScheduleService) -> None:
        """Stop a service and wait for its end."""
        thread = next(thread for made, thread in self.services if made is service)
        service.stop()
        thread.join(SECONDS)
        assert not thread.is_alive()

    def command(self, run: RunRow) -> Command:
        port = str(self.listener.getsockname()[1])
        places = (self.settings.store, self.settings.catalog, str(self.settings.spool))
        return Command([sys.executable, str(CHILD), *places, run.id, isoformat_z(self.clock.now()), port])

    def child(self) -> str:
        """Wait until a child is there; the result is its run's id."""
        connection, _ = self.listener.accept()
        connection.settimeout(SECONDS)
        run_id = connection.recv(200).decode().strip()
        self.children[run_id] = connection
        return run_id

    def tell(self, run_id: str, word: str) -> None:
        """Tell a child how to end, and wait until it has."""
        with self.children.pop(run_id) as connection:
            connection.sendall(word.encode())
        self.changed.get(timeout=SECONDS)

    def slots(self, source: str) -> list[str]:
        """The source's slots: `10T02:00 run`."""
        return [f"{row.slot[8:16]} {row.status}" for row in runs.slots_of(self.archive.catalog, source)]

    def runs(self) -> list[str]:
        """All runs, oldest first: `done a b`."""
        found = reversed(runs.newest_runs(self.archive.catalog))
        return [" ".join((run.status, *run.sources)) for run in found]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("PYTHONPATH", str(CHILD.parent.parent.parent.parent))
    settings = Settings(
        store=f"file://{tmp_path}/store", catalog=f"sqlite:///{tmp_path}/catalog.db", spool=tmp_path / "spool"
    )
    archive = open_archive(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        made = Stage(settings, archive, SetClock(datetime(2026, 3, 10, 2, tzinfo=UTC)), listener)
        yield made
        for service, _ in made.services:
            made.end(service)
        for scheduler in made.schedulers:
            scheduler.terminate()
        for connection in made.children.values():
            connection.close()
        for scheduler in made.schedulers:
            scheduler.await_end()
            while scheduler.busy:
                made.changed.get(timeout=SECONDS)
                scheduler.await_end()
    archive.close()
