"""The table of `dateline status`, for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cli.output import console, moment
from cli.printable import printable

if TYPE_CHECKING:
    from archive.rows import AlarmRow
    from archive.views.saved import Saved
    from cli.health import Health, NightLine

_NIGHTS = 14
_BARS = "▁▂▃▄▅▆▇█"
_DAY = timedelta(days=1)


def print_status(found: Sequence[Health], others: Sequence[AlarmRow]) -> None:
    """Print a row for each source, and below them what is amiss; `others` are alarms of no source."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = console()
    table = Table(box=SIMPLE_HEAD)
    for name in ("source", "last run (UTC)", "status"):
        table.add_column(name, no_wrap=True)
    for name in ("new", "usual"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(f"{_NIGHTS} nights", no_wrap=True)
    for name in ("edited", "removed"):
        table.add_column(name, justify="right")
    table.add_column("trouble")
    for name in ("last success", "alarm", "next (UTC)"):
        table.add_column(name, no_wrap=True)
    for health in found:
        table.add_row(*_cells(health))
    out.print(table)
    for alarm in others:
        out.print(printable(f"since {moment(alarm.raised_at)}: {alarm.message}"), soft_wrap=True)
    for health in found:
        since = {alarm.message: alarm.raised_at for alarm in health.alarms}
        for breach in health.breaches:
            began = f" (since {moment(since[breach])})" if breach in since else ""
            see = f"; `dateline runs {health.run} --urls` shows each address" if health.run else ""
            out.print(printable(f"{health.source}: {breach}{began}{see}"), soft_wrap=True)


def print_searches(found: Sequence[Saved]) -> None:
    """Print what each saved search found last."""
    out = console()
    for saved in found:
        newest = saved.newest
        headline = newest and (newest.article.title or newest.article.url)
        last = f", the last {moment(newest.at)}: {headline}" if newest else ""
        out.print(printable(f"search {saved.name}: {saved.finds:,} found{last}"), soft_wrap=True)


def sparkline(nights: Sequence[NightLine]) -> str:
    """A bar for each of the newest nights; a space for one without a run.

    The lowest bar is a night without an article.
    """
    if not nights:
        return ""
    by_day = {night.night: night.articles for night in nights}
    newest = max(by_day)
    days = [newest - back * _DAY for back in range(_NIGHTS - 1, -1, -1)]
    most = max((by_day[day] for day in days if day in by_day), default=0)
    return "".join(_bar(by_day[day], most) if day in by_day else " " for day in days)


def _bar(articles: int, most: int) -> str:
    if not articles:
        return _BARS[0]
    return _BARS[max(1, round(articles / most * (len(_BARS) - 1)))]


def _cells(health: Health) -> tuple[str, ...]:
    last = health.nights[-1] if health.nights else None
    alarm = ", ".join(alarm.kind.replace("_", " ") for alarm in health.alarms)
    return (
        health.source if health.enabled else f"{health.source} (off)",
        moment(health.started_at),
        health.status or "never crawled",
        f"{last.articles if last is not None else health.new:,}",
        "·" if last is None or last.usual is None else f"{last.usual:,}",
        sparkline(health.nights),
        f"{health.edited:,}" if health.edited else "·",
        f"{health.removed:,}" if health.removed else "·",
        _trouble(health),
        moment(health.last_success),
        alarm or "·",
        "paused" if health.paused and not health.next_at else moment(health.next_at),
    )


def _trouble(health: Health) -> str:
    """The newest night's failures by class, the most frequent first."""
    failures: Mapping[str, int] = health.failures or {}
    most = sorted(failures.items(), key=lambda item: (-item[1], item[0]))[:3]
    return ", ".join(f"{number:,} {name}" for name, number in most) or "·"
