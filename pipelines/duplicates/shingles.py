"""The shingles of a text: every run of five words in it, as 64-bit hashes (Broder 1997).

Case, accents, punctuation and spacing are folded, because house styles differ in them. In scripts that are
written without spaces each character begins a "word" of a few characters, so that a shingle is eight Chinese
or twenty Thai characters long, which tell about as much as five words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]  # sorted, each once

WIDTH = 5  # words

# Han, kana, bopomofo and their extensions; then Thai, Lao, Myanmar, Khmer, Tai scripts (UAX #14 class SA).
_IDEOGRAPHIC = (
    "\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_COMPLEX = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"
_UNSPACED = re.compile(f"[{_IDEOGRAPHIC}{_COMPLEX}]")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")
_MIXED = re.compile(
    f"(?P<ideographic>[{_IDEOGRAPHIC}][{_IDEOGRAPHIC}\\W_]*)|(?P<complex>[{_COMPLEX}][{_COMPLEX}\\W_]*)"
    f"|[^\\W_{_IDEOGRAPHIC}{_COMPLEX}]+"
)
_SPAN = {"ideographic": 4, "complex": 16}  # characters of a "word"

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
_MIX_1, _MIX_2, _SHIFT = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53), np.uint64(33)


def shingles(text: str) -> Shingles:
    """The shingles of a text; empty for a text of fewer than five words."""
    if text.isascii():
        return of_words(_ASCII_WORD.findall(text.lower()))
    folded = _marks().sub("", unicodedata.normalize("NFKD", text)).casefold()
    if not _UNSPACED.search(folded):
        return of_words(_WORD.findall(folded))
    runs = [_of_run(run[0], _SPAN.get(run.lastgroup or "")) for run in _MIXED.finditer(folded)]
    return _of_hashes(np.concatenate(runs))


def of_words(found: Sequence[str]) -> Shingles:
    """The shingles of words that are folded already."""
    return _of_hashes(np.fromiter(map(_hash, found), np.uint64, len(found)))


def _of_hashes(hashed: Shingles) -> Shingles:
    """The shingles of words by their hashes, in order."""
    count = hashed.size - WIDTH + 1
    if count < 1:
        return np.empty(0, np.uint64)
    mixed = np.zeros(count, np.uint64)
    for place, factor in enumerate(_FACTORS):
        mixed += hashed[place : place + count] * factor
    return np.unique(_mixed(mixed))


def _of_run(run: str, span: int | None) -> Shingles:
    """Hashes of the words of a run: itself, or without spaces one for each character and those after it."""
    if span is None:
        return np.array([_hash(run)], np.uint64)
    signs = np.frombuffer(_NO_LETTER.sub("", run).encode("utf-32-le", "surrogatepass"), "<u4").astype(
        np.uint64
    )
    padded = np.concatenate((_mixed(signs), np.zeros(span - 1, np.uint64)))
    found = np.zeros(signs.size, np.uint64)
    for place in range(span):
        found = found * _RADIX + padded[place : place + signs.size]
    return _mixed(found)


def _mixed(values: Shingles) -> Shingles:
    """The values with each bit spread over all (the finalizer of MurmurHash3)."""
    values = (values ^ (values >> _SHIFT)) * _MIX_1
    values = (values ^ (values >> _SHIFT)) * _MIX_2
    return values ^ (values >> _SHIFT)


def shared(a: Shingles, b: Shingles) -> int:
    """How many shingles two texts have in common."""
    if a.size > b.size:
        a, b = b, a
    if not a.size:
        return 0
    places = np.searchsorted(b, a)
    places[places == b.size] = b.size - 1
    return int(np.count_nonzero(b[places] == a))


def without(a: Shingles, others: Shingles) -> Shingles:
    """The shingles of a text that are not among others."""
    return a if not others.size or not a.size else a[~np.isin(a, others, assume_unique=True)]


@lru_cache(maxsize=1 << 17)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@cache
def _marks() -> re.Pattern[str]:
    """Accents and vowel signs, which are no letters to `re` and would take words apart."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x20000):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return re.compile(f"[{''.join(f'{chr(begin)}-{chr(end)}' for begin, end in ranges)}]+")
