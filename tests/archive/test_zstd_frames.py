"""Zstd frames as the IIPC's WARC-Zstandard has them: what is written reads back; what is wrong is told."""

from __future__ import annotations

import io
import random
import struct

import pytest
import zstandard
from fastwarc.warc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import zstd_frames
from archive.warc import WarcError, as_gzip, encode_exchange, members, read_members, read_one, unpack_one
from archive.zstd_frames import (
    DICTIONARY,
    BadFrame,
    Dictionary,
    Packer,
    dictionary_frame,
    read_dictionary,
    unpack,
)
from archive.zstd_training import Member, best_dictionary, newest_pages
from tests.archive.material import exchange
from tests.words import THINGS

_SOURCE = random.Random(8)


def page(number: int, night: int) -> bytes:
    """A page that is another each night in its frame only."""
    words = random.Random(number)
    text = " ".join(words.choice(THINGS) for _ in range(300))
    return f"<h1>{number}</h1><p>{text}</p><i>{night} {_SOURCE.random()}</i>".encode()


def record(url: str, body: bytes) -> bytes:
    """A response record as it lies in a file that is not packed."""
    [answer, _] = encode_exchange(exchange(url, body), source="example", info_id="0" * 32, original=None)
    return unpack_one(answer.data)


RECORDS = [record(f"https://news.example/{n}", page(n, night)) for n in range(8) for night in range(3)]
TRIED = [Member(f"response {n // 3}", data) for n, data in enumerate(RECORDS)]
OWN = best_dictionary(TRIED, 64 << 10, 12)
assert OWN is not None
OTHER = Dictionary(OWN.data[:4] + struct.pack("<I", OWN.id + 1) + OWN.data[8:])
HEAD, PACKER = dictionary_frame(OWN), Packer(OWN, 12)
FEW = RECORDS[:2]
FILE = HEAD + b"".join(map(PACKER.pack, FEW))
SHORT = best_dictionary(TRIED, 1 << 10, 12)  # what is read thousands of times is short
assert SHORT is not None
SHORT_HEAD = dictionary_frame(SHORT)
SHORT_FILE = SHORT_HEAD + b"".join(map(Packer(SHORT, 12).pack, FEW))


def read(data: bytes) -> list[bytes]:
    """The records of a file."""
    return [record for _, _, record in members(io.BytesIO(data))]


def test_recaptures_take_little_beside_a_dictionary_of_their_pages() -> None:
    packed = len(HEAD) + sum(len(PACKER.pack(each)) for each in RECORDS)
    assert packed < 0.55 * sum(len(as_gzip(each)) for each in RECORDS)


def test_each_frame_is_as_the_convention_demands() -> None:
    assert HEAD[:4] == b"\x5d\x2a\x4d\x18"
    assert read_dictionary(HEAD) == OWN
    assert 32_768 <= OWN.id < 1 << 31
    for each in RECORDS:
        found = zstandard.get_frame_parameters(PACKER.pack(each))
        assert (found.content_size, found.has_checksum, found.dict_id) == (len(each), True, OWN.id)
        assert found.window_size <= 8 << 20


def test_readers_that_are_not_ours_read_it() -> None:
    (size,) = struct.unpack("<I", FILE[4:8])
    plain = zstandard.ZstdDecompressor().decompress(FILE[8 : 8 + size])
    decoder = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(plain))
    whole = decoder.stream_reader(io.BytesIO(FILE[8 + size :]), read_across_frames=True).read()
    assert whole == b"".join(FEW)
    found = [(str(one.headers["WARC-Record-ID"]), one.reader.read()) for one in _fastwarc(FILE)]
    assert found == [(one.headers["WARC-Record-ID"], one.block) for one, _ in read_members(io.BytesIO(FILE))]


def _fastwarc(data: bytes) -> ArchiveIterator:
    return ArchiveIterator(io.BytesIO(data), parse_http=False)


def test_a_record_is_read_by_its_place_alone() -> None:
    for offset, length, content in members(io.BytesIO(FILE)):
        assert read_one(FILE[offset : offset + length], OWN).block in content


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=5), st.booleans())
def test_records_are_the_same_through_zstd_and_back_to_gzip(
    bodies: list[bytes], with_dictionary: bool
) -> None:
    there = [record("https://news.example/", body) for body in bodies]
    own = OWN if with_dictionary else None
    packer = Packer(own, 3)
    file = (HEAD if own else b"") + b"".join(map(packer.pack, there))
    assert read(file) == there
    assert read(b"".join(map(as_gzip, read(file)))) == there


def test_a_file_clipped_at_any_byte_loses_records_or_is_refused() -> None:
    whole = {offset + length: n for n, (offset, length, _) in enumerate(members(io.BytesIO(SHORT_FILE)), 1)}
    for end in range(1, len(SHORT_FILE)):
        if end in whole or end == len(SHORT_HEAD):
            assert read(SHORT_FILE[:end]) == FEW[: whole.get(end, 0)]
            continue
        with pytest.raises(WarcError):
            read(SHORT_FILE[:end])


def test_a_flip_in_any_byte_is_refused_or_changes_nothing() -> None:
    harmless = 0
    for at in range(len(SHORT_FILE)):
        changed = bytearray(SHORT_FILE)
        changed[at] ^= 1 << at % 8
        try:
            found = read(bytes(changed))
        except WarcError:
            continue
        assert (
            found == FEW
        )  # unused bits (RFC 8878, 3.1.1.1.1.3); the digest in the file's name tells of these
        harmless += 1
    assert harmless < len(SHORT_FILE) / 50


def frame(data: bytes = b"x" * 500, *, dictionary: Dictionary | None = None, **settings: bool) -> bytes:
    """A frame with what is said switched off."""
    own = zstandard.ZstdCompressionDict(dictionary.data) if dictionary else None
    given = {"write_checksum": True, "write_content_size": True, **settings}
    return zstandard.ZstdCompressor(dict_data=own, **given).compress(data)


def lying(size: int) -> bytes:
    """A frame of 100 KB of nothing that says it holds another number of bytes."""
    honest = frame(b"\0" * 100_000)
    assert honest[4] & 0xE0 == 0xA0  # a single segment, its size in four bytes
    return honest[:5] + struct.pack("<I", size) + honest[9:]


WRONG = {
    "no size": (frame(write_content_size=False), None, "does not say how large"),
    "no checksum": (frame(write_checksum=False), None, "no checksum"),
    "a dictionary that the file lacks": (frame(dictionary=OWN), None, "the file has none"),
    "another dictionary": (frame(dictionary=OTHER), OWN, "names dictionary"),
    "no dictionary, in a file with one": (frame(), OWN, "names dictionary 0"),
    "more than it says": (lying(1_000), None, "damaged|cannot be"),
    "less than it says": (lying(200_000), None, "damaged|it says"),
    "a gigabyte and more, it says": (lying((1 << 30) + 1), None, "are allowed"),
    "two frames": (frame() + frame(), None, "more follows"),
    "no frame": (b"WARC/1.1\r\n", None, "begin no zstd frame"),
    "nothing": (b"", None, "begin no zstd frame"),
    "the first bytes alone": (frame()[:5], None, "header is damaged"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_frame_that_is_wrong_is_told(name: str) -> None:
    data, own, what = WRONG[name]
    with pytest.raises(BadFrame, match=what):
        unpack(data, own)


def skippable(content: bytes, *, size: int | None = None) -> bytes:
    """A dictionary's frame around any content."""
    return DICTIONARY + struct.pack("<I", len(content) if size is None else size) + content


BOMB = zstandard.ZstdCompressor(write_checksum=True).compress(bytes((8 << 20) + 1))
DICTIONARIES = {
    "cut short": (HEAD[:100], "cut short"),
    "empty": (skippable(b""), "cut short"),
    "longer than readers take": (skippable(b"", size=(8 << 20) + 1), "are allowed"),
    "longer than readers take, unpacked": (skippable(BOMB), "more than"),
    "no dictionary": (skippable(b"words " * 50), "the dictionary is damaged"),
    "its tables damaged": (
        skippable(OWN.data[:8] + bytes(200) + OWN.data[208:]),
        "the dictionary is damaged",
    ),
    "twice": (HEAD + HEAD, "a second dictionary"),
}


@pytest.mark.parametrize("name", DICTIONARIES)
def test_a_dictionary_that_is_wrong_is_told(name: str) -> None:
    data, what = DICTIONARIES[name]
    with pytest.raises(WarcError, match=f"at offset .*{what}"):
        read(data + PACKER.pack(FEW[0]))


def test_other_skippable_frames_are_passed_over() -> None:
    extension = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3) + b"any"
    assert read(HEAD + extension + PACKER.pack(FEW[0]) + extension) == FEW[:1]


def test_a_dictionary_for_others_is_not_written_larger_than_they_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zstd_frames, "MAX_DICTIONARY", len(OWN.data) - 1)
    with pytest.raises(BadFrame, match="are allowed"):
        dictionary_frame(OWN)


def members_of(*sizes: tuple[str, int]) -> list[Member]:
    """Records as (address, size), each of other words."""
    return [Member(group, f"{n} {group}".encode().ljust(size)) for n, (group, size) in enumerate(sizes)]


PAGES = {
    "the newest of each, in their order": ([("b", 900), ("a", 500), ("b", 800)], 2_000, [2, 1]),
    "those with more captures first": ([("a", 500), ("b", 500), ("b", 500)], 600, [2]),
    "of equal ones some from everywhere": ([(name, 500) for name in "abcdef"], 1_500, [0, 2, 4]),
    "no room": ([("a", 500)], 400, []),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_make_a_dictionary(name: str) -> None:
    given, most, chosen = PAGES[name]
    those = members_of(*given)
    assert newest_pages(those, most) == [those[n].data for n in chosen]


def test_what_came_packed_makes_no_dictionary() -> None:
    noise = [Member(str(n), _SOURCE.randbytes(3_000)) for n in range(20)]
    assert newest_pages(noise, 1 << 20) == []
    assert best_dictionary(noise, 1 << 20, 3) is None
    assert best_dictionary([], 1 << 20, 3) is None
    assert best_dictionary(TRIED, 0, 3) is None
