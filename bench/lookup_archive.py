"""Builds the archive that the look-ups are measured on, once for a folder.

Most of its captures are rows alone, what a look-up reads, and are loaded in bulk. A sample of pages is
recorded, sealed and put like any other capture, so that their bytes can be read back.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from itertools import chain, count, islice
from pathlib import Path

import surt

from archive.catalog import bulk, lookup, rebuilding, segments
from archive.catalog.catalog import Catalog
from archive.commit import Committer
from archive.journal import JournalWriter
from archive.open_batch import OpenBatch
from archive.opening import check_format
from archive.recorder import Recorder
from archive.rows import CaptureRow, Row
from archive.sorted_lines import SortedLines
from archive.spool import Spool
from archive.stores.local import LocalStore
from bench import lookup_sample
from bench.built_once import building, is_built
from bench.lookup_material import LONG_VERSIONS, captures_of_night, long_story, times_of

_AT_ONCE = 500_000  # rows a transaction
FORM = 2  # of what is built here: a change of it builds anew


@dataclass
class NightClock:
    """Stands at the look that is being committed, so that the journal has a folder for each."""

    moment: datetime = datetime(2024, 1, 1, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True, slots=True)
class LookupArchive:
    """The files of one such archive.

    Attributes:
        folder: holds the store, the SQLite catalog, settings for `dateline --config`, and the CDXJ.
        captures: how many it has, those of the sample included.
    """

    folder: Path
    captures: int

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder / "store")

    @property
    def catalog(self) -> str:
        return f"sqlite:///{self.folder / 'catalog.db'}"

    @property
    def index(self) -> Path:
        """Every capture but the 304s in one sorted CDXJ, as our segments have them."""
        return self.folder / "index.cdxj"

    def build(self) -> None:
        """Build what is not there; raises FileExistsError where the folder holds something else."""
        wanted = {"form": FORM, "captures": self.captures}
        if not is_built(self.folder, wanted):
            with building(self.folder, wanted):
                self._fill()

    def _fill(self) -> None:
        check_format(self.store)
        catalog = Catalog.open(self.catalog)
        with SortedLines(self.folder) as lines:
            load(catalog, self.captures, partial(_index, lines))
            self._record_sample(catalog)
            for segment in segments.every(catalog):
                for row in segments.captures_in(catalog, segment.key):
                    _index(lines, row)
            with self.index.open("wb") as out:
                out.writelines(lines)
        catalog.close()
        (self.folder / "dateline.yaml").write_text(
            f"store: {self.store.address}\ncatalog: {self.catalog}\nspool: {self.folder / 'spool'}\n"
            f"sources: {self.folder / 'sources'}\n"
        )

    def _record_sample(self, catalog: Catalog) -> None:
        clock = NightClock()
        with Spool.create(self.folder / "spool", clock.now()) as spool:
            journal = JournalWriter(self.store, spool.writer, clock)
            committer = Committer(self.store, catalog, journal, clock)
            known, info = partial(lookup.known_payload, catalog), {"software": "Dateline/bench"}
            batch = OpenBatch(spool.folder, run_id="run-sample", clock=clock, known=known, info=info)
            recorder = Recorder(batch)
            for look in range(len(lookup_sample.STATES)):
                clock.moment = lookup_sample.FROM + timedelta(days=look, hours=1)
                committer.commit_segments(recorder, list(lookup_sample.record_look(catalog, recorder, look)))
            recorder.close()


def load(catalog: Catalog, captures: int, told: Callable[[CaptureRow], None]) -> None:
    """Fill an empty catalog with all but the sample; `told` of each capture."""
    sampled = lookup_sample.PAGES * len(lookup_sample.STATES)
    wanted, began = captures - sampled - LONG_VERSIONS, time.monotonic()
    rows: list[Row] = list(long_story())
    for row in rows:
        if isinstance(row, CaptureRow):
            told(row)
    gc.disable()  # millions of rows, none in a circle
    try:
        with catalog.write() as connection:
            bulk.drop_indexes(connection)
        for done, (row, about) in enumerate(_captures(wanted, times_of(captures)), 1):
            rows += [row, *about]
            told(row)
            if len(rows) >= _AT_ONCE or done == wanted:
                _add(catalog, rows)
                rows = []
                print(
                    f"loaded {done:,} captures, {done / (time.monotonic() - began):,.0f}/s", file=sys.stderr
                )
    finally:
        gc.enable()
    rebuilding.index(catalog)
    if catalog.backend == "postgresql":
        with catalog.write() as connection:
            connection.exec_driver_sql("ANALYZE")  # what autovacuum would have done in the meantime


def _captures(wanted: int, times: int) -> Iterator[tuple[CaptureRow, list[Row]]]:
    return islice(chain.from_iterable(captures_of_night(night, times) for night in count()), wanted)


def _add(catalog: Catalog, rows: list[Row]) -> None:
    by_table: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row)
    with catalog.write() as connection:
        if catalog.backend == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-1500000")  # keys come in no order
        for table, mine in by_table.items():
            bulk.add(connection, table, map(bulk.stored(catalog.backend, table).row, mine))


def _index(lines: SortedLines, row: CaptureRow) -> None:
    """The line of `archive.open_batch.index_line`, its SURT remembered: that costs more than the rest."""
    if row.status == HTTPStatus.NOT_MODIFIED:
        return
    fields = {
        "url": row.url,
        "mime": "warc/revisit" if row.kind == "revisit" else row.mime,
        "status": str(row.status),
        "digest": row.payload_sha1,
        "length": str(row.length),
        "offset": str(row.offset),
        "filename": row.segment.rpartition("/")[2],
    }
    lines.add(f"{_surt(row.url)} {row.at:%Y%m%d%H%M%S} {json.dumps(fields)}")


@lru_cache(1 << 18)
def _surt(url: str) -> str:
    return str(surt.surt(url))
