"""Content codings are undone within a cap, and every fault has its reason."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.content_coding import ContentCodingError, decode_body, is_cut_off


def packed(data: bytes, level: int = 9) -> bytes:
    """Gzip without the time of day, so that a test's name is the same in every process."""
    return gzip.compress(data, level, mtime=0)


PAGE = b"<html><body>" + b"<p>The harbour was quiet.</p>" * 50 + b"</body></html>"
CAP = 100_000


def deflate_raw(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
}


@given(
    data=st.binary(max_size=5000),
    first=st.sampled_from(sorted(CODINGS)),
    second=st.sampled_from(sorted(CODINGS)),
)
def test_one_and_two_codings_round_trip(data: bytes, first: str, second: str) -> None:
    data = b"." + data  # an unencoded page is told from gzip by its first "<"
    once = CODINGS[first](data)
    assert decode_body(once, first, CAP) == data
    assert decode_body(CODINGS[second](once), f"{first}, {second}", CAP) == data


@pytest.mark.parametrize(
    ("body", "coding", "expected"),
    [
        (PAGE, None, PAGE),
        (PAGE, "identity", PAGE),
        (PAGE, "", PAGE),
        (packed(PAGE), "X-GZIP", PAGE),
        (deflate_raw(PAGE), "deflate", PAGE),
        (packed(PAGE[:99]) + packed(PAGE[99:]), "gzip", PAGE),
        (packed(PAGE) + b"\0" * 20, "gzip", PAGE),
        (packed(PAGE) + b"trailing", "gzip", PAGE),
        (zstd(PAGE[:99]) + zstd(PAGE[99:]), "zstd", PAGE),
        (PAGE, "gzip", PAGE),
        (b"", "gzip", b""),
    ],
    ids=[
        "none", "identity", "empty value", "x-gzip", "bare deflate", "two members", "zero padding", "garbage after the end",
        "two frames", "named gzip, sent plain", "empty body",
    ],
)  # fmt: skip
def test_quirks_of_servers(body: bytes, coding: str | None, expected: bytes) -> None:
    assert decode_body(body, coding, CAP) == expected


BOMB = b"\0" * 50_000_000


@pytest.mark.parametrize(
    ("body", "coding", "reason"),
    [
        (packed(PAGE)[:-20], "gzip", "truncated"),
        (zlib.compress(PAGE)[:-10], "deflate", "truncated"),
        (brotli.compress(PAGE)[:-5], "br", "truncated"),
        (zstd(PAGE)[:-5], "zstd", "truncated"),
        (packed(BOMB, 1), "gzip", "too_large"),
        (zlib.compress(BOMB, 1), "deflate", "too_large"),
        (brotli.compress(BOMB, quality=1), "br", "too_large"),
        (zstd(BOMB), "zstd", "too_large"),
        (packed(packed(BOMB, 1)), "gzip, gzip", "too_large"),
        (b"a" * (CAP + 1), None, "too_large"),
        (b"\x1f\x8b\x08\0garbage that is no stream", "gzip", "bad_content_encoding"),
        (b"not deflate", "deflate", "bad_content_encoding"),
        (b"not brotli at all", "br", "bad_content_encoding"),
        (b"not zstd", "zstd", "bad_content_encoding"),
        (PAGE, "compress", "bad_content_encoding"),
        (PAGE, "gzip, gzip, gzip", "bad_content_encoding"),
    ],
)
def test_faults_have_reasons(body: bytes, coding: str | None, reason: str) -> None:
    with pytest.raises(ContentCodingError) as caught:
        decode_body(body, coding, CAP)
    assert caught.value.reason == reason


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_a_bomb_costs_little_memory(coding: str) -> None:
    body = CODINGS[coding](BOMB)
    tracemalloc.start()
    with pytest.raises(ContentCodingError):
        decode_body(body, coding, CAP)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@given(data=st.binary(max_size=3000), coding=st.sampled_from(sorted(CODINGS)), cut=st.integers(0, 3000))
def test_what_is_cut_off_is_told_without_keeping_it(data: bytes, coding: str, cut: int) -> None:
    """As decoding tells it."""
    whole = CODINGS[coding](b"." + data)
    part = whole[: max(1, len(whole) - cut)]
    try:
        decode_body(part, coding, CAP)
        truncated = False
    except ContentCodingError as error:
        truncated = error.reason == "truncated"
    assert is_cut_off(part, f" {coding.upper()} ", CAP) is truncated


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_of_very_much_it_is_not_told(coding: str) -> None:
    bomb = CODINGS[coding](b"\0" * (8 << 20))
    tracemalloc.start()
    assert not is_cut_off(bomb[:-3], coding, 1 << 20)
    assert is_cut_off(bomb[:-3], coding, 16 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 << 20


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"", "gzip"),
        (b"noise", "gzip"),
        (b"<html>", "gzip"),
        (packed(PAGE)[:-9], "unknown"),
        (packed(PAGE)[:-9], ""),
    ],
)
def test_what_is_no_stream_is_not_cut_off(body: bytes, coding: str) -> None:
    assert not is_cut_off(body, coding, CAP)
