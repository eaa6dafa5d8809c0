"""How much a text changed: words that came, went and moved, aligned sentence by sentence (pure).

Sentences are aligned as NewsEdits does (Spangher et al. 2022: addition, deletion, edit, refactoring): equal
ones by their longest common runs, what then stands on both sides as moved, the rest word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from archive.wording.typography import plain

# A sentence ends at a stop with a space after it; Chinese and Japanese need no space.
_SENTENCE_END = re.compile("(?<=[.!?…][\"'”’»)\\]])\\s+|(?<=[.!?…])\\s+|(?<=[。！？｡])(?![」』”])")  # noqa: RUF001
# A word, or one character of a script that is written without spaces (kana, Han, Thai, Lao, Khmer, Burmese).
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|[^\W_]+"
)

# A minor edit: fewer words than these and no sentence of its own came or went; anything else is major.
MINOR_WORDS = 20
MINOR_SHARE = 0.1  # of the longer text's words
# What is compared pair by pair costs the product of both lengths; beyond this, words are only counted.
_MOST_PAIRS = 2_000_000


class Grade(StrEnum):
    """How much an edit changes what the article says, as far as counting words can tell."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Edit:
    """What happened to a text.

    Attributes:
        words_added, words_removed: words of the text, less those of sentences that only moved.
        moved: sentences that stand elsewhere now.
        whole: a whole sentence came or went, not only words within one.
    """

    words_added: int
    words_removed: int
    moved: int
    whole: bool
    longest: int

    @property
    def grade(self) -> Grade:
        """Minor: at most `MINOR_WORDS` and a tenth of the text, all of them within sentences that stay."""
        words = self.words_added + self.words_removed
        small = words <= MINOR_WORDS and words <= MINOR_SHARE * max(self.longest, 1)
        # In a very short text a changed word is more than a tenth.
        return Grade.MINOR if (small or words <= 2) and not self.whole else Grade.MAJOR  # noqa: PLR2004


def sentences(text: str) -> list[str]:
    """The sentences of a clean text, as compared; a heading or a line without a stop is one too."""
    pieces = (piece for paragraph in text.split("\n\n") for piece in split_sentences(paragraph))
    return [folded for piece in pieces if (folded := plain(piece))]


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph as they are written; some may be empty."""
    return _SENTENCE_END.split(paragraph)


def words(text: str) -> list[str]:
    """Words as counted; of a script without spaces, characters."""
    return _WORD.findall(text)


def measure(before: str, after: str) -> Edit:
    """How one clean text became the other. Deterministic; bounded by the product of the changed parts.

    The way back is the same edit with added and removed exchanged.
    """
    one, other = sentences(before), sentences(after)
    there, back = _measured(one, other), _measured(other, one)  # difflib aligns one way better than the other
    back = replace(back, words_added=back.words_removed, words_removed=back.words_added)
    return min(there, back, key=lambda edit: (edit.words_added + edit.words_removed, edit.moved, edit.whole))


def _measured(one: list[str], other: list[str]) -> Edit:
    regions = list(_changed(one, other))
    left = Counter(sentence for went, _ in regions for sentence in went)
    right = Counter(sentence for _, came in regions for sentence in came)
    moved = left & right
    added = removed = 0
    whole = False
    for went, came in _less(regions, moved):
        gone, new = [w for s in went for w in words(s)], [w for s in came for w in words(s)]
        minus, plus = _word_changes(gone, new)
        removed, added = removed + minus, added + plus
        whole = whole or _is_whole(went, came, gone, new, minus)
    longest = max(sum(len(words(s)) for s in one), sum(len(words(s)) for s in other))
    return Edit(added, removed, moved.total(), whole, longest)


def _changed(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """What stands between the sentences that both have in the same order."""
    if len(one) * len(other) > _MOST_PAIRS:
        yield one, other
        return
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield one[a:b], other[c:d]


def _less(
    regions: Sequence[tuple[Sequence[str], Sequence[str]]], moved: Counter[str]
) -> Iterator[tuple[list[str], list[str]]]:
    """The regions without the sentences that moved, each as often as it moved."""
    went, came = moved.copy(), moved.copy()
    for before, after in regions:
        yield _without(before, went), _without(after, came)


def _without(sequence: Sequence[str], moved: Counter[str]) -> list[str]:
    kept = []
    for sentence in sequence:
        if moved[sentence] > 0:
            moved[sentence] -= 1
        else:
            kept.append(sentence)
    return kept


def _word_changes(gone: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Words that went and came."""
    if len(gone) * len(new) > _MOST_PAIRS:
        return (Counter(gone) - Counter(new)).total(), (Counter(new) - Counter(gone)).total()
    same = sum(block.size for block in SequenceMatcher(None, gone, new, autojunk=False).get_matching_blocks())
    return len(gone) - same, len(new) - same


def _is_whole(
    went: Sequence[str], came: Sequence[str], gone: Sequence[str], new: Sequence[str], minus: int
) -> bool:
    """Whether a sentence came or went: more on one side, or two that have little in common."""
    if not went and not came:
        return False
    if not gone or not new or abs(len(gone) - len(new)) > max(3, min(len(gone), len(new))):
        return bool(gone or new)
    return 2 * (len(gone) - minus) < min(len(gone), len(new))
