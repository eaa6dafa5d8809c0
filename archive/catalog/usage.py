"""What sources have used: counted from the captures, so that no crash loses it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import raw
from archive.catalog.schema import capture
from archive.catalog.schema_dropped import dropped
from archive.rows import RunRow

_CAME = sa.case((capture.c.kind == "not_modified", 0), else_=capture.c.payload_size)


@dataclass(frozen=True, slots=True)
class Used:
    """Requests that were answered, the bytes that came, and the bytes that these take in segments."""

    requests: int = 0
    bytes: int = 0
    stored: int = 0

    def __add__(self, other: Used) -> Used:
        return Used(self.requests + other.requests, self.bytes + other.bytes, self.stored + other.stored)


def used(
    catalog: Catalog,
    source: str | None,
    since: datetime | None,
    *,
    but: tuple[str, datetime] | None = None,
    of_sources: Collection[str] | None = None,
) -> Used:
    """What captures of a source (None: of all) since a moment (None: ever) amount to.

    Those whose bytes were let go count as what came, and take no bytes in segments any more.

    Args:
        catalog: the catalog.
        source: its name.
        since: aware.
        but: (run, moment): captures of that run from then on are left out.
        of_sources: only those of these sources are, where other processes carry out other parts of the run.
    """
    came = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(_CAME), 0),
        sa.func.coalesce(sa.func.sum(capture.c.length), 0),
    )
    let_go = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(dropped.c.payload_size), 0), sa.literal(0)
    )
    queries = []
    for query, of in ((came, capture.c), (let_go, dropped.c)):
        chosen = query
        if source is not None:
            chosen = chosen.where(of.source == source)
        if since is not None:
            chosen = chosen.where(of.at >= since)
        if but is not None:
            ours = sa.and_(of.run_id == but[0], of.at >= but[1])
            if of_sources is not None and source is None:
                ours = sa.and_(ours, of.source.in_(sorted(of_sources)))
            chosen = chosen.where(sa.not_(ours))
        queries.append(chosen)

    def read() -> Used:
        with catalog.read() as connection:
            rows = [connection.execute(query).one() for query in queries]
        return sum((Used(*(int(value) for value in row)) for row in rows), Used())

    return once_more_if_cut(read)


def came_in_run(catalog: Catalog, source: str, run: RunRow) -> int:
    """The bytes of payloads that a run got of a source."""
    # The moment narrows it to the index by source and time; moments of captures are whole seconds.
    query = sa.select(sa.func.coalesce(sa.func.sum(_CAME), 0)).where(
        capture.c.source == source,
        capture.c.at >= run.started_at.replace(microsecond=0),
        capture.c.run_id == run.id,
    )
    [row] = raw(catalog, query)
    return int(row[0])
