"""WARC records: as the standard spells them, refused where they would lie, read by foreign readers."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
from functools import partial
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.digest import warc_sha1
from archive.exchange import Exchange, Truncation
from archive.warc import (
    EncodedRecord,
    Original,
    ReadRecord,
    WarcError,
    encode_derived,
    encode_exchange,
    encode_warcinfo,
    members,
    read_one,
    read_records,
)
from tests.archive.material import NOON, exchange

INFO_ID = "0" * 32
INFO_URN = "<urn:uuid:00000000-0000-0000-0000-000000000000>"


def headers_of(record: EncodedRecord) -> list[str]:
    head, _, _ = gzip.decompress(record.data).partition(b"\r\n\r\n")
    return head.decode().split("\r\n")


def urn(record: EncodedRecord) -> str:
    one = record.id
    return f"<urn:uuid:{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}>"


def test_the_golden_response_and_its_request() -> None:
    one = exchange(body=b"Hello", truncated=Truncation.TIME)
    answer, request = encode_exchange(one, source="example", info_id=INFO_ID, original=None)
    assert headers_of(answer) == [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Date: 2026-03-29T12:00:00Z",
        f"WARC-Record-ID: {urn(answer)}",
        "Content-Length: 64",
        "WARC-Target-URI: https://news.example/story",
        f"WARC-Warcinfo-ID: {INFO_URN}",
        "WARC-IP-Address: 192.0.2.7",
        "Content-Type: application/http;msgtype=response",
        "Dateline-Source: example",
        "WARC-Truncated: time",
        "WARC-Payload-Digest: sha1:677Z5C33WLQJW4ETLJOXQXQMYXM5BK7Q",
        f"WARC-Block-Digest: {warc_sha1(one.response_head + one.body)}",
    ]
    assert gzip.decompress(answer.data).endswith(
        b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\nHello\r\n\r\n"
    )
    assert headers_of(request) == [
        "WARC/1.1",
        "WARC-Type: request",
        "WARC-Date: 2026-03-29T12:00:00Z",
        f"WARC-Record-ID: {urn(request)}",
        f"Content-Length: {len(one.request_head)}",
        "WARC-Target-URI: https://news.example/story",
        f"WARC-Warcinfo-ID: {INFO_URN}",
        "WARC-IP-Address: 192.0.2.7",
        f"WARC-Concurrent-To: {urn(answer)}",
        "Content-Type: application/http;msgtype=request",
        f"WARC-Block-Digest: {warc_sha1(one.request_head)}",
    ]


REFERS = [
    "WARC-Refers-To-Target-URI: https://news.example/first",
    "WARC-Refers-To-Date: 2026-03-28T12:00:00Z",
]


@pytest.mark.parametrize(
    ("status", "profile", "digest"),
    [
        (200, "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest", True),
        (304, "http://netpreserve.org/warc/1.1/revisit/server-not-modified", False),
    ],
)
def test_a_revisit_has_the_head_alone_and_names_its_original(status: int, profile: str, digest: bool) -> None:
    one = exchange(body=b"Hello" if digest else b"", status=status)
    original = Original("https://news.example/first", NOON.replace(day=28))
    answer, _ = encode_exchange(one, source="example", info_id=INFO_ID, original=original)
    headers = headers_of(answer)
    assert "WARC-Type: revisit" in headers
    assert headers[-4:-1] == [f"WARC-Profile: {profile}", *REFERS]
    assert any(line.startswith("WARC-Payload-Digest: ") for line in headers) == digest
    assert read_one(answer.data).block == one.response_head


def test_the_golden_warcinfo_and_derived_records() -> None:
    info = encode_warcinfo(NOON, {"software": "Dateline/1", "run": "r", "caf\u00e9": "\u00fc"})
    assert headers_of(info)[:2] == ["WARC/1.1", "WARC-Type: warcinfo"]
    assert "Content-Type: application/warc-fields" in headers_of(info)
    assert read_one(info.data).block.decode() == "software: Dateline/1\r\nrun: r\r\ncaf\u00e9: \u00fc\r\n"
    text = encode_derived(
        "conversion", url="https://a.example/", captured_at=NOON, refers_to="1" * 32,
        mime="text/plain; charset=utf-8", block="\u00fc".encode(), info_id=INFO_ID,
    )  # fmt: skip
    assert headers_of(text)[5:] == [
        "WARC-Target-URI: https://a.example/",
        f"WARC-Warcinfo-ID: {INFO_URN}",
        "WARC-Refers-To: <urn:uuid:11111111-1111-1111-1111-111111111111>",
        "Content-Type: text/plain; charset=utf-8",
        f"WARC-Block-Digest: {warc_sha1('ü'.encode())}",
    ]


# ── what must not be written ─────────────────────────────────────────────────────────────────────

INJECTIONS = ["\r\nWARC-Type: metadata\r\nX-Evil: 1", "\n", "\r", "\0", "a\nb", "x\r"]


@pytest.mark.parametrize("evil", INJECTIONS)
@pytest.mark.parametrize(
    "where", ["url", "ip", "source", "refers to", "warcinfo", "derived url", "derived type"]
)
def test_no_value_can_begin_a_header_of_its_own(where: str, evil: str) -> None:
    value = f"http://x.example/a{evil}"
    one = exchange(value if where == "url" else "http://x.example/a", ip=value if where == "ip" else None)
    original = Original(value, NOON) if where == "refers to" else None
    if where == "warcinfo":
        write = partial(encode_warcinfo, NOON, {"run": value})
    elif where.startswith("derived"):
        write = partial(
            encode_derived,
            "metadata",
            url=value if where == "derived url" else "http://x.example/",
            captured_at=NOON,
            refers_to="1" * 32,
            mime=value if where == "derived type" else "text/plain",
            block=b"",
            info_id=INFO_ID,
        )
    else:
        source = value if where == "source" else "s"
        write = partial(encode_exchange, one, source=source, info_id=INFO_ID, original=original)
    with pytest.raises(WarcError, match="must not contain CR, LF or NUL"):
        write()


# ── damage ───────────────────────────────────────────────────────────────────────────────────────


def segment(*exchanges: Exchange) -> bytes:
    info = encode_warcinfo(NOON, {"software": "Dateline/test"})
    records = [info.data]
    for one in exchanges:
        records += [
            record.data for record in encode_exchange(one, source="s", info_id=info.id, original=None)
        ]
    return b"".join(records)


SMALL = segment(exchange(body=b"Hello, evening."), exchange(body=b""))
MEMBERS = [(offset, length) for offset, length, _ in members(io.BytesIO(SMALL))]
BORDERS = {offset for offset, _ in MEMBERS} | {len(SMALL)}


def read_all(data: bytes) -> list[ReadRecord]:
    return list(read_records(io.BytesIO(data)))


def test_a_segment_that_is_whole_reads_back() -> None:
    records = read_all(SMALL)
    assert [record.kind for record in records] == ["warcinfo", "response", "request", "response", "request"]
    assert [record.payload for record in records if record.kind == "response"] == [b"Hello, evening.", b""]
    assert {record.offset for record in records} == BORDERS - {len(SMALL)}


def test_a_clip_at_any_byte_is_refused() -> None:
    digest, count = hashlib.sha256(SMALL).hexdigest(), len(read_all(SMALL))
    for cut in range(len(SMALL)):
        clipped = SMALL[:cut]
        assert hashlib.sha256(clipped).hexdigest() != digest
        if cut in BORDERS:  # whole records, too few of them: the number and the digest tell
            assert len(read_all(clipped)) < count
            continue
        with pytest.raises(WarcError, match=r"cut short|damaged"):
            read_all(clipped)


# RFC 1952: FTEXT, MTIME, XFL and OS say nothing about the content, and no checksum covers them; nor the bits
# that fill the last byte of the deflate stream, before checksum and size. Only the SHA-256 sees these.
IDLE = {offset + n for offset, _ in MEMBERS for n in range(3, 10)} | {
    offset + length - 9 for offset, length in MEMBERS
}


def test_a_flipped_bit_is_refused_anywhere() -> None:
    digest = hashlib.sha256(SMALL).hexdigest()
    whole = [(record.headers, record.block) for record in read_all(SMALL)]
    silent = set()
    for place in range(len(SMALL) * 8):
        data = bytearray(SMALL)
        data[place // 8] ^= 1 << place % 8
        assert hashlib.sha256(data).hexdigest() != digest
        try:
            records = read_all(bytes(data))
        except WarcError:
            continue
        assert [(record.headers, record.block) for record in records] == whole  # nothing false is ever given
        silent.add(place // 8)
    assert silent <= IDLE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"WARC/1.1\r\n", id="not compressed"),
        pytest.param(SMALL + b"\0" * 512, id="zeros after the end, as after a power cut"),
        pytest.param(SMALL + b"\x1f\x8b", id="the beginning of a member"),
        pytest.param(gzip.compress(b""), id="an empty member"),
        pytest.param(gzip.compress(b"no record"), id="text"),
        pytest.param(gzip.compress(gzip.decompress(SMALL)), id="all records in one member"),
        pytest.param(
            gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 50\r\n\r\nshort"),
            id="short block",
        ),
    ],
)
def test_files_that_are_not_ours_are_refused(data: bytes) -> None:
    with pytest.raises(WarcError):
        read_all(data)


@given(st.binary(max_size=200))
def test_garbage_is_a_warc_error(data: bytes) -> None:
    if data:
        with pytest.raises(WarcError):
            read_all(data)


def test_a_digest_that_is_not_the_blocks_is_refused() -> None:
    text = gzip.decompress(read_member(SMALL, 1))
    with pytest.raises(WarcError, match="block digest"):
        read_one(gzip.compress(text.replace(b"evening", b"morning")))


def read_member(data: bytes, number: int) -> bytes:
    offset, length, _ = list(members(io.BytesIO(data)))[number]
    return data[offset : offset + length]


def test_one_place_is_one_record() -> None:
    assert read_one(read_member(SMALL, 1)).payload == b"Hello, evening."
    for data in (b"", read_member(SMALL, 0) + read_member(SMALL, 1)):
        with pytest.raises(WarcError, match="expected one record"):
            read_one(data)


def test_records_longer_than_a_read_are_whole() -> None:
    body = random.Random(7).randbytes(3 << 20)
    one = exchange(body=body)
    records = read_all(segment(one, exchange(body=body[::-1]), one))
    assert [record.payload for record in records if record.kind == "response"] == [body, body[::-1], body]


# ── readers that are not ours ────────────────────────────────────────────────────────────────────

URLS = st.builds(
    "https://news.example/{}".format,
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]), max_size=20),
)
EXCHANGES = st.builds(
    exchange,
    URLS,
    st.binary(max_size=400),
    status=st.sampled_from([200, 200, 301, 404, 410, 500, 999]),
    reason=st.sampled_from([" OK", " ", "", " Not found, s\u00f6rry"]),
    headers=st.lists(
        st.sampled_from(
            [
                "Content-Type: text/html",
                "content-type: IMAGE/png",
                "X-Archive-Orig-Transfer-Encoding: chunked",
                "Set-Cookie: a=\u00fc",
            ]
        ),
        max_size=3,
    ).map(tuple),
    truncated=st.sampled_from([None, *Truncation]),
    ip=st.sampled_from([None, "192.0.2.1", "2001:db8::1"]),
)


@given(st.lists(EXCHANGES, max_size=4))
@settings(max_examples=50, deadline=None)
def test_we_warcio_and_fastwarc_read_the_same(exchanges: list[Exchange]) -> None:
    data = segment(*exchanges)
    ours = [record for record in read_all(data) if record.kind == "response"]
    assert [(r.headers["WARC-Target-URI"], r.payload) for r in ours] == [(e.url, e.body) for e in exchanges]

    warcio = [record for record in _warcio(data) if record[0] == "response"]
    assert warcio == [
        ("response", record.headers["WARC-Record-ID"], record.headers["WARC-Target-URI"], record.payload)
        for record in ours
    ]
    fast = [
        (str(one.headers["WARC-Record-ID"]), one.verify_block_digest(), one.reader.read())
        for one in FastIterator(io.BytesIO(data), parse_http=False)
        if str(one.headers["WARC-Type"]) == "response"
    ]
    assert fast == [(record.headers["WARC-Record-ID"], True, record.block) for record in ours]


def _warcio(data: bytes) -> list[tuple[str, str, str, bytes]]:
    return [
        (
            record.rec_type,
            record.rec_headers.get_header("WARC-Record-ID"),
            record.rec_headers.get_header("WARC-Target-URI"),
            record.raw_stream.read(),
        )
        for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
    ]


def test_warcio_check_and_gzip_pass(tmp_path: Path) -> None:
    path = tmp_path / "segment.warc.gz"
    path.write_bytes(segment(exchange(), exchange(body=b""), exchange(status=404, reason="")))
    command = type("Command", (), {"inputs": [str(path)], "verbose": False})()
    checker = Checker(command)
    checker.process_all()
    assert checker.exit_value == 0
    assert gzip.decompress(path.read_bytes()).count(b"WARC/1.1\r\n") == 7
