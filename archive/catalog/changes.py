"""What a run changed: the versions it made, with their events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import events_of_versions, pages_where
from archive.catalog.fetch import fetch, select
from archive.catalog.nights import made_by
from archive.catalog.schema import run
from archive.rows import RunRow


@dataclass(frozen=True, slots=True)
class Change:
    """One version that a run made, and the kinds of its events, once each (none for a first version)."""

    url: str
    source: str
    number: int
    title: str | None
    events: tuple[str, ...]


def changes_of(catalog: Catalog, row: RunRow) -> Iterator[Change]:
    """The versions that a run made, in order of capture; read as they are taken, for they may be many."""
    for page in pages_where(catalog, made_by([row])):
        events = events_of_versions(catalog, [(one.article_id, one.number) for one in page])
        for one in page:
            kinds = dict.fromkeys(event.kind for event in events.get((one.article_id, one.number), ()))
            yield Change(one.url, one.source, one.number, one.title, tuple(kinds))


def newest_runs_of(catalog: Catalog, source: str, limit: int = 1) -> list[RunRow]:
    """The newest runs that had a source, newest first."""
    named = sa.cast(run.c.sources, sa.Text).contains(f'"{source}"', autoescape=True)
    newest = select(RunRow).where(named).order_by(run.c.started_at.desc(), run.c.id.desc())
    return fetch(catalog, RunRow, newest.limit(limit))
