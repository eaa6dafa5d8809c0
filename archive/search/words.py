"""Text as words that are searched for (pure): folded, and in pairs of signs where a script has no spaces.

Every sign of a run of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese begins one word: the pair with
the sign after it, or the last sign alone. A phrase of such words is then found wherever its signs stand, and
one sign is found as a beginning (SQLite's trigrams find nothing for two signs). Korean has spaces, but its
particles are written to the words.
"""
# ruff: noqa: RUF001 - letters of many scripts are meant as they are

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

METHOD = "words-1"  # what was indexed by another method is indexed anew
LONGEST = 64  # characters of a word that count
MOST = 50_000  # words of one text that are indexed

_PAIRED = (  # Thai, Lao, Burmese, Khmer, kana, Bopomofo, Hangul, Han (with its planes), half-width kana
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u1100-\u11ff\uac00-\ud7a3"
    "\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Marks that stand in the middle of words, which Python's \w leaves out; the signs of Indic scripts, of which
# dandas are not letters; joiners, soft hyphens and the Arabic tatweel.
_WITHIN = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0900-\u0963\u0971-\u0df3"
    "\u0f18-\u0f84\u1885-\u18a9\u20d0-\u20f0\u00ad\u200c\u200d"
)
_PIECE = re.compile(f"(?P<run>[{_PAIRED}]+)|(?P<word>(?:[^\\W_{_PAIRED}]+|[{_WITHIN}]+)+)")
# Dropped from words: accents (Latin, Greek, Cyrillic), points of Hebrew and Arabic, joiners, soft hyphens.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u200c\u200d]"
)
# What the decomposition of one sign may bring that is no letter: a space, the brackets of a bracketed number.
_NO_LETTERS = re.compile(r"[\s\x00-/:-@\[-`{-\x7f]")
# Letters that no decomposition takes apart, and letters that keyboards of one script mix up.
_ALIKE = str.maketrans(
    {
        "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ς": "σ",
    }
)  # fmt: skip


class Word(NamedTuple):
    """A word as it is searched for, and where it stands: `text[start:end]`; pairs overlap."""

    word: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """Every word of a text, in order."""
    for piece in _PIECE.finditer(text):
        if piece["run"] is not None:
            yield from _pairs(piece.group(), piece.start())
        elif word := fold(piece.group()):
            yield Word(word, piece.start(), piece.end())


def indexed(text: str) -> list[str]:
    """The words of a text as the index has them: `MOST` at most.

    Those of `words_of`, without their places: half of the time that an archive takes to be indexed goes here.
    """
    found: list[str] = []
    for piece in _PIECE.finditer(text):
        run, word = piece.groups()
        if run:
            signs = unicodedata.normalize("NFKC", run)
            found += [signs[n : n + 2] for n in range(len(signs))]
        elif folded := fold(word):
            found.append(folded)
        if len(found) >= MOST:
            break
    return found[:MOST]


def phrase_of(text: str) -> tuple[tuple[str, ...], bool]:
    """The words that follow each other where these stand, and whether the last one is only begun.

    A run of signs is asked for by its pairs alone, for more signs may follow where it is found.
    """
    found: list[str] = []
    begun = False
    for piece in _PIECE.finditer(text):
        run = piece["run"]
        words = _pairs(run, 0) if run is not None else [Word(fold(piece.group()), 0, 0)]
        each = [word.word for word in words if word.word]
        ends_here = run is not None and piece.end() == len(text.rstrip())
        if ends_here and len(each) > 1:
            each.pop()  # the last sign alone: the pair before has it
        begun = ends_here and len(each) == 1 and len(each[0]) == 1
        found += each
    return tuple(found), begun


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word without case, accents and points, with one spelling of what looks the same; digits as 0 to 9."""
    if word.isascii():
        return word.lower()[:LONGEST]
    apart = unicodedata.normalize("NFKD", word.casefold())
    bare = _NO_LETTERS.sub("", _DROPPED.sub("", apart).casefold()).translate(_ALIKE)
    composed = unicodedata.normalize("NFC", bare)
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in composed)
    return digits[:LONGEST]


def _pairs(run: str, at: int) -> Iterator[Word]:
    signs = unicodedata.normalize("NFKC", run)
    if len(signs) != len(run):  # half-width kana with its marks: places within the run are lost
        for n in range(len(signs)):
            yield Word(signs[n : n + 2], at, at + len(run))
        return
    for n in range(len(signs)):
        yield Word(signs[n : n + 2], at + n, at + min(n + 2, len(signs)))
