"""A purge: what was taken down leaves the archive, its replica, its catalog and its journal.

Everything is found and every lock is looked at before the first byte is written. See `archive.rewrite.engine`
for the order of writing and what a kill leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from archive.catalog import parts, previews, segments, takedowns
from archive.catalog.fetch import rows_with
from archive.catalog.purge_reads import rows_under
from archive.digest import url_key
from archive.erasure.purge_journal import RowKey, Telling, ToldLines, learn_from_journal, told_lines
from archive.erasure.purge_set import PurgeReader, PurgeSet, primary_key, removals
from archive.erasure.takedown import Request, audit
from archive.open_batch import DERIVED
from archive.rewrite.choosing import by_kind, capture_chooser, same_class
from archive.rewrite.copying import Choose, Kept, heads_of
from archive.rewrite.engine import Engine, Plan
from archive.rewrite.local import Head
from archive.rewrite.records import text_of
from archive.rows import (
    AddressRow,
    CaptureRow,
    ImageRow,
    RemovedRow,
    Row,
    SegmentRow,
    TakedownRow,
    TextRow,
)
from config.errors import ConfigError

log = structlog.get_logger()

PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took out; sizes in bytes of segments."""

    url: str
    addresses: int
    captures: int
    promoted: int  # captures of others that have the payload themselves now
    texts: int
    pictures: int
    segments: int
    journal_entries: int
    bytes_freed: int


def purge(engine: Engine, url: str, by: Request) -> Purged:
    """Purge an address that was taken down, and all that went with it. May be repeated.

    Raises ConfigError if it is not taken down, ObjectLocked before anything is written, and what store and
    catalog raise; what was begun by then is finished by the next start.
    """
    rows = takedowns.with_subject(engine.catalog, url)
    if not rows:
        raise ConfigError(f"{url} is not taken down by itself; `dateline takedown --list` has all that is")
    plan, found, made = _plan(engine, url, rows, by)
    previews.forget(engine.catalog)  # one of them may show the page; they are of the moment anyway
    parts.forget(engine.catalog)  # of interrupted runs: they name addresses
    done = engine.carry_out(plan)
    engine.catalog.compact()
    result = Purged(
        url=url,
        addresses=len(rows),
        captures=len(found.gone),
        promoted=made,
        texts=sum(isinstance(row, TextRow) for row in found.removed),
        pictures=sum(isinstance(row, ImageRow) for row in found.removed),
        segments=done.segments,
        journal_entries=done.entries,
        bytes_freed=done.size_before - done.size_after,
    )
    log.info(
        "purged", url=url, addresses=len(rows), captures=len(found.gone), segments=done.segments,
        actor=by.actor, reason=by.reason,
    )  # fmt: skip
    return result


def _plan(engine: Engine, url: str, rows: Sequence[TakedownRow], by: Request) -> tuple[Plan, PurgeSet, int]:
    catalog, now = engine.catalog, engine.clock.now()
    telling = Telling(frozenset(row.url for row in rows))
    keys = {row.url_key for row in rows}
    telling.articles |= {row.article_id for row in rows_with(catalog, AddressRow, "url_key", keys)}
    learn_from_journal(engine.store, telling)
    found = PurgeReader(catalog, telling, now).read()
    told = told_lines(engine.store, telling)
    removed = removals((*found.removed, *found.gone.values()))
    touched = _touched(engine, found, keys)
    moving = _moving(engine, found, touched)
    texts = [row for segment in touched for row in segments.texts_in(catalog, segment.key)]
    texts = [row for row in texts if row.sha256 not in telling.texts]
    rendered = [row for segment in touched for row in segments.rendered_in(catalog, segment.key)]
    rendered = [row for row in rendered if row.capture_id not in found.gone]
    known = {_key(row) for row in (*found.put, *moving, *rendered)} | {(row.of, row.key) for row in removed}
    put = [*_images_anew(found), *found.put, *_as_they_stand(engine, told, known)]
    done = [replace(row, purged_at=now) for row in rows]
    made = sum(found.before[key].kind != row.kind for key, row in found.after.items())
    details = (
        f"addresses={len(rows)}",
        f"captures={len(found.gone)}",
        f"segments={len(touched)}",
        f"journal_entries={len(told.lines)}",
    )
    plan = Plan(
        why=PURGED,
        segments=touched,
        choose=_chooser(engine, found, keys, moving, texts),
        captures=moving,
        texts=tuple(texts),
        rendered=tuple(rendered),
        rows=(*removed, *put, *done, audit("purge", url, by, now, details)),
        lines=told.lines,
        secret=tuple(row for row in removed if _tells(row, telling)),
    )
    return plan, found, made


def _tells(row: RemovedRow, telling: Telling) -> bool:
    return telling.told("removed", {"of": row.of, "key": row.key})


def _key(row: Row) -> RowKey:
    return row.table, primary_key(row)


def _images_anew(found: PurgeSet) -> list[RemovedRow]:
    """A picture that another capture has: of two rows the earlier would stay, so that goes first."""
    return [RemovedRow(of=row.table, key=(row.sha256,)) for row in found.put if isinstance(row, ImageRow)]


def _as_they_stand(engine: Engine, told: ToldLines, known: set[RowKey]) -> list[Row]:
    """Rows of which a line goes although they do not change: they are put again."""
    spelled = {(table, tuple(map(str, key))) for table, key in known} | known
    left: dict[str, list[tuple[object, ...]]] = {}
    for table, key in told.rows:
        if (table, key) not in spelled and (table, tuple(map(str, key))) not in spelled:
            left.setdefault(table, []).append(key)
    return [row for table in sorted(left) for row in rows_under(engine.catalog, table, left[table])]


def _touched(engine: Engine, found: PurgeSet, keys: set[str]) -> tuple[SegmentRow, ...]:
    """Segments with a record that goes or changes: by the catalog, and what was derived by looking."""
    named = {row.segment for row in (*found.gone.values(), *found.after.values())}
    touched = rows_with(engine.catalog, SegmentRow, "key", named)
    since = min((row.at for row in found.gone.values()), default=None)
    for row in segments.every(engine.catalog):
        if since is not None and row.kind == DERIVED and row.sealed_at >= since:
            engine.held.renew()
            heads = heads_of(engine.store, row, engine.spool.folder)
            if any(_goes(head, found, keys) for head in heads):
                touched.append(row)
    return tuple(sorted(touched, key=lambda row: row.key))


def _goes(head: Head, found: PurgeSet, keys: set[str]) -> bool:
    """Whether a derived record tells of what is purged."""
    return head.about in found.gone or (bool(head.url) and url_key(head.url) in keys)


def _moving(engine: Engine, found: PurgeSet, touched: Sequence[SegmentRow]) -> tuple[CaptureRow, ...]:
    """Captures that stay and whose record or payload lies in a segment that goes, as they will be."""
    keys = [row.key for row in touched]
    rows = {
        row.id: row
        for column in ("segment", "payload_segment")
        for row in rows_with(engine.catalog, CaptureRow, column, keys)
    }
    return tuple(found.after.get(key, row) for key, row in sorted(rows.items()) if key not in found.gone)


def _chooser(
    engine: Engine,
    found: PurgeSet,
    keys: set[str],
    moving: Sequence[CaptureRow],
    texts: Sequence[TextRow],
) -> Choose:
    kept_at = {(row.segment, row.offset): row.sha256 for row in texts}

    def derived(segment: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        kept: dict[int, Kept] = {}
        for head in heads:
            if head.kind == "warcinfo":
                continue  # comes as it is needed
            text = kept_at.get((segment.key, head.offset))
            if not _goes(head, found, keys):
                kept[head.offset] = Kept(same_class(segment))
            elif text is not None:  # others show it too: it is the reading of one of them from now on
                version, capture = found.kept_texts[text]
                kept[head.offset] = Kept(same_class(segment), text_of(capture, version.url))
        return kept

    captures = capture_chooser(
        engine.store, found.before, {row.id: row for row in moving}, lambda segment, _: same_class(segment)
    )
    return by_kind(captures, derived)
