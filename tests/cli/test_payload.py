from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog.lookup import capture_by_id, captures_of
from archive.opening import Archive
from archive.rows import CaptureRow
from cli.payload import read_decoded
from config.errors import DatelineError
from tests.archive.material import NOON, House, exchange, house

URL = "https://news.example/story"
PAGE = "<p>Grüße</p>".encode() * 20
GZIP = ("Content-Type: text/html", "Content-Encoding: gzip")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    made = house(tmp_path)
    yield made
    made.die()
    made.catalog.close()


def stored(home: House, draft: CaptureRow) -> CaptureRow:
    home.committer.commit_segments(home.recorder, [])
    found = capture_by_id(home.catalog, draft.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(PAGE, ("Content-Type: text/html",), id="as it is"),
        pytest.param(gzip.compress(PAGE), GZIP, id="gzip"),
        pytest.param(gzip.compress(PAGE), ("content-encoding: GZIP",), id="any case"),
        pytest.param(PAGE, GZIP, id="said to be gzip and is not"),
    ],
)
def test_content_codings_are_undone(home: House, body: bytes, headers: tuple[str, ...]) -> None:
    capture = stored(home, home.record(exchange(URL, body, headers=headers)))
    assert read_decoded(Archive(home.store, home.catalog), capture, 1 << 20) == PAGE


@pytest.mark.parametrize("not_modified", [True, False], ids=["304", "identical bytes"])
def test_a_revisit_gives_the_bytes_that_it_stands_for(home: House, *, not_modified: bool) -> None:
    first = stored(home, home.record(exchange(URL, gzip.compress(PAGE, mtime=0), headers=GZIP)))
    later = exchange(URL, gzip.compress(PAGE, mtime=0), headers=GZIP, at=NOON + timedelta(days=1))
    if not_modified:
        later = exchange(
            URL, b"", status=304, reason=" Not Modified", headers=(), at=NOON + timedelta(days=1)
        )
    draft = home.record(later, first if not_modified else None)
    assert draft.kind == "revisit"
    assert read_decoded(Archive(home.store, home.catalog), stored(home, draft), 1 << 20) == PAGE
    assert [row.kind for row in captures_of(home.catalog, URL)] == ["response", "revisit"]


@pytest.mark.parametrize(
    ("body", "cap", "said"),
    [
        pytest.param(gzip.compress(PAGE)[:-9], 1 << 20, "ends before it is complete", id="cut"),
        pytest.param(gzip.compress(bytes(5000)), 4999, "exceeds 4999 bytes", id="a bomb"),
        pytest.param(b"\x1f\x8b no gzip", 1 << 20, "is corrupt", id="garbage"),
    ],
)
def test_what_cannot_be_decoded_says_so(home: House, body: bytes, cap: int, said: str) -> None:
    capture = stored(home, home.record(exchange(URL, body, headers=GZIP)))
    with pytest.raises(DatelineError, match=rf"{said}.*`--as warc` gives it as it came"):
        read_decoded(Archive(home.store, home.catalog), capture, cap)


def test_bytes_that_are_not_the_archived_ones_are_refused(home: House) -> None:
    capture = stored(home, home.record(exchange(URL, PAGE)))
    with pytest.raises(DatelineError, match="run `dateline verify`"):
        read_decoded(Archive(home.store, home.catalog), replace(capture, payload_sha256="0" * 64), 1 << 20)
