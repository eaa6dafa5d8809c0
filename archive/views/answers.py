"""Answers of lists and sources, as the API and the Python client give them: each list a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.catalog import orders, watch
from archive.rows import AlarmRow, FigureRow, PauseRow, RunRow
from archive.rows.orders import EVERY_SOURCE
from archive.views.fronts import Front, Lead, front, leads, pages_of
from archive.views.health import Health, health_of
from archive.views.notebook import shown
from archive.views.paging import Cut, cut_at, read_cursor, write_cursor
from archive.views.source_files import SourceFiles
from archive.views.sources import SourceCard, newest_runs, source_cards, source_view
from archive.views.today import SourceNight
from archive.views.viewer import Viewer

_NIGHTS = 28


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source among all, with its newest runs, oldest first.

    Attributes:
        alarms: that are open.
        pause: that holds now, of this source or of all.
    """

    name: str
    title: str | None
    homepage: str | None
    timezone: str | None
    schedule: str | None
    enabled: bool | None
    newest: SourceNight | None
    history: tuple[SourceNight, ...]
    alarms: tuple[AlarmRow, ...]
    pause: PauseRow | None


@shown
@dataclass(frozen=True, slots=True)
class SourceList:
    """Every source, by name."""

    sources: tuple[SourceSummary, ...]


@shown
@dataclass(frozen=True, slots=True)
class SourceDetail:
    """A source with its runs, newest first, and its file.

    Attributes:
        file: as it lies there. problems: what is wrong with it.
        alarms: that are open.
        pause: that holds now, of this source or of all.
        figures: what each run of its newest 28 nights brought, oldest first, and what is usual.
        health: month by month, and of its newest run recall and how long the steps took.
    """

    name: str
    title: str | None
    homepage: str | None
    timezone: str | None
    schedule: str | None
    enabled: bool | None
    file: str | None
    problems: tuple[str, ...]
    alarms: tuple[AlarmRow, ...]
    pause: PauseRow | None
    figures: tuple[FigureRow, ...]
    health: Health
    runs: tuple[SourceNight, ...]


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first; `next` begins the next page."""

    runs: tuple[RunRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class AlarmList:
    """Alarms that are open, oldest first, and the newest of all, those that are over too.

    `next` begins the next page of `newest`.
    """

    open: tuple[AlarmRow, ...]
    newest: tuple[AlarmRow, ...]
    next: str | None


@shown
@dataclass(frozen=True, slots=True)
class FrontHistory:
    """A front page at a moment, and what led it over time, newest first; `pages` are its source's."""

    front: Front | None
    leads: tuple[Lead, ...]
    pages: tuple[str, ...]


def source_list(viewer: Viewer, files: SourceFiles) -> SourceList:
    """Every source that a file or one of the newest runs names."""
    alarms, held = watch.open_alarms(viewer.catalog), pauses_now(viewer)
    return SourceList(
        tuple(
            _summary(card, alarms, held.get(card.name, held.get(EVERY_SOURCE)))
            for card in source_cards(viewer, files)
        )
    )


def source_detail(viewer: Viewer, name: str, files: SourceFiles) -> SourceDetail | None:
    """One source; None if neither a file nor a run knows it."""
    found = source_view(viewer, name, files)
    if found is None:
        return None
    source, file = found.source, found.file
    return SourceDetail(
        name=found.name,
        title=source.title if source else None,
        homepage=source.homepage if source else None,
        timezone=source.timezone if source else None,
        schedule=source.schedule if source else None,
        enabled=source.enabled if source else None,
        file=file.text if file else None,
        problems=file.problems if file else (),
        alarms=tuple(watch.open_alarms(viewer.catalog, [name])),
        pause=pause_now(viewer, name),
        figures=tuple(watch.figures_of(viewer.catalog, name, _NIGHTS)),
        health=health_of(viewer, name, found.runs),
        runs=found.runs,
    )


def pauses_now(viewer: Viewer) -> dict[str, PauseRow]:
    """The pauses that hold now, by source; that of the whole schedule under `*`."""
    now = viewer.clock.now()
    return {row.source: row for row in orders.pauses(viewer.catalog) if row.covers(now)}


def pause_now(viewer: Viewer, source: str) -> PauseRow | None:
    """The pause that holds a source now, be it its own or that of the whole schedule."""
    pauses = (orders.pause_of(viewer.catalog, each) for each in (source, EVERY_SOURCE))
    return next((row for row in pauses if row and row.covers(viewer.clock.now())), None)


def run_list(viewer: Viewer, limit: int = 50, cursor: str | None = None) -> RunList:
    """Runs of all sources; raises QueryError for a cursor of something else."""
    after = None if cursor is None else read_cursor(cursor, "runs", (datetime, str))
    cut: Cut[RunRow] = cut_at(newest_runs(viewer, limit + 1, after), limit)
    following = write_cursor("runs", (cut.last.started_at, cut.last.id)) if cut.last else None
    return RunList(tuple(cut.kept), following)


def alarm_list(viewer: Viewer, limit: int = 50, cursor: str | None = None) -> AlarmList:
    """Open alarms, and a page of all; raises QueryError for a cursor of something else."""
    after = None if cursor is None else read_cursor(cursor, "alarms", (str,))[0]
    cut: Cut[AlarmRow] = cut_at(watch.newest_alarms(viewer.catalog, limit + 1, after), limit)
    following = write_cursor("alarms", (cut.last.id,)) if cut.last else None
    return AlarmList(tuple(watch.open_alarms(viewer.catalog)), tuple(cut.kept), following)


def front_history(
    viewer: Viewer, source: str, url: str | None = None, at: datetime | None = None
) -> FrontHistory | None:
    """One front page of a source, its first if None; None if there are no lists of it."""
    pages = pages_of(viewer, source)
    chosen = url or next(iter(pages), None)
    if chosen is None or chosen not in pages:
        return None
    found = front(viewer, source, chosen, at)
    return FrontHistory(found, tuple(leads(viewer, source, chosen)), tuple(pages))


def _summary(card: SourceCard, alarms: list[AlarmRow], pause: PauseRow | None) -> SourceSummary:
    source = card.source
    return SourceSummary(
        name=card.name,
        title=source.title if source else None,
        homepage=source.homepage if source else None,
        timezone=source.timezone if source else None,
        schedule=source.schedule if source else None,
        enabled=source.enabled if source else None,
        newest=card.newest,
        history=card.history,
        alarms=tuple(row for row in alarms if row.subject == card.name),
        pause=pause,
    )
