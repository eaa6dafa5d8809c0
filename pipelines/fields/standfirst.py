"""The standfirst: the sentence or two between headline and text that say what the article is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import lxml.html

from pipelines.article_place import Place
from pipelines.attributes import saying
from pipelines.metadata import Metadata, description
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

SHORTEST, LONGEST = 20, 700  # characters
_PREFIX = 60  # characters that a description, which may be cut, shares with the standfirst

_SAYS_SO = saying(
    r"(?:^|[\s_-])(?:standfirst|sub-?(?:title|head(?:line|ing)?|deck)|dek|deck|lede|lead(?:-?(?:text|paragraph))?"
    r"|intro(?:duction|text)?|summary|excerpt|abstract|vorspann|anrei(?:ss|ß)er|untertitel|unterzeile|chap[oô]"
    r"|chapeau|entradilla|bajada|copete|subt[ií]tulo|sommario|sottotitolo|occhiello|ingress|manchet|underrubrik"
    r"|undertittel|preamble|zajawka|description|teaser-?text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ATTRIBUTES = ("class", "id", "itemprop", "data-testid")
_TAGS = ("p", "h2", "h3", "div", "section", "span", "strong", "b")
_FOREIGN = frozenset({"nav", "aside", "figure", "figcaption", "footer", "form"})


def standfirst(
    page: Page, metadata: Metadata, place: Place, paragraphs: Sequence[str], other: AbstractSet[str]
) -> str | None:
    """The text that an element above the text gives as a standfirst, or that the page's description repeats.

    Args:
        page: with its elements in place.
        metadata: of the page.
        place: of the article in it.
        paragraphs: of its text; if the standfirst is the first of them, the description says so.
        other: folded texts that are something else: the headline, captions.
    """
    stated = fold(description(metadata) or "")
    for text, says_so in _above(page, place):
        fits = SHORTEST <= len(text) <= LONGEST and not any(known in fold(text) for known in other if known)
        if fits and (says_so or _alike(fold(text), stated)):
            return text
    first = paragraphs[0] if paragraphs else ""
    return first if SHORTEST <= len(first) <= LONGEST and fold(first) == stated else None


def _alike(text: str, known: str) -> bool:
    return text == known or (len(text) >= _PREFIX and known.startswith(text[:_PREFIX]))


def _above(page: Page, place: Place) -> Iterator[tuple[str, bool]]:
    """(text, whether its element says that it is one) of the blocks between heading and text, innermost."""
    start = place.heading if place.heading is not None else place.first
    for element in page.tree.iter(*_TAGS):
        if start < place.order.get(element, -1) <= place.first and not _is_foreign(element):
            holds_others = next(element.iterdescendants("p", "div", "h2", "section", "img"), None) is not None
            if not holds_others:
                yield squeeze(element.text_content()), _says_so(element)


def _says_so(element: lxml.html.HtmlElement) -> bool:
    near = (element, element.getparent())
    return any(_SAYS_SO(e.get(key) or "") for e in near if e is not None for key in _ATTRIBUTES)


def _is_foreign(element: lxml.html.HtmlElement) -> bool:
    return any(box.tag in _FOREIGN for box in element.iterancestors())
