"""What stands on a page, block by block, for the gate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import lxml.html

from pipelines.gate.notice import weight
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import squeeze

_SILENT = frozenset({"script", "style", "template", "head", "svg", "select", "textarea", "noscript"})
_HEADINGS = ("h2", "h3", "h4")
_MAX_LINES = 2000
_MAX_LINE = 2000  # characters of a line
_MOST_SIBLINGS = 50  # that are looked at; a row is told from its first
CARD_LINK = 20  # weight of a link's text that is a headline
CARD_TEXT = 600  # weight of a teaser, its headline included
LEAST_CARDS = 4
LISTED = 0.6  # of a text's weight that stands in teasers
LEAST_LABEL = 3  # characters
CARD_DEPTH = 4  # elements between a teaser's text and its card


def lines(page: Page) -> Iterator[str]:
    """The page's visible text, an element's own at a time, squeezed; not title, headings or scripts."""
    body = page.tree.find("body")
    if body is None:
        return
    count = 0
    skipped: set[lxml.html.HtmlElement] = set()
    for element in body.iter():
        if not isinstance(element.tag, str) or element.tag in _SILENT or element.getparent() in skipped:
            skipped.add(element)
            continue
        if element.tag == "h1":
            continue
        if len(element):
            line = squeeze(" ".join([element.text or "", *(child.tail or "" for child in element)]))
        else:
            line = squeeze(element.text or "")
        if line:
            yield line[:_MAX_LINE]
            count += 1
        if count >= _MAX_LINES:
            return


class VisibleLines:
    """The lines of a page, as often as they are asked for; read no further than somebody wants them."""

    def __init__(self, page: Page) -> None:
        self._rest = lines(page)
        self._read: list[str] = []

    def __iter__(self) -> Iterator[str]:
        at = 0
        while True:
            if at == len(self._read):
                line = next(self._rest, None)
                if line is None:
                    return
                self._read.append(line)
            yield self._read[at]
            at += 1


def claims_article(metadata: Metadata) -> bool:
    """Whether the page says in JSON-LD or OpenGraph that it is an article."""
    kind = (metadata.first("og:type") or "").lower()
    return bool(metadata.article) or kind == "article" or bool(metadata.first("article:published_time"))


def is_listing(page: Page, text: str) -> bool:
    """Whether a text was read out of teasers of other pages.

    It stands in boxes of a row of like boxes, each with a headline that leads elsewhere, or runs over several
    such headlines.
    """
    headlines = {squeeze(link.text_content()) for link in page.tree.iter("a") if _is_headline(link)}
    if len(headlines) < LEAST_CARDS:
        return False
    if sum(headline in text for headline in headlines) >= LEAST_CARDS:
        return True
    left = {part for part in map(squeeze, text.split("\n\n")) if part}
    total = sum(map(weight, left))
    inside = 0.0
    for element in page.tree.iter("p", "div", "li", "span", "td", "dd", "a", "h2", "h3", "h4"):
        if len(element) <= CARD_DEPTH and (said := squeeze(element.text_content())) in left:
            left.discard(said)
            inside += weight(said) if stands_in_teaser(element) else 0
    return inside >= LISTED * total


def stands_in_teaser(element: lxml.html.HtmlElement) -> bool:
    """Whether an element stands in a teaser, and that in a row of teasers."""
    holder: lxml.html.HtmlElement | None = element
    for _ in range(CARD_DEPTH):
        if holder is None or holder.tag in ("body", "main", "html"):
            return False
        if _says_more_than(holder, CARD_TEXT):
            return False
        if _leads(holder):
            around = holder.getparent()
            like = () if around is None else around.iterchildren(holder.tag)
            return sum(_leads(one) for one in islice(like, _MOST_SIBLINGS)) >= LEAST_CARDS
        holder = holder.getparent()
    return False


def _says_more_than(holder: lxml.html.HtmlElement, most: float) -> bool:
    """Whether an element has more text; no more of it is looked at than that takes."""
    said = 0.0
    for text in holder.itertext():
        said += weight(squeeze(text[:_MAX_LINE]))
        if said > most:
            return True
    return False


def _leads(holder: lxml.html.HtmlElement) -> bool:
    """Whether headlines in an element lead to one other page."""
    return len({link.get("href") for link in holder.iter("a") if _is_headline(link)}) == 1


def _is_headline(link: lxml.html.HtmlElement) -> bool:
    """A link to another page that is or holds a heading, or stands alone with a headline's length of text."""
    if (link.get("href") or "#").startswith("#") or weight(squeeze(link.text_content())) < CARD_LINK:
        return False
    parent = link.getparent()
    if any(True for _ in link.iter(*_HEADINGS)) or (parent is not None and parent.tag in _HEADINGS):
        return True
    return parent is None or not squeeze(" ".join([parent.text or "", link.tail or ""]))


def without_labels(page: Page, text: str) -> str:
    """A text without what is a link, a button or a heading: what is left of a page that has no article."""
    for element in page.tree.iter("a", "button", "h1", "h2", "h3"):
        label = squeeze(element.text_content())
        if len(label) >= LEAST_LABEL and label in text:
            text = text.replace(label, " ", 1)
    return squeeze(text)
