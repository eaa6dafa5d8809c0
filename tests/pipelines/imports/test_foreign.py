"""Foreign records, one by one: what is kept and how, what is refused and where."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.exchange import Exchange, Truncation
from pipelines.imports import framing
from pipelines.imports.captures import PassedOver, Response, Revisit
from pipelines.imports.containers import WarcFile, warc_files
from pipelines.imports.foreign import Foreign, foreign_records
from pipelines.imports.framing import RawRecord, Refused, raw_records
from tests.pipelines.imports.made import NOON, NOW, STORY, gz, http, page, record, sha1

CHUNKED = b"5\r\nHello\r\n6;x=1\r\n world\r\n0\r\nTrailer: a\r\n\r\n"


def read(folder: Path, data: bytes, name: str = "a.warc") -> list[tuple[int, Foreign]]:
    path = folder / name
    path.write_bytes(data)
    [file] = warc_files(path)
    assert isinstance(file, WarcFile)
    return list(foreign_records(file, NOW))


def only(folder: Path, data: bytes) -> Foreign:
    [(offset, found)] = read(folder, data)
    assert offset == 0
    return found


def exchange_of(folder: Path, data: bytes) -> Exchange:
    found = only(folder, data)
    assert isinstance(found, Response | Revisit), found
    return found.exchange


@pytest.mark.parametrize(
    ("block", "head", "body", "truncated"),
    [
        (http(b"<p>"), b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>", None),
        (b"HTTP/1.0 200\n\nx", b"HTTP/1.0 200\r\n\r\n", b"x", None),
        (b"HTTP/1.1 200 OK\nA: 1\n\nx\n\ny", b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", b"x\n\ny", None),
        (b"HTTP/1.1 200 OK\r\r\nA: 1\r\r\n\r\r\nx", b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", b"x", None),
        (b"HTTP/1.1   200 OK\r\nA: 1\r\n\t2\r\n\r\nx", b"HTTP/1.1 200 OK\r\nA: 1 2\r\n\r\n", b"x", None),
        (b"HTTP/1.1 204 No Content\r\nA: 1", b"HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n", b"", None),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKED,
            b"HTTP/1.1 200 OK\r\nX-Archive-Orig-transfer-encoding: chunked\r\n\r\n", b"Hello world", None,
        ),
        (  # framing removed, field left in place
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<p>Hello",
            b"HTTP/1.1 200 OK\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\n\r\n", b"<p>Hello", None,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n9\r\n wor",
            b"HTTP/1.1 200 OK\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\n\r\n", b"Hello wor",
            Truncation.UNSPECIFIED,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"Hello", Truncation.UNSPECIFIED,
        ),
        (  # unpacked by its writer: longer than it was on the wire
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHello",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"Hello", None,
        ),
    ],
)  # fmt: skip
def test_http_messages_become_valid_and_whole(
    tmp_path: Path, block: bytes, head: bytes, body: bytes, truncated: Truncation | None
) -> None:
    found = exchange_of(tmp_path, record(block=block))
    assert (found.response_head, found.body, found.truncated) == (head, body, truncated)
    assert found.status == int(block.split()[1])


@pytest.mark.parametrize(
    ("spelled", "url"),
    [
        (f"<{STORY}>", STORY),
        ("HTTPS://News.Example:443", "https://news.example/"),
        ("http://news.example:8080/a?b#c", "http://news.example:8080/a?b"),
        ("http://news.example/a b/ü", "http://news.example/a%20b/%C3%BC"),
        ("http://münchen.example/#!x", "http://xn--mnchen-3ya.example/#!x"),
        ("http://news.example/%zz;a=1", "http://news.example/%zz;a=1"),
    ],
)
def test_target_uris_get_the_one_spelling(tmp_path: Path, spelled: str, url: str) -> None:
    assert exchange_of(tmp_path, record(url=spelled, block=http(b"x"))).url == url


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2026-03-20T12:00:00Z", NOON),
        ("2026-03-20T12:00:00.987654321Z", NOON),
        ("1996-12-31T23:59:59Z", datetime(1996, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_time_of_capture_is_kept(tmp_path: Path, date: str, at: datetime) -> None:
    assert exchange_of(tmp_path, record(block=http(b"x"), WARC_Date=date)).at == at


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (record(block=b"x", WARC_Block_Digest=sha1(b"y")), "WARC-Block-Digest"),
        (record(block=http(b"x"), WARC_Payload_Digest=sha1(b"y")), "WARC-Payload-Digest"),
        (record("resource", block=b"x", Content_Type="text/html", WARC_Payload_Digest=sha1(b"y")), "Payload"),
        (record(block=b"not http"), "status line"),
        (record(block=b""), "status line"),
        (record(block=b"HTTP/1.1 99 x\r\n\r\n"), "status line"),
        (record(block=b"HTTP/1.1 200 OK\r\nA: 1\rWARC-Type: x\r\n\r\n"), "bare CR"),
        (record(block=b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"), "NUL"),
        (record(block=b"HTTP/1.1 200 OK\r\nA: " + b"a" * (300 << 10)), "no end"),
        (record(block=http(b"x", "Transfer-Encoding: gzip, chunked")), "transfer coding"),
        (record(block=http(b"x"), WARC_Date="2026-03-20"), "WARC-Date"),
        (record(block=http(b"x"), WARC_Date="2026-02-30T00:00:00Z"), "WARC-Date"),
        (record(block=http(b"x"), WARC_Date=None), "WARC-Date"),
        (record(block=http(b"x"), WARC_Date="2026-04-12T00:00:00Z"), "WARC-Date"),  # after tomorrow
        (record(block=http(b"x"), WARC_Date="1889-03-20T12:00:00Z"), "WARC-Date"),
        (record(url="http://a\rb/", block=http(b"x")), "control character"),
        (record(url="http://a/\x00", block=http(b"x")), "control character"),
        (record(url="http://user:word@a/", block=http(b"x")), "credentials"),
        (record(url="http://a b/", block=http(b"x")), "host"),
        (record(url="http://a:99999/", block=http(b"x")), "port"),
        (record(url="http://a/" + "x" * 9000, block=http(b"x")), "8192 characters"),
        (record(url="", block=http(b"x")), "target URI"),
        (record("continuation", block=b"x"), "segments"),
        (record(block=http(b"x"), WARC_Segment_Number="1"), "segments"),
        (record("surprise", block=b"x"), "WARC-Type is 'surprise'"),
        (record(block=b"x", Content_Type="text/plain"), "no HTTP"),
        (record("revisit", block=b"", WARC_Profile="http://x/1.1/revisit/server-not-modified"), "304"),
        (record(block=http(b"x"), Content_Length="many"), "Content-Length"),
        (record(block=http(b"x"), Content_Length="-1"), "Content-Length"),
        (record(block=http(b"x"), length=9999), "the file ends after"),
        (record(block=http(b"x"), length=9), "does not end after"),
        (record(block=http(b"x"), length=framing.MAX_BLOCK + 1), "at most"),
        (record(block=http(b"x"), A="b" * 70_000), "header has more than"),
        (record(block=http(b"x"), version="WARC/7.0"), "no WARC record begins"),
    ],
    ids=count(),
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_the_next_record_is_not(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    good = record(block=http(b"good"))
    for packed in (data + b"\r\n\r\n" + good, gz(data) + gz(good)):
        found = read(tmp_path, packed)
        bodies = [one.exchange.body for _, one in found if isinstance(one, Response)]
        refused = [(offset, one.reason) for offset, one in found if isinstance(one, Refused)]
        assert refused[0][0] == 0
        assert reason in refused[0][1]
        assert len(refused) == 1
        swallowed = "at most" in reason and packed.startswith(b"WARC")  # as long as it says: nothing follows
        assert bodies == ([] if swallowed else [b"good"])


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata", "conversion"])
def test_records_that_are_no_captures_are_passed_over(tmp_path: Path, kind: str) -> None:
    assert only(tmp_path, record(kind, block=b"x")) == PassedOver(kind)


@pytest.mark.parametrize("url", ["dns:news.example", "metadata://gnu.org/wget/log", "urn:x:y", "<ftp://a/b>"])
def test_what_is_not_of_the_web_is_passed_over(tmp_path: Path, url: str) -> None:
    found = only(tmp_path, record("resource", url=url, block=b"x", Content_Type="text/plain"))
    assert found == PassedOver(f"resource of {url.strip('<').partition(':')[0]}:")


def test_a_resource_gets_the_head_that_replay_tools_give_it(tmp_path: Path) -> None:
    found = exchange_of(tmp_path, record("resource", block=page(), Content_Type="text/html; charset=utf-8"))
    assert (found.status, found.mime, found.body) == (200, "text/html", page())
    assert ("Dateline-Original-Record-Type", "resource") in found.provenance
    hostile = record("resource", block=b"x", Content_Type="text/html\u00fc")
    assert exchange_of(tmp_path, hostile).mime == "application/octet-stream"


@pytest.mark.parametrize(
    "digest",
    [
        sha1(b"Hello world"),
        sha1(CHUNKED),
        sha1(b"Hello world").lower(),
        "SHA-1:7b502c3a1f48c8609ae212cdfb639dee39673f5e",
        "sha256:64ec88ca00b268e5ba1a35678a1b5316d212f4f366b2477232534a8aeca37f3c",
        "sha-256:ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=",
        "blake3:whatever",
        "no digest",
    ],
)
def test_digests_in_every_spelling(tmp_path: Path, digest: str) -> None:
    block = http(CHUNKED, "Transfer-Encoding: chunked")
    assert exchange_of(tmp_path, record(block=block, WARC_Payload_Digest=digest)).body == b"Hello world"


@pytest.mark.parametrize("order", ["request first", "response first", "metadata between", "none"])
def test_a_request_goes_with_its_response(tmp_path: Path, order: str) -> None:
    name = "<urn:uuid:11111111-2222-3333-4444-555555555555>"
    response = record(block=http(b"x"), WARC_Record_ID=name)
    request = record(
        "request", block=b"GET /2026/bridge HTTP/1.1\nHost: news.example\n\n", WARC_Concurrent_To=name
    )
    other = record("metadata", block=b"via: x")
    stranger = record("request", block=b"GET /x HTTP/1.1\r\n\r\n", WARC_Concurrent_To="<urn:x>")
    data = {
        "request first": request + response + stranger,
        "response first": response + request,
        "metadata between": response + other + request + record(block=http(b"next")),
        "none": stranger + response,
    }[order]
    found = next(one for _, one in read(tmp_path, data) if isinstance(one, Response))
    sent = b"" if order == "none" else b"GET /2026/bridge HTTP/1.1\r\nHost: news.example\r\n\r\n"
    assert found.exchange.request_head == sent


def test_it_is_told_where_a_capture_comes_from(tmp_path: Path) -> None:
    info = record(
        "warcinfo",
        block="software: Wgét/1.0\x07 (a)\r\nformat: x\r\n".encode(),
        Content_Type="application/warc-fields",
    )
    found = read(tmp_path, gz(info, record(block=http(b"x"), WARC_Record_ID="<urn:uuid:1>")), "a b\n.warc.gz")
    [(_, capture)] = [one for one in found if isinstance(one[1], Response)]
    assert isinstance(capture, Response)
    fields = dict(capture.exchange.provenance)
    assert fields["Dateline-Imported-From"].startswith("a b%0A.warc.gz sha256:")
    assert fields["Dateline-Original-Software"] == "Wg t/1.0 (a)"
    assert fields["Dateline-Original-Record-ID"] == "<urn:uuid:1>"


def pack_gzip_whole(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


def pack_zstd(records: list[bytes]) -> bytes:
    return b"".join(zstandard.ZstdCompressor().compress(one) for one in records)


def pack_zstd_with_dictionary(records: list[bytes]) -> bytes:
    dictionary = zstandard.ZstdCompressionDict(
        b"".join(records)[:2000], dict_type=zstandard.DICT_TYPE_RAWCONTENT
    )
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    head = b"\x5d\x2a\x4d\x18" + len(dictionary.as_bytes()).to_bytes(4, "little") + dictionary.as_bytes()
    return head + b"".join(compressor.compress(one) for one in records)


@pytest.mark.parametrize("size", [0, 10, 65_536, 200_000])
@pytest.mark.parametrize(
    "pack", [b"".join, lambda records: gz(*records), pack_gzip_whole, pack_zstd, pack_zstd_with_dictionary]
)
def test_every_packing_gives_the_same_records(tmp_path: Path, pack: object, size: int) -> None:
    assert callable(pack)
    bodies = [bytes([65 + number]) * size for number in range(4)]
    found = read(tmp_path, pack([record(block=http(body)) for body in bodies]))
    assert [one.exchange.body for _, one in found if isinstance(one, Response)] == bodies


@given(cut=st.integers(min_value=1, max_value=10_000))
@settings(max_examples=60, deadline=None)
def test_a_clipped_file_gives_whole_records_and_one_refusal(cut: int) -> None:
    records = [record(block=http(page(title=f"Title {number}"))) for number in range(4)]
    for packed in ([gzip.compress(one) for one in records], records):
        data = b"".join(packed)
        clipped = data[: max(1, len(data) - cut % len(data))]
        found = list(raw_records(io.BytesIO(clipped)))
        whole = sum(len(b"".join(packed[: number + 1])) <= len(clipped) for number in range(4))
        kept = [one for _, one in found if isinstance(one, RawRecord)]
        assert len(kept) in {
            whole,
            whole + (packed is records),
        }  # a plain one is whole without its last line ends
        assert [one.block for one in kept] == [
            http(page(title=f"Title {number}")) for number in range(len(kept))
        ]
        assert sum(isinstance(one, Refused) for _, one in found) <= 1


@given(position=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_costs_one_record_of_a_gzip_file(position: int, bit: int) -> None:
    members = [
        gzip.compress(record(block=http(page(title=f"Title {number}"))), mtime=0) for number in range(3)
    ]
    data = bytearray(b"".join(members))
    position %= len(data)
    data[position] ^= 1 << bit
    hit = next(number for number in range(3) if position < sum(map(len, members[: number + 1])))
    found = list(raw_records(io.BytesIO(bytes(data))))
    blocks = [one.block for _, one in found if isinstance(one, RawRecord)]
    others = [http(page(title=f"Title {number}")) for number in range(3) if number != hit]
    if hit == 0 and position < 2:
        return  # no gzip file any more by its first bytes
    assert [block for block in blocks if block in others] == others
    assert len(blocks) <= 3
    if len(blocks) == 3:  # a bit that says nothing: time, system, a name's flag
        assert blocks[hit] == http(page(title=f"Title {hit}"))
    else:
        assert [offset for offset, one in found if isinstance(one, Refused)] == [sum(map(len, members[:hit]))]


def test_a_gzip_bomb_is_skipped_in_little_memory(tmp_path: Path) -> None:
    size = framing.MAX_BLOCK + 1
    packer = zlib.compressobj(9, wbits=31)
    head = record(block=b"", length=size).removesuffix(b"\r\n\r\n")
    parts = [packer.compress(head), *(packer.compress(bytes(1 << 20)) for _ in range(size >> 20))]
    bomb = b"".join([*parts, packer.compress(bytes(size % (1 << 20)) + b"\r\n\r\n"), packer.flush()])
    found = read(tmp_path, bomb + gz(record(block=http(b"good"))))
    assert [type(one) for _, one in found] == [Refused, Response]
