"""What led front pages hour by hour, side by side between sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from archive.catalog import fronts
from archive.catalog.article_reads import articles_at
from archive.rows import ArticleRow, FrontRow
from archive.views.fronts import Lead, homes_of
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer

MOST_SOURCES = 8  # side by side
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour in which a lead changed: by source, in the day's order, what came to lead, oldest first."""

    begin: datetime
    leads: tuple[tuple[Lead, ...], ...]


@dataclass(frozen=True, slots=True)
class FrontDay:
    """A day (UTC) of front pages; `day` is None where there never was one.

    Attributes:
        before, after: the nearest other days on which one of the pages was seen anew.
        sources: whose home pages these are, by name; at most 8.
        left_out: sources that have front pages too.
        standing: by source, what led as the day began; None if nothing is known.
        hours: those in which something came to lead, oldest first.
    """

    day: date | None
    before: date | None
    after: date | None
    sources: tuple[str, ...]
    left_out: tuple[str, ...]
    standing: tuple[Lead | None, ...]
    hours: tuple[Hour, ...]


def front_day(
    viewer: Viewer, files: SourceFiles, names: Sequence[str], day: date | None, chosen: Sequence[str] = ()
) -> FrontDay:
    """A day (None: the newest) of the home pages of `chosen` sources, or of the first of `names`."""
    homes = homes_of(viewer, files, names)
    shown = [home for home in homes if home[0] in chosen] or homes
    shown = shown[:MOST_SOURCES]
    urls = [url for _, url in shown]
    named = {name for name, _ in shown}
    others = tuple(name for name, _ in homes if name not in named)
    end = viewer.clock.now() + _DAY
    newest, _ = fronts.lists_around(viewer.catalog, urls, end, end)
    if day is None and newest is None:
        return FrontDay(None, None, None, (), others, (), ())
    asked = day or (newest or end).date()
    begin = datetime.combine(asked, time(), UTC)
    rows = [_rows(viewer, name, url, begin) for name, url in shown]
    known = articles_at(viewer.catalog, {row.link_key for each in rows for row in each})
    before, after = fronts.lists_around(viewer.catalog, urls, begin, begin + _DAY)
    return FrontDay(
        day=asked,
        before=before.date() if before else None,
        after=after.date() if after else None,
        sources=tuple(name for name, _ in shown),
        left_out=others,
        standing=tuple(_lead(each[0], known) if each and each[0].at < begin else None for each in rows),
        hours=tuple(_hours(rows, begin, known)),
    )


def _rows(viewer: Viewer, name: str, url: str, begin: datetime) -> list[FrontRow]:
    found = fronts.leads_between(viewer.catalog, url, begin, begin + _DAY)
    return [row for row in found if viewer.sight.sees(name, row.url, row.at)]


def _hours(
    rows: Sequence[Sequence[FrontRow]], begin: datetime, known: Mapping[str, ArticleRow]
) -> list[Hour]:
    """What leads on and on stands where it began; an hour without anything new is left out."""
    begun = [_begun(each) for each in rows]
    found = []
    for number in range(24):
        start = begin + number * _HOUR
        leads = tuple(
            tuple(_lead(row, known) for row in each if start <= row.at < start + _HOUR) for each in begun
        )
        if any(leads):
            found.append(Hour(start, leads))
    return found


def _begun(rows: Sequence[FrontRow]) -> list[FrontRow]:
    """Those that led anew: at another address, or under another headline."""
    pairs = zip(rows[1:], rows, strict=False)
    return [
        *rows[:1],
        *(row for row, last in pairs if (row.link_key, row.title) != (last.link_key, last.title)),
    ]


def _lead(row: FrontRow, known: Mapping[str, ArticleRow]) -> Lead:
    article = known.get(row.link_key)
    return Lead(row.at, row.title, row.link, article.id if article else None)
