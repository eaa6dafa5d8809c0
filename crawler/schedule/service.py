"""The loop around the scheduler: a tick at least every so many seconds, and a clean end."""

from __future__ import annotations

import queue
from collections.abc import Callable, Collection, Sequence

import structlog

from archive.catalog.previews import PreviewRequest
from archive.clock import Clock
from archive.opening import Archive
from archive.rows import RunRow
from config.errors import ServiceUnreachable
from config.settings import Settings
from crawler.schedule.alarms import alarms
from crawler.schedule.children import Command
from crawler.schedule.daily import Daily
from crawler.schedule.previews import Previews
from crawler.schedule.scheduler import Scheduler
from crawler.schedule.timetable import Timetable
from crawler.watch.keeper import AlarmKeeper

log = structlog.get_logger()


class ScheduleService:
    """Ticks until asked to stop. It waits by the monotonic clock and looks at the other at every tick.

    So a machine that slept, or whose clock was set, catches up within one tick; APScheduler's alarms end the
    wait early, at the very instant of a slot.
    """

    def __init__(
        self,
        archive: Archive,
        timetables: Sequence[Timetable],
        settings: Settings,
        clock: Clock,
        *,
        command: Callable[[RunRow], Command],
        daily: Command | None = None,
        daily_wanted: Callable[[], bool] = lambda: True,
        preview: Callable[[PreviewRequest], Command] | None = None,
        changed: Callable[[], Sequence[Timetable] | None] = lambda: None,
        known: Callable[[], Collection[str]] | None = None,
        keeper: AlarmKeeper | None = None,
    ) -> None:
        """Make a service that waits for `run`.

        Args:
            archive: where the ledger is.
            timetables: enabled sources.
            settings: the settings.
            clock: the time of day.
            command: how to start the child that carries a run out.
            daily: what is run once a day while no crawl is; None for nothing.
            daily_wanted: asked before it is: whether there is anything to do.
            preview: how to start the child that answers a request for a preview; None: nobody does here.
            changed: asked before each tick: the timetables from now on, or None if they are as before.
            known: names of all sources, those that are switched off too; those of the timetables if None.
            keeper: of alarms; one of the settings if None.
        """
        self._changed = changed
        self._timetables, self._tick = timetables, settings.schedule.tick
        # SimpleQueue.put is reentrant, which Event.set is not: a signal handler may call `stop`.
        self._inbox: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._daily = Daily(daily, clock, daily_wanted) if daily is not None else None
        self._previews = Previews(archive.catalog, clock, preview, self._wake) if preview else None
        self._stopping = False
        self._problem: str | None = None  # told already
        self.scheduler = Scheduler(
            archive,
            timetables,
            settings,
            clock,
            command=command,
            changed=self._wake,
            known=known,
            keeper=keeper,
        )

    def stop(self) -> None:
        """Ask for a clean end; may be called from a signal handler or another thread."""
        self._stopping = True
        self._wake()

    def run(self) -> None:
        """Run the schedule until `stop`; then end the children, wait for them and give the lease back.

        Raises what is no matter of a service being away for a while; children have then been ended as well.
        """
        try:
            while not self._stopping:
                with alarms(self._timetables, self._wake) as look_again:
                    self._until_changed(look_again)
        finally:
            self._end()

    def _until_changed(self, look_again: Callable[[], None]) -> None:
        """Tick until asked to stop, or until there are other timetables."""
        while not self._follow():
            self._try(self._tick_all)
            if self._daily is not None:
                self._daily.tick(quiet=self.scheduler.idle)
            look_again()
            self._wait()
            if self._stopping:
                return

    def _tick_all(self) -> None:
        self.scheduler.tick()
        if self._previews is not None:
            self._previews.tick(leads=self.scheduler.leads, busy=self.scheduler.sources_going)

    def _follow(self) -> bool:
        """Whether there are other timetables now, which the scheduler then follows."""
        timetables = self._changed()
        if timetables is None:
            return False
        self._timetables = timetables
        self.scheduler.follow(timetables)
        return True

    def _end(self) -> None:
        self.scheduler.terminate()
        if self._daily is not None:
            self._daily.terminate()
        if self._previews is not None:
            self._previews.terminate()
        self._try(self.scheduler.await_end)
        while self.scheduler.busy:
            self._wait()
            self._try(self.scheduler.await_end)
        self._try(self.scheduler.close)

    def _wake(self) -> None:
        self._inbox.put(None)

    def _wait(self) -> None:
        """Until something happens, but no longer than a tick."""
        try:
            self._inbox.get(timeout=self._tick)
            while True:
                self._inbox.get_nowait()  # everything that happened until now is one reason
        except queue.Empty:
            return

    def _try(self, act: Callable[[], None]) -> None:
        """Do something that needs store and catalog; if one is away, say so and go on: a tick follows."""
        try:
            act()
        except ServiceUnreachable as error:
            if (problem := str(error)) != self._problem:
                log.error("the schedule waits for a service", problem=problem)  # noqa: TRY400 - no traceback
                self._problem = problem
            self.scheduler.alarms.away(problem)
            return
        self.scheduler.alarms.back()
        if self._problem:
            log.info("the service is back")
            self._problem = None
