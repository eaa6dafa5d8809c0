"""Site memories: which one a source had when, and what new ones can be learned from."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import fetch, first, raw, select
from archive.catalog.schema import run, version
from archive.catalog.schema_memory import learning, memory
from archive.rows import LearningRow, MemoryRow, RunRow, VersionRow

NIGHT = timedelta(hours=12)  # longer than a source's crawl, shorter than the time to the next one


def memory_at(catalog: Catalog, source: str, at: datetime | None = None) -> MemoryRow | None:
    """The newest memory of a source, or the one that was newest at a moment; None if it had none."""
    query = select(MemoryRow).where(memory.c.source == source).order_by(memory.c.number.desc())
    return first(catalog, MemoryRow, query if at is None else query.where(memory.c.learned_at <= at))


def memories_of(catalog: Catalog, source: str) -> list[MemoryRow]:
    """All memories of a source, oldest first."""
    query = select(MemoryRow).where(memory.c.source == source).order_by(memory.c.number)
    return fetch(catalog, MemoryRow, query)


def learning_of(catalog: Catalog, source: str) -> LearningRow | None:
    """The attempts to learn a source's memory that brought nothing since the last that did, if any."""
    return first(catalog, LearningRow, select(LearningRow).where(learning.c.source == source))


def every(catalog: Catalog) -> list[MemoryRow]:
    """All memories of all sources, by source and age."""
    return fetch(catalog, MemoryRow, select(MemoryRow).order_by(memory.c.source, memory.c.number))


def has(catalog: Catalog, sha256: str) -> bool:
    """Whether a row names this memory."""
    return first(catalog, MemoryRow, select(MemoryRow).where(memory.c.sha256 == sha256)) is not None


def runs_between(
    catalog: Catalog, source: str, since: datetime, until: datetime | None, limit: int = 20
) -> list[RunRow]:
    """The newest runs of a source that began at `since` or later, and before `until`."""
    query = select(RunRow).where(run.c.started_at >= since).order_by(run.c.started_at.desc())
    if until is not None:
        query = query.where(run.c.started_at < until)
    # Which sources a run had is a list in one column; a source has one run a night.
    return [row for row in fetch(catalog, RunRow, query.limit(50 * limit)) if source in row.sources][:limit]


def articles_to_learn_from(catalog: Catalog, source: str, limit: int) -> list[VersionRow]:
    """The newest content of the newest articles of a source, one version an article.

    Those of the newest night come first, in the order in which they were captured: who reads them knows
    then which they will be. Older ones follow, the newest of them first.
    """
    # Walked by time until there are enough; with the newest of each article first, a source is read whole.
    later = version.alias("later")
    outdone = sa.exists().where(
        later.c.article_id == version.c.article_id,
        later.c.number > version.c.number,
        later.c.source == source,
        later.c.removed.is_(False),
    )
    standing = select(VersionRow).where(version.c.source == source, version.c.removed.is_(False), ~outdone)
    backward = version.c.captured_at.desc(), version.c.article_id
    last = first(catalog, VersionRow, standing.order_by(*backward))
    if last is None:
        return []
    begin = last.captured_at - NIGHT
    forward = version.c.captured_at, version.c.article_id
    of_night = standing.where(version.c.captured_at > begin).order_by(*forward).limit(limit)
    found = fetch(catalog, VersionRow, of_night)
    if len(found) < limit:
        older = standing.where(version.c.captured_at <= begin).order_by(*backward)
        found += fetch(catalog, VersionRow, older.limit(limit - len(found)))
    return found


def articles_counted(catalog: Catalog, source: str) -> int:
    """How many articles of a source have content."""
    query = sa.select(sa.func.count(version.c.article_id.distinct())).where(
        version.c.source == source, version.c.removed.is_(False)
    )
    return int(raw(catalog, query)[0][0])
