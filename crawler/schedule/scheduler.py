"""The scheduler's tick: look at the ledger, decide, enter what was decided, then start the children.

The entry is acknowledged before any child starts. A crash between the two leaves a run that nobody works
on, which the next tick, here or in another process, resumes: no slot runs twice, and none is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from archive.catalog import runs
from archive.clock import Clock
from archive.commit import Committer
from archive.free_space import least_free
from archive.journal import JournalWriter, new_writer
from archive.opening import Archive
from archive.recovery import recover
from archive.rows import RunRequestRow, RunRow
from config.settings import Settings
from crawler.schedule.children import Children, Command, EndedChild, Retries
from crawler.schedule.decide import LedgerState, Rules, decide
from crawler.schedule.given_up import closing_rows, given_up
from crawler.schedule.leadership import Leadership, holder_name
from crawler.schedule.run_ledger import LedgerEntry, NewestSlots, entry_of, read_state
from crawler.schedule.timetable import Timetable
from crawler.watch.alarm import Severity
from crawler.watch.found import Watchlist
from crawler.watch.keeper import AlarmKeeper

log = structlog.get_logger()

DISK_FULL = "disk_full"

_SHORTEST_LEASE = 90.0
_CLOCK_SLACK = timedelta(hours=2)  # a ledger further ahead of the clock than this deserves a word


class Scheduler:
    """Runs the slots of some sources. Used by one thread.

    Args:
        archive: where the ledger is.
        timetables: enabled sources.
        settings: the settings.
        clock: the time of day.
        command: how to start the child that carries a run out.
        changed: called from another thread when a child has ended, so that a tick is due.
        known: names of all sources, those that are switched off too; those of the timetables if None.
        keeper: of alarms; one of the settings if None.
    """

    def __init__(
        self,
        archive: Archive,
        timetables: Sequence[Timetable],
        settings: Settings,
        clock: Clock,
        *,
        command: Callable[[RunRow], Command],
        changed: Callable[[], None],
        known: Callable[[], Collection[str]] | None = None,
        keeper: AlarmKeeper | None = None,
    ) -> None:
        self.alarms = keeper or AlarmKeeper(
            settings.alarms, clock, settings.schedule.tick, watchlist=Watchlist.of(settings)
        )
        self._known = known or (lambda: {table.source for table in self._timetables})
        self._archive, self._timetables, self._clock = archive, timetables, clock
        self._spool_root, self._settings = settings.spool, settings
        tick = settings.schedule.tick
        grace = timedelta(hours=settings.schedule.grace_hours)
        self._rules = Rules(grace=grace, gather=timedelta(seconds=tick))
        self._children, self._retries = Children(command, changed), Retries(tick)
        holder = holder_name(new_writer(clock.now()))
        self._leadership = Leadership(archive.catalog, holder, max(_SHORTEST_LEASE, 3 * tick), clock)
        self._committer: Committer | None = None  # None: the ledger may lack what was journaled
        self._slots = NewestSlots()
        self._ended: list[EndedChild] = []  # not reported yet
        self._stopping = False
        self._full: bool | None = None
        self._standing_by_for: str | None = None
        self._warned: set[str] = set()

    def follow(self, timetables: Sequence[Timetable]) -> None:
        """Run the slots of these sources from the next tick on; what is going goes on."""
        self._timetables = timetables

    @property
    def busy(self) -> bool:
        """Whether children are going, or have ended since the last look."""
        return bool(self._children.going)

    @property
    def idle(self) -> bool:
        """Whether this scheduler leads and no run of its own goes on."""
        return self._leadership.holds and not self.busy

    @property
    def leads(self) -> bool:
        """Whether this scheduler is the one that decides."""
        return self._leadership.holds

    @property
    def sources_going(self) -> frozenset[str]:
        """The sources of the runs that our own children work on."""
        return frozenset(name for going in self._children.going.values() for name in going.sources)

    def tick(self) -> None:
        """Do everything that is due now.

        Raises what store and catalog raise; the next tick then begins by reading the journal again.
        """
        self._report_ended()
        if not self._lead():
            return
        try:
            committer = self._committer or self._begin_writing()
            self._enter_and_start(committer)
            self.alarms.tick(self._archive.catalog, committer, {table.source for table in self._timetables})
        except BaseException:
            self._committer = None
            raise

    def terminate(self) -> None:
        """Ask the children to acknowledge what is in flight and end; `busy` tells when they have."""
        self._stopping = True
        for run_id in self._children.going:
            log.info("stopping run", run=run_id)
        self._children.terminate()

    def await_end(self) -> None:
        """A tick while stopping: report children that ended, keep the lease, start nothing."""
        self._report_ended()
        self._leadership.claim()

    def close(self) -> None:
        """Give the lease back."""
        self._leadership.release()

    def _lead(self) -> bool:
        led = self._leadership.holds
        if self._leadership.claim():
            if not led:
                self._committer = None  # another may have written since
                log.info("this scheduler leads", holder=self._leadership.holder)
                if self._leadership.taken_from is not None:
                    self.alarms.leader_lost(*self._leadership.taken_from)
            self._standing_by_for = None
            return True
        leader = self._leadership.leader() or "another scheduler"
        if leader != self._standing_by_for:
            log.warning(
                "another scheduler leads; standing by to take over when its lease ends", leader=leader
            )
            self._standing_by_for = leader
        return False

    def _begin_writing(self) -> Committer:
        """Apply what was journaled and not entered, free what dead processes held, and write from here on."""
        store, catalog = self._archive.store, self._archive.catalog
        self._slots = NewestSlots()  # another may have entered some since
        mended = recover(store, catalog, self._spool_root, self._clock, replica=self._archive.replica)
        if mended.entries or mended.spools:
            log.info("mended what dead processes left", entries=mended.entries, captures=mended.captures)
        journal = JournalWriter(store, new_writer(self._clock.now()), self._clock)
        self._committer = Committer(store, catalog, journal, self._clock)
        return self._committer

    def _enter_and_start(self, committer: Committer) -> None:
        state = read_state(
            self._archive.catalog,
            self._timetables,
            self._clock,
            ours=self._children.going,
            held_back=self._retries.held_back,
            slots=self._slots,
        )
        self._warn(state)
        self._close_given_up(committer, state)
        refused = self._unknown(state.requests)
        waiting = tuple(one for one in state.requests if one.id not in {no.id for no in refused})
        state = replace(state, requests=waiting)
        decisions = decide(self._timetables, state, self._clock.now(), self._rules_now())
        entry = entry_of(decisions, self._clock, refused)
        if not self._leadership.holds:
            return  # we were stopped for longer than the lease: the next tick asks for it again
        committer.commit_rows(entry.rows)
        self._slots.entered(entry.slots)
        _log_passed(entry)
        for run in decisions.resume:
            log.info("run goes on", run=run.id, sources=run.sources, night=run.night)
            self._children.start(run, self._clock)
        for run in entry.runs:
            log.info("run started", run=run.id, sources=run.sources, night=run.night)
            self._children.start(run, self._clock)

    def _close_given_up(self, committer: Committer, state: LedgerState) -> None:
        """Close runs by hand that were interrupted longer ago than anything is caught up."""
        for run in given_up(state.left, self._clock.now(), self._rules.grace):
            committer.commit_rows([*closing_rows(self._archive.catalog, run, self._clock)])
            log.warning("an interrupted run that nobody went on with is closed", run=run.id, kind=run.kind)

    def _rules_now(self) -> Rules:
        """Where the disk is nearly full nothing begins: slots wait, for what would only be skipped."""
        quota, room = self._settings.quota, least_free(self._settings.spool, self._settings.store)
        full = room is not None and room.free < quota.min_free
        if room is None or not full:
            if self._full is not False:  # also at the first look: it may have been full when we ended
                self.alarms.door.clear_alarm(DISK_FULL, message="there is room again")
            self._full = False
            return self._rules
        self._full = True
        least = quota.min_free >> 20
        message = (
            f"{room.place} has {room.free >> 20:,} MiB left, less than quota.min_free ({least:,} MiB): "
            "nothing is crawled until there is room"
        )
        self.alarms.door.raise_alarm(DISK_FULL, message, severity=Severity.ERROR)
        return replace(self._rules, most_runs=0)

    def _unknown(self, requests: Sequence[RunRequestRow]) -> list[RunRequestRow]:
        """Requests for sources that are no more, answered."""
        known, answers = self._known(), []
        for request in requests:
            if missing := sorted(set(request.sources) - set(known)):
                note = f"there is no source {', '.join(missing)}"
                log.warning("a run that was asked for cannot begin", request=request.id, why=note)
                answers.append(replace(request, status="refused", answered_at=self._clock.now(), note=note))
        return answers

    def _report_ended(self) -> None:
        self._ended += self._children.reap()
        while self._ended:
            self._report(self._ended[0])  # may raise: then it is told at the next tick
            self._ended.pop(0)

    def _report(self, child: EndedChild) -> None:
        run = runs.run_by_id(self._archive.catalog, child.run.id) or child.run
        outcomes: dict[str, int] = {}
        for tally in runs.tally(self._archive.catalog, run.id):
            name = tally.outcome or "waiting"
            outcomes[name] = outcomes.get(name, 0) + tally.count
        if run.finished_at is not None:
            self._retries.finished(run.id)
            self.alarms.run_ended(run.id)
            tell = log.info if run.status == "done" else log.warning
            seconds = round((run.finished_at - run.started_at).total_seconds(), 1)
            tell("run ended", run=run.id, status=run.status, seconds=seconds, **outcomes)
            return
        if self._stopping:
            log.info("run stopped; it goes on at the next start", run=run.id, **outcomes)
            return
        self._committer = None  # what it left behind is mended before the next decision
        wait = self._retries.failed(run.id)
        self.alarms.run_failed(run.id, run.sources)
        log.warning(
            "run interrupted; it goes on later",
            run=run.id,
            exit_status=child.status,
            problem=child.problem,
            next_try_seconds=wait,
            **outcomes,
        )

    def _warn(self, state: LedgerState) -> None:
        """Say once what keeps a source from running."""
        now, known = self._clock.now(), {timetable.source for timetable in self._timetables}
        for source, slot in state.newest.items():
            if slot.instant > now + _CLOCK_SLACK and slot.key not in self._warned:
                self._warned.add(slot.key)
                log.warning(
                    "the ledger has a later slot than the clock: nothing runs before; is the clock right?",
                    source=source,
                    slot=slot.key,
                )
        for run in state.interrupted:
            if not known.issuperset(run.sources) and run.id not in self._warned:
                self._warned.add(run.id)
                log.warning(
                    "an interrupted run cannot go on: not all of its sources are enabled",
                    run=run.id,
                    sources=sorted(set(run.sources) - known),
                )


def _log_passed(entry: LedgerEntry) -> None:
    for slot in entry.slots:
        if slot.status != "run":
            log.warning("slot does not run", source=slot.source, slot=slot.slot, why=slot.status)
