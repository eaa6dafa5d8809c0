"""The byline as the page shows it: an element near headline or text whose attributes speak of the author."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import lxml.etree
import lxml.html

from pipelines.article_place import Place, locate
from pipelines.page import Page
from pipelines.paragraphs import squeeze

MAX_SHOWN = 200  # characters; longer is about the author, or no byline at all
MAX_AWAY = 60  # elements between the text's last paragraph and a byline below it
MAX_WORDS = 10  # of names joined by "and"

_WORDS = (
    r"by-?line|authors?|author-?names?|autor(?:a|as|es|in|innen|e|en)?|autori|auteurs?|auteure|verfasser(?:in)?"
    r"|redactor(?:a|es)?|redacteur|firma|firmas|firmante|escrito-?por|written-?by|skribent|forfatter|författare"
    r"|toimittaja|kirjoittaja|journalist|reporter|writer|szerző|yazar|muhabir|автор|article-?author|post-?author"
    r"|entry-?author|story-?author|dc-?creator|signature"
)
_SPEAKS = re.compile(
    rf"(?:^|[\s_-])(?:{_WORDS})(?:$|\s|_|-(?!\w))|(?<=[a-z])(?:Author|Byline)(?![a-z])", re.IGNORECASE
)
_ATTRIBUTES = ("class", "id", "itemprop", "rel", "data-testid")
_TAGS = (
    "a", "address", "b", "cite", "div", "em", "h3", "h4", "h5", "h6", "i", "li", "p", "small", "span",
    "strong", "td",
)  # fmt: skip
# Boxes that name other people, or other articles' authors.
_FOREIGN_TAGS = frozenset({"aside", "blockquote", "dialog", "figcaption", "figure", "footer", "form", "nav"})
_FOREIGN_BOX = re.compile(
    r"comment|kommentar|related|recommend|teaser|promo|newsletter|sidebar|widget|most-?(?:read|popular)|caption|gallery"
    r"|(?:author|autor|writer)[-_]?(?:bio|about|avatar|image|photo|box|follow|social)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:(?:written|words|story|text|texte?|reported|posted|published|escrito|redactado|geschrieben)\s+)?"
    r"(?:by|von|por|par|di|door|av|af|autor(?:in|a|es)?|author|auteur|autore|yazan|автор|текст|texto"
    r"|testo)\s*[:：]?\s+",
    re.IGNORECASE,
)
_LINES = frozenset({"br", "div", "p", "li", "ul", "address", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"time", "script", "style", "svg", "button"})
_SPACES = re.compile(r"\s+")
_NO_NAME = re.compile(
    r"by|von|por|par|di|door|av|af|follow|folgen|seguir|suivre|biography|biografie|profile|contact|e-?mail|twitter",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[·•|–—;]\s*|\s+-\s+|,\s+")


def shown_byline(page: Page, paragraphs: Sequence[str]) -> str | None:
    """The names that the page shows as its article's authors, separated by `;`; None if it shows none.

    Args:
        page: with its elements in place.
        paragraphs: the article's, by which its place is found.
    """
    place = locate(page, paragraphs)
    for element in _candidates(page, place):
        if names := _names(element):
            together = _neighbours(element)
            return "; ".join(dict.fromkeys([*names, *(name for other in together for name in _names(other))]))
    return None


def _candidates(page: Page, place: Place) -> Iterator[lxml.html.HtmlElement]:
    """Elements that speak of the author, innermost ones, from the heading to just below the text."""
    start = place.heading if place.heading is not None else place.first - MAX_AWAY
    for element in page.tree.iter(*_TAGS):
        at = place.order.get(element, -1)
        near = start <= at <= place.last + MAX_AWAY
        if near and _is_innermost(element) and not _is_foreign(element):
            yield element


def _neighbours(element: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """Further authors named beside the first one."""
    parent = element.getparent()
    if parent is None or len(squeeze(parent.text_content())) > MAX_SHOWN:
        return []
    return [e for e in parent.iterdescendants(*_TAGS) if e is not element and _is_innermost(e)]


def _is_innermost(element: lxml.html.HtmlElement) -> bool:
    """Whether an element speaks of the author, and none in it does so with words."""
    inside = (e for e in element.iterdescendants(*_TAGS) if _speaks(e) and squeeze(e.text_content()))
    return _speaks(element) and next(inside, None) is None


def _speaks(element: lxml.html.HtmlElement) -> bool:
    return any(_SPEAKS.search(value) for key in _ATTRIBUTES if (value := element.get(key)))


def _is_foreign(element: lxml.html.HtmlElement) -> bool:
    return any(
        box.tag in _FOREIGN_TAGS or _FOREIGN_BOX.search(f"{box.get('class') or ''} {box.get('id') or ''}")
        for box in (element, *element.iterancestors())
        if box.tag not in ("body", "html")
    )


def _names(element: lxml.html.HtmlElement) -> list[str]:
    """The names in a byline's element: no "By", no place, no time, no sentence."""
    lines = "".join(_texts(element)).strip()
    if len(squeeze(lines)) > MAX_SHOWN:
        return []
    pieces = (piece for line in lines.split("\n") for piece in _PARTS.split(_BY.sub("", squeeze(line) + " ")))
    parts = [name for piece in pieces if _is_name(name := piece.strip(" ,;.:"))]
    # "Ann Smith, London": the single word after a full name is where she is
    full = [part for part in parts if " " in part]
    return full or parts[:1]


def _texts(element: lxml.html.HtmlElement) -> Iterator[str]:
    """The text in document order, with a line break where a line or an element beside another begins."""
    for event, node in lxml.etree.iterwalk(element, events=("start", "end")):
        if event == "start" and isinstance(node.tag, str) and node.tag not in _SILENT:
            beside = node.getprevious() is not None and not node.getprevious().tail
            yield "\n" if node.tag in _LINES or beside else ""
            yield _SPACES.sub(" ", node.text or "")
        elif event == "end" and node is not element:
            yield "\n" if node.tag in _LINES else ""
            yield _SPACES.sub(" ", node.tail or "")


def _is_name(text: str) -> bool:
    if not text or text[0].islower() or re.search(r"[\d@:?!]", text) or _NO_NAME.fullmatch(text):
        return False
    return len(text.split()) <= MAX_WORDS
