"""What the journal says of some captures, in a form that proves it and shows nothing else.

An entry's header line commits to all of its rows by their digests (`archive.journal_lines`). So a row is
shown with the header and the digests of the other rows. The headers of the writer's following entries lead
from there to the entry that a stamp names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.catalog import journal_state
from archive.catalog.catalog import Catalog
from archive.clock import parse_z
from archive.journal import FORMAT
from archive.journal_lines import line_digest, purged_digest, read_row, rows_digest, split_lines
from archive.rows import CaptureRow, Row, SegmentRow, VersionRow
from archive.stamps.stamp import Statement, read_statement, statement_keys, token_key
from archive.stores.store import ObjectStore
from config.errors import DatelineError

FOLDER = "evidence/"
_HEADER_BYTES = 4096  # a header line takes some hundred


class NoEvidence(DatelineError):  # noqa: N818 - named for what it says
    """The journal does not say what a citation needs."""


@dataclass(slots=True)
class Shown:
    """A journal entry of which some rows are shown: by the number of their line, from 1."""

    key: str
    lines: list[bytes]
    rows: dict[int, bytes] = field(default_factory=dict)

    @property
    def header(self) -> dict[str, object]:
        """What the header says."""
        found: dict[str, object] = json.loads(self.lines[0])
        return found

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Files whose digests a person can compute: the header, the digests of all rows, the rows shown."""
        # All in one folder: the reference validator knows no deeper ones.
        entry = f"{FOLDER}entry-{self.header['writer']}-{self.header['number']:08d}."
        yield f"{entry}header.json", self.lines[0]
        yield f"{entry}rows.txt", "".join(f"{line_digest(line)}\n" for line in self.lines[1:]).encode()
        for number in sorted(self.rows):
            yield f"{entry}row-{number:06d}.json", self.rows[number]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stored statement and its token, byte for byte."""

    key: str
    statement: Statement
    data: bytes
    token: bytes


class Evidence:
    """Collects the rows of captures and of a version; then gives the parts of a package."""

    def __init__(self, store: ObjectStore, catalog: Catalog) -> None:
        self._store, self._catalog = store, catalog
        self._shown: dict[str, Shown] = {}

    def add_capture(self, capture: CaptureRow, since: datetime) -> None:
        """Show the first entry that has a capture with this id and payload, from a moment on.

        Raises NoEvidence if there is none.
        """
        for shown, number, row in self._find(capture.id, since):
            if isinstance(row, CaptureRow) and (row.id, row.payload_sha256) == (
                capture.id,
                capture.payload_sha256,
            ):
                self._show(shown, number)
                for other, line in _rows(shown):
                    if isinstance(line, SegmentRow) and line.key in {row.segment, row.payload_segment}:
                        shown.rows[other] = shown.lines[other]
                return
        raise NoEvidence(f"no journal entry names the capture of {capture.url}; run `dateline verify`")

    def add_version(self, version: VersionRow, since: datetime) -> None:
        """Show the first entry that says of a version what is said of it now; raises NoEvidence."""
        for shown, number, row in self._find(version.capture_id, since):
            if row == version:
                self._show(shown, number)
                return
        raise NoEvidence(
            f"no journal entry names version {version.number} of {version.url}; run `dateline verify`"
        )

    def _show(self, shown: Shown, number: int) -> None:
        if shown.header["dateline_journal"] != FORMAT:
            raise NoEvidence(
                f"{shown.key} has journal format {shown.header['dateline_journal']}, whose rows cannot be "
                f"shown one by one; only entries of format {FORMAT} can be cited"
            )
        self._shown[shown.key] = shown
        shown.rows[number] = shown.lines[number]

    def _find(self, needle: str, since: datetime) -> Iterator[tuple[Shown, int, Row]]:
        """Rows in which an id stands, those of entries that are shown already first, then by time."""
        spelled = needle.encode()
        for key in dict.fromkeys((*self._shown, *journal_state.since(self._catalog, since))):
            shown = self._shown.get(key)
            if shown is None:
                data = self._store.read(key)
                if spelled not in data:
                    continue
                shown = Shown(key, split_lines(data))
            for number, line in enumerate(shown.lines[1:], 1):
                if spelled in line and purged_digest(line) is None:
                    yield shown, number, read_row(line, key, number + 1)

    def stamp(self) -> Stamp | None:
        """The earliest statement that covers every entry shown; None if there is none yet."""
        newest: dict[str, int] = {}
        for shown in self._shown.values():
            writer, number = str(shown.header["writer"]), int(str(shown.header["number"]))
            newest[writer] = max(number, newest.get(writer, 0))
        newest_at = max(parse_z(str(shown.header["at"])) for shown in self._shown.values())
        day = f"{newest_at - timedelta(days=1):%Y-%m-%d}"  # machines' clocks may disagree
        fit = [
            (statement.at, key, statement)
            for key in statement_keys(self._store)
            if key.split("/")[1] >= day
            for statement in [read_statement(self._store, key)]
            if all(statement.number_of(writer) >= number for writer, number in newest.items())
        ]
        if not fit:
            return None
        _, key, statement = min(fit, key=lambda each: each[:2])
        return Stamp(key, statement, statement.encode(), self._store.read(token_key(key)))

    def parts(self, stamp: Stamp | None) -> Iterator[tuple[str, bytes]]:
        """The entries, for each writer the chain of headers from the first of them on, and the stamp."""
        firsts: dict[str, list[int]] = {}
        for key in sorted(self._shown):
            shown = self._shown[key]
            yield from shown.parts()
            firsts.setdefault(str(shown.header["writer"]), []).append(int(str(shown.header["number"])))
        for writer, numbers in firsts.items():
            last = stamp.statement.number_of(writer) if stamp else max(numbers)
            yield f"{FOLDER}chain-{writer}.jsonl", self._chain(writer, min(numbers), last)
        if stamp is not None:
            yield f"{FOLDER}statement.txt", stamp.data
            yield f"{FOLDER}statement.tsr", stamp.token

    def _chain(self, writer: str, first: int, last: int) -> bytes:
        keys = journal_state.keys_of(self._catalog, writer, first, last)
        if len(keys) != last - first + 1:
            raise NoEvidence(f"entries of writer {writer} are not in the catalog; run `dateline verify`")
        heads = [split_lines(self._store.read(key, 0, _HEADER_BYTES))[0] for key in keys]
        return b"".join(head + b"\n" for head in heads)


def _rows(shown: Shown) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(shown.lines[1:], 1):
        if line.startswith(b'{"table":"segment"'):
            yield number, read_row(line, shown.key, number + 1)


def digests_of(rows: bytes) -> Sequence[str]:
    """The digests in a `rows.txt`."""
    return rows.decode("ascii").splitlines()


def commits_to(header: dict[str, object], rows: bytes) -> bool:
    """Whether a header was made from these digests."""
    digests = digests_of(rows)
    return header.get("rows_sha256") == rows_digest(digests) and header.get("rows") == len(digests)
