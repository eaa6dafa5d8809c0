"""Two texts sentence by sentence: what stayed, changed within, came, went, and what only stands elsewhere.

Sentences are aligned as in `edit.py`, which counts; here they keep the wording that a reader sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from archive.wording.edit import split_sentences, words
from archive.wording.typography import plain
from archive.wording.word_diff import Kind, phrases, word_diff

ALIKE = 0.5  # share of words from which on two sentences count as one that was rewritten
MOST_PAIRS = 1_000_000  # sentences, and words of two sentences, that are compared pair by pair
_MOST_REGION = 2500  # pairs of sentences of one changed place that are tried


class RowKind(StrEnum):
    """What became of a sentence."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_AWAY = "moved_away"
    MOVED_HERE = "moved_here"


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """One sentence, before and after; None on the side where it does not stand.

    Attributes:
        pieces: its words, each same, added or removed.
        begins_before, begins_after: whether it begins a paragraph there.
        pair: of a moved sentence, the number that both of its rows have.
    """

    kind: RowKind
    before: str | None
    after: str | None
    pieces: tuple[tuple[Kind, str], ...]
    begins_before: bool
    begins_after: bool
    pair: int | None = None


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    folded: str
    begins: bool


def sentence_diff(before: str, after: str) -> list[SentenceRow]:
    """The rows of two clean texts in reading order; of one place, what went stands before what came.

    Rows with `before` give all sentences of `before` in order, rows with `after` those of `after`. Of very
    long texts paragraphs are compared, and of longer ones nothing is aligned.
    """
    one, other = _sentences(before, whole=False), _sentences(after, whole=False)
    if len(one) * len(other) > MOST_PAIRS:
        one, other = _sentences(before, whole=True), _sentences(after, whole=True)
    if len(one) * len(other) > MOST_PAIRS:
        return [*map(_removed, one), *map(_added, other)]
    return list(_numbered(_aligned(one, other)))


def _sentences(text: str, *, whole: bool) -> list[_Sentence]:
    found = []
    for paragraph in text.split("\n\n"):
        begins = True
        for piece in [paragraph] if whole else split_sentences(paragraph):
            if folded := plain(piece):
                found.append(_Sentence(piece.strip(), folded, begins))
                begins = False
    return found


def _aligned(one: Sequence[_Sentence], other: Sequence[_Sentence]) -> Iterator[SentenceRow]:
    matcher = SequenceMatcher(None, [s.folded for s in one], [s.folded for s in other], autojunk=False)
    codes = matcher.get_opcodes()
    went = Counter(s.folded for tag, a, b, _, _ in codes if tag != "equal" for s in one[a:b])
    came = Counter(s.folded for tag, _, _, c, d in codes if tag != "equal" for s in other[c:d])
    moved = went & came
    away, here = moved.copy(), moved.copy()
    for tag, a, b, c, d in codes:
        if tag == "equal":
            yield from map(_same, one[a:b], other[c:d])
            continue
        left = [(s, _taken(away, s)) for s in one[a:b]]
        right = [(s, _taken(here, s)) for s in other[c:d]]
        yield from _region(left, right)


def _taken(moved: Counter[str], sentence: _Sentence) -> bool:
    """Whether this sentence is one that moved; each counts as often as it moved."""
    if moved[sentence.folded] <= 0:
        return False
    moved[sentence.folded] -= 1
    return True


def _region(
    left: Sequence[tuple[_Sentence, bool]], right: Sequence[tuple[_Sentence, bool]]
) -> Iterator[SentenceRow]:
    """What stands in one place on both sides: rewritten sentences side by side, the rest before and after."""
    position = 0
    tried = len(left) * len(right) <= _MOST_REGION
    for sentence, is_moved in left:
        if is_moved:
            yield _row(RowKind.MOVED_AWAY, sentence, None)
            continue
        partner = _partner(sentence, right, position) if tried else None
        if partner is None:
            yield _removed(sentence)
            continue
        yield from _coming(right[position:partner])
        yield _changed(sentence, right[partner][0])
        position = partner + 1
    yield from _coming(right[position:])


def _coming(right: Sequence[tuple[_Sentence, bool]]) -> Iterator[SentenceRow]:
    for sentence, is_moved in right:
        yield _row(RowKind.MOVED_HERE, None, sentence) if is_moved else _added(sentence)


def _partner(sentence: _Sentence, right: Sequence[tuple[_Sentence, bool]], begin: int) -> int | None:
    """Place of the sentence that has most words in common, if they are enough; the first of equals."""
    mine = words(sentence.folded)
    best, place = ALIKE, None
    for at in range(begin, len(right)):
        other, is_moved = right[at]
        theirs = [] if is_moved else words(other.folded)
        if not theirs or len(mine) * len(theirs) > MOST_PAIRS:
            continue
        matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
            best, place = matcher.ratio(), at
    return place


def _numbered(rows: Iterator[SentenceRow]) -> Iterator[SentenceRow]:
    """Gives both rows of a moved sentence one number."""
    numbers: dict[str, list[list[int]]] = {}
    count = 0
    for row in rows:
        if row.kind not in {RowKind.MOVED_AWAY, RowKind.MOVED_HERE}:
            yield row
            continue
        side = 0 if row.kind is RowKind.MOVED_AWAY else 1
        waiting = numbers.setdefault(plain(row.before or row.after or ""), [[], []])
        if waiting[1 - side]:
            number = waiting[1 - side].pop(0)
        else:
            count += 1
            number = count
            waiting[side].append(number)
        yield _with_pair(row, number)


def _with_pair(row: SentenceRow, pair: int) -> SentenceRow:
    return SentenceRow(row.kind, row.before, row.after, row.pieces, row.begins_before, row.begins_after, pair)


def _same(before: _Sentence, after: _Sentence) -> SentenceRow:
    return SentenceRow(
        RowKind.SAME, before.text, after.text, (("same", after.text),), before.begins, after.begins
    )


def _changed(before: _Sentence, after: _Sentence) -> SentenceRow:
    pieces = tuple(phrases(word_diff(before.text, after.text)))
    return SentenceRow(RowKind.CHANGED, before.text, after.text, pieces, before.begins, after.begins)


def _removed(sentence: _Sentence) -> SentenceRow:
    return _row(RowKind.REMOVED, sentence, None)


def _added(sentence: _Sentence) -> SentenceRow:
    return _row(RowKind.ADDED, None, sentence)


def _row(kind: RowKind, before: _Sentence | None, after: _Sentence | None) -> SentenceRow:
    text = (before or after or _Sentence("", "", begins=False)).text
    said: Kind = {RowKind.ADDED: "added", RowKind.REMOVED: "removed"}.get(kind, "same")  # type: ignore[assignment]
    return SentenceRow(
        kind,
        before.text if before else None,
        after.text if after else None,
        ((said, text),),
        bool(before and before.begins),
        bool(after and after.begins),
    )
