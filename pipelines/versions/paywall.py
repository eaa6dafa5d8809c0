"""Whether a page shows only the beginning of the article that stood there before (pure)."""

from __future__ import annotations

from archive.wording.edit import sentences, words

STUB_SHARE = 0.6  # of the words that stood there; more is an edit
KNOWN_SHARE = 0.8  # of a stub's sentences that stood there before, less the wall's own words at its end
_WALL_SENTENCES = 4


def is_stub_of(stub: str, full: str) -> bool:
    """Whether a text is the beginning of another one, with a few sentences of a wall at its end."""
    if not stub or len(words(stub)) > STUB_SHARE * len(words(full)):
        return False
    shown = sentences(stub)
    known = set(sentences(full))
    if not known.intersection(shown):
        return False
    while len(shown) > 1 and shown[-1] not in known and len(sentences(stub)) - len(shown) < _WALL_SENTENCES:
        shown.pop()
    there = sum(sentence in known for sentence in shown)
    # The last sentence before a wall is often cut.
    return there >= KNOWN_SHARE * len(shown) or (there > 0 and there == len(shown) - 1)
