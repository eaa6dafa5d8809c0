"""The health of a source: its newest run, its nights, its alarms, its next slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from cli.account import WAITING, RunAccount

if TYPE_CHECKING:
    from archive.catalog.watch import SourceWatch
    from archive.rows import AlarmRow
    from archive.rows.orders import PauseRow
    from config.source import Source
    from crawler.schedule.upcoming import Upcoming

_READ = ("archived", "unchanged")


@dataclass(frozen=True, slots=True)
class NightLine:
    """One night: its new articles, and how many such a night usually brings (None: not known yet)."""

    night: date
    articles: int
    usual: int | None


@dataclass(frozen=True, slots=True)
class Health:
    """How one source stands.

    Attributes:
        run: id of its newest run; None if it was never crawled.
        new, edited, removed: versions that this run made of the source.
        failed, quarantined, gone, waiting: addresses of the source that ended so in this run.
        last_success: end of the newest run that came to its end and could read something of the source.
        breaches: what its open alarms say, and what else is amiss with the newest run.
        nights: its newest nights, oldest first; empty until a run has ended.
        failures: of the newest night, by class.
        alarms: that are open, oldest first.
        next_at, next_slot: when it runs next; None if it does not.
        paused: what holds it now.
    """

    source: str
    enabled: bool
    run: str | None
    status: str | None
    started_at: datetime | None
    discovered: int = 0
    new: int = 0
    edited: int = 0
    removed: int = 0
    failed: int = 0
    quarantined: int = 0
    gone: int = 0
    waiting: int = 0
    last_success: datetime | None = None
    breaches: tuple[str, ...] = ()
    nights: tuple[NightLine, ...] = ()
    failures: Mapping[str, int] | None = None
    alarms: tuple[AlarmRow, ...] = ()
    next_at: datetime | None = None
    next_slot: str | None = None
    paused: PauseRow | None = None


def health_of(
    source: Source, runs: Sequence[RunAccount], watched: SourceWatch, coming: Upcoming | None = None
) -> Health:
    """How a source stands.

    Args:
        source: the source.
        runs: its newest runs, newest first; those that saved pages by hand say nothing of it.
        watched: its nights and its alarms.
        coming: its next slot; None if it is not crawled.
    """
    runs = [run for run in runs if run.documents or run.finished_at is None]
    newest = runs[0] if runs else None
    outcomes: dict[str, int] = {}
    if newest is not None:
        found = newest.outcomes.get(source.name, {})
        outcomes = {kind: sum(reasons.values()) for kind, reasons in found.items()}
    made = newest.versions.get(source.name, {}) if newest is not None else {}
    night = watched.newest
    return Health(
        source=source.name,
        enabled=source.enabled,
        run=newest.id if newest else None,
        status=newest.status if newest else None,
        started_at=newest.started_at if newest else None,
        discovered=sum(outcomes.values()),
        new=made.get("new", 0),
        edited=made.get("edited", 0),
        removed=made.get("removed", 0),
        failed=outcomes.get("failed", 0),
        quarantined=outcomes.get("quarantined", 0),
        gone=outcomes.get("gone", 0),
        waiting=outcomes.get(WAITING, 0),
        last_success=_last_success(source.name, runs, watched),
        breaches=(*_of_run(newest, outcomes), *(alarm.message for alarm in watched.alarms)),
        nights=tuple(NightLine(one.night, one.articles, one.last.usual) for one in watched.nights),
        failures=None if night is None else dict(night.failures),
        alarms=watched.alarms,
        next_at=coming.begins if coming else None,
        next_slot=coming.slot.key if coming and coming.slot else None,
        paused=coming.pause if coming else None,
    )


def _of_run(run: RunAccount | None, outcomes: Mapping[str, int]) -> list[str]:
    """What is amiss with a run itself, whatever is expected of the source."""
    if run is None:
        return []
    if run.status == "interrupted":
        goes_on = "the next crawl goes on with it" if run.finished_at is None else "nobody went on with it"
        return [f"the newest run was interrupted; {goes_on}"]
    found = ["the sums of the newest run don't match"] if run.status == "broken" else []
    if run.status != "running" and not outcomes:
        found.append("nothing was discovered")
    return found


def _last_success(name: str, runs: Sequence[RunAccount], watched: SourceWatch) -> datetime | None:
    ended = [run.finished_at for run in runs if run.finished_at is not None and _succeeded(name, run)]
    for night in watched.nights:
        row = night.last
        if row.archived or row.unchanged or row.not_modified:
            ended.append(row.at)
    return max(ended, default=None)


def _succeeded(source: str, run: RunAccount) -> bool:
    outcomes = run.outcomes.get(source, {})
    return run.status == "done" and any(outcomes.get(kind) for kind in (*_READ, "not_modified"))
