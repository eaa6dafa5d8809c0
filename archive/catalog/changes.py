"""What a run changed: the versions it made, with their events."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, select
from archive.catalog.schema import event, run, version
from archive.rows import RunRow, VersionRow


@dataclass(frozen=True, slots=True)
class Change:
    """One version that a run made, and the kinds of its events, once each (none for a first version)."""

    version: VersionRow
    events: tuple[str, ...]


def changes_of(catalog: Catalog, made_by: RunRow) -> list[Change]:
    """The versions that a run made, in order of capture."""
    # The moment narrows it to the index by time: no version is older than the run that made it. Captures
    # have the whole second that began before (WARC-Date), runs have microseconds.
    begun = made_by.started_at.replace(microsecond=0)
    mine = sa.and_(version.c.run_id == made_by.id, version.c.captured_at >= begun)
    order = (version.c.captured_at, version.c.url, version.c.number)
    versions = fetch(catalog, VersionRow, select(VersionRow).where(mine).order_by(*order))
    joined = sa.and_(version.c.article_id == event.c.article_id, version.c.number == event.c.number)
    query = (
        sa.select(event.c.article_id, event.c.number, event.c.position, event.c.kind)
        .join_from(event, version, joined)
        .where(mine)
    )  # not in order: SQLite would read every event there is, along the index that has this order
    kinds: dict[tuple[str, int], list[str]] = {}
    with catalog.read() as connection:
        for article_id, number, _, kind in sorted(map(tuple, connection.execute(query))):
            kinds.setdefault((article_id, number), []).append(kind)
    return [
        Change(row, tuple(dict.fromkeys(kinds.get((row.article_id, row.number), ())))) for row in versions
    ]


def newest_runs_of(catalog: Catalog, source: str, limit: int = 1) -> list[RunRow]:
    """The newest runs that had a source, newest first."""
    named = sa.cast(run.c.sources, sa.Text).contains(f'"{source}"', autoescape=True)
    newest = select(RunRow).where(named).order_by(run.c.started_at.desc(), run.c.id.desc())
    return fetch(catalog, RunRow, newest.limit(limit))
