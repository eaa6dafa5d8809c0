"""`get` from an address and a moment to the page: look-up, range request, gunzip, digest, content coding."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product
from typing import Any

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.standing import standing
from archive.opening import Archive
from archive.rows import CaptureRow
from archive.stores.local import LocalStore
from bench import lookup_sample
from bench.lookup_rounds import Results, interleaved, timed
from cli.payload import read_decoded

WHOLE = "`get --as html`, to the page"
READ = "of it: range request, gunzip, decode"
_LARGEST = 1 << 20
_EVERY = list(product(range(lookup_sample.PAGES), range(len(lookup_sample.STATES))))


@dataclass
class CountingStore:
    """A store that counts its reads."""

    store: LocalStore
    reads: int = 0

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        self.reads += 1
        return self.store.read(key, offset, length)


def get(archive: Archive, wanted: tuple[int, int]) -> bytes:
    """A page of the sample as it stood at one of its looks."""
    return read_decoded(archive, _capture(archive.catalog, *wanted), _LARGEST)


def _capture(catalog: Catalog, number: int, look: int) -> CaptureRow:
    found = standing(catalog, lookup_sample.sample_url(number), lookup_sample.sample_moment(number, look))
    if found is None or found.capture is None:
        raise RuntimeError(f"page {number} of the sample is not in the archive at look {look}; build it anew")
    return found.capture


def costs(store: LocalStore, catalog: Catalog) -> set[tuple[int, int]]:
    """The (statements, range requests) that each page cost; raises RuntimeError for a wrong page."""
    counting, statements, found = CountingStore(store), [], set()
    archive = Archive(counting, catalog)  # type: ignore[arg-type]  # `get` only reads

    def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    with catalog.read() as connection:
        engine = connection.engine
    sa.event.listen(engine, "before_cursor_execute", count)
    for wanted in _EVERY:
        statements.clear()
        counting.reads = 0
        if get(archive, wanted) != lookup_sample.sample_page(*wanted):
            raise RuntimeError(f"page {wanted[0]} of the sample at look {wanted[1]} came back as another one")
        found.add((len(statements), counting.reads))
    sa.event.remove(engine, "before_cursor_execute", count)
    return found


def measure(archive: Archive, rounds: int) -> Results:
    """`get` over the sample; each round has its share of it."""
    asked = random.Random(rounds).sample(_EVERY, len(_EVERY))
    captures = [_capture(archive.catalog, *wanted) for wanted in asked]
    return interleaved(
        {
            WHOLE: timed(lambda wanted: get(archive, wanted), asked),
            READ: timed(lambda row: read_decoded(archive, row, _LARGEST), captures),
        },
        rounds,
        len(asked) // (rounds + 1),
    )
