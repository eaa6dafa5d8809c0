"""Builds the archive that the look-ups are measured on, once for a folder, through the house's own commits.

Most of its captures are rows alone: what a look-up reads. A sample of pages is recorded, sealed and put like
any other capture, so that their bytes can be read back.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path

import surt

from archive.catalog import lookup, segments
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
from bench.lookup_material import captures_of_night

FORM = 1  # of what is built here: a change of it builds anew


@dataclass
class NightClock:
    """Stands at the night that is being committed, so that the journal has a folder for each."""

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
            _commit_everything(self, catalog, lines)
            with self.index.open("wb") as out:
                out.writelines(lines)
        catalog.close()
        (self.folder / "dateline.yaml").write_text(
            f"store: {self.store.address}\ncatalog: {self.catalog}\nspool: {self.folder / 'spool'}\n"
            f"sources: {self.folder / 'sources'}\n"
        )


def _commit_everything(archive: LookupArchive, catalog: Catalog, lines: SortedLines) -> None:
    clock = NightClock()
    with Spool.create(archive.folder / "spool", clock.now()) as spool:
        journal = JournalWriter(archive.store, spool.writer, clock)
        committer = Committer(archive.store, catalog, journal, clock)
        sampled = lookup_sample.PAGES * len(lookup_sample.STATES)
        _commit_nights(committer, clock, archive.captures - sampled, lines)
        known, info = partial(lookup.known_payload, catalog), {"software": "Dateline/bench"}
        recorder = Recorder(OpenBatch(spool.folder, run_id="run-sample", clock=clock, known=known, info=info))
        for look in range(len(lookup_sample.STATES)):
            clock.moment = lookup_sample.FROM + timedelta(days=look, hours=1)
            committer.commit_segments(recorder, list(lookup_sample.record_look(catalog, recorder, look)))
        recorder.close()
    for segment in segments.every(catalog):
        for row in segments.captures_in(catalog, segment.key):
            _index(lines, row)


def _commit_nights(committer: Committer, clock: NightClock, wanted: int, lines: SortedLines) -> None:
    done, night, began = 0, 0, time.monotonic()
    while done < wanted:
        rows: list[Row] = []
        for row, about in captures_of_night(night):
            if done == wanted:
                break
            rows += [row, *about]
            _index(lines, row)
            done += 1
        committer.commit_rows(rows)
        night, clock.moment = night + 1, clock.moment + timedelta(days=1)
        if night % 100 == 0 or done == wanted:
            rate = done / (time.monotonic() - began)
            print(f"built {done:,} captures of {night:,} nights, {rate:,.0f}/s", file=sys.stderr)


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
