"""Holds the journal against its own digests and chain, and against what the catalog remembers of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.catalog.journal_state import AppliedEntry
from archive.findings import Problem
from archive.journal import FORMAT, Entry, JournalError, decode, is_entry_key
from archive.journal_lines import line_digest, purged_digest, split_lines
from archive.stores.store import ObjectNotFound, ObjectStore


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog remembers of the journal.

    Attributes:
        applied: the entries that are in, by key.
        purged: by key of an entry, the digests of rows that were purged from it.
    """

    applied: Mapping[str, AppliedEntry]
    purged: Mapping[str, frozenset[str]] = field(default_factory=dict)


def check_journal(
    store: ObjectStore,
    keys: Sequence[str],
    known: Known,
    read: Callable[[Entry], None],
    progress: Callable[[int], None],
) -> Iterator[Problem]:
    """Read the objects `keys` and check each, and the chain of each writer; a day is in memory at a time.

    Each whole entry that the catalog has applied is handed to `read`, in replay order.
    """
    last: dict[str, _Link] = {}
    done = 0
    for day in _by_day(keys):
        whole: list[Entry] = []
        links: list[
            tuple[str, _Link, str | None]
        ] = []  # key, the link itself, what it says of the one before
        for key in day:
            done += 1
            progress(done)
            if not is_entry_key(key):
                yield Problem("journal", key, "this is no name of a journal entry")
                continue
            entry, problems = _read(store, key, known)
            yield from problems
            writer, number = _named(key)
            if entry is None:
                applied = known.applied.get(key)
                links.append((key, _Link(writer, number, applied.digest if applied else None), None))
                continue
            links.append((key, _Link(writer, number, entry.digest, whole=True), entry.previous))
            if key in known.applied:
                whole.append(entry)
        for key, link, previous in sorted(links, key=lambda each: (each[1].writer, each[1].number)):
            yield from _chain_faults(key, link, previous, last.get(link.writer))
            last[link.writer] = link
        for entry in sorted(whole, key=lambda entry: entry.order):
            read(entry)


def entry_faults(data: bytes, key: str, known: Known) -> tuple[Entry | None, list[Problem]]:
    """The entry in a journal object, None if it cannot be read, and what is wrong with the object itself."""
    applied = known.applied.get(key)
    mend = key if applied else None  # what was never applied has no copy that counts
    try:
        entry = decode(data, key)
    except (JournalError, UnicodeDecodeError) as error:
        return None, [Problem("journal", key, str(error), mend)]
    problems: list[Problem] = []
    if entry.key != key:
        problems.append(Problem("journal", key, f"the entry says that its key is {entry.key}", mend))
    if not data.endswith(b"\n"):
        problems.append(Problem("journal", key, "its last line has no end; it was cut", mend))
    if applied is not None:
        problems += _applied_faults(entry, applied, key, chained=_is_chained(data))
    problems += _purge_faults(data, key, known)
    return entry, problems


def _read(store: ObjectStore, key: str, known: Known) -> tuple[Entry | None, list[Problem]]:
    try:
        data = store.read(key)
    except ObjectNotFound:
        return None, []  # gone since the listing, which tells
    return entry_faults(data, key, known)


def _applied_faults(entry: Entry, applied: AppliedEntry, key: str, *, chained: bool) -> Iterator[Problem]:
    if applied.digest is not None and applied.digest != entry.digest:
        what = f"the entry has digest {entry.digest}, the catalog has {applied.digest}"
        yield Problem("journal", key, what, key)
    elif applied.digest is None and chained:
        yield Problem("journal", key, "the catalog does not know the digest of this entry")
    if entry.key == key and (applied.writer, applied.number, applied.at) != (
        entry.writer,
        entry.number,
        entry.at,
    ):
        what = f"the catalog has it as number {applied.number} of {applied.writer} at {applied.at}"
        yield Problem("journal", key, what)


def _purge_faults(data: bytes, key: str, known: Known) -> Iterator[Problem]:
    purged = known.purged.get(key, frozenset())
    _, *lines = split_lines(data)
    for line in lines:
        gap = purged_digest(line)
        if gap is not None and gap not in purged:
            yield Problem("journal", key, f"row {gap} is left out, and no purge says so", key)
        elif gap is None and purged and line_digest(line) in purged:
            yield Problem("erased", key, f"row {line_digest(line)} was purged and is still there")


def _is_chained(data: bytes) -> bool:
    return bool(json.loads(split_lines(data)[0])["dateline_journal"] == FORMAT)


@dataclass(frozen=True, slots=True)
class _Link:
    """One entry of a writer's chain; the digest is None where neither object nor catalog tells it."""

    writer: str
    number: int
    digest: str | None
    whole: bool = False


def _chain_faults(key: str, link: _Link, previous: str | None, before: _Link | None) -> Iterator[Problem]:
    if link.number != (before.number if before else 0) + 1:
        yield Problem("journal", key, f"entry {link.number} follows entry {before.number if before else 0}")
        return
    if not link.whole or (before is not None and before.digest is None):
        return  # told already
    expected = before.digest if before else None
    if previous != expected:
        yield Problem("journal", key, f"the entry before has digest {expected}, this one expects {previous}")


def _named(key: str) -> tuple[str, int]:
    writer, _, number = key.rpartition("/")[2].removesuffix(".jsonl").rpartition("-")
    return writer, int(number)


def _by_day(keys: Sequence[str]) -> Iterator[list[str]]:
    days: dict[str, list[str]] = {}
    for key in keys:
        days.setdefault(key.split("/")[1], []).append(key)
    for day in sorted(days):
        yield days[day]


def check_applied(known: Known, there: Sequence[str]) -> Iterator[Problem]:
    """Compare which entries are in the store with which the catalog has applied."""
    listed = set(there)
    for key in sorted(listed - known.applied.keys()):
        if is_entry_key(key):
            yield Problem("journal", key, "the catalog has not applied this entry; the next start will")
    for key in sorted(known.applied.keys() - listed):
        what = "the catalog applied this journal entry, the store does not have it"
        yield Problem("missing", key, what, key)
