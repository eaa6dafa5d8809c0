"""A front page as its readers see it: headlines in order, each with its link and picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from crawler.discovery.sites import site_of
from crawler.links.place import Place, place_of
from crawler.urls import Refusal, clean_url

MAX_HEADLINES = 300
LONGEST_TITLE = 500  # characters
LEAST_WORDS = 3
LEAST_CHARACTERS = 12  # of a line that is one story's name; of scripts without spaces half as many
_NOT_NEWS = frozenset({Place.MENU, Place.FOOTER})
_CARD_HEIGHT = 4  # ancestors within which a picture belongs to a headline, unless another headline does too
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SPOKEN = etree.XPath(
    ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
    " or ancestor::svg)]"
)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src")


@dataclass(frozen=True, slots=True)
class Headline:
    """One story on a front page.

    Attributes:
        title: the words that lead to it: its heading, or else the longest of its links.
        link: absolute address.
        picture: absolute address of its picture; None if it has none.
    """

    title: str
    link: str
    picture: str | None = None


def headlines(root: etree._Element, *, url: str, base: str) -> tuple[Headline, ...]:
    """The stories of a home or section page in the order in which they stand in it, each link once.

    Args:
        root: of the parsed page.
        url: its address; links to itself and to other sites are no headlines.
        base: what relative links are relative to.

    Menus, the foot, bare pictures and labels of a word or two are left out. The first is what led.
    """
    home = site_of(url)
    found: dict[str, Headline] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    for element in root.iter("a"):
        link = clean_url(base, element.get("href") or "")
        if (
            isinstance(link, Refusal)
            or link == url
            or not _is_of(link, home)
            or place_of(element) in _NOT_NEWS
        ):
            continue
        title, is_heading = _title(element)
        known = found.get(link)
        if not _is_headline(title):
            continue
        rank = (is_heading, len(title))
        if known is None:
            if len(found) >= MAX_HEADLINES:
                break
            found[link], ranks[link] = Headline(title, link, _picture(element, base)), rank
        elif rank > ranks[link]:
            found[link] = replace(known, title=title, picture=known.picture or _picture(element, base))
            ranks[link] = rank
        elif known.picture is None:
            found[link] = replace(known, picture=_picture(element, base))
    return tuple(found.values())


def _is_of(link: str, home: str) -> bool:
    try:
        return site_of(link) == home
    except ValueError:
        return False


def _is_headline(title: str) -> bool:
    if _WIDE.search(title):
        return len(title) >= LEAST_CHARACTERS // 2
    return len(title.split()) >= LEAST_WORDS and len(title) >= LEAST_CHARACTERS


def _title(element: etree._Element) -> tuple[str, bool]:
    """The words of a link and whether they are a heading: the one inside it, or the one that it stands in."""
    inside = next((h for h in element.iter(*_HEADINGS) if _text(h)), None)
    if inside is not None:
        return _text(inside), True
    around = any(str(parent.tag) in _HEADINGS for parent in element.iterancestors())
    return _text(element), around


def _text(element: etree._Element) -> str:
    pieces = _SPOKEN(element)
    words = " ".join(str(piece) for piece in pieces) if isinstance(pieces, list) else ""
    return " ".join(words.split())[:LONGEST_TITLE]


def _picture(element: etree._Element, base: str) -> str | None:
    """The picture inside a link, or in the card around it that has no other story."""
    here: etree._Element | None = element
    href = element.get("href")
    for _ in range(_CARD_HEIGHT):
        if here is None or {a.get("href") for a in here.iter("a")} - {href}:
            return None
        for image in here.iter("img"):
            source = next((value for name in _SOURCES if (value := image.get(name))), "")
            address = clean_url(base, source) if source and not source.startswith("data:") else Refusal.SCHEME
            if not isinstance(address, Refusal):
                return address
        here = here.getparent()
    return None
