"""The catalog from the bucket alone: the journal, in order; then texts; then what lies in the bucket itself.

A mark in the catalog says that it is not whole until all of that is done. Whoever is killed in the middle
leaves the mark, and the next rebuild goes on with the entries and texts that are not in yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count, repeat

import structlog

from archive.catalog import journal_state, leases, rebuilding
from archive.catalog.catalog import Catalog
from archive.clock import Clock, SystemClock
from archive.journal import Entry, JournalError, entries, in_order, listed, read_entry
from archive.opening import Archive
from archive.pools.pool import Alone, Pool, begun
from archive.reader import ArchiveDamaged, read_text
from archive.rebuild.bucket import Bucket
from archive.rebuild.damage import Damage, gaps, not_whole
from archive.rebuild.entries import Piece, pieces_of
from archive.rebuild.orphans import mend_orphans
from archive.rebuild.texts import read_texts
from archive.rebuild.unfinished import refuse_unfinished
from archive.rebuild.words import fill_words, make_indexes
from archive.rows import TextRow
from archive.stores.store import ObjectNotFound, ObjectStore
from config.errors import ConfigError, DatelineError

__all__ = [
    "INDEX_AT_ONCE",
    "ArchiveInUse",
    "Progress",
    "Rebuilt",
    "catch_up",
    "rebuild",
    "refuse_unfinished",
    "unwatched",
]

_ENTRIES = 2_000  # a transaction, at most
INDEX_AT_ONCE = 1_000  # versions a transaction, while nobody else writes

log = structlog.get_logger()
Progress = Callable[[int, int], None]


class ArchiveInUse(DatelineError):  # noqa: N818 - named for what it says
    """Somebody writes to the catalog that is to be emptied."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did.

    Attributes:
        entries: journal entries in the catalog.
        resumed: of these, those that an interrupted rebuild had brought in.
        texts: clean texts read from `derived/`.
        adopted: captures of segments that no journal entry names.
        collected: objects removed that nothing names and nothing needs.
        indexes: CDXJ files made anew.
        damage: what is not whole, and what that costs.
    """

    entries: int
    resumed: int = 0
    texts: int = 0
    adopted: int = 0
    collected: int = 0
    indexes: int = 0
    damage: tuple[Damage, ...] = ()

    @property
    def lost(self) -> tuple[Damage, ...]:
        """What was acknowledged and is lost."""
        return tuple(each for each in self.damage if each.lost)


def unwatched(_what: str) -> Progress:
    """Progress that nobody watches."""
    return lambda _done, _total: None


def rebuild(
    store: ObjectStore,
    catalog: Catalog,
    progress: Progress,
    *,
    step: Callable[[str], Progress] = unwatched,
    clock: Clock | None = None,
    anew: bool = False,
    pool: Pool | None = None,
) -> Rebuilt:
    """Empty the catalog and replay the journal, or go on where an interrupted rebuild stopped.

    Everything whole is applied; what is not is named in the result. Every step may be killed and repeated.
    The catalog is the same whoever helps: what is read and made ready elsewhere is put from here, in order.

    Args:
        store: the bucket.
        catalog: not written by anyone else meanwhile.
        progress: told after each journal entry how many are in, and how many there are.
        step: gives the same for the steps that follow, by what they count.
        clock: dates what is adopted.
        anew: start over, even if an interrupted rebuild can be gone on with.
        pool: reads, checks and makes ready; None for this process alone.

    Raises ArchiveInUse if a lease is live, RebuildGoesOn, ConfigError if the interrupted rebuild was from
    another store, and what store and catalog raise.
    """
    clock, pool = clock or SystemClock(), pool or Alone(Archive(store, catalog))
    with rebuilding.alone(catalog):
        _refuse_used(catalog, clock)
        known = _known(store, catalog, anew=anew)
        journal = list(listed(store))
        missing = [info for info in journal if info.key not in (known or ())]
        # Emptying a catalog takes this process as long as others take to be there, and to read the first.
        pieces = begun(pool, pieces_of(pool, missing, _ENTRIES))
        if known is None:
            rebuilding.begin(catalog, store.address, clock.now())
        resumed = len(known or ())
        told = map(progress, count(resumed + 1), repeat(len(journal)))
        damage = [*gaps([info.key for info in journal]), *_replay(store, catalog, pieces, told)]
        indexes_left = make_indexes(catalog, pool)
        next(indexes_left, None)
        texts, lost_texts = read_texts(catalog, pool, step("segments with texts"), indexes_left)
        bucket = Bucket.listed(store, catalog)
        damage += bucket.damaged(lost_texts)
        mended = mend_orphans(bucket, clock, journal_is_whole=not damage)
        indexes = bucket.make_indexes(pool, step("indexes"))
        fill_words(catalog, pool)
        rebuilding.end(catalog)
        return Rebuilt(
            len(journal_state.keys(catalog)),
            resumed,
            texts,
            mended.adopted,
            mended.collected,
            indexes,
            (*damage, *mended.damage),
        )


def _refuse_used(catalog: Catalog, clock: Clock) -> None:
    if holders := leases.live(catalog, "", clock):
        raise ArchiveInUse(
            f"somebody is writing to this catalog ({', '.join(holders)}): stop crawls and the scheduler "
            "first; what a dead process holds is free after two minutes"
        )


def _known(store: ObjectStore, catalog: Catalog, *, anew: bool) -> frozenset[str] | None:
    """The entries that an interrupted rebuild has brought in; None if there is none to go on with."""
    before = rebuilding.unfinished(catalog)
    if before is None or anew:
        return None
    if before.store != store.address:
        raise ConfigError(
            f"an interrupted rebuild of {catalog.address} was from {before.store}, and `store` is now "
            f"{store.address}: correct `store`, or say --anew to start over"
        )
    return frozenset(journal_state.keys(catalog))


def _replay(
    store: ObjectStore, catalog: Catalog, pieces: Iterator[Piece], told: Iterator[None]
) -> Iterator[Damage]:
    """Put the pieces; what is not whole of them. `told` goes on by one with each entry."""
    replayed = False
    for piece in pieces:
        for key, why in piece.not_whole:
            yield not_whole(store.read(key), key, JournalError(why))
        if piece.batch is None:
            continue
        if not replayed:
            rebuilding.forget_words(catalog)  # of versions that may be other ones from here on
            replayed = True
        rebuilding.put(catalog, piece.batch, partial(read_entry, store))
        for _ in piece.batch.keys:
            next(told)


def catch_up(store: ObjectStore, catalog: Catalog) -> int:
    """Apply the entries that were put but not applied when their writer died; the result counts them.

    The whole journal is listed: another writer may have gone on for days since. An entry that is not whole,
    and a text that is not where it should be, are left out and logged: `verify` finds them.
    """
    applied = frozenset(journal_state.keys(catalog))
    missing = [key for key in entries(store) if key not in applied]
    applied_now = 0
    for entry in in_order(store, missing, _log_damage):
        catalog.apply(entry, dict(_texts(store, entry)), partial(read_entry, store))
        applied_now += 1
    return applied_now


def _log_damage(key: str, error: JournalError) -> None:
    log.warning(
        "a journal entry is not whole and was left out; run `dateline verify`", entry=key, problem=str(error)
    )


def _texts(store: ObjectStore, entry: Entry) -> Iterator[tuple[str, str]]:
    for row in entry.rows:
        if isinstance(row, TextRow):
            try:
                yield row.sha256, read_text(store, row)
            except (ObjectNotFound, ArchiveDamaged, UnicodeDecodeError) as error:
                # It may have been moved since by an entry that is in; otherwise it is lost.
                log.warning(
                    "a text cannot be read; run `dateline verify`", text=row.sha256, problem=str(error)
                )
