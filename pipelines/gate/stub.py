"""The beginning of an article before an offer or a request: too little to be kept as the article (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.gate.cues import ADVICE, ALREADY, CONSENT_WORD, KINDS, OFFER
from pipelines.gate.notice import is_consent, says_consent, sentences, weight

LONGEST_STUB = 900  # weight of what is shown of an article, where only the offer says that more follows
LONGEST_PAID = 1250  # the same, where the page says that it is not free to read
LONGEST_TEASER = 220  # weight of the story behind a consent dialog: a sentence or two
_LONGEST_OFFER = 300  # weight of the line that makes the offer; a longer one is a paragraph of a story
_PASSING = 60  # weight of a label among the offer's lines


def tells_more_than(text: str, most: float) -> bool:
    """Whether a text without its sentences to the reader weighs more; reads no further than that takes."""
    told = -1.0  # a space stands between two sentences
    for part in sentences(text):
        told += 0 if _speaks(part) else weight(part) + 1
        if told > most:
            return True
    return False


def _speaks(sentence: str) -> bool:
    return bool(
        is_consent(sentence)
        or OFFER.search(sentence)
        or KINDS["login_wall"].search(sentence)
        or (weight(sentence) <= _PASSING and ADVICE.search(sentence))
    )


def is_paywall_stub(text: str, lines: Iterable[str], *, paid: bool | None) -> bool:
    """Whether a page shows the beginning of an article and offers the rest.

    Args:
        text: what was read as the article's text.
        lines: the page's visible lines, without title and first heading.
        paid: the page says in its metadata that it is not free to read; None: it says nothing of it.
            One that says it is free shows no stub.
    """
    if paid is False or tells_more_than(text, LONGEST_PAID if paid else LONGEST_STUB):
        return False
    offers = (line if paid else ALREADY.without(line) for line in lines if weight(line) <= _LONGEST_OFFER)
    return any(OFFER.search(line) for line in offers)


def is_behind_consent(text: str, lines: Iterable[str]) -> bool:
    """Whether a consent dialog lets no more than a teaser of the article be seen."""
    return not tells_more_than(text, LONGEST_TEASER) and asks_consent(lines)


def asks_consent(lines: Iterable[str]) -> bool:
    """Whether in these lines somebody asks for consent."""
    spoken = (line for line in lines if CONSENT_WORD.search(line))
    asking = [line for line in spoken if any(is_consent(part) for part in sentences(line))]
    return says_consent("\n".join(asking))
