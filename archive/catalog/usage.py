"""What sources have used: counted from the captures, so that no crash loses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import raw
from archive.catalog.schema import capture
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
    catalog: Catalog, source: str | None, since: datetime | None, *, but: tuple[str, datetime] | None = None
) -> Used:
    """What captures of a source (None: of all) since a moment (None: ever) amount to.

    Args:
        catalog: the catalog.
        source: its name.
        since: aware.
        but: (run, moment): captures of that run from then on are left out.
    """
    query = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(_CAME), 0),
        sa.func.coalesce(sa.func.sum(capture.c.length), 0),
    )
    if source is not None:
        query = query.where(capture.c.source == source)
    if since is not None:
        query = query.where(capture.c.at >= since)
    if but is not None:
        query = query.where(sa.not_(sa.and_(capture.c.run_id == but[0], capture.c.at >= but[1])))

    def read() -> Used:
        with catalog.read() as connection:
            return Used(*(int(value) for value in connection.execute(query).one()))

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
