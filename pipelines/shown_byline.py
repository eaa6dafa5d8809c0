"""The byline as the page shows it: an element near headline or text whose attributes speak of the author."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import lxml.etree
import lxml.html

from pipelines.article_place import Place
from pipelines.attributes import saying
from pipelines.byline import BY_ABROAD, EAST_ASIAN_BY
from pipelines.page import Page
from pipelines.paragraphs import is_longer, squeeze

MAX_SHOWN = 200  # characters; longer is about the author, or no byline at all
MAX_AWAY = 60  # elements between the text's last paragraph and a byline below it
MAX_WORDS = 10  # of names joined by "and"

_WORDS = (
    r"by-?line|authors?|author-?names?|autor(?:a|as|es|in|innen|e|en)?|autori|auteurs?|auteure|verfasser(?:in)?"
    r"|redactor(?:a|es)?|redacteur|firma|firmas|firmante|escrito-?por|written-?by|skribent|forfatter|författare"
    r"|toimittaja|kirjoittaja|journalist|reporter|writer|szerző|yazar|muhabir|автор|article-?author|post-?author"
    r"|entry-?author|story-?author|dc-?creator|signature"
)
_SPEAKS = saying(
    rf"(?:^|[\s_-])(?:{_WORDS})(?:$|\s|_|-(?!\w))|(?<=[a-z])(?:Author|Byline)(?![a-z])", re.IGNORECASE
)
_ATTRIBUTES = ("class", "id", "itemprop", "rel", "data-testid")
_TAGS = frozenset(
    {
        "a", "address", "b", "cite", "div", "em", "h3", "h4", "h5", "h6", "i", "li", "p", "small", "span",
        "strong", "td",
    }
)  # fmt: skip
# The folder of author pages in a site's addresses.
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:a|as|en|es|i|zy)?|auteurs?|autore|verfasser|redakteure?|redacteurs?|journalistes?|journalists?"
    r"|reporters?|writers?|by-?line|by|av|af|bio|contributors?|columnists?|profiles?|profil|penulis|yazar(?:lar)?|muhabir"
    r"|forfatter|skribent|skribenter|toimittajat|staff|our-people|meet-the-team)/[^/?#]+",
    re.IGNORECASE,
)
# Boxes that name other people, or other articles' authors.
_FOREIGN_TAGS = frozenset({"blockquote", "dialog", "figcaption", "figure", "form", "nav"})
_FOREIGN_BELOW = frozenset({"aside", "footer"})  # and those where the text has begun
_FOREIGN_BOX = saying(
    r"comment|kommentar|related|recommend|teaser|promo|newsletter|sidebar|widget|most-?(?:read|popular)|caption|gallery|follow",
    re.IGNORECASE,
)
_PORTRAIT = saying(
    r"(?:author|autor|writer)[-_]?(?:bio|about|avatar|image|photo|box|follow|social)", re.IGNORECASE
)
_BY = re.compile(
    r"^(?:(?:written|words|story|text|texte?|reported|posted|published|escrito|redactado|geschrieben)\s+)?"
    r"(?:by|von|por|par|di|door|av|af|autor(?:in|a|es)?|author|auteur|autore|yazan|автор|текст|texto"
    rf"|testo|{BY_ABROAD})\s*[:：]?\s+",
    re.IGNORECASE,
)
_LINES = frozenset({"br", "div", "p", "li", "ul", "address", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"time", "script", "style", "svg", "button"})
# What may stand between two elements side by side; two links are two names also with a space between them.
_BETWEEN = {False: "", True: " \t\r\n"}
_SPACES = re.compile(r"\s+")
_NO_NAME = re.compile(
    r"by|von|por|par|di|door|av|af|follow|folgen|seguir|suivre|biography|biografie|profile|contact|e-?mail|twitter",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[·•|–—;]\s*|\s+-\s+|,\s+")


def shown_byline(page: Page, place: Place) -> str | None:
    """The names that the page shows as its article's authors, separated by `;`; None if it shows none.

    Args:
        page: with its elements in place.
        place: of the article in it.
    """
    for element in _candidates(page, place):
        if names := _names(element):
            together = _neighbours(element)
            return "; ".join(dict.fromkeys([*names, *(name for other in together for name in _names(other))]))
    return None


def _candidates(page: Page, place: Place) -> Iterator[lxml.html.HtmlElement]:
    """Elements that speak of the author, innermost ones, from the heading to just below the text."""
    start = place.heading if place.heading is not None else place.first - MAX_AWAY
    heading = next((e for e in page.tree.iter("h1") if place.order[e] == place.heading), place.container)
    whole = {heading, *heading.iterancestors(), *place.around}
    near = [e for e in place.between(start, place.last + MAX_AWAY) if e.tag in _TAGS]
    for element in near:
        if _is_innermost(element) and not _is_foreign(
            element, whole, above=place.order[element] < place.first
        ):
            yield element
    for element in near:
        above = place.order[element] < place.first
        if above and _is_author_link(element) and not _is_foreign(element, whole, above=above):
            yield element


def _neighbours(element: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    """Further authors named beside the first one."""
    parent = element.getparent()
    if parent is None or is_longer(parent.text_content(), MAX_SHOWN):
        return []
    alike = _is_innermost if _is_innermost(element) else _is_author_link
    return [e for e in parent.iterdescendants(*_TAGS) if e is not element and alike(e)]


def _is_innermost(element: lxml.html.HtmlElement) -> bool:
    """Whether an element speaks of the author, and none in it does so with words."""
    inside = (e for e in element.iterdescendants(*_TAGS) if _speaks(e) and squeeze(e.text_content()))
    return _speaks(element) and next(inside, None) is None


def _is_author_link(element: lxml.html.HtmlElement) -> bool:
    return element.tag == "a" and bool(_AUTHOR_PAGE.search(element.get("href") or ""))


def _speaks(element: lxml.html.HtmlElement) -> bool:
    return any(_SPEAKS(value) for key in _ATTRIBUTES if (value := element.get(key)))


def _is_foreign(element: lxml.html.HtmlElement, whole: AbstractSet[object], *, above: bool) -> bool:
    """Whether a box around an element, inside of what holds heading or text, is about something else."""
    for box in (element, *element.iterancestors()):
        if box in whole:
            return False
        said = f"{box.get('class') or ''} {box.get('id') or ''}"
        if box.tag in _FOREIGN_TAGS or _FOREIGN_BOX(said):
            return True
        if not above and (_PORTRAIT(said) or (box.tag in _FOREIGN_BELOW and not _SPEAKS(said))):
            return True
    return False


def _names(element: lxml.html.HtmlElement) -> list[str]:
    """The names in a byline's element: no "By", no place, no time, no sentence."""
    lines = "".join(_texts(element)).strip()
    if len(squeeze(lines)) > MAX_SHOWN:
        return []
    said = (EAST_ASIAN_BY.sub("", _BY.sub("", squeeze(line) + " ")) for line in lines.split("\n"))
    pieces = (piece for line in said for piece in _PARTS.split(line))
    parts = [name for piece in pieces if _is_name(name := _once(piece.strip(" ,;.:")))]
    # "Ann Smith, London": the single word after a full name is where she is
    full = [part for part in parts if " " in part]
    return full or parts[:1]


def _once(name: str) -> str:
    """A name that is said twice, for the eye and in parts for machines, once."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else name


def _texts(element: lxml.html.HtmlElement) -> Iterator[str]:
    """The text in document order, with a line break where a line or an element beside another begins."""
    for event, node in lxml.etree.iterwalk(element, events=("start", "end")):
        if event == "start" and isinstance(node.tag, str) and node.tag not in _SILENT:
            before = node.getprevious()
            beside = before is not None and not (before.tail or "").strip(
                _BETWEEN[node.tag == before.tag == "a"]
            )
            yield "\n" if node.tag in _LINES or beside else ""
            yield _SPACES.sub(" ", node.text or "")
        elif event == "end" and node is not element:
            yield "\n" if node.tag in _LINES else ""
            yield _SPACES.sub(" ", node.tail or "")


def _is_name(text: str) -> bool:
    if not text or text[0].islower() or re.search(r"[\d@:?!]", text) or _NO_NAME.fullmatch(text):
        return False
    return len(text.split()) <= MAX_WORDS
