"""The write order: seal and read back → put segments → put journal → one catalog transaction.

Only what has come through all four is acknowledged. The spool files are removed after the last, so a
crash anywhere leaves either everything or enough to finish or forget it (`archive.recovery`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from archive.catalog import journal_state, search_index
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.digest import sha256_hex
from archive.journal import JournalClosed, JournalWriter, read_entry
from archive.open_batch import CAPTURES, SealedBatch
from archive.phases import Phases
from archive.place import index_key
from archive.recorder import Recorder
from archive.rows import Row, SegmentRow, VersionRow
from archive.segment import SealedSegment
from archive.stores.store import ObjectStore
from config.errors import ServiceUnreachable

INDEX_AT_ONCE = 500  # versions made searchable after a commit
_TOGETHER = 10_000  # rows that come into one journal entry with those of others, at most
WARC_TYPE = "application/warc"
CDXJ_TYPE = "text/x-cdxj"

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Asked:
    """Rows that a thread waits for, and what became of them."""

    rows: tuple[Row, ...]
    ended: bool = False
    failure: BaseException | None = None


class Committer:
    """Acknowledges rows, and with them everything the recorder holds. Blocks; one commit at a time.

    Rows of several threads that wait for their turn become one journal entry (group commit: DeWitt et al.,
    "Implementation techniques for main memory database systems", 1984).

    `permit` is called just before each journal entry, which cannot be taken back, and raises if this process
    must not write any more (`HostLeases.require`). `phases` counts how long each step takes.
    """

    def __init__(
        self,
        store: ObjectStore,
        catalog: Catalog,
        journal: JournalWriter,
        clock: Clock,
        permit: Callable[[], None] = lambda: None,
        *,
        phases: Phases | None = None,
    ) -> None:
        self._store, self._catalog, self._journal, self._clock = store, catalog, journal, clock
        self._permit, self._phases = permit, phases or Phases()
        self._one_at_a_time = threading.Lock()
        self._asked: deque[_Asked] = deque()

    @property
    def writer(self) -> str:
        """Name of this writer in the journal."""
        return self._journal.writer

    def commit_rows(self, rows: Sequence[Row]) -> None:
        """Acknowledge rows that stand on no capture of an open segment (runs, slots, discoveries)."""
        if not rows:
            return
        mine = _Asked(tuple(rows))
        self._asked.append(mine)
        with self._one_at_a_time:
            while not mine.ended:
                self._acknowledge_waiting()
        if mine.failure is not None:
            raise mine.failure
        self._index(rows)

    def _acknowledge_waiting(self) -> None:
        """Acknowledge what threads have asked for, the first ones first; under the lock, with one waiting."""
        together = [self._asked.popleft()]
        count = len(together[0].rows)
        while self._asked and count + len(self._asked[0].rows) <= _TOGETHER:
            together.append(self._asked.popleft())
            count += len(together[-1].rows)
        failure: BaseException | None = None
        try:
            self._acknowledge(tuple(row for each in together for row in each.rows), {})
        except BaseException as error:  # noqa: BLE001 - raised by each of those that wait
            failure = error
        for each in together:
            each.ended, each.failure = True, failure

    def commit_segments(self, recorder: Recorder, rows: Sequence[Row], *, searchable: bool = True) -> None:
        """Seal what the recorder holds and acknowledge it together with `rows`.

        Args:
            recorder: every capture that `rows` name was recorded by it before this call.
            rows: what the catalog shall say about the captures.
            searchable: whether new versions are made so before this returns; else by `make_searchable`.

        Raises SealError, SpoolError, StoreUnreachable, ObjectCollision or CatalogUnreachable: then nothing
        is acknowledged, and the spool keeps the bytes for the next start.
        """
        with self._one_at_a_time:
            with self._phases.timed("seal"):
                sealed = recorder.rotate().result()
            self._publish(sealed, rows)
            for segment in sealed.segments:
                segment.path.unlink()
            for segment in sealed.segments:
                recorder.forget(segment.key)
        if searchable:
            self._index(rows)

    def make_searchable(self) -> None:
        """Make versions searchable that wait for it, some hundreds; an unreachable catalog is only logged."""
        with self._phases.timed("index"):
            try:
                search_index.fill(self._catalog, most=INDEX_AT_ONCE)
            except ServiceUnreachable as error:  # they wait on, for the next commit
                log.warning("new versions are not searchable yet", error=str(error))

    def _publish(self, sealed: SealedBatch, rows: Sequence[Row]) -> None:
        segments: list[Row] = []
        for segment in sealed.segments:
            with self._phases.timed("put"):
                put_segment(self._store, segment)
                if segment.kind == CAPTURES:
                    put_index(self._store, segment.key, sealed.index_of(segment))
            segments.append(self.segment_row(segment))
        every = (*segments, *sealed.capture_rows, *sealed.text_rows, *sealed.rendered_rows, *rows)
        if every:
            self._acknowledge(every, sealed.texts)

    def _acknowledge(self, rows: tuple[Row, ...], texts: Mapping[str, str]) -> None:
        # Later than all that is in already, so that a replay in order of moments ends with the same rows.
        newest = journal_state.newest(self._catalog)
        self._permit()
        with self._phases.timed("journal"):
            try:
                entry = self._journal.put(rows, after=newest)
            except JournalClosed:
                self._permit()  # which can say what went to another process
                raise
        with self._phases.timed("apply"):
            self._catalog.apply(entry, texts, partial(read_entry, self._store))

    def _index(self, rows: Sequence[Row]) -> None:
        """Make new versions searchable, and some of those that still wait; all is acknowledged before."""
        if any(isinstance(row, VersionRow) for row in rows):
            self.make_searchable()

    def segment_row(self, segment: SealedSegment) -> SegmentRow:
        """The catalog's row of a segment that was put."""
        return SegmentRow(
            key=segment.key,
            kind=segment.kind,
            sha256=segment.sha256,
            size=segment.size,
            records=segment.records,
            sealed_at=self._clock.now(),
            keep_days=segment.keep_days,
        )


def put_segment(store: ObjectStore, segment: SealedSegment) -> None:
    """Put a sealed segment under its content's name."""
    store.put(segment.key, segment.path, sha256=segment.sha256, content_type=WARC_TYPE)


def put_index(store: ObjectStore, segment_key: str, cdxj: bytes) -> None:
    """Put the CDXJ file of a segment beside it."""
    store.put(index_key(segment_key), cdxj, sha256=sha256_hex(cdxj), content_type=CDXJ_TYPE)
