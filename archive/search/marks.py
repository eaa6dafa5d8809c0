"""Where a text says what was searched for (pure): marked, and the best part of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from archive.search.expression import Phrase
from archive.search.words import Word, words_of

_WINDOW = 240  # characters of a snippet, about
_BEFORE = 60  # of these before the first word that is marked
_LONGEST = 400_000  # characters that are looked through
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; `marked`: it is what was searched for. Pieces join to the text."""

    text: str
    marked: bool = False


Pieces = tuple[Piece, ...]


def marked(text: str, phrases: Sequence[Phrase]) -> Pieces:
    """A whole text with its matches marked."""
    return _pieces(text, 0, len(text), _matches(text, phrases))


def snippet(text: str, phrases: Sequence[Phrase]) -> Pieces:
    """The part of a text that says most of what was searched for; its beginning if it says nothing."""
    text = text[:_LONGEST]
    found = _matches(text, [phrase for phrase in phrases if not phrase.title])
    begin, end = _best(text, found)
    pieces = list(_pieces(text, begin, end, found))
    if begin:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    phrase: int


def _matches(text: str, phrases: Sequence[Phrase]) -> list[_Match]:
    """Matches by place, none within another."""
    if not phrases:
        return []
    words = list(words_of(text))
    starts: dict[str, list[int]] = {}
    for n, word in enumerate(words):
        starts.setdefault(word.word, []).append(n)
    found: list[_Match] = []
    for number, phrase in enumerate(phrases):
        for n in _starts(starts, phrase):
            if _stands(words, n, phrase):
                last = words[n + len(phrase.words) - 1]
                found.append(_Match(words[n].start, last.end, number))
                if len(found) >= _MOST_MARKS:
                    break
    found.sort(key=lambda match: (match.start, -match.end))
    kept: list[_Match] = []
    for match in found:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
        elif match.end > kept[-1].end:
            kept[-1] = _Match(kept[-1].start, match.end, kept[-1].phrase)
    return kept


def _starts(starts: dict[str, list[int]], phrase: Phrase) -> list[int]:
    first = phrase.words[0]
    if len(phrase.words) > 1 or not phrase.begun:
        return starts.get(first, [])
    return sorted(n for word, places in starts.items() if word.startswith(first) for n in places)


def _stands(words: Sequence[Word], at: int, phrase: Phrase) -> bool:
    if at + len(phrase.words) > len(words):
        return False
    *whole, last = phrase.words
    if any(words[at + n].word != word for n, word in enumerate(whole)):
        return False
    found = words[at + len(whole)].word
    return found.startswith(last) if phrase.begun else found == last


def _best(text: str, found: Sequence[_Match]) -> tuple[int, int]:
    """The window with most different phrases, then most matches, then the earliest."""
    if not found:
        return 0, _to_space(text, min(len(text), _WINDOW))
    starts = [match.start for match in found]

    def worth(n: int) -> tuple[int, int, int]:
        inside = found[n : bisect_left(starts, found[n].start + _WINDOW - _BEFORE)]
        return len({match.phrase for match in inside}), len(inside), -n

    first = found[max(range(len(found)), key=worth)]
    begin = max(0, first.start - _BEFORE)
    space = text.find(" ", begin, first.start)
    begin = 0 if begin == 0 else space + 1 if space >= 0 else begin
    return begin, _to_space(text, max(first.end, min(len(text), begin + _WINDOW)))


def _to_space(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, end - _BEFORE), end + 1)
    return space if space > 0 else end


def _pieces(text: str, begin: int, end: int, found: Sequence[_Match]) -> Pieces:
    pieces: list[Piece] = []
    at = begin
    for match in found:
        if match.start < at or match.start >= end:
            continue
        if match.start > at:
            pieces.append(Piece(text[at : match.start]))
        at = min(match.end, end)
        pieces.append(Piece(text[match.start : at], marked=True))
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)
