"""Where in a page its article stands: found again from the text that was extracted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import lxml.html

from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

_MIN_CHUNK = 25  # characters of a text node that is looked up
_EDGE = 120  # characters at each end of a node that hold its first and last chunk
_LOOKED_AT = 200_000  # characters of the article
_SHARE = 0.75  # of the found text that the article's container holds
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template", "option"})


@dataclass(frozen=True, slots=True)
class Place:
    """The article's place.

    Attributes:
        container: the deepest element that holds (nearly) all of the text; the body if none was found.
        order: each element of the page → its number in document order.
        first, last: the numbers of the elements with the first and the last text.
        heading: the number of the `h1` that heads it; None if none does.
    """

    container: lxml.html.HtmlElement
    order: dict[lxml.html.HtmlElement, int]
    first: int
    last: int
    heading: int | None


def locate(page: Page, paragraphs: Sequence[str]) -> Place:
    """Find the article's place in the page."""
    whole = " ".join(fold(paragraph[:_LOOKED_AT]) for paragraph in paragraphs)[:_LOOKED_AT]
    grams = frozenset(whole[i : i + _MIN_CHUNK] for i in range(len(whole) - _MIN_CHUNK + 1))
    order: dict[lxml.html.HtmlElement, int] = {}
    weights: Counter[lxml.html.HtmlElement] = Counter()
    headings: list[int] = []
    for index, element in enumerate(page.tree.iter()):
        order[element] = index
        if element.tag == "h1":
            headings.append(index)
        if element.tag not in _SILENT and (weight := _held(element.text, grams)):
            weights[element] += weight
        if element.tail and len(element.tail) >= _MIN_CHUNK and (weight := _held(element.tail, grams)):
            parent = element.getparent()
            if parent is not None and parent.tag not in _SILENT:
                weights[parent] += weight
    container = _container(page, weights)
    within = set(container.iter())
    inside = [order[e] for e in weights if e in within]
    first, last = (min(inside), max(inside)) if inside else (0, len(order))
    before = [index for index in headings if index <= first]
    return Place(container, order, first, last, before[-1] if before else None)


def _held(text: str | None, grams: AbstractSet[str]) -> int:
    """How many characters of a text node are the article's, by its beginning and its end."""
    if not text or len(text) < _MIN_CHUNK:
        return 0
    trimmed = text.strip()
    first, last = (fold(squeeze(part)) for part in (trimmed[:_EDGE], trimmed[-_EDGE:]))
    if len(trimmed) > _EDGE and min(len(first), len(last)) < _MIN_CHUNK:
        first = last = fold(squeeze(trimmed))  # little but signs at its edges
    held = len(first) >= _MIN_CHUNK and first[:_MIN_CHUNK] in grams and last[-_MIN_CHUNK:] in grams
    return len(trimmed) if held else 0


def _container(page: Page, weights: Counter[lxml.html.HtmlElement]) -> lxml.html.HtmlElement:
    held: Counter[lxml.html.HtmlElement] = Counter()
    for element, weight in weights.items():
        held[element] += weight
        for ancestor in element.iterancestors():
            held[ancestor] += weight
    enough = _SHARE * weights.total()
    # of nested elements that hold enough, the deepest has the most ancestors
    holders = [element for element, weight in held.items() if weight >= enough]
    if not holders:
        body = page.tree.find("body")
        return page.tree if body is None else body
    best = max(holders, key=lambda element: sum(1 for _ in element.iterancestors()))
    while (
        best.tag in ("p", "span", "b", "i", "em", "strong", "font", "blockquote")
        and best.getparent() is not None
    ):
        best = best.getparent()
    return best
