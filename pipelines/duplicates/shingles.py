"""The shingles of a text: every run of five words in it, as 64-bit hashes (Broder 1997).

Case, accents, punctuation and spacing are folded, because house styles differ in them. In scripts that are
written without spaces each character begins a "word" of a few characters, so that a shingle is eight Chinese
or twenty Thai characters long, which tell about as much as five words.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]  # sorted, each once

WIDTH = 5  # words

# Han, kana, bopomofo and their extensions; then Thai, Lao, Myanmar, Khmer, Tai scripts (UAX #14 class SA).
_IDEOGRAPHIC = (
    (0x3005, 0x3007), (0x3041, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
_COMPLEX = (
    (0x0E01, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
    (0xA9E0, 0xA9FF), (0xAA60, 0xAADF),
)  # fmt: skip
_SEPARATOR, _LETTER, _IDEOGRAPH, _SIGN, _MARK = range(5)
_SPAN = {_IDEOGRAPH: 4, _SIGN: 16}  # characters of a "word"
_KNOWN = 0x40000  # code points; behind are tags, variation selectors and private signs, which are no letters
_ASCII = bytes(
    ord(chr(one).lower()) if chr(one).isascii() and chr(one).isalnum() else 0 for one in range(256)
)
_YPOGEGRAMMENI = "\u0345"  # an accent that would be folded to a letter

# Odd numbers out of the digits of π, one for each place in a shingle.
_FACTORS = tuple(
    np.uint64(number)
    for number in (
        0x243F6A8885A308D3,
        0x13198A2E03707345,
        0xA4093822299F31D1,
        0x082EFA98EC4E6C89,
        0x452821E638D01377,
    )
)
_RADIX = np.uint64(0x9E3779B97F4A7C15)
_EIGHT = 8  # bytes of 64 bits
_FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(_EIGHT + 1)], np.uint64)
_MIX_1, _MIX_2, _SHIFT = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53), np.uint64(33)


def shingles(text: str) -> Shingles:
    """The shingles of a text; empty for a text of fewer than five words."""
    if text.isascii():
        return _of_hashes(_hashes(text.encode().translate(_ASCII)))
    folded = unicodedata.normalize("NFKD", text).replace(_YPOGEGRAMMENI, "").casefold()
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _kinds()[np.minimum(codes, _KNOWN)]
    codes, kinds = codes[kinds != _MARK], kinds[kinds != _MARK]
    letters = np.where(kinds == _LETTER, codes, 0).astype("<u4").tobytes().decode("utf-32-le")
    spaced = _hashes(letters.encode())
    if not np.any(kinds > _LETTER):
        return _of_hashes(spaced)
    begins = np.flatnonzero(np.diff(kinds == _LETTER, prepend=False) & (kinds == _LETTER))
    signs = np.flatnonzero(kinds > _LETTER)
    found = np.concatenate((spaced, _of_signs(codes[signs], kinds[signs], np.searchsorted(begins, signs))))
    return _of_hashes(found[np.argsort(np.concatenate((begins, signs)))])


def _of_signs(
    codes: NDArray[np.uint32], kinds: NDArray[np.uint8], words_before: NDArray[np.int64]
) -> Shingles:
    """A "word" of each character in scripts without spaces: it and those after it that follow it directly."""
    new = (np.diff(words_before, prepend=-1) != 0) | (np.diff(kinds, prepend=0) != 0)
    run = np.concatenate((np.cumsum(new), np.zeros(max(_SPAN.values()), np.int64)))
    mixed = np.concatenate((_mixed(codes.astype(np.uint64)), np.zeros(max(_SPAN.values()), np.uint64)))
    found = np.zeros(codes.size, np.uint64)
    for kind, span in _SPAN.items():
        at = np.flatnonzero(kinds == kind)
        for place in range(span):
            follows = np.where(run[at + place] == run[at], mixed[at + place], 0)
            found[at] = found[at] * _RADIX + follows
    return _mixed(found)


def _hashes(words: bytes) -> Shingles:
    """A hash of each word, in order; words are what zero bytes separate.

    Eight bytes of all words at a time: each word is read at its beginning as a number of 64 bits, less what
    lies behind its end, then those that are longer eight bytes further on.
    """
    there = np.frombuffer(words + bytes(_EIGHT + 1), np.uint8)
    inside = there != 0
    begins = np.flatnonzero(inside[1:] & ~inside[:-1]) + 1
    if inside[0]:
        begins = np.concatenate(([0], begins))
    left = np.flatnonzero(inside[:-1] & ~inside[1:]) + 1 - begins
    eights = np.ndarray((there.size - _EIGHT + 1,), "<u8", there, 0, (1,))  # from every byte on
    found = _mixed(eights[begins] & _FIRST_BYTES[np.minimum(left, _EIGHT)])
    place = _EIGHT
    while (longer := np.flatnonzero(left > place)).size:
        part = eights[begins[longer] + place] & _FIRST_BYTES[np.minimum(left[longer] - place, _EIGHT)]
        found[longer] = _mixed(found[longer] * _RADIX + part)
        place += _EIGHT
    return found


def _of_hashes(hashed: Shingles) -> Shingles:
    """The shingles of words by their hashes, in order."""
    count = hashed.size - WIDTH + 1
    if count < 1:
        return np.empty(0, np.uint64)
    mixed = hashed[:count] * _FACTORS[0]
    for place, factor in enumerate(_FACTORS[1:], 1):
        mixed += hashed[place : place + count] * factor
    mixed = _mixed(mixed)
    mixed.sort()
    new = np.empty(count, np.bool_)
    new[0] = True
    np.not_equal(mixed[1:], mixed[:-1], out=new[1:])
    return mixed[new]


def _mixed(values: Shingles) -> Shingles:
    """The values with each bit spread over all (the finalizer of MurmurHash3)."""
    values = (values ^ (values >> _SHIFT)) * _MIX_1
    values = (values ^ (values >> _SHIFT)) * _MIX_2
    return values ^ (values >> _SHIFT)


def shared(a: Shingles, b: Shingles) -> int:
    """How many shingles two texts have in common."""
    return int(np.count_nonzero(_among(a, b) if a.size < b.size else _among(b, a)))


def without(a: Shingles, others: Shingles) -> Shingles:
    """The shingles of a text that are not among others."""
    return a[~_among(a, others)] if others.size else a


def _among(a: Shingles, b: Shingles) -> NDArray[np.bool_]:
    """Which of some shingles are among others; both are sorted."""
    if not b.size:
        return np.zeros(a.size, np.bool_)
    found: NDArray[np.bool_] = b[np.minimum(np.searchsorted(b, a), b.size - 1)] == a
    return found


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point is in a text; marks are accents and vowel signs, which would take words apart."""
    found = np.full(_KNOWN + 1, _SEPARATOR, np.uint8)
    for code in range(_KNOWN):
        if chr(code).isalnum():
            found[code] = _LETTER
        elif unicodedata.category(chr(code))[0] == "M":
            found[code] = _MARK
    for kind, ranges in ((_IDEOGRAPH, _IDEOGRAPHIC), (_SIGN, _COMPLEX)):
        for first, last in ranges:
            part = found[first : last + 1]
            part[part == _LETTER] = kind
    found[_KNOWN] = _MARK
    return found
