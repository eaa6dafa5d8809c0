"""Where in a page its article stands: found again from the text that was extracted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count, islice

import lxml.html

from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

_MIN_CHUNK = 25  # characters of a text node that is looked up
_EDGE = 120  # characters at the end of a node that hold its last chunk
_LOOKED_AT = 200_000  # characters of the article
_SEARCHED = 50_000  # characters of an article that is searched as it stands
_SHARE = 0.75  # of the found text that the article's container holds
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template", "option"})


@dataclass(frozen=True, slots=True)
class Place:
    """The article's place.

    Attributes:
        container: the deepest element that holds (nearly) all of the text; the body if none was found.
        around: the container and all elements that it stands in.
        order: each element of the page → its number in document order.
        first, last: the numbers of the elements with the first and the last text.
        heading: the number of the `h1` that heads it; None if none does.
    """

    container: lxml.html.HtmlElement
    around: frozenset[lxml.html.HtmlElement]
    order: dict[lxml.html.HtmlElement, int]
    first: int
    last: int
    heading: int | None

    def between(self, first: int, last: int) -> Iterator[lxml.html.HtmlElement]:
        """The elements with these two numbers and those between, as long as the tree is as it was."""
        return islice(self.order, max(0, first), max(0, last + 1))


def locate(page: Page, paragraphs: Sequence[str]) -> Place:
    """Find the article's place in the page."""
    text = _Text(" ".join(fold(paragraph[:_LOOKED_AT]) for paragraph in paragraphs)[:_LOOKED_AT])
    order = dict(zip(page.tree.iter(), count(), strict=False))
    weights: Counter[lxml.html.HtmlElement] = Counter()
    headings: list[int] = []
    for element, index in order.items():
        tag = element.tag
        if tag == "h1":
            headings.append(index)
        if tag not in _SILENT:  # first, for the text of a script is long
            said = element.text
            if said and len(said) >= _MIN_CHUNK and (weight := text.held(said)):
                weights[element] += weight
        said = element.tail
        if said and len(said) >= _MIN_CHUNK and (weight := text.held(said)):
            parent = element.getparent()
            if parent is not None and parent.tag not in _SILENT:
                weights[parent] += weight
    container = _container(page, weights)
    within = set(container.iter())
    inside = [order[e] for e in weights if e in within]
    first, last = (min(inside), max(inside)) if inside else (0, len(order))
    before = [index for index in headings if index <= first]
    around = frozenset((container, *container.iterancestors()))
    return Place(container, around, order, first, last, before[-1] if before else None)


class _Text:
    """The article's text, asked whether it holds pieces of the page.

    Most pieces hold a word that it has not, and no more of them is looked at.
    """

    def __init__(self, folded: str) -> None:
        self._words = frozenset(folded.split(" "))
        # Searching a text of usual length takes less time than cutting it into all of its chunks.
        self._chunks: str | AbstractSet[str] = folded
        if len(folded) > _SEARCHED:
            self._chunks = frozenset(folded[i : i + _MIN_CHUNK] for i in range(len(folded) - _MIN_CHUNK + 1))

    def held(self, piece: str) -> int:
        """How many characters of a text node are the article's, by its beginning and its end."""
        trimmed = piece.strip()
        if len(trimmed) < _MIN_CHUNK and trimmed.isascii():  # no letter of these is folded to more than one
            return 0
        first = _fold(trimmed[: 2 * _MIN_CHUNK])
        if len(first) < _MIN_CHUNK:
            first = _fold(trimmed)
        if not self._has(first[:_MIN_CHUNK]):
            return 0  # most pieces
        last = _fold(trimmed[-_EDGE:])
        if len(last) < _MIN_CHUNK:
            last = _fold(trimmed)
        return len(trimmed) if self._has(last[-_MIN_CHUNK:]) else 0

    def _has(self, chunk: str) -> bool:
        """Whether a chunk stands in the text; the first and last of its words may be cut."""
        whole_words = chunk.split(" ")[1:-1]
        return len(chunk) == _MIN_CHUNK and self._words.issuperset(whole_words) and chunk in self._chunks


def _fold(text: str) -> str:
    """What `fold` leaves of a squeezed text; it squeezes by itself all but the invisible signs."""
    return fold(text if text.isascii() else squeeze(text))


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
