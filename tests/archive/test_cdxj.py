"""Our CDXJ says what cdxj-indexer says of the same segment."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from cdxj_indexer.main import CDXJIndexer
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.cdxj import cdxj_file, cdxj_line
from archive.exchange import Exchange, Truncation
from archive.open_batch import OpenBatch, SealedBatch
from tests.archive.material import INFO, NOON, RUN, SetClock, exchange, nothing_known


def sealed(folder: Path, exchanges: list[Exchange]) -> SealedBatch:
    batch = OpenBatch(folder, run_id=RUN, clock=SetClock(), known=nothing_known, info=INFO)
    for one in exchanges:
        batch.record(one, "example", None)
    return batch.rotate()


def peer(path: Path, name: str) -> list[str]:
    out = io.StringIO()
    indexer = CDXJIndexer(None, [str(path)], filename=name, records="response,revisit")
    indexer.output = out
    with path.open("rb") as stream:
        indexer.process_one(stream, out, name)
    return sorted(out.getvalue().splitlines())


def test_the_golden_line() -> None:
    line = cdxj_line(
        url="https://www.News.example:443/A?b=2&a=1#x",
        at=NOON,
        mime="text/html",
        status=200,
        digest="sha1:X",
        offset=7,
        length=8,
        filename="f.warc.gz",
    )
    assert line == (
        'example,news)/a?a=1&b=2 20260329120000 {"url": "https://www.News.example:443/A?b=2&a=1#x", '
        '"mime": "text/html", "status": "200", "digest": "sha1:X", "length": "8", "offset": "7", '
        '"filename": "f.warc.gz"}'
    )


def test_lines_stand_in_byte_order() -> None:
    lines = ["b 2", "a) 1", "a 1", "\u00fc 1", "\U0001f600 1", "\uffee 1"]
    assert cdxj_file(lines).split(b"\n")[:-1] == sorted(line.encode() for line in lines)
    assert cdxj_file([]) == b""


MIXED = [
    exchange("https://news.example/a", b"A"),
    exchange("https://news.example/again", b"A"),  # a revisit
    exchange("https://news.example/old", b"", status=301, reason=" Moved", headers=("Location: /a",)),
    exchange("https://news.example/none", b"none", status=404, reason=""),
    exchange("https://news.example/gone", b"", status=410, reason=" Gone", headers=()),
    exchange("https://news.example/error", b"oh", status=503),
    exchange("https://news.example/odd", b"odd", status=999),
    exchange("https://news.example/charset", b"c", headers=("content-type: text/html; charset=utf-8",)),
    exchange("https://news.example/spaces", b"s", headers=("Content-Type:   text/html   ",)),
    exchange("https://news.example/no-semicolon", b"n", headers=("Content-Type: text/html charset=utf-8",)),
    exchange(
        "https://news.example/two", b"t", headers=("Content-Type: image/png", "Content-Type: text/html")
    ),
    exchange("https://news.example/list", b"l", headers=("Content-Type: text/html, text/html",)),
    exchange("https://news.example/cut", b"cut", truncated=Truncation.LENGTH),
    exchange("https://NEWS.example/A?b=2&a=1", b"q"),
    exchange("https://news.example/%C3%BC?q=%2F", b"u"),
    exchange("https://news.example/\u00fc\u4e2d", b"unicode"),
    exchange("http://[2001:db8::1]:8080/x", b"v6"),
    exchange("https://xn--bcher-kva.example/", b"idn"),
]


def test_a_mixed_segment_is_indexed_as_cdxj_indexer_does_it(tmp_path: Path) -> None:
    batch = sealed(tmp_path, MIXED)
    (captures,) = batch.segments
    name = captures.key.rpartition("/")[2]
    ours = batch.index_of(captures).decode().splitlines()
    assert ours == peer(captures.path, name)
    assert len(ours) == len(MIXED)
    assert sum('"warc/revisit"' in line for line in ours) == 1


@pytest.mark.parametrize(
    ("header", "theirs", "ours"),
    [
        pytest.param(
            "Content-Type: Text/HTML", '"mime": "Text/HTML", ', '"mime": "text/html", ', id="lower case"
        ),
        pytest.param("Content-Type:", '"mime": "", ', "", id="an empty type is none"),
        pytest.param("Content-Type: ; charset=x", '"mime": "", ', "", id="a type of parameters is none"),
    ],
)
def test_media_types_are_tidier_than_the_peers(tmp_path: Path, header: str, theirs: str, ours: str) -> None:
    batch = sealed(tmp_path, [exchange(headers=(header,))])
    (captures,) = batch.segments
    (line,) = peer(captures.path, captures.key.rpartition("/")[2])
    assert theirs in line
    assert batch.index_of(captures).decode().splitlines() == [line.replace(theirs, ours)]


@given(
    st.lists(
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=25), max_size=5, unique=True
    )
)
@settings(max_examples=40, deadline=None)
def test_any_address_has_the_peers_key(tmp_path_factory: pytest.TempPathFactory, tails: list[str]) -> None:
    urls = [f"https://news.example/{tail}" for tail in tails]
    batch = sealed(tmp_path_factory.mktemp("cdxj"), [exchange(url, url.encode()) for url in urls])
    for captures in batch.segments:
        assert batch.index_of(captures).decode().splitlines() == peer(
            captures.path, captures.key.rpartition("/")[2]
        )


@pytest.mark.parametrize("status", [304])
def test_a_304_is_left_out_because_no_reader_can_replay_it_alone(tmp_path: Path, status: int) -> None:
    batch = sealed(tmp_path, [exchange(status=status, body=b""), exchange(body=b"whole")])
    (captures,) = batch.segments
    lines = [json.loads(line.split(" ", 2)[2]) for line in batch.index_of(captures).decode().splitlines()]
    assert [line["status"] for line in lines] == ["200"]
    assert len(batch.capture_rows) == 2
