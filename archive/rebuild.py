"""The catalog from the bucket alone: the journal, in order; then texts; then what lies in the bucket itself.

A mark in the catalog says that it is not whole until all of that is done. Whoever is killed in the middle
leaves the mark, and the next rebuild goes on with the entries and texts that are not in yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import structlog

from archive.catalog import journal_state, leases, rebuilding, search_index
from archive.catalog.catalog import Catalog
from archive.catalog.errors import CatalogUnfinished
from archive.clock import Clock, SystemClock
from archive.journal import Entry, JournalError, entries, in_order, read_entry
from archive.reader import ArchiveDamaged, read_text
from archive.rebuild_bucket import Bucket
from archive.rebuild_damage import Damage, gaps, not_whole
from archive.rebuild_orphans import mend_orphans
from archive.rebuild_texts import read_texts
from archive.rows import TextRow
from archive.stores.store import ObjectNotFound, ObjectStore
from config.errors import ConfigError, DatelineError

_ROWS, _ENTRIES = 5_000, 500  # a transaction
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
) -> Rebuilt:
    """Empty the catalog and replay the journal, or go on where an interrupted rebuild stopped.

    Everything whole is applied; what is not is named in the result. Every step may be killed and repeated.

    Args:
        store: the bucket.
        catalog: not written by anyone else meanwhile.
        progress: told after each journal entry how many are in, and how many there are.
        step: gives the same for the steps that follow, by what they count.
        clock: dates what is adopted.
        anew: start over, even if an interrupted rebuild can be gone on with.

    Raises ArchiveInUse if a lease is live, RebuildGoesOn, ConfigError if the interrupted rebuild was from
    another store, and what store and catalog raise.
    """
    clock = clock or SystemClock()
    with rebuilding.alone(catalog):
        if holders := leases.live(catalog, "", clock):
            raise ArchiveInUse(
                f"somebody is writing to this catalog ({', '.join(holders)}): stop crawls and the scheduler "
                "first; what a dead process holds is free after two minutes"
            )
        resumed = _begin(store, catalog, clock, anew=anew)
        damage = _replay(store, catalog, progress)
        rebuilding.index(catalog)
        texts, lost_texts = read_texts(store, catalog, step("segments with texts"))
        bucket = Bucket.listed(store, catalog)
        damage += bucket.damaged(lost_texts)
        mended = mend_orphans(bucket, clock, journal_is_whole=not damage)
        indexes = bucket.make_indexes(step("indexes"))
        rebuilding.end(catalog)
        search_index.fill(catalog, at_once=INDEX_AT_ONCE)
        return Rebuilt(
            len(journal_state.keys(catalog)),
            resumed,
            texts,
            mended.adopted,
            mended.collected,
            indexes,
            (*damage, *mended.damage),
        )


def _begin(store: ObjectStore, catalog: Catalog, clock: Clock, *, anew: bool) -> int:
    """Mark the catalog; the result is the number of entries that are in already."""
    before = rebuilding.unfinished(catalog)
    if before is None or anew:
        rebuilding.begin(catalog, store.address, clock.now())
        return 0
    if before.store != store.address:
        raise ConfigError(
            f"an interrupted rebuild of {catalog.address} was from {before.store}, and `store` is now "
            f"{store.address}: correct `store`, or say --anew to start over"
        )
    return len(journal_state.keys(catalog))


def _replay(store: ObjectStore, catalog: Catalog, progress: Progress) -> list[Damage]:
    keys = list(entries(store))
    known = frozenset(journal_state.keys(catalog))
    damage = list(gaps(keys))
    broken = partial(_note, store, damage)
    done = len(known)
    for batch in _batches(in_order(store, [key for key in keys if key not in known], broken)):
        rebuilding.replay(catalog, batch, partial(read_entry, store))
        for _ in batch:
            done += 1
            progress(done, len(keys))
    return damage


def _note(store: ObjectStore, damage: list[Damage], key: str, error: JournalError) -> None:
    damage.append(not_whole(store.read(key), key, error))


def _batches(found: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    rows = 0
    for entry in found:
        batch.append(entry)
        rows += len(entry.rows)
        if rows >= _ROWS or len(batch) >= _ENTRIES:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def catch_up(store: ObjectStore, catalog: Catalog) -> int:
    """Apply the entries that were put but not applied when their writer died; the result counts them.

    The whole journal is listed: another writer may have gone on for days since. An entry that is not whole,
    and a text that is not where it should be, are left out and logged: `verify` finds them.
    """
    applied = frozenset(journal_state.keys(catalog))
    missing = [key for key in entries(store) if key not in applied]
    count = 0
    for entry in in_order(store, missing, _log_damage):
        catalog.apply(entry, dict(_texts(store, entry)), partial(read_entry, store))
        count += 1
    return count


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


def refuse_unfinished(catalog: Catalog) -> None:
    """Raise CatalogUnfinished if a rebuild of this catalog has begun and is not done."""
    if (found := rebuilding.unfinished(catalog)) is not None:
        raise CatalogUnfinished(
            f"catalog {catalog.address} is half rebuilt (from {found.store}, begun "
            f"{found.started_at:%Y-%m-%d %H:%M} UTC) and is not whole yet; `dateline rebuild` goes on with it"
        )
