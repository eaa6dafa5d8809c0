"""Carries `policy.expire` out: whole segments go when their time is over.

What outlives its segment is carried over into a fresh one of the class that needs it longest: the current
version of an article that is still there, payloads that later captures stand on, pictures and texts that
other versions show. The journal's lines stay: they say what was there, with digests and without bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from archive.catalog.catalog import Catalog
from archive.catalog.fetch import rows_with
from archive.erasure.expiry_articles import Need
from archive.erasure.expiry_set import ExpiryReader, ExpirySet
from archive.erasure.purge_set import removals
from archive.erasure.takedown import Request, audit
from archive.open_batch import CAPTURES, DERIVED
from archive.retention import class_name
from archive.rewrite.choosing import by_kind, capture_chooser
from archive.rewrite.copying import Change, Choose, Kept, Target
from archive.rewrite.engine import Engine, Plan
from archive.rewrite.local import Head
from archive.rewrite.records import text_of
from archive.rows import (
    ArticleRow,
    CaptureRow,
    ImageRow,
    SegmentRow,
    TextRow,
    VersionRow,
)

log = structlog.get_logger()

EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Expiry:
    """What an expiry does, or did.

    Attributes:
        classes: retention classes of which segments go, such as `30d`.
        segments: that go, with all that is in them.
        captures, versions, articles, texts, pictures: that go.
        carried: captures that are carried over.
        bytes_freed: of segments; of a plan about, since requests and framing are not counted.
    """

    classes: tuple[str, ...] = ()
    segments: int = 0
    captures: int = 0
    carried: int = 0
    versions: int = 0
    articles: int = 0
    texts: int = 0
    pictures: int = 0
    bytes_freed: int = 0


def plan_expiry(catalog: Catalog, now: datetime) -> Expiry:
    """What an expiry would do now. Changes nothing."""
    found = ExpiryReader(catalog, now).read()
    freed = sum(row.size for row in found.segments)
    freed -= sum(found.captures[key].length for key in found.needed)
    freed -= sum(text.length for text, _, _ in found.texts.values())
    return _summary(found, freed)


def expire(engine: Engine, by: Request) -> Expiry:
    """Delete what is over. May be repeated; raises ObjectLocked, and what store and catalog raise."""
    now = engine.clock.now()
    found = ExpiryReader(engine.catalog, now).read()
    if not found.segments:
        return Expiry()
    done = engine.carry_out(_plan(engine, found, now, by))
    summary = _summary(found, done.size_before - done.size_after)
    log.info("expired", segments=summary.segments, captures=summary.captures, bytes_freed=summary.bytes_freed)
    return summary


def _summary(found: ExpirySet, freed: int) -> Expiry:
    classes = sorted({row.keep_days or 0 for row in found.segments})
    return Expiry(
        classes=tuple(f"{days}d" for days in classes),
        segments=len(found.segments),
        captures=len(found.captures) - len(found.needed),
        carried=len(found.needed),
        versions=_count(found, VersionRow),
        articles=_count(found, ArticleRow),
        texts=_count(found, TextRow),
        pictures=_count(found, ImageRow),
        bytes_freed=freed,
    )


def _count(found: ExpirySet, kind: type) -> int:
    return sum(isinstance(row, kind) for row in found.removed)


def _plan(engine: Engine, found: ExpirySet, now: datetime, by: Request) -> Plan:
    going = [row for key, row in found.captures.items() if key not in found.needed]
    carried = {key: _carried(found.captures[key], found) for key in found.needed}
    targets = _Targets(found)
    texts = tuple(text for text, _, _ in found.texts.values())
    captures = capture_chooser(
        engine.store,
        {key: found.captures[key] for key in found.promoted},
        carried,
        lambda _, row: targets.of(CAPTURES, found.needed[row.id]),
    )
    subject = ", ".join(sorted({class_name("segments", row.keep_days) for row in found.segments}))
    details = (f"segments={len(found.segments)}", f"captures={len(going)}", f"carried={len(carried)}")
    return Plan(
        why=EXPIRED,
        segments=found.segments,
        choose=by_kind(captures, _derived(engine.catalog, found, targets)),
        captures=(*carried.values(), *found.elsewhere),
        texts=texts,
        rendered=found.rendered,
        rows=(*removals((*going, *found.removed)), *found.put, audit("expire", subject, by, now, details)),
    )


def _carried(row: CaptureRow, found: ExpirySet) -> CaptureRow:
    if row.id not in found.promoted:
        return row
    return replace(
        row,
        kind="response",
        refers_to_url=None,
        refers_to_at=None,
        payload_segment=row.segment,
        payload_offset=row.offset,
        payload_length=row.length,
    )


class _Targets:
    """Fresh segments: one of each kind and class for each day from which its records still have their time.

    So nothing is kept longer than it is needed because of what lies beside it.
    """

    def __init__(self, found: ExpirySet) -> None:
        needs = [*found.needed.values(), *(need for _, need, _ in found.texts.values())]
        self._since: dict[tuple[int | None, date | None], datetime] = {}
        for need in needs:
            self._enter(need)

    def of(self, kind: str, need: Need) -> Target:
        """The segment for what is needed so long."""
        since = self._since.get(_group(need), need.since)
        return Target(kind, need.keep_days, since, "carried over")

    def _enter(self, need: Need) -> None:
        group = _group(need)
        self._since[group] = max(need.since, self._since.get(group, need.since))


def _group(need: Need) -> tuple[int | None, date | None]:
    return need.keep_days, None if need.keep_days is None else need.since.date()


def _derived(catalog: Catalog, found: ExpirySet, targets: _Targets) -> Choose:
    """Readings of versions that stay are kept, and each text that one shows."""
    at = {(text.segment, text.offset): digest for digest, (text, _, _) in found.texts.items()}

    def choose(segment: SegmentRow, heads: Sequence[Head]) -> Mapping[int, Kept]:
        about = {head.about for head in heads if head.about}
        versions = {
            row.capture_id: row
            for row in rows_with(catalog, VersionRow, "capture_id", about)
            if (row.article_id, row.number) not in found.gone
        }
        captures = {row.id: row for row in rows_with(catalog, CaptureRow, "id", versions)}
        kept: dict[int, Kept] = {}
        for head in heads:
            text = at.get((segment.key, head.offset))
            shown = head.about in versions
            if text is not None:
                _, need, version = found.texts[text]
                change = None if shown else _reading(catalog, version)
                kept[head.offset] = Kept(targets.of(DERIVED, need), change)
            elif shown:
                kept[head.offset] = Kept(targets.of(DERIVED, found.lasting(captures[head.about])))
        return kept

    return choose


def _reading(catalog: Catalog, version: VersionRow) -> Change:
    [capture] = rows_with(catalog, CaptureRow, "id", [version.capture_id])
    return text_of(capture, version.url)
