"""Tools that are not ours read what the three nights left."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from archive.catalog import segments
from archive.reader import read_payload
from archive.rows import CaptureRow
from tests.cli.conftest import DemoArchive, demo_archive
from tests.end_to_end.pywb_server import READERS, replayed, wayback_over

__all__ = ["demo_archive"]

OURS = Path(sys.executable).parent


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def store_folder(demo_archive: DemoArchive) -> Path:
    return demo_archive.config.with_name("archive")


@pytest.fixture(scope="module")
def segment_files(store_folder: Path) -> list[Path]:
    found = sorted(store_folder.glob("captures/**/*.warc.gz"))
    assert len(found) == 3
    return found


def test_warcio_gzip_and_fastwarc_find_every_record_whole(store_folder: Path) -> None:
    files = sorted(store_folder.glob("*/**/*.warc.gz"))
    assert len(files) == 6
    for file in files:
        assert run(OURS / "warcio", "check", file).returncode == 0
        assert run("gzip", "-t", file).returncode == 0
        assert run(OURS / "fastwarc", "check", file).returncode == 0


def test_warcat_finds_no_fault_in_captures(segment_files: list[Path]) -> None:
    """A revisit's own, empty payload is what warcat hashes.

    WARC 1.1 (6.7.2) has WARC-Payload-Digest of an identical-payload revisit tell the original's, so each
    revisit is a "bad payload digest" to warcat. That, and nothing else, may be reported.
    """
    for file in segment_files:
        result = run(READERS / "python", "-m", "warcat", "verify", file)
        complaints = re.findall(r"warcat\.tool\.VerifyProblem: (.*)", result.stderr)
        revisits = gzip.decompress(file.read_bytes()).count(b"WARC-Type: revisit\r\n")
        assert complaints == ["('Bad payload digest.', '5.9', True)"] * revisits
        blamed = set(re.findall(r"Record (<urn:uuid:[0-9a-f-]+>) failed validation", result.stderr))
        assert len(blamed) == revisits


def test_cdxj_indexer_writes_the_index_that_we_wrote(segment_files: list[Path]) -> None:
    for file in segment_files:
        theirs = sorted(run(OURS / "cdxj-indexer", file).stdout.splitlines())
        ours = file.with_name(file.name.replace(".warc.gz", ".cdxj")).read_text(encoding="utf-8")
        assert sorted(ours.splitlines()) == theirs


def test_objects_are_named_by_their_content(store_folder: Path) -> None:
    for file in store_folder.glob("*/**/*.warc.gz"):
        assert run("sha256sum", file).stdout.split()[0] == file.name.removesuffix(".warc.gz")


@pytest.fixture(scope="module")
def wayback(segment_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A pywb over the capture segments; the value is its port."""
    with wayback_over(tmp_path_factory.mktemp("pywb"), segment_files) as port:
        yield port


def served(port: int, capture: CaptureRow) -> tuple[int, bytes]:
    answer = replayed(port, f"{capture.at:%Y%m%d%H%M%S}", capture.url)
    return answer.status, answer.body


def test_pywb_serves_every_capture_byte_for_byte(wayback: int, demo_archive: DemoArchive) -> None:
    """Each archived 200 and each revisit of identical bytes, against what we read back ourselves."""
    with demo_archive.open() as archive:
        captures = [
            capture
            for row in segments.every(archive.catalog)
            if row.kind == "captures"
            for capture in segments.captures_in(archive.catalog, row.key)
            if capture.status == 200
        ]
    kinds = {capture.kind for capture in captures}
    # The 14 digits of CDX and Memento do not tell two captures of one address in one second apart (a page
    # that is also reached by a redirect): either may be served then.
    payloads: dict[tuple[str, datetime], list[tuple[int, bytes]]] = {}
    for capture in captures:
        payloads.setdefault((capture.url, capture.at), []).append((200, read_payload(archive.store, capture)))
    different = [
        capture.url
        for capture in captures
        if served(wayback, capture) not in payloads[capture.url, capture.at]
    ]
    assert sum(len(same) > 1 for same in payloads.values()) < len(captures) / 10
    assert kinds == {"response", "revisit"}
    assert len(captures) > 100
    assert different == []
