"""Puts back what is damaged or missing: from a second store, or from what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from archive.catalog import integrity, journal_state, segments
from archive.catalog.catalog import Catalog
from archive.checked_copy import Copy, NoRightCopy, put_back, right_copy
from archive.clock import Clock
from archive.commit import CDXJ_TYPE, Committer
from archive.digest import sha256_hex
from archive.journal import JournalWriter, new_writer
from archive.open_batch import capture_index
from archive.place import INDEX_END, segment_of
from archive.reader import ArchiveDamaged, read_text
from archive.rows import AuditRow, Row
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.entry import Known
from archive.verify.findings import Problem, Report
from archive.verify.run import verify
from archive.verify.sample import WHOLE, Slice
from archive.verify.segment import check_segment


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing that is right again: an object key or `text_body <sha256>`, and where it was taken from."""

    what: str
    source: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was mended, and how the archive looks after that, verified again."""

    mended: tuple[Mended, ...]
    report: Report


def repair(
    store: ObjectStore,
    other: ObjectStore | None,
    catalog: Catalog,
    report: Report,
    *,
    journal: ObjectStore,
    clock: Clock,
    actor: str,
    progress: Callable[[int, int], None],
    part: Slice = WHOLE,
) -> Repaired:
    """Mend what `report` says of `store`, and verify again what was mended.

    Args:
        store: what was verified.
        other: where right copies may lie: the replica, or the archive's store if the replica was verified.
        catalog: what both are compared with. Its kept texts are mended; its rows only `rebuild` can mend.
        report: of `verify`.
        journal: the archive's store; an audit row for each thing that was mended goes there.
        clock: dates the audit rows.
        actor: whose name stands in them.
        progress: told after each thing that is tried, then after each object that is verified again.
        part: what was verified.

    Raises StoreUnreachable, CatalogUnreachable.
    """
    work = _Work(store, other, catalog)
    tasks = _tasks(report.problems)
    writer = JournalWriter(journal, new_writer(clock.now()), clock)
    try:
        for done, (key, text) in enumerate(tasks, 1):
            if key:
                work.mend_object(key)
            else:
                work.mend_text(text)
            progress(done, len(tasks))
    finally:
        rows = _audit(work.mended, report.problems, store, clock, actor)
        Committer(journal, catalog, writer, clock).commit_rows(rows)
    if not work.mended:
        return Repaired((), report)
    if store is not journal:
        work.follow(journal, writer.writer)
    again = {segment_of(mended.what) for mended in work.mended}
    second = verify(store, catalog, progress, part, only=again)
    return Repaired(tuple(work.mended), _merged(report, second, again, catalog))


def _tasks(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    """(object, "") or ("", text) of what can be mended, in the order in which one thing needs another."""
    found = {(problem.object or "", problem.text or "") for problem in problems}
    found.discard(("", ""))
    return sorted(found, key=lambda task: (not task[0], task[0].endswith(INDEX_END), task))


def _merged(first: Report, second: Report, again: set[str], catalog: Catalog) -> Report:
    """The second report, with what the first one found in segments that were not read twice."""
    rest = {row.key for row in segments.every(catalog)} - again
    kept = [problem for problem in first.problems if segment_of(problem.scope) in rest]
    new = [problem for problem in second.problems if segment_of(problem.scope) not in rest]
    return Report(first.segments, first.records, second.journal_entries, (*kept, *new))


def _audit(
    mended: Iterable[Mended], problems: Iterable[Problem], store: ObjectStore, clock: Clock, actor: str
) -> list[Row]:
    by_subject: dict[str, list[str]] = {}
    for problem in problems:
        subject = problem.object or (f"text_body {problem.text}" if problem.text else "")
        by_subject.setdefault(subject, []).append(str(problem))
    return [
        AuditRow(
            id=uuid4().hex,
            at=clock.now(),
            action="repair",
            subject=one.what,
            reason=f"damaged or missing in {store.address}; put back from {one.source}",
            actor=actor,
            details=tuple(by_subject.get(one.what, ())),
        )
        for one in mended
    ]


@dataclass
class _Work:
    store: ObjectStore
    other: ObjectStore | None
    catalog: Catalog
    mended: list[Mended] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = Known(journal_state.applied(self.catalog), journal_state.purged_from(self.catalog))

    def mend_object(self, key: str) -> None:
        """Put a right copy of an object in its place, if one is to be had."""
        if self.other is not None:
            try:
                with right_copy(self.other, key, self.catalog, self._known) as copy:
                    put_back(self.store, copy)
                    self.mended.append(Mended(key, self.other.address))
                    return
            except NoRightCopy:  # the problem stays in the report, which the second look makes
                pass
        if key.endswith(INDEX_END):
            self._remake_index(key)

    def _remake_index(self, key: str) -> None:
        """From the catalog's captures, if these are what their segment says."""
        row = segments.by_key(self.catalog, segment_of(key))
        if row is None:
            return
        found = check_segment(self.store, self.catalog, row)
        if any(problem.scope != key for problem in found):
            return
        data = capture_index(tuple(segments.captures_in(self.catalog, row.key)))
        put_back(self.store, Copy(key, data, sha256_hex(data), CDXJ_TYPE))
        self.mended.append(Mended(key, "the captures of its segment"))

    def mend_text(self, digest: str) -> None:
        """Read a kept text again from where it lies."""
        row = segments.text_of(self.catalog, digest)
        if row is None:
            return
        try:
            body = read_text(self.store, row)
        except (ArchiveDamaged, ObjectNotFound, UnicodeDecodeError):
            return  # told by the problems of that segment
        if sha256_hex(body.encode("utf-8", "surrogatepass")) == digest:
            integrity.keep_text(self.catalog, body)
            self.mended.append(Mended(f"text_body {digest}", row.segment))

    def follow(self, journal: ObjectStore, writer: str) -> None:
        """Copy what `writer` has put into the archive's journal, so that a mended replica has it too."""
        known = Known(journal_state.applied(self.catalog))
        for key, entry in known.applied.items():
            if entry.writer == writer:
                with right_copy(journal, key, self.catalog, known) as copy:
                    put_back(self.store, copy)
