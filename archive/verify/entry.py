"""Holds journal objects against their own digests, and against what the catalog remembers of each of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from archive.catalog.journal_state import AppliedEntry
from archive.catalog.replayed import Said, said_by
from archive.journal import FORMAT, Entry, JournalError, decode, is_entry_key
from archive.journal_lines import line_digest, purged_digest, split_lines
from archive.opening import Archive
from archive.stores.store import ObjectNotFound, ObjectStore
from archive.verify.findings import Problem


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog remembers of the journal.

    Attributes:
        applied: the entries that are in, by key.
        purged: by key of an entry, the digests of rows that were purged from it.
    """

    applied: Mapping[str, AppliedEntry]
    purged: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, keys: Collection[str]) -> Known:
        """What it remembers of these entries alone."""
        return Known(
            {key: self.applied[key] for key in keys if key in self.applied},
            {key: self.purged[key] for key in keys if key in self.purged},
        )


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a writer's chain.

    Attributes:
        digest: its own; None where neither object nor catalog tells it.
        previous: what it says of the one before.
        whole: whether it could be read.
    """

    writer: str
    number: int
    digest: str | None
    previous: str | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What a journal object came to.

    Attributes:
        problems: of the object itself.
        link: None for what is no entry by its name.
        said: what it says of rows, if that was asked for and the catalog has applied it.
    """

    key: str
    problems: tuple[Problem, ...]
    link: Link | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some journal objects, for one task of a pool.

    Attributes:
        known: what the catalog remembers of them.
        of_replica: whether the replica is read in place of the store.
        replayed: whether it is asked what the entries say of rows.
    """

    keys: tuple[str, ...]
    known: Known
    of_replica: bool
    replayed: bool


def check_piece(archive: Archive, piece: Piece) -> tuple[Checked, ...]:
    """Read the objects of a piece and check each; a task of a `Pool`."""
    store = archive.to_read(replica=piece.of_replica)
    return tuple(_checked(store, key, piece) for key in piece.keys)


def _checked(store: ObjectStore, key: str, piece: Piece) -> Checked:
    if not is_entry_key(key):
        return Checked(key, (Problem("journal", key, "this is no name of a journal entry"),))
    writer, number = _named(key)
    applied = piece.known.applied.get(key)
    try:
        entry, problems = entry_faults(store.read(key), key, piece.known)
    except ObjectNotFound:
        entry, problems = None, []  # gone since the listing, which tells
    if entry is None:
        return Checked(key, tuple(problems), Link(writer, number, applied.digest if applied else None))
    said = said_by(entry) if applied is not None and piece.replayed else None
    return Checked(key, tuple(problems), Link(writer, number, entry.digest, entry.previous, whole=True), said)


def _named(key: str) -> tuple[str, int]:
    writer, _, number = key.rpartition("/")[2].removesuffix(".jsonl").rpartition("-")
    return writer, int(number)


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
