"""Packs older segments anew: zstd with a dictionary of their own pages, or gzip again; no record changes.

Each batch of segments is one plan of `archive.rewrite.engine`: new segments are written, read back and held
against the records that they were made from; one journal entry and one transaction move the rows; then the
old objects go. A kill at any point leaves what a start finishes or forgets.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

import structlog

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.erasure.expiry_set import is_over
from archive.erasure.takedown import Request, audit
from archive.open_batch import CAPTURES
from archive.opening import raise_format
from archive.place import GZIP_END, ZSTD_END
from archive.rewrite.copying import Choose, Kept, Target
from archive.rewrite.engine import Engine, Plan
from archive.rewrite.local import Head
from archive.rewrite.packing import Regrouping
from archive.rows import CaptureRow, SegmentRow

log = structlog.get_logger()

MOVED: Final = "moved"
_BATCH_BYTES: Final = 512 << 20  # of segments that go in one transaction; as much disk is needed meanwhile
_BATCH_RECORDS: Final = 50_000
_ABOUT_OTHERS: Final = frozenset({"request", "warcinfo"})  # they go with what they belong to


@dataclass(frozen=True, slots=True)
class Compaction:
    """What is packed, and how.

    Attributes:
        to: the encoding that segments get; those that have it already are left as they are.
        after: segments that were sealed less than this ago are left as they are.
        level: of zstd, 1 to 19.
        dictionary: bytes of a segment's dictionary at most; 0 for none.
        segment_bytes: of records in a new segment, about, before they are packed.
        names: only segments with captures of these sources; empty for all, derived ones included.
    """

    to: Literal["zst", "gzip"] = "zst"
    after: timedelta = timedelta(days=7)
    level: int = 12
    dictionary: int = 4 << 20
    segment_bytes: int = 64 << 20
    names: Collection[str] = ()

    @property
    def regrouping(self) -> Regrouping:
        """For whoever writes the segments."""
        return Regrouping(self.to, self.level, self.dictionary, self.segment_bytes)


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was packed, or would be.

    Attributes:
        segments: that went, or would go.
        records: in them.
        bytes_before: of these segments.
        written: new segments; 0 of a plan.
        bytes_after: of the new segments; None of a plan, since only packing tells.
    """

    segments: int = 0
    records: int = 0
    bytes_before: int = 0
    written: int = 0
    bytes_after: int | None = None


def plan_compaction(catalog: Catalog, how: Compaction, now: datetime) -> Compacted:
    """What `compact` would pack now. Changes nothing."""
    rows = [row for batch in batches(catalog, how, now) for row in batch]
    return Compacted(len(rows), sum(row.records for row in rows), sum(row.size for row in rows))


def compact(
    engine: Engine, how: Compaction, by: Request, progress: Callable[[int, int], None] = lambda _d, _t: None
) -> Compacted:
    """Pack what is old enough. May be repeated, and cut at any moment.

    Args:
        engine: what writes segments again.
        how: what is packed, and how.
        by: who asks.
        progress: told after each batch how many bytes of segments are done, and how many there are.

    Raises ObjectLocked, ArchiveDamaged where a segment is not what the catalog says, SealError where a record
    does not read back as it was, and what store and catalog raise: what was packed before that is done.
    """
    now = engine.clock.now()
    lots = list(batches(engine.catalog, how, now))
    total = sum(row.size for batch in lots for row in batch)
    done = Compacted(bytes_after=0)
    if lots and how.to == "zst":
        raise_format([store for store in (engine.store, engine.replica) if store is not None])
    for batch in lots:
        engine.held.renew()
        result = engine.carry_out(_plan(engine.catalog, batch, how, by, now))
        done = Compacted(
            done.segments + len(batch),
            done.records + sum(row.records for row in batch),
            done.bytes_before + result.size_before,
            done.written + result.written,
            (done.bytes_after or 0) + result.size_after,
        )
        progress(done.bytes_before, total)
    if lots:
        log.info("compacted", segments=done.segments, before=done.bytes_before, after=done.bytes_after)
    return done


def batches(catalog: Catalog, how: Compaction, now: datetime) -> Iterator[list[SegmentRow]]:
    """Segments that are packed together, oldest first: of one kind and class, and of one day if it ends."""
    end = GZIP_END if how.to == "zst" else ZSTD_END
    groups: dict[tuple[str, int, date], list[SegmentRow]] = {}
    for row in sorted(_named(catalog, how.names), key=lambda row: (row.sealed_at, row.key)):
        if row.key.endswith(end) and row.sealed_at <= now - how.after and not is_over(row, now):
            day = date.min if row.keep_days is None else row.sealed_at.date()
            groups.setdefault((row.kind, row.keep_days or 0, day), []).append(row)
    for group in groups.values():
        batch: list[SegmentRow] = []
        for row in group:
            bytes_, records = sum(one.size for one in batch), sum(one.records for one in batch)
            if batch and (bytes_ + row.size > _BATCH_BYTES or records + row.records > _BATCH_RECORDS):
                yield batch
                batch = []
            batch.append(row)
        yield batch


def _named(catalog: Catalog, names: Collection[str]) -> list[SegmentRow]:
    if not names:
        return segments.every(catalog)
    return rows_with(catalog, SegmentRow, "key", segments.of_sources(catalog, names))


def _plan(catalog: Catalog, batch: Sequence[SegmentRow], how: Compaction, by: Request, now: datetime) -> Plan:
    keys = {row.key for row in batch}
    captures = {row.id: row for key in sorted(keys) for row in segments.captures_in(catalog, key)}
    for row in rows_with(catalog, CaptureRow, "payload_segment", keys):
        captures.setdefault(row.id, row)
    derived = batch[0].kind != CAPTURES
    target = Target(batch[0].kind, batch[0].keep_days, max(row.sealed_at for row in batch))
    records = sum(row.records for row in batch)
    details = (f"segments={len(batch)}", f"records={records}", f"level={how.level}")
    return Plan(
        why=MOVED,
        segments=tuple(batch),
        choose=_everything(target),
        captures=tuple(captures.values()),
        texts=tuple(row for key in sorted(keys) for row in segments.texts_in(catalog, key))
        if derived
        else (),
        rendered=tuple(row for key in sorted(keys) for row in segments.rendered_in(catalog, key))
        if derived
        else (),
        rows=(audit("compact", f"{target.kind} to {how.to}", by, now, details),),
        regrouping=how.regrouping,
    )


def _everything(target: Target) -> Choose:
    """No record is left out, also where the catalog knows nothing of it: to find that is for `verify`."""

    def choose(_: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        there = {head.id for head in heads}
        return {
            head.offset: Kept(target)
            for head in heads
            if head.kind not in _ABOUT_OTHERS or (head.kind == "request" and head.about not in there)
        }

    return choose
