"""Requests for previews: one child after the other, only where this process leads, every end told."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog import previews
from archive.catalog.catalog import Catalog
from archive.catalog.previews import KEPT, PATIENCE, PreviewRequest
from crawler.schedule.children import Command
from crawler.schedule.previews import Previews
from tests.archive.material import NOON, SetClock

SECONDS = 300.0
ENDLESS = "import signal; signal.pause()"


@dataclass
class Office:
    """A catalog with requests, and children that run a line of Python."""

    catalog: Catalog
    clock: SetClock
    changed: queue.SimpleQueue[None] = field(default_factory=queue.SimpleQueue)
    begun: list[str] = field(default_factory=list)

    def previews(self, line: str = "", *, longest: float = SECONDS) -> Previews:
        def command(request: PreviewRequest) -> Command:
            self.begun.append(request.source)
            return Command([sys.executable, "-S", "-c", line])

        return self.with_command(command, longest)

    def with_command(
        self, command: Callable[[PreviewRequest], Command], longest: float = SECONDS
    ) -> Previews:
        return Previews(self.catalog, self.clock, command, lambda: self.changed.put(None), longest=longest)

    def ask(self, *sources: str) -> None:
        for source in sources:
            now = self.clock.now()
            previews.ask(self.catalog, PreviewRequest(source, f"preview-{source}", now, "web"))

    def status(self, source: str) -> tuple[str, str | None]:
        found = previews.of(self.catalog, source)
        assert found is not None
        return found.status, found.note

    def ended(self, made: Previews) -> None:
        """Wait until the child has ended, and let it be seen."""
        self.changed.get(timeout=SECONDS)
        made.tick(leads=False, busy=())
        assert not made.going


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    yield Office(catalog, SetClock(step=timedelta(seconds=1)))
    catalog.close()


def test_one_after_the_other_and_none_beside_a_run_of_its_source(office: Office) -> None:
    made = office.previews()
    office.ask("a", "b", "c")
    made.tick(leads=False, busy=())
    assert office.begun == []  # another scheduler leads
    made.tick(leads=True, busy={"a"})
    made.tick(leads=True, busy=())
    assert office.begun == ["b"]
    office.ended(made)
    # A child that ends well and leaves no answer was stopped: its request waits on.
    assert office.status("b") == ("to_preview", None)
    made.tick(leads=True, busy={"b", "c"})
    assert office.begun == ["b", "a"]
    made.terminate()
    assert not made.going


@pytest.mark.parametrize(
    ("line", "note"), [("raise SystemExit(3)", "it ended with status 3; the service's log says why")]
)
def test_a_child_that_fails_is_told(office: Office, line: str, note: str) -> None:
    made = office.previews(line)
    office.ask("a")
    made.tick(leads=True, busy=())
    office.ended(made)
    assert office.status("a") == ("failed", note)
    made.tick(leads=True, busy=())
    assert not made.going  # and not tried again by itself


def test_one_that_takes_too_long_is_ended(office: Office) -> None:
    made = office.previews(ENDLESS, longest=0)
    office.ask("a")
    made.tick(leads=True, busy=())
    made.tick(leads=False, busy=())
    assert not made.going
    assert office.status("a") == ("failed", "it took longer than 0 seconds")


def test_one_that_cannot_be_begun_is_told(office: Office, tmp_path: Path) -> None:
    made = office.with_command(lambda _: Command([str(tmp_path / "no-such-program")]))
    office.ask("a")
    made.tick(leads=True, busy=())
    assert office.status("a") == ("failed", "it could not be begun: No such file or directory")


def test_what_was_asked_long_ago_is_told_and_then_forgotten(office: Office) -> None:
    made = office.previews()
    office.ask("a")
    office.clock.moment = NOON + PATIENCE + timedelta(minutes=1)
    made.tick(leads=True, busy=())
    status, note = office.status("a")
    assert (status, "within an hour" in str(note), office.begun) == ("failed", True, [])
    office.clock.moment = NOON + KEPT + timedelta(minutes=1)
    made.tick(leads=True, busy=())
    assert previews.of(office.catalog, "a") is None


def test_the_end_of_the_service_ends_the_child_and_leaves_the_request(office: Office) -> None:
    made = office.previews(ENDLESS)
    office.ask("a")
    made.tick(leads=True, busy=())
    made.terminate()
    assert (made.going, office.status("a")) == (False, ("to_preview", None))
