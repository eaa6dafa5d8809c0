"""Carries `policy.keep` out: bytes of captures that only showed an article to be unchanged leave the store.

Segments are taken some at a time, the newest first: records stand on earlier ones, so that what stands on a
record has mostly been decided when its turn comes; for the rest there is another round. Each lot is one plan
of `archive.rewrite.engine`: a segment is written again without what goes, and one transaction says so.
Accounts, digests and a `dropped` row stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

import structlog

from archive.catalog import keep_reads, segments
from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.erasure.expiry_set import is_over
from archive.erasure.keep import Keep, let_go
from archive.erasure.keep_set import KeepReader
from archive.erasure.purge_set import removals
from archive.erasure.takedown import Request, audit
from archive.open_batch import CAPTURES
from archive.reader import ArchiveDamaged
from archive.rewrite.choosing import by_kind, capture_chooser, same_class
from archive.rewrite.copying import Choose, Kept
from archive.rewrite.engine import Engine, Plan
from archive.rewrite.local import Head
from archive.rows import CaptureRow, DroppedRow, RenderedRow, SegmentRow, TextRow

log = structlog.get_logger()

MOVED = "moved"
LOT_BYTES = 1 << 30  # of segments that are written again in one transaction
LOT_RECORDS = 50_000  # of segments that are looked at together


@dataclass(frozen=True, slots=True)
class LetGo:
    """What was let go, or would be.

    Attributes:
        captures: whose bytes go.
        segments: that are written again without them, or go as a whole.
        bytes_freed: of segments; of a plan about, since requests and framing are not counted.
        by_source: captures of each source.
    """

    captures: int = 0
    segments: int = 0
    bytes_freed: int = 0
    by_source: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: LetGo) -> LetGo:
        names = {*self.by_source, *other.by_source}
        both = {name: self.by_source.get(name, 0) + other.by_source.get(name, 0) for name in sorted(names)}
        return LetGo(
            self.captures + other.captures,
            self.segments + other.segments,
            self.bytes_freed + other.bytes_freed,
            both,
        )


@dataclass(frozen=True, slots=True)
class Going:
    """Captures of a lot of segments whose bytes go, each with the id of the one that stands for it."""

    captures: tuple[CaptureRow, ...]
    instead: Mapping[str, str]
    rendered: tuple[RenderedRow, ...]  # what a browser made of them

    @property
    def records(self) -> Iterator[CaptureRow | RenderedRow]:
        """All records that go."""
        yield from self.captures
        yield from self.rendered

    @property
    def summary(self) -> LetGo:
        """The same as numbers."""
        names = sorted({row.source for row in self.captures})
        places = {row.segment for row in self.records}
        freed = sum(row.length for row in self.records)
        each = {name: sum(row.source == name for row in self.captures) for name in names}
        return LetGo(len(self.captures), len(places), freed, each)


def plan_letting_go(
    catalog: Catalog, keep: Mapping[str, Keep], now: datetime, *, least: float = 0.0
) -> LetGo:
    """What `let_all_go` would do now. Changes nothing."""
    total, gone = LetGo(), set[str]()
    each = list(lots(catalog, now))
    while True:
        before = len(gone)
        for lot in each:
            going = going_in(catalog, lot, keep, least=least, gone=gone)
            gone |= going.instead.keys()
            total += going.summary
        if len(each) < 2 or len(gone) == before:  # noqa: PLR2004 - one lot is decided at once
            return total


def let_all_go(engine: Engine, keep: Mapping[str, Keep], by: Request, *, least: float = 0.0) -> LetGo:
    """Let go what the policies of these sources do not keep. May be repeated, and cut at any moment.

    Args:
        engine: what writes segments again.
        keep: by name, the policy of each source that does not keep all.
        by: who asks.
        least: the share of a segment's bytes, 0 to 1, from which on it is written again. What is left stays,
            and goes when there is more of it.

    Raises ObjectLocked, ArchiveDamaged where a capture that is to stand for others is not in the store, and
    what store and catalog raise.
    """
    total = LetGo()
    while True:
        before = total.captures
        each = list(lots(engine.catalog, engine.clock.now()))
        for lot in each:
            engine.held.renew()
            going = going_in(engine.catalog, lot, keep, least=least)
            if going.captures:
                done = engine.carry_out(keep_plan(engine, going, by))
                freed = done.size_before - done.size_after
                total += LetGo(len(going.captures), done.segments, freed, going.summary.by_source)
        if len(each) < 2 or total.captures == before:  # noqa: PLR2004 - one lot is decided at once
            break
    if total.captures:
        log.info("let go", captures=total.captures, segments=total.segments, bytes_freed=total.bytes_freed)
    return total


def lots(catalog: Catalog, now: datetime) -> Iterator[list[SegmentRow]]:
    """Segments of captures, the newest first, as many together as are decided at once.

    Those whose time is over are left to an expiry.
    """
    rows = [row for row in segments.every(catalog) if row.kind == CAPTURES and not is_over(row, now)]
    lot: list[SegmentRow] = []
    for row in sorted(rows, key=lambda row: (row.sealed_at, row.key), reverse=True):
        full = sum(one.size for one in lot) + row.size > LOT_BYTES
        if lot and (full or sum(one.records for one in lot) + row.records > LOT_RECORDS):
            yield lot
            lot = []
        lot.append(row)
    if lot:
        yield lot


def going_in(
    catalog: Catalog,
    lot: Sequence[SegmentRow],
    keep: Mapping[str, Keep],
    *,
    least: float = 0.0,
    gone: set[str] | frozenset[str] = frozenset(),
) -> Going:
    """What of these segments goes.

    Args:
        catalog: the catalog.
        lot: the segments; newer ones have been decided.
        keep: by name, the policy of each source that does not keep all.
        least: as in `let_all_go`.
        gone: what was let go, as far as the catalog does not say so yet.
    """
    keys = [row.key for row in lot]
    found = KeepReader(catalog, keep, gone).read(keys)
    instead = let_go(found.looks)
    sizes = {row.key: row.size for row in lot}
    losing: dict[str, int] = {}
    for row in found.captures:
        if row.id in instead:
            losing[row.segment] = losing.get(row.segment, 0) + row.length
    worth = {key for key, length in losing.items() if length >= least * sizes[key]}
    going = tuple(row for row in found.captures if row.id in instead and row.segment in worth)
    if len(worth) < len(losing):  # what stays for that reason keeps what it stands on
        chosen = {row.id for row in going}
        looks = [look if look.id in chosen else found.staying(look) for look in found.looks]
        instead = let_go(looks)
        going = tuple(row for row in going if row.id in instead)
    ids = [row.id for row in going]
    rendered = tuple(rows_with(catalog, RenderedRow, "capture_id", ids))
    return Going(going, {key: instead[key] for key in ids}, rendered)


def keep_plan(engine: Engine, going: Going, by: Request) -> Plan:
    """The plan that writes segments again without what goes.

    Raises ArchiveDamaged if a segment with captures that are to stand for others is not in the store.
    """
    now, catalog = engine.clock.now(), engine.catalog
    _check_standing(engine, going)
    places = {row.segment for row in going.records}
    touched = tuple(rows_with(catalog, SegmentRow, "key", places))
    staying = {
        row.id: row
        for segment in touched
        for row in segments.captures_in(catalog, segment.key)
        if row.id not in going.instead
    }
    standing = rows_with(catalog, CaptureRow, "payload_segment", places)
    elsewhere = [row for row in standing if row.id not in staying and row.id not in going.instead]
    gone = {(row.segment, row.offset) for row in going.rendered}
    rendered = [row for segment in touched for row in segments.rendered_in(catalog, segment.key)]
    texts: list[TextRow] = [row for segment in touched for row in segments.texts_in(catalog, segment.key)]
    rows = [_dropped(row, going.instead[row.id], engine) for row in going.captures]
    details = (f"captures={len(going.captures)}", f"segments={len(touched)}")
    return Plan(
        why=MOVED,
        segments=touched,
        choose=by_kind(
            capture_chooser(engine.store, {}, staying, lambda segment, _: same_class(segment)),
            _all_but(gone),
        ),
        captures=(*staying.values(), *elsewhere),
        texts=tuple(texts),
        rendered=tuple(row for row in rendered if (row.segment, row.offset) not in gone),
        rows=(
            *removals((*going.captures, *going.rendered)),
            *rows,
            audit("let go", "unchanged pages", by, now, details),
        ),
    )


def _check_standing(engine: Engine, going: Going) -> None:
    """What stands for others must be in the store before they go."""
    there = keep_reads.present(engine.catalog, set(going.instead.values()))
    sizes = {row.key: row.size for row in rows_with(engine.catalog, SegmentRow, "key", there.values())}
    for key, size in sorted(sizes.items()):
        info = engine.store.stat(key)
        if info is None or info.size != size:
            found = "is not in the store" if info is None else f"has {info.size} bytes there, expected {size}"
            raise ArchiveDamaged(
                f"{key} {found}, and captures in it are to stand for others, so nothing was let go; "
                "`dateline verify --repair` puts it right from the replica"
            )


def _all_but(gone: set[tuple[str, int]]) -> Choose:
    def choose(segment: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        return {
            head.offset: Kept(same_class(segment))
            for head in heads
            if head.kind != "warcinfo" and (segment.key, head.offset) not in gone
        }

    return choose


def _dropped(row: CaptureRow, instead: str, engine: Engine) -> DroppedRow:
    kept = {one.name for one in fields(DroppedRow)} & {one.name for one in fields(CaptureRow)}
    said = {name: getattr(row, name) for name in kept}
    return DroppedRow(**said, dropped_at=engine.clock.now(), instead=instead)
