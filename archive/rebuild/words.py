"""Indexes, and the index of words, of a catalog that a rebuild has filled."""

from __future__ import annotations

from collections.abc import Iterator

from archive.catalog import rebuilding, search_fill, search_index
from archive.catalog.catalog import Catalog
from archive.opening import Archive
from archive.pools.pool import Pool

_BYTES = 8 << 20  # of words a transaction
_LEFT = 1_000  # versions a transaction, of the few that wait otherwise


def make_indexes(catalog: Catalog, pool: Pool) -> Iterator[None]:
    """Make the indexes that a rebuild had dropped: those that texts are read by, and another one each step.

    SQLite takes them from this process, which has little else to do while others read the texts. PostgreSQL
    makes several at once.
    """
    missing = rebuilding.missing_indexes(catalog)
    if catalog.backend == "postgresql":
        for _ in pool.map(_make_index, missing):
            pass
        missing = []
    for name in missing:
        rebuilding.make_index(catalog, name)
        yield


def _make_index(archive: Archive, name: str) -> None:
    rebuilding.make_index(archive.catalog, name)


def fill_words(catalog: Catalog, pool: Pool) -> None:
    """Index every version that is not in the index of words; what was done before a kill stays done."""
    waiting: list[bytes] = []
    for packed in pool.map(_words, search_fill.Missing(catalog)):
        if packed is not None:
            waiting.append(packed)
        if sum(map(len, waiting)) >= _BYTES:
            search_fill.enter(catalog, waiting)
            waiting = []
    search_fill.enter(catalog, waiting)
    months = search_fill.months(catalog)
    if catalog.backend == "sqlite":
        for month in months:
            search_fill.finish(catalog, month)
    else:
        for _ in pool.map(_finish, months):
            pass
    search_index.fill(catalog, at_once=_LEFT)


def _words(archive: Archive, placed: search_fill.Placed) -> bytes | None:
    return search_fill.words_of(archive.catalog, placed)


def _finish(archive: Archive, month: int) -> None:
    search_fill.finish(archive.catalog, month)
