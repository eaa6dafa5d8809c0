"""Bytes first: foreign captures are recorded and acknowledged before anything interprets them.

Responses go first. Revisits wait until all of them are in the catalog, because what a revisit stands for may
lie behind it, or in another of the files.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from threading import Event

from archive.catalog import lookup, takedowns
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.exchange import Exchange
from archive.recorder import Recorder
from archive.rows import CaptureRow
from config.settings import CrawlSettings
from pipelines.imports.captures import PassedOver, Response, Revisit
from pipelines.imports.containers import WarcFile
from pipelines.imports.digests import sha1_of
from pipelines.imports.foreign import foreign_records
from pipelines.imports.framing import Refused
from pipelines.imports.originals import Originals
from pipelines.imports.owners import Owners
from pipelines.imports.progress import ImportProgress

_IN_FLIGHT = 64  # captures on their way to the disk
_IN_FLIGHT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that was not taken, or a file (offset 0)."""

    file: str
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A capture of the files that is in the archive now.

    Attributes:
        capture_id: of its row.
        location: of a redirect, as sent.
        file: the file it came from.
        new: it was not in the archive before.
    """

    capture_id: str
    url: str
    at: datetime
    status: int
    mime: str
    location: str | None
    file: str
    new: bool


@dataclass(slots=True)
class Taken:
    """What became of the records."""

    captures: list[Imported] = field(default_factory=list)
    refused: list[RefusedRecord] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    repeated: int = 0  # the same capture stood in the files more than once


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A capture that the recorder has, but may not have made durable."""

    row: Future[CaptureRow]
    exchange: Exchange
    file: str
    names: tuple[str | None, ...]


@dataclass(slots=True)
class Intake:
    """Takes the records of files in. Blocks; runs in one thread, until `stop` is set by another."""

    catalog: Catalog
    originals: Originals
    committer: Committer
    recorder: Recorder
    owners: Owners
    limits: CrawlSettings
    clock: Clock
    progress: ImportProgress
    stop: Event
    _taken: Taken = field(default_factory=Taken)
    _seen: set[tuple[str, datetime, int, str]] = field(default_factory=set)
    _waiting: deque[_Waiting] = field(default_factory=deque)
    _waiting_bytes: int = 0
    _opened: float = field(default_factory=time.monotonic)

    def take(self, files: Iterable[WarcFile]) -> Taken:
        """Everything in the files, acknowledged; what `stop` leaves out is left out without a word.

        Raises what recorder, store and catalog raise; what was acknowledged before stays.
        """
        revisits: list[tuple[WarcFile, int, Revisit]] = []
        for file in files:
            before = self.progress.bytes_read
            for offset, found in foreign_records(file, self.clock.now()):
                if self.stop.is_set():
                    return self._taken
                self.progress.records += 1
                self.progress.bytes_read = before + offset
                match found:
                    case Refused(reason):
                        self._refuse(file, offset, reason)
                    case PassedOver(what):
                        self._taken.passed_over[what] += 1
                    case Revisit():
                        revisits.append((file, offset, found))
                    case Response(exchange, record_id, digest):
                        # nothing is the same nothing everywhere: an empty payload names no original
                        digests = (digest, sha1_of(exchange.body)) if exchange.body else ()
                        self._take(file, exchange, (record_id, *digests))
            self.progress.bytes_read = before + file.size
        self._commit()
        for file, offset, revisit in sorted(revisits, key=lambda waiting: waiting[2].exchange.at):
            if self.stop.is_set():
                return self._taken
            self._take_revisit(file, offset, revisit)
        self._commit()
        return self._taken

    def _refuse(self, file: WarcFile, offset: int, reason: str) -> None:
        self._taken.refused.append(RefusedRecord(file.name, offset, reason))

    def _take_revisit(self, file: WarcFile, offset: int, revisit: Revisit) -> None:
        resolved = self.originals.resolve(revisit)
        if isinstance(resolved, Refused):
            self._refuse(file, offset, resolved.reason)
        else:
            exchange, original = resolved
            self._take(file, exchange, (revisit.record_id,), original)

    def _take(
        self,
        file: WarcFile,
        exchange: Exchange,
        names: tuple[str | None, ...],
        original: CaptureRow | None = None,
    ) -> None:
        digest = sha256_hex(exchange.body)
        key = (url_key(exchange.url), exchange.at, exchange.status, digest)
        if key in self._seen:
            self._taken.repeated += 1
            return
        if takedowns.holds(self.catalog, exchange.url):
            self._taken.passed_over["taken down"] += 1
            return
        self._seen.add(key)
        known = self._known(exchange, digest)
        if known is not None:
            self._enter(known, exchange, file.name, names, new=False)
            return
        source = self.owners.of(exchange.url).name
        row = self.recorder.record(exchange, source, original)
        self._waiting.append(_Waiting(row, exchange, file.name, names))
        self._waiting_bytes += len(exchange.body)
        while len(self._waiting) > _IN_FLIGHT or self._waiting_bytes > _IN_FLIGHT_BYTES:
            self._settle()
        age = time.monotonic() - self._opened
        if self.recorder.open_bytes >= self.limits.segment_bytes or age >= self.limits.segment_seconds:
            self._commit()

    def _known(self, exchange: Exchange, digest: str) -> CaptureRow | None:
        """The same capture, if an import before this one, or our own crawl, has brought it already."""
        those = lookup.captures_at(self.catalog, exchange.url, exchange.at)
        unmodified = exchange.status == HTTPStatus.NOT_MODIFIED  # its row has its original's digest
        return next(
            (
                row
                for row in those
                if row.status == exchange.status and (unmodified or row.payload_sha256 == digest)
            ),
            None,
        )

    def _settle(self) -> None:
        waiting = self._waiting.popleft()
        self._waiting_bytes -= len(waiting.exchange.body)
        self._enter(waiting.row.result(), waiting.exchange, waiting.file, waiting.names, new=True)

    def _enter(
        self, row: CaptureRow, exchange: Exchange, file: str, names: tuple[str | None, ...], *, new: bool
    ) -> None:
        self.originals.name(row.id, names)
        location = exchange.header("Location")
        self._taken.captures.append(
            Imported(row.id, row.url, row.at, row.status, row.mime, location, file, new)
        )

    def _commit(self) -> None:
        while self._waiting:
            self._settle()
        self.committer.commit_segments(self.recorder, ())
        self._opened = time.monotonic()
