"""Carries a plan out: new segments, one journal entry, one transaction, and then the old objects go.

| killed                      | what is there                          | what the next start does           |
|-----------------------------|----------------------------------------|------------------------------------|
| while copying               | a file in the spool                    | removes it                         |
| after a new segment was put | an object that nothing names, the file | removes both                       |
| after the entry was put     | everything old, everything new         | applies the entry, then as below   |
| after the transaction       | old objects that nothing needs         | erases them and marks that as done |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from archive.catalog import journal_state, versions
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import put_index, put_segment
from archive.erasure import erasures
from archive.erasure.everywhere import finish_erasures
from archive.journal import JournalWriter, read_entry
from archive.journal_lines import line_digest, row_line, storable
from archive.maintenance import Maintenance
from archive.open_batch import CAPTURES, capture_index
from archive.opening import Archive
from archive.place import index_key
from archive.pools.pool import Alone, Pool
from archive.rewrite.copying import Choose, Copied, Copier
from archive.rewrite.moving import moved_captures, moved_renderings, moved_texts, segment_row
from archive.rewrite.packing import Regrouping
from archive.rewrite.regrouping import Regrouper
from archive.rows import (
    CaptureRow,
    ErasureRow,
    PurgedRow,
    RemovedRow,
    RenderedRow,
    Row,
    SegmentRow,
    TextRow,
)
from archive.spool import Spool
from archive.stores.store import ObjectStore
from config.version import dateline_version


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of some segments. Rows have the places from before.

    Attributes:
        why: purged, expired or moved.
        segments: those that go.
        choose: what of them stays, and where.
        captures, texts, rendered: rows that change, as their record or payload moves or for another reason.
        rows: everything else that the transaction shall say.
        lines: by journal entry (object key) the digests of the lines that are purged.
        regrouping: how the records are put together and packed anew; None: segment by segment, as they are.
        secret: of `rows`, those that tell what was purged; they go too when nothing needs them any more.
    """

    why: str
    segments: tuple[SegmentRow, ...]
    choose: Choose
    captures: tuple[CaptureRow, ...] = ()
    texts: tuple[TextRow, ...] = ()
    rendered: tuple[RenderedRow, ...] = ()
    rows: tuple[Row, ...] = ()
    lines: Mapping[str, frozenset[str]] = field(default_factory=dict)
    secret: tuple[RemovedRow, ...] = ()
    regrouping: Regrouping | None = None

    @property
    def objects(self) -> list[str]:
        """Keys of all objects that are erased, or lose lines."""
        indexes = (index_key(row.key) for row in self.segments if row.kind == CAPTURES)
        return [*(row.key for row in self.segments), *indexes, *self.lines]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was done; sizes in bytes of segments."""

    segments: int
    size_before: int
    size_after: int
    entries: int  # of the journal, that lost lines
    written: int = 0  # new segments


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that carrying a plan out needs; `pool` packs, None for this process alone."""

    store: ObjectStore
    replica: ObjectStore | None
    catalog: Catalog
    journal: JournalWriter
    spool: Spool
    clock: Clock
    held: Maintenance
    pool: Pool | None = None

    def copier(self) -> Copier:
        """Writes new segments into the spool."""
        return Copier(self.store, self.spool.folder, self.clock, self._info())

    def _info(self) -> dict[str, str]:
        return {"software": f"Dateline/{dateline_version()}", "isPartOf": "records kept of older segments"}

    def carry_out(self, plan: Plan) -> Rewritten:
        """Do all of it, or raise with an archive that is whole and a plan that a start finishes or forgets.

        Raises ObjectLocked before anything is written; then what copying, store and catalog raise.
        """
        stores = [each for each in (self.store, self.replica) if each is not None]
        erasures.check_unlocked(stores, plan.objects)
        copied = self._copy(plan)
        captures = moved_captures(plan.captures, copied.places)
        for _, sealed in copied.segments:
            put_segment(self.store, sealed)
            if sealed.kind == CAPTURES:
                here = sorted((r for r in captures if r.segment == sealed.key), key=lambda r: r.offset)
                put_index(self.store, sealed.key, capture_index(tuple(here)))
        texts = moved_texts(plan.texts, copied.places)
        new = [segment_row(target, sealed) for target, sealed in copied.segments]
        rendered = moved_renderings(plan.rendered, copied.places)
        self._acknowledge(plan, (*new, *captures, *texts, *rendered))
        self.held.renew()
        done = finish_erasures(self.store, self.replica, self.catalog, self.clock, self.journal)
        for _, sealed in copied.segments:
            sealed.path.unlink()
        before, after = (sum(row.size for row in rows) for rows in (plan.segments, new))
        return Rewritten(len(plan.segments), before, after, done.entries, len(new))

    def _copy(self, plan: Plan) -> Copied:
        if plan.regrouping is not None:
            here = (self.store, self.spool.folder, self.clock, self._info())
            pool = self.pool or Alone(Archive(self.store, self.catalog, self.replica))
            regrouper = Regrouper(*here, plan.regrouping, self.held.renew, pool)
            return regrouper.copy(plan.segments, plan.choose)
        copier = self.copier()
        try:
            for segment in plan.segments:
                self.held.renew()
                copier.copy(segment, plan.choose)
            return copier.seal()
        except BaseException:
            copier.close()
            raise

    def _acknowledge(self, plan: Plan, moved: tuple[Row, ...]) -> None:
        texts = {
            row.sha256: text
            for row in plan.texts
            if (text := versions.text_by_sha256(self.catalog, row.sha256)) is not None
        }
        self.held.renew()
        newest, now = journal_state.newest(self.catalog), self.clock.now()
        key = self.journal.reserve(after=newest)
        rows = (*_removed(plan), *moved, *plan.rows, *_to_erase(plan, key, now))
        entry = self.journal.put(rows, after=newest)
        self.catalog.apply(entry, texts, partial(read_entry, self.store))


def _removed(plan: Plan) -> Iterable[RemovedRow]:
    for segment in plan.segments:
        yield RemovedRow(of=SegmentRow.table, key=(segment.key,))
    for text in plan.texts:  # of two rows of a text the smaller place would stay, which is no more
        yield RemovedRow(of=TextRow.table, key=(text.sha256,))


def _to_erase(plan: Plan, entry: str, now: datetime) -> Iterable[Row]:
    """What is to go, with the lines of this very `entry` that tell what went."""
    own = frozenset(line_digest(row_line(storable(row))) for row in plan.secret)
    lines = {**plan.lines, **({entry: own} if own else {})}
    for key in dict.fromkeys((*plan.objects, *lines)):
        yield ErasureRow(key=key, why=plan.why, at=now)
    for key, digests in lines.items():
        for digest in sorted(digests):
            yield PurgedRow(digest=digest, entry=key, at=now)
