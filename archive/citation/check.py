"""Checks a citation offline: records → capture rows → entry headers → chain → statement → stamp."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from archive.citation.citation import Citation
from archive.citation.cite import FORMAT as CITATION_FORMAT
from archive.citation.evidence import FOLDER, commits_to, digests_of
from archive.citation.package import PAGES, WARC, CitationBroken, Package, decode_package
from archive.citation.readme import readme
from archive.clock import parse_z
from archive.digest import sha256_hex, url_key
from archive.journal_lines import JournalError, read_row
from archive.rows import CaptureRow, Row, VersionRow
from archive.stamps.authority import Token, TokenRefused, check_token, read_token
from archive.stamps.stamp import StampDamaged, Statement, decode_statement
from archive.warc import ReadRecord, WarcError, read_records

_ENTRIES, _CHAINS = f"{FOLDER}entry-", f"{FOLDER}chain-"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a citation proves.

    Attributes:
        url: of the capture, as the citation says.
        proven: sentences about what holds.
        not_proven: sentences about what nobody can tell from it.
        problems: what is wrong; with any, nothing is proven.
        token: what the stamp says, if there is one; its authority is None if that was not checked.
    """

    url: str | None
    proven: tuple[str, ...]
    not_proven: tuple[str, ...]
    problems: tuple[str, ...]
    token: Token | None = None


@dataclass(slots=True)
class _Case:
    """A citation being checked."""

    package: Package
    said: Mapping[str, object]
    records: dict[str, ReadRecord] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    token: Token | None = None

    @property
    def captures(self) -> dict[str, CaptureRow]:
        return {row.id: row for row in self.rows if isinstance(row, CaptureRow)}


def check_citation(data: bytes, ca_file: Path | None) -> Verdict:
    """Check all of a citation; `ca_file` has the root certificate of the authority that stamped it.

    Whatever is wrong with `data` is in the result. Raises ConfigError for a bad `ca_file`.
    """
    try:
        package = decode_package(data)
        case = _Case(package, _said(package))
        problems = [
            *_records(case),
            *_entries(case),
            *_chains(case),
            *_stamp(case, ca_file),
            *_captures(case),
        ]
        problems += [*_page(case), *_told(case)]
    except (
        CitationBroken, JournalError, StampDamaged, WarcError,
        KeyError, TypeError, ValueError, IndexError, AttributeError,
    ) as error:  # fmt: skip
        # What reading says to parts that somebody else has made up.
        said = f"a part of it is missing: {error}" if isinstance(error, KeyError) else str(error)
        return Verdict(None, (), (), (said or type(error).__name__,))
    url = str(case.said["url"])
    if problems:
        return Verdict(url, (), (), tuple(problems))
    return Verdict(url, tuple(_proven(case)), tuple(_not_proven(case)), (), case.token)


def _said(package: Package) -> Mapping[str, object]:
    said: dict[str, object] = json.loads(package.parts[f"{FOLDER}citation.json"])
    if said["dateline_citation"] != CITATION_FORMAT:
        raise CitationBroken(
            f"citation format {said['dateline_citation']!r}; this release reads {CITATION_FORMAT}"
        )
    return said


def _records(case: _Case) -> Iterator[str]:
    for record in read_records(io.BytesIO(case.package.parts[WARC])):
        if record.kind in {"response", "revisit"}:
            case.records[record.id] = record
    if str(case.said["capture"]) not in case.records:
        yield f"{WARC} does not hold the record {case.said['capture']} that is cited"


def _entries(case: _Case) -> Iterator[str]:
    for path, header in case.package.parts.items():
        if not (path.startswith(_ENTRIES) and path.endswith(".header.json")):
            continue
        entry = path.removesuffix("header.json")
        digests = case.package.parts[f"{entry}rows.txt"]
        if not commits_to(json.loads(header), digests):
            yield f"{entry}rows.txt is not what header.json was made from"
        for name, line in case.package.parts.items():
            if name.startswith(f"{entry}row-"):
                number = int(name.removeprefix(f"{entry}row-").removesuffix(".json"))
                if digests_of(digests)[number - 1] != sha256_hex(line):
                    yield f"{name} is not row {number} of its entry"
                case.rows.append(read_row(line, name, 1))
        chain = case.package.parts[f"{_CHAINS}{json.loads(header)['writer']}.jsonl"]
        if header not in chain.split(b"\n"):
            yield f"{path} is not in the chain of its writer"


def _chains(case: _Case) -> Iterator[str]:
    for path, chain in case.package.parts.items():
        if not path.startswith(_CHAINS):
            continue
        lines = chain.removesuffix(b"\n").split(b"\n")
        for before, after in pairwise(lines):
            if json.loads(after)["previous"] != sha256_hex(before):
                yield f"{path}: entry {json.loads(after)['number']} does not follow the line before it"
        if f"{FOLDER}statement.txt" not in case.package.parts:
            continue
        last, statement = lines[-1], _statement(case)
        writer = path.removeprefix(_CHAINS).removesuffix(".jsonl")
        head = next((head for head in statement.heads if head.writer == writer), None)
        if head is None or head.digest != sha256_hex(last):
            yield f"{path} does not end with the entry that the statement names for this writer"


def _statement(case: _Case) -> Statement:
    name = f"{FOLDER}statement.txt"
    return decode_statement(case.package.parts[name], name)


def _stamp(case: _Case, ca_file: Path | None) -> Iterator[str]:
    parts = case.package.parts
    statement, answer = parts.get(f"{FOLDER}statement.txt"), parts.get(f"{FOLDER}statement.tsr")
    if (statement is None) != (answer is None):
        yield "of statement and token one is missing"
    if statement is None or answer is None:
        return
    try:
        case.token = (
            read_token(answer, statement) if ca_file is None else check_token(answer, statement, ca_file)
        )
    except TokenRefused as error:
        yield f"{FOLDER}statement.tsr: {error}"


def _captures(case: _Case) -> Iterator[str]:
    payloads = {sha256_hex(record.payload) for record in case.records.values() if record.kind == "response"}
    for identity, record in case.records.items():
        row = case.captures.get(identity)
        where = f"{WARC}: record {identity}"
        if row is None:
            yield f"{where} is not named by any row of the journal that is shown"
            continue
        target, date = record.headers.get("WARC-Target-URI"), parse_z(record.headers["WARC-Date"])
        if (target, date, url_key(row.url)) != (row.url, row.at, row.url_key):
            yield f"{where} is of {target} at {date}, the journal says {row.url} at {row.at}"
        if record.block.split(b"\r\n", 1)[0].split(b" ")[1] != str(row.status).encode():
            yield f"{where} has another status than the {row.status} of the journal"
        if record.kind == "response" and sha256_hex(record.payload) != row.payload_sha256:
            yield f"{where} has another body than the one that the journal names"
        if row.payload_sha256 not in payloads:
            yield f"{where}: the body that the journal names is not here"


def _page(case: _Case) -> Iterator[str]:
    """The title and text are those that the version's row names."""
    *_, last = case.package.parts[PAGES].splitlines()
    page = json.loads(last)
    version = next((row for row in case.rows if isinstance(row, VersionRow)), None)
    if version is None:
        if page["text"] or case.said["version"] is not None:
            yield f"{PAGES} has a text that no row of the journal names"
        return
    text = page["text"].encode("utf-8", "surrogatepass")
    if version.text_sha256 is not None and sha256_hex(text) != version.text_sha256:
        yield f"{PAGES} has another text than the one that the journal names"
    if page["title"] != (version.title or page["url"]):
        yield f"{PAGES} has another title than the journal"
    if (version.capture_id, version.number) != (case.said["capture"], case.said["version"]):
        yield "the version that is shown is of another capture than the one that is cited"


def _told(case: _Case) -> Iterator[str]:
    """What `citation.json` and the README tell is what was checked."""
    row = case.captures.get(str(case.said["capture"]))
    if row is None:
        return  # said already
    version = next((each for each in case.rows if isinstance(each, VersionRow)), None)
    told = (case.said["url"], parse_z(str(case.said["at"])), case.said["payload_sha256"])
    if told != (row.url, row.at, row.payload_sha256):
        yield f"{FOLDER}citation.json tells of another capture than the journal"
    statement = case.package.parts.get(f"{FOLDER}statement.txt")
    named = str(case.said["statement"]).rpartition("/")[2] if case.said["statement"] is not None else None
    if named != (f"{sha256_hex(statement)}.json" if statement is not None else None):
        yield f"{FOLDER}citation.json names another statement"
    about = Citation(
        row.url, row.at, row.id, row.payload_sha256, version.title if version else None,
        version.number if version else None, str(case.said["memento"]), None, case.token,
    )  # fmt: skip
    if readme(about).encode() != case.package.parts[f"{FOLDER}README.txt"]:
        yield f"{FOLDER}README.txt is not what a citation of this capture tells"


def _proven(case: _Case) -> Iterator[str]:
    row = case.captures[str(case.said["capture"])]
    yield (
        f"The body of {row.url} (SHA-256 {row.payload_sha256}) is the one that the archive's journal names, "
        f"captured at {row.at:%Y-%m-%d %H:%M:%S} UTC by the archive's clock with status {row.status}."
    )
    if any(isinstance(each, VersionRow) for each in case.rows):
        yield "The title and the text are those that the archive read out of it at the time."
    token = case.token
    if token is None:
        return
    when = f"{token.at:%Y-%m-%d %H:%M:%S} UTC"
    if token.authority is not None:
        says = f"says {token.authority} (serial {token.serial})"
        yield f"These bytes were in the archive not later than {when}, {says}."
        yield "Nothing of what the journal says of them was changed since."


def _not_proven(case: _Case) -> Iterator[str]:
    if case.token is None:
        yield "When this was written: no authority has stamped it, so it is the archive's own word."
    elif case.token.authority is None:
        yield (
            f"That it was there by {case.token.at:%Y-%m-%d %H:%M:%S} UTC: a stamp says so, but who signed it "
            "was not checked. Name the authority's root certificate with --ca, from the authority itself."
        )
    yield "That the site sent these bytes, and at the time of capture: that is the archive's own word."
    yield "The header lines of the answer, and the request: the journal names the body alone."
