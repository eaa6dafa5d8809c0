"""What changed between two texts, word by word: difflib over paragraphs first, then over their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]

_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")
# White space, a single sign of a script without spaces (so that one changed sign is one change), or a word.
_WORD = re.compile(r"\s+|[\u3040-\u9fff\u0e00-\u0e7f]|[^\s\u3040-\u9fff\u0e00-\u0e7f]+")


def word_diff(before: str, after: str) -> list[tuple[Kind, str]]:
    """Pieces of text in reading order; where words were replaced, `removed` stands before `added`.

    The pieces that are not `added` join to `before`, those that are not `removed` join to `after`.
    """
    pieces: list[tuple[Kind, str]] = []
    for kind, text in _by_paragraph(_PARAGRAPH.findall(before), _PARAGRAPH.findall(after)):
        if not text:
            continue
        if pieces and pieces[-1][0] == kind:
            pieces[-1] = (kind, pieces[-1][1] + text)
        else:
            pieces.append((kind, text))
    return pieces


def phrases(pieces: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """Changed words with only a space between them as one change, which reads better than many.

    What the pieces join to stays the same: each side of a change has the space.
    """
    joined: list[tuple[Kind, str]] = []
    went = came = ""
    for n, (kind, words) in enumerate(pieces):
        inside = bool(went or came) and n + 1 < len(pieces)
        if kind == "removed":
            went += words
        elif kind == "added":
            came += words
        elif inside and words == " ":
            went, came = went + words, came + words
        else:
            joined += _change(went, came)
            joined.append((kind, words))
            went = came = ""
    return joined + _change(went, came)


def _change(went: str, came: str) -> list[tuple[Kind, str]]:
    pieces: list[tuple[Kind, str]] = [("removed", went), ("added", came)]
    return [(kind, words) for kind, words in pieces if words]


def _by_paragraph(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    for same, old, new in _aligned(before, after):
        if same:
            yield "same", old
        else:
            # Paragraphs that stayed are settled, so that the words of a long text stay few (difflib is slow).
            for word_same, old_words, new_words in _aligned(_WORD.findall(old), _WORD.findall(new)):
                if word_same:
                    yield "same", old_words
                else:
                    yield "removed", old_words
                    yield "added", new_words


def _aligned(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """(equal?, piece of `before`, piece of `after`) in order."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        yield tag == "equal", "".join(before[from_a:to_a]), "".join(after[from_b:to_b])
