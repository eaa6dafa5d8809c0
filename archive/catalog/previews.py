"""Previews that people asked for. Not journaled: what they show was never archived, and is forgotten soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import raw
from archive.catalog.packing import compress, decompress
from archive.catalog.schema_previews import preview

TO_PREVIEW, ANSWERED, FAILED = "to_preview", "answered", "failed"
PATIENCE = timedelta(hours=1)  # a request that nobody took up by then is one no more
KEPT = timedelta(days=7)  # as long a result is shown


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """Somebody wants to know what a crawl of a source would archive now, and why not.

    Attributes:
        status: `to_preview`, `answered` or `failed`, with the reason as its `note`.
        begun_at: when the schedule's service began with it.
    """

    source: str
    id: str
    asked_at: datetime
    actor: str
    status: str = TO_PREVIEW
    begun_at: datetime | None = None
    answered_at: datetime | None = None
    note: str | None = None


_FIELDS = tuple(
    preview.c[name]
    for name in ("source", "id", "asked_at", "actor", "status", "begun_at", "answered_at", "note")
)


def ask(catalog: Catalog, request: PreviewRequest) -> PreviewRequest:
    """Enter a request in place of the source's last one; one that waits already is given back instead."""
    insert = (sqlite.insert if catalog.backend == "sqlite" else postgresql.insert)(preview)
    values: dict[str, Any] = {
        "id": request.id, "asked_at": request.asked_at, "actor": request.actor, "status": TO_PREVIEW,
        "begun_at": None, "answered_at": None, "note": None, "result": None,
    }  # fmt: skip
    over = sa.or_(preview.c.status != TO_PREVIEW, preview.c.asked_at < request.asked_at - PATIENCE)
    put = insert.values(source=request.source, **values).on_conflict_do_update(
        index_elements=[preview.c.source], set_=values, where=over
    )

    def write() -> PreviewRequest:
        with catalog.write() as connection:
            connection.execute(put)
            return PreviewRequest(*tuple(connection.execute(_of(request.source)).one()))

    return once_more_if_cut(write)


def of(catalog: Catalog, source: str) -> PreviewRequest | None:
    """The newest request for a source."""
    return next((PreviewRequest(*tuple(row)) for row in raw(catalog, _of(source))), None)


def waiting(catalog: Catalog) -> list[PreviewRequest]:
    """Requests without an answer, oldest first."""
    query = sa.select(*_FIELDS).where(preview.c.status == TO_PREVIEW)
    ordered = query.order_by(preview.c.asked_at, preview.c.source)
    return [PreviewRequest(*tuple(row)) for row in raw(catalog, ordered)]


def result_of(catalog: Catalog, request: PreviewRequest) -> str | None:
    """What an answered request found, as it was given."""
    query = sa.select(preview.c.result).where(preview.c.source == request.source, preview.c.id == request.id)
    found = next((row[0] for row in raw(catalog, query)), None)
    return None if found is None else decompress(found)


def begin(catalog: Catalog, request: PreviewRequest, now: datetime) -> None:
    """Note that a request is being carried out."""
    _change(catalog, request, {"begun_at": now})


def answer(catalog: Catalog, request: PreviewRequest, result: str, now: datetime) -> bool:
    """Answer a request; False if it waits no more: it has an answer, or another has taken its place."""
    return _change(catalog, request, {"status": ANSWERED, "answered_at": now, "result": compress(result)})


def fail(catalog: Catalog, request: PreviewRequest, note: str, now: datetime) -> bool:
    """Say why there is no answer to a request; False as for `answer`."""
    return _change(catalog, request, {"status": FAILED, "answered_at": now, "note": note})


def forget(catalog: Catalog, before: datetime | None = None) -> None:
    """Drop what was asked for before a moment; everything if None."""
    old = sa.delete(preview)
    with catalog.write() as connection:
        connection.execute(old if before is None else old.where(preview.c.asked_at < before))


def any_before(catalog: Catalog, moment: datetime) -> bool:
    """Whether there is something to forget."""
    return bool(raw(catalog, sa.select(preview.c.source).where(preview.c.asked_at < moment).limit(1)))


def _of(source: str) -> sa.Select[Any]:
    return sa.select(*_FIELDS).where(preview.c.source == source)


def _change(catalog: Catalog, request: PreviewRequest, values: dict[str, Any]) -> bool:
    mine = (preview.c.source == request.source, preview.c.id == request.id, preview.c.status == TO_PREVIEW)
    change = sa.update(preview).where(*mine).values(values).returning(preview.c.source)
    with catalog.write() as connection:
        return connection.execute(change).first() is not None
