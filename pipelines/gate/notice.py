"""Is a text a notice to the reader, rather than a story? By how much of it speaks to the reader (pure)."""

from __future__ import annotations

import re
from collections import Counter

from pipelines.gate.cues import ADDRESS, ADVICE, CONSENT_WORD, KINDS, VISIT

LONGEST = 1500  # of `weight`; a notice is short
LEAST_SHARE = 0.5  # of its text speaks to the reader
LEAST_SHARE_CLAIMED = 0.75  # the same, where its metadata or its headline are an article's
LONGEST_UNTITLED = 400  # weight of a text without a headline that is a notice if nearly all of it says "you"
LEAST_ADDRESSED = 0.8
LEAST_VISIT = 0.3  # of such a text says both whom it speaks to and that it is of their visit
MOST_ASIDE = 0.4  # of it says neither
HEADLINE = 25  # weight from which a title that says nothing to the reader is a story's
CONSENT_WORDS = 3  # different ones
_IDEOGRAPH = 2.5  # Latin characters that say what one of a script without spaces says

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")  # noqa: RUF001 - the full stops of Chinese and Japanese
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TITLE_PARTS = re.compile(r"\s[|–—·-]\s")  # noqa: RUF001 - dashes between headline and site are of all kinds


def weight(text: str) -> float:
    """How much a text says, in characters of a Latin script."""
    return len(text) + (0.0 if text.isascii() else (_IDEOGRAPH - 1) * len(_DENSE.findall(text)))


def sentences(text: str) -> list[str]:
    """A text in sentences, roughly; lines end them too."""
    return [part for piece in _SENTENCE.split(text) if (part := piece.strip())]


def is_consent(sentence: str) -> bool:
    """Whether a sentence asks the reader for consent: it speaks of data, and to them."""
    return bool(ADDRESS.search(sentence) and CONSENT_WORD.search(sentence))


def share_consenting(text: str) -> float:
    """How much of a text asks the reader for consent, 0 to 1."""
    return sum(weight(part) for part in sentences(text) if is_consent(part)) / max(weight(text), 1)


def says_consent(text: str) -> bool:
    """Whether a text has as many words of consent as a notice that asks for it."""
    return len(set(CONSENT_WORD.findall(text))) >= CONSENT_WORDS


def is_spoken(text: str, least: float) -> bool:
    """Whether at least this share of a text speaks to the reader, as notices do.

    Looks no further than that takes: of an article, less than half.
    """
    total = max(weight(text), 1)
    told = 0.0
    left = sum(map(weight, parts := sentences(text)))
    for part in parts:
        size = weight(part)
        told, left = told + (size if _speaks(part) else 0), left - size
        if told + left < least * total:
            return False
    return told >= least * total


def share_addressed(text: str) -> float:
    """How much of a text stands in sentences with a "you" or a "we", 0 to 1."""
    return sum(weight(part) for part in sentences(text) if ADDRESS.search(part)) / max(weight(text), 1)


def is_spoken_to(text: str) -> bool:
    """Whether a text without a headline is spoken to the reader, of their visit and their tools.

    Told by what it is about, not by how it is put: each notice is put in words of its own.
    """
    if share_addressed(text) >= LEAST_ADDRESSED:
        return True
    both = aside = 0.0
    for part in sentences(text):
        spoken, of_visit = bool(ADDRESS.search(part)) or _speaks(part), bool(VISIT.search(part))
        both += weight(part) if spoken and of_visit else 0
        aside += 0 if spoken or of_visit else weight(part)
    return both >= LEAST_VISIT * weight(text) and aside <= MOST_ASIDE * weight(text)


def _speaks(sentence: str) -> bool:
    cued = any(cue.search(sentence) for cue in KINDS.values())
    return cued or is_consent(sentence) or bool(ADVICE.search(sentence))


def _cues(text: str) -> Counter[str]:
    """How many sentences of a text speak of each kind."""
    return Counter(kind for part in sentences(text) for kind, cue in KINDS.items() if cue.search(part))


def notice(names: tuple[str, ...], text: str, *, claimed: bool) -> str | None:
    """Name the notice that a text is; None if it is none.

    A page about a thing tells of it; a notice is made of sentences to the reader, and of little else.

    Args:
        names: the page's title and first heading.
        text: what was read as the article's text.
        claimed: the page's metadata say that it is an article.
    """
    if not text or weight(text) > LONGEST:
        return None
    # The site's own name beside the title is none of its words.
    heads = [part for name in names for part in _TITLE_PARTS.split(name)]
    headed = any(weight(head) >= HEADLINE and not (_speaks(head) or ADDRESS.search(head)) for head in heads)
    least = LEAST_SHARE_CLAIMED if claimed or headed else LEAST_SHARE
    if says_consent(text) and share_consenting(text) >= least:
        return "consent_wall"
    cues = _cues(text) if is_spoken(text, least) else Counter()
    if not cues:
        is_told = claimed or headed or weight(text) > LONGEST_UNTITLED
        return None if is_told or not is_spoken_to(text) else "notice"
    named = {kind for kind, cue in KINDS.items() if any(cue.search(head) for head in heads)}
    # Where two kinds are spoken of as often, the title decides, and then the rarer kind.
    return max(cues, key=lambda kind: (cues[kind] + (kind in named), -list(KINDS).index(kind)))
