"""Invented news sites: each with a template of its own, and as many articles as are asked for.

All words are made up from lists. An article's text is known, so that what is read can be held against it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipelines.memory.study import PageToLearn

AT = datetime(2026, 3, 29, 2, 0, tzinfo=UTC)

_WHO = ("The harbour office", "A committee of residents", "The regional court", "An inspector", "The library")
_DID = ("announced", "confirmed", "denied", "explained", "repeated")
_WHAT = (
    "the bridge",
    "a new timetable",
    "the flood barrier",
    "its accounts",
    "the winter market",
    "the ferry",
)
_WHEN = ("on Tuesday", "late in the evening", "before the vote", "after two months", "in a letter")
_WHY = (
    "because the repairs cost more than anybody had planned",
    "although several neighbours had asked for another solution",
    "while the mayor was still waiting for an answer from the ministry",
    "since nobody wants to see another summer without it",
)
NEWSLETTER = "Our editors choose the stories of the week for you and send them every Friday morning at seven."
PROMISE = (
    "Every figure in this story was checked with two sources, and it is corrected here if one was wrong."
)


@dataclass(frozen=True, slots=True)
class Story:
    """An article before it is set: what a reader reads, and where it stands.

    Attributes:
        number: of the article on its site; tells one from the other.
    """

    site: str
    number: int
    headline: str
    paragraphs: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"https://www.{self.site}.example/2026/03/story-{self.number}"

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def story(site: str, number: int) -> Story:
    """An article of seven paragraphs; no two have a paragraph in common."""
    chance = random.Random(f"{site} {number}")
    paragraphs = [" ".join(_sentence(chance) for _ in range(chance.randrange(2, 5))) for _ in range(7)]
    return Story(site, number, f"Report {number} from {site}: {_sentence(chance)[:50]}", tuple(paragraphs))


def _sentence(chance: random.Random) -> str:
    parts = [chance.choice(words) for words in (_WHO, _DID, _WHAT, _WHEN, _WHY)]
    return f"{' '.join(parts)}, {chance.randrange(2, 900)} people were told."


def gazette(told: Story) -> str:
    """Named boxes; in the text's own box, below it, a promise that every page repeats."""
    text = "".join(f'<p class="g-par">{paragraph}</p>' for paragraph in told.paragraphs)
    return (
        '<div class="g-page"><div class="g-menu"><a href="/">Home</a> <a href="/w">World</a></div>'
        f'<main class="g-main"><h1 class="g-title">{told.headline}</h1>'
        f'<div class="g-story post-{4000 + told.number}">{text}<p class="g-par">{PROMISE}</p></div></main>'
        f'<div class="g-rail"><p class="g-promo">{NEWSLETTER}</p></div></div>'
    )


def courier(told: Story) -> str:
    """Another system: sections, the text in an article among asides."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in told.paragraphs)
    return (
        '<header class="c-top"><a href="/">Courier</a></header><section class="c-read">'
        '<article class="c-art">'
        f'<h1>{told.headline}</h1><div class="c-body">{text}</div></article>'
        f'<aside class="c-more"><p>{NEWSLETTER}</p></aside></section>'
    )


def redesigned(told: Story) -> str:
    """The gazette after a new design: not a box has the name that it had."""
    text = "".join(f'<div class="nx-t">{paragraph}</div>' for paragraph in told.paragraphs)
    return (
        f'<div class="nx-root"><div class="nx-head"><h1 class="nx-h">{told.headline}</h1></div>'
        f'<section class="nx-flow"><div class="nx-copy">{text}</div></section>'
        f'<div class="nx-foot"><p class="nx-s">{NEWSLETTER}</p></div></div>'
    )


Template = Callable[[Story], str]


def set_in(template: Template, told: Story) -> bytes:
    """The whole page."""
    head = f"<head><meta charset='utf-8'><title>{told.headline}</title></head>"
    return f"<!doctype html><html lang='en'>{head}<body>{template(told)}</body></html>".encode()


def page(template: Template, told: Story) -> PageToLearn:
    """The page as a capture."""
    return PageToLearn(set_in(template, told), told.url, "text/html; charset=utf-8", None, AT)


def pages(template: Template, site: str, numbers: Sequence[int] = range(6)) -> list[PageToLearn]:
    """Several pages of one site."""
    return [page(template, story(site, number)) for number in numbers]
