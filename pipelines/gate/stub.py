"""The beginning of an article before an offer or a request: too little to be kept as the article (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.gate.cues import ADVICE, ALREADY, KINDS, OFFER
from pipelines.gate.notice import is_consent, sentences, weight

LONGEST_STUB = 900  # weight of what is shown of an article, where only the offer says that more follows
LONGEST_PAID = 1250  # the same, where the page says that it is not free to read
LONGEST_TEASER = 220  # weight of the story behind a consent dialog: a sentence or two
_LONGEST_OFFER = 300  # weight of the line that makes the offer; a longer one is a paragraph of a story
_PASSING = 60  # weight of a label among the offer's lines


def story(text: str) -> str:
    """A text without its sentences to the reader."""
    return " ".join(part for part in sentences(text) if not _speaks(part))


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
    if paid is False or weight(story(text)) > (LONGEST_PAID if paid else LONGEST_STUB):
        return False
    offers = (line if paid else ALREADY.sub("", line) for line in lines if weight(line) <= _LONGEST_OFFER)
    return any(OFFER.search(line) for line in offers)


def is_behind_consent(text: str, *, asks_consent: bool) -> bool:
    """Whether a consent dialog lets no more than a teaser of the article be seen."""
    return asks_consent and weight(story(text)) <= LONGEST_TEASER
