"""The headings that a reader sees above an article, and those that only name the page to machines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import lxml.html

from pipelines.attributes import saying
from pipelines.page import Page
from pipelines.paragraphs import fold, is_longer, squeeze

MAX_HEADLINE = 500  # characters
MAX_HEADINGS = 200  # `h1` and `h2` looked at
_CLIMB = 5  # levels above a heading that can say that it ends a breadcrumb trail
_AROUND = 200  # characters a trail has besides the heading; more, and the box is the page's
_TRAIL = saying(r"bread-?crumb|(?:^|[\s_-])crumbs?(?:$|[\s_-])", re.IGNORECASE)
_ITEMS = ("li", "nav", "ol", "ul")


@dataclass(frozen=True, slots=True)
class Headings:
    """Texts of headings, squeezed, in document order.

    Attributes:
        shown: of `h1` elements, without those that end a breadcrumb trail.
        trail: of the `h1` elements that do: the page's name for search engines, set small above the
            headline, which is then an `h2`.
        second: of `h2` elements; empty unless there is a trail.
        kickers: what stands in an element of its own at the beginning of these `h2`.
    """

    shown: tuple[str, ...]
    trail: tuple[str, ...]
    second: tuple[str, ...]
    kickers: tuple[str, ...] = ()


def headings(page: Page) -> Headings:
    """Collect a page's headings."""
    shown: list[str] = []
    trail: list[str] = []
    second: list[str] = []
    kickers: list[str] = []
    elements = list(islice(page.tree.iter("h1", "h2"), MAX_HEADINGS))
    for element, text in _said(elements, "h1"):
        (trail if _ends_trail(element, text) else shown).append(text)
    for element, text in _said(elements, "h2") if trail else ():
        second.append(text)
        if kicker := _kicker(element, text):
            kickers.append(kicker)
    return Headings(tuple(shown), tuple(trail), tuple(second), tuple(kickers))


def _said(elements: Sequence[lxml.html.HtmlElement], tag: str) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """The headings of a kind that say something, and what."""
    for element in elements:
        if element.tag == tag and 0 < len(text := squeeze(element.text_content())) < MAX_HEADLINE:
            yield element, text


def _kicker(heading: lxml.html.HtmlElement, text: str) -> str | None:
    """What the first element in a heading says, if more follows."""
    for element in heading.iterdescendants():
        said = squeeze(element.text_content())
        if said and said != text:
            return said if text.startswith(said) else None
    return None


def within(text: str, *others: str | None) -> bool:
    """Whether the words of `text` stand in one of the others."""
    return any(fold(text) in fold(other) for other in others if other)


def _ends_trail(heading: lxml.html.HtmlElement, text: str) -> bool:
    """Whether a heading is the last step of a breadcrumb trail: said by a box, or an item of a list."""
    if _says_trail(heading):
        return True
    for level, box in zip(range(_CLIMB), heading.iterancestors(), strict=False):
        if is_longer(box.text_content(), len(text) + _AROUND):
            return False
        if _says_trail(box) or box.tag == "nav" or (level == 0 and box.tag in _ITEMS):
            return True
    return False


def _says_trail(element: lxml.html.HtmlElement) -> bool:
    return any(_TRAIL(value) for value in (*element.attrib.values(), *element.attrib.keys()))
