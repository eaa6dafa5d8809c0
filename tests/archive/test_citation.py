"""A citation holds by itself, every altered byte is found, and each link of its chain is needed."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archive.catalog import lookup, versions
from archive.citation.check import Verdict, check_citation
from archive.citation.citation import Citation
from archive.citation.cite import cite
from archive.citation.evidence import NoEvidence
from archive.citation.package import PAGES, WARC, Package, decode_package
from archive.digest import sha256_hex, url_key
from archive.erasure.erasures import redact
from archive.exchange import Exchange
from archive.journal import entries
from archive.journal_lines import line_digest, split_lines
from archive.opening import Archive
from archive.rows import CaptureRow, VersionRow
from archive.stamps.authority import Authority
from archive.stamps.stamping import check_stamps, stamp
from archive.warc import encode_exchange, members, read_records
from tests.archive.material import SetClock, ledger_row, silent
from tests.archive.test_export import Workshop, workshop_over
from tests.archive.time_authority import TimeAuthority, make_authority, serving

FLIPS = 4000 if os.environ.get("DATELINE_TEST_FULL") else 400
PAGE, OTHER = "https://a.example/2", "https://a.example/1"
MEMENTO = "http://127.0.0.1:8080/web/20260329000000id_/https://a.example/2"
ENTRY, CHAIN = "evidence/entry-", "evidence/chain-"


@dataclass
class Cited:
    """An archive, an authority, and a stamped citation of a page with a picture, itself a revisit."""

    workshop: Workshop
    tsa: TimeAuthority
    data: bytes
    about: Citation

    @property
    def archive(self) -> Archive:
        return self.workshop.archive

    def check(self, data: bytes | None = None) -> Verdict:
        return check_citation(self.data if data is None else data, self.tsa.ca_file)

    def altered(self, change: Callable[[dict[str, bytes]], object]) -> Verdict:
        """What is said to a package with other parts, whose own digests are right."""
        package = decode_package(self.data)
        parts = dict(package.parts)
        change(parts)
        return self.check(Package(parts, package.created, package.about).encode())


def captured(made: Workshop, url: str) -> tuple[CaptureRow, VersionRow]:
    version = versions.newest_version(made.archive.catalog, url_key(url))
    assert version is not None
    capture = lookup.capture_by_id(made.archive.catalog, version.capture_id)
    assert capture is not None
    return capture, version


@pytest.fixture(scope="module")
def cited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cited]:
    folder = tmp_path_factory.mktemp("cited")
    with (
        serving(make_authority(folder / "authority")) as tsa,
        workshop_over(f"sqlite:///{folder}/catalog.db", folder) as made,
    ):
        image = made.picture("https://a.example/p.png", b"\x89PNG" * 40)
        made.capture("https://a.example/first", b"<p>same bytes</p>" * 9)
        made.commit()
        revisit = made.capture(PAGE, b"<p>same bytes</p>" * 9, seconds=60)
        made.version(OTHER, "Gr\u00fc\u00dfe \u6771\u4eac", pictures=(("https://a.example/p.png", image),))
        made.version(PAGE, "The text of the page.", seconds=60, capture=revisit,
                     pictures=(("https://a.example/p.png", image),))  # fmt: skip
        made.commit()
        for n in range(5):
            made.home.committer.commit_rows([ledger_row(PAGE, n)])
        authority = Authority(tsa.address, tsa.ca_file)
        stamp(made.archive.store, made.archive.catalog, authority, SetClock())
        made.home.committer.commit_rows([ledger_row(PAGE, 9)])
        data, about = cite(made.archive, *captured(made, PAGE), MEMENTO, SetClock())
        yield Cited(made, tsa, data, about)


def test_a_citation_says_what_it_proves_and_what_not(cited: Cited) -> None:
    verdict = cited.check()
    assert verdict.problems == ()
    assert verdict.token is not None
    when = f"{verdict.token.at:%Y-%m-%d %H:%M:%S} UTC"
    says = f"says CN=Test TSA,O=Test Authority (serial {verdict.token.serial})"
    body = sha256_hex(b"<p>same bytes</p>" * 9)
    assert verdict.proven[0].startswith(
        f"The body of {PAGE} (SHA-256 {body}) is the one that the archive's journal"
    )
    assert verdict.proven[1:] == (
        "The title and the text are those that the archive read out of it at the time.",
        f"These bytes were in the archive not later than {when}, {says}.",
        "Nothing of what the journal says of them was changed since.",
    )
    assert any("the archive's own word" in sentence for sentence in verdict.not_proven)
    assert any("The header lines" in sentence for sentence in verdict.not_proven)
    assert (cited.about.title, cited.about.version, cited.about.memento) == (f"Title of {PAGE}", 1, MEMENTO)


def test_without_the_authoritys_root_nothing_is_said_of_who_signed(cited: Cited, tmp_path: Path) -> None:
    verdict = check_citation(cited.data, None)
    assert verdict.problems == ()
    assert not any("not later than" in sentence for sentence in verdict.proven)
    assert any("who signed it was not checked" in sentence for sentence in verdict.not_proven)
    other = make_authority(tmp_path / "other").ca_file
    assert "verifying certificates" in check_citation(cited.data, other).problems[0]


def test_other_tools_read_it(cited: Cited, tmp_path: Path) -> None:
    file = tmp_path / "citation.wacz"
    file.write_bytes(cited.data)
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [tools / "wacz", "validate", "-f", file], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    with zipfile.ZipFile(file) as package:
        package.extract(WARC, tmp_path)
    done = subprocess.run(
        [tools / "warcio", "check", "-v", tmp_path / WARC], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "pass" in done.stdout) == (0, True)


def test_the_readme_can_be_followed_by_hand(cited: Cited, tmp_path: Path) -> None:
    """With unzip, sha256sum and openssl, as it says."""
    with zipfile.ZipFile(io.BytesIO(cited.data)) as package:
        package.extractall(tmp_path)
    readme = (tmp_path / "evidence/README.txt").read_text()
    assert "evidence/statement.tsr" in readme

    def sha(path: Path) -> str:
        done = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
        return done.stdout.split()[0]

    shown = 0
    for first in sorted(tmp_path.glob(f"{ENTRY}*.header.json")):
        entry = first.name.removesuffix("header.json")
        rows = first.with_name(f"{entry}rows.txt")
        assert sha(rows) == json.loads(first.read_text())["rows_sha256"]
        lines = rows.read_text().splitlines()
        for row in first.parent.glob(f"{entry}row-*.json"):
            shown += 1
            assert sha(row) == lines[int(row.stem.rpartition("-")[2]) - 1]
    assert shown >= 4  # two captures, the picture's, their segments, the version
    statement = [json.loads(line) for line in (tmp_path / "evidence/statement.txt").read_text().splitlines()]
    for chain in tmp_path.glob(f"{CHAIN}*"):
        script = f"tail -n 1 {chain} | tr -d '\\n' | sha256sum"
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        [head] = [line for line in statement[1:] if f"chain-{line['writer']}" == chain.stem]
        assert done.stdout.split()[0] == head["digest"]
    assert cited.tsa.verifies(tmp_path / "evidence/statement.txt", tmp_path / "evidence/statement.tsr")


def test_it_shows_no_rows_but_its_own(cited: Cited) -> None:
    parts = decode_package(cited.data).parts
    rows = [json.loads(data) for path, data in parts.items() if re.search(r"row-\d+\.json$", path)]
    assert {row["table"] for row in rows} == {"capture", "segment", "version"}
    urls = {row["url"] for row in rows if row["table"] != "segment"}
    assert urls == {PAGE, "https://a.example/first", "https://a.example/p.png"}
    assert OTHER.encode() not in b"".join(parts.values())


# ── altered ──────────────────────────────────────────────────────────────────────────────────────


def test_any_altered_byte_is_found(cited: Cited) -> None:
    chance = random.Random(1)
    data = cited.data
    for at in sorted(chance.sample(range(len(data)), min(FLIPS, len(data)))):
        flipped = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        verdict = cited.check(flipped)
        assert verdict.problems, at
        assert verdict.proven == ()


@pytest.mark.parametrize("cut", [0, 1, 100, -1, -22])
def test_a_cut_package_and_more_behind_it_are_found(cited: Cited, cut: int) -> None:
    assert cited.check(cited.data[:cut]).problems
    assert cited.check(cited.data + b"\0" * (abs(cut) + 1)).problems


def name_of(parts: dict[str, bytes], pattern: str, needle: bytes = b"") -> str:
    return next(path for path in parts if re.search(pattern, path) and needle in parts[path])


def swap(pattern: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], object]:
    def change(parts: dict[str, bytes]) -> None:
        path = name_of(parts, pattern, old)
        parts[path] = parts[path].replace(old, new)

    return change


def other_body(parts: dict[str, bytes]) -> None:
    """As a forger would: new records with right digests of their own, under the old ids."""
    made = b""
    there = [parts[WARC][at : at + length] for at, length, _ in members(io.BytesIO(parts[WARC]))]
    for record, member in zip(read_records(io.BytesIO(parts[WARC])), there, strict=True):
        if record.kind != "response":
            made += member
            continue
        head, _, _ = record.block.partition(b"\r\n\r\n")
        one = Exchange(
            record.headers["WARC-Target-URI"], SetClock().now(), b"", head + b"\r\n\r\n", 200, b"<p>forged"
        )
        [encoded] = encode_exchange(one, source="x", info_id=record.id, original=None)
        block = next(iter(members(io.BytesIO(encoded.data))))[2]
        old = record.headers["WARC-Record-ID"].encode()
        new = re.search(rb"WARC-Record-ID: (<[^>]+>)", block)
        date = re.search(rb"WARC-Date: \S+", block)
        assert new is not None
        assert date is not None
        then = b"WARC-Date: " + record.headers["WARC-Date"].encode()
        block = block.replace(new[1], old).replace(date[0], then)
        made += gzip.compress(block)
    parts[WARC] = made


FORGERIES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "another body": (other_body, "has another body than the one that the journal names"),
    "another row": (swap(r"row-\d+\.json", b'"status":200', b'"status":201'), "is not row"),
    "another digest of a row": (
        lambda parts: parts.update(
            {(path := name_of(parts, r"rows\.txt")): b"0" * 64 + parts[path][64:]}
        ),
        "is not what header.json was made from",
    ),
    "another header": (swap(r"header\.json", b'"at":"20', b'"at":"19'), "is not in the chain"),
    "another link": (swap("chain-", b'"previous":"', b'"previous":"0'), "does not follow"),
    "a shorter chain": (
        lambda parts: parts.update(
            {(path := name_of(parts, "chain-")): b"\n".join(parts[path].splitlines()[:-1]) + b"\n"}
        ),
        "does not end with the entry that the statement names",
    ),
    "another statement": (swap("statement.txt", b'"at":"20', b'"at":"19'), "Mismatch between messages"),
    "no token": (lambda parts: parts.pop("evidence/statement.tsr"), "of statement and token one is missing"),
    "another text": (swap(PAGES, b"text of the page", b"text of a page"), "another text"),
    "another title": (swap(PAGES, b'"Title of', b'"A title of'), "another title"),
    "another address told": (
        swap("citation.json", b'"url": "https://a', b'"url": "https://b'), "tells of another capture"
    ),
    "another readme": (swap("README", b"proves", b"disproves"), "README.txt is not what"),
    "a row taken away": (
        lambda parts: parts.pop(name_of(parts, r"row-\d+\.json", b"first")), "is not named by any row"
    ),
    "no entry at all": (
        lambda parts: [parts.pop(path) for path in list(parts) if path.startswith(ENTRY)],
        "is not named by any",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forger_who_makes_the_package_whole_again_is_found(cited: Cited, name: str) -> None:
    change, complaint = FORGERIES[name]
    verdict = cited.altered(change)
    assert any(complaint in problem for problem in verdict.problems), verdict.problems
    assert verdict.proven == ()


def test_nothing_changed_is_nothing_found(cited: Cited) -> None:
    assert cited.altered(lambda parts: parts).problems == ()


# ── other circumstances ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with workshop_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as made:
        yield made


def test_without_a_stamp_only_what_agrees_is_said(workshop: Workshop) -> None:
    workshop.version(PAGE, "A text.")
    workshop.commit()
    data, about = cite(workshop.archive, *captured(workshop, PAGE), MEMENTO, SetClock())
    verdict = check_citation(data, None)
    assert (verdict.problems, verdict.token, about.statement) == ((), None, None)
    assert any("no authority has stamped it" in sentence for sentence in verdict.not_proven)


def test_a_capture_that_is_no_article(workshop: Workshop) -> None:
    capture = workshop.capture("https://a.example/robots.txt", b"User-agent: *")
    workshop.commit()
    found = lookup.capture_by_id(workshop.archive.catalog, capture.id)
    assert found is not None
    data, about = cite(workshop.archive, found, None, MEMENTO, SetClock())
    verdict = check_citation(data, None)
    assert (verdict.problems, about.title, about.version) == ((), None, None)
    assert len(verdict.proven) == 1


def test_after_a_purge_of_other_rows_a_citation_still_checks_and_can_be_made(
    workshop: Workshop, tmp_path: Path
) -> None:
    with serving(make_authority(tmp_path / "authority")) as tsa:
        workshop.version(PAGE, "A text.")
        workshop.version(OTHER, "Another text, to be purged.")
        workshop.commit()
        archive = workshop.archive
        stamp(archive.store, archive.catalog, Authority(tsa.address, tsa.ca_file), SetClock())
        before, _ = cite(archive, *captured(workshop, PAGE), MEMENTO, SetClock())
        gone = 0
        for key in entries(archive.store):
            lines = split_lines(archive.store.read(key))[1:]
            telling = frozenset(line_digest(line) for line in lines if OTHER.encode() in line)
            gone += len(telling)
            redact(archive.store, key, telling)
        assert gone > 2
        after, _ = cite(archive, *captured(workshop, PAGE), MEMENTO, SetClock())
        assert check_stamps(archive.store, tsa.ca_file, silent).problems == ()
        for data in (before, after):
            assert check_citation(data, tsa.ca_file).problems == ()
        evidence = [
            {path: part for path, part in decode_package(data).parts.items() if path.startswith("evidence/")}
            for data in (before, after)
        ]
        assert evidence[0] == evidence[1]
        with pytest.raises(NoEvidence, match="no journal entry names the capture"):
            cite(archive, *captured(workshop, OTHER), MEMENTO, SetClock())


def test_a_capture_whose_bytes_the_journal_does_not_name_is_not_cited(workshop: Workshop) -> None:
    workshop.version(PAGE, "A text.")
    workshop.commit()
    capture, version = captured(workshop, PAGE)
    with pytest.raises(NoEvidence, match="no journal entry names the capture"):
        cite(workshop.archive, replace(capture, id="0" * 32), None, MEMENTO, SetClock())
    with pytest.raises(NoEvidence, match="no journal entry names version 1"):
        cite(workshop.archive, capture, replace(version, title="Another"), MEMENTO, SetClock())
