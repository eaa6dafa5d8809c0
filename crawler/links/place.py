"""Where on its page a link stands: a menu leads to sections, a heading to a story (pure)."""

from __future__ import annotations

import re
from enum import StrEnum

from lxml import etree


class Place(StrEnum):
    """The nearest part of a page around a link that says something; a later one of two wins."""

    FOOTER = "footer"
    MENU = "menu"  # nav, breadcrumbs, lists of links in the page's header
    ASIDE = "aside"
    OTHER = "other"
    BODY = "body"  # inside main or article
    HEADING = "heading"


_BY_TAG = {
    "footer": Place.FOOTER,
    "nav": Place.MENU,
    "header": Place.MENU,
    "aside": Place.ASIDE,
    "article": Place.BODY,
    "main": Place.BODY,
}
_BY_ROLE = {
    "contentinfo": Place.FOOTER,
    "navigation": Place.MENU,
    "menu": Place.MENU,
    "menubar": Place.MENU,
    "banner": Place.MENU,
    "complementary": Place.ASIDE,
    "main": Place.BODY,
    "article": Place.BODY,
}
_BY_WORD = (
    (re.compile(r"(?<![a-z])(?:footer|colophon)(?![a-z])"), Place.FOOTER),
    (re.compile(r"(?<![a-z])(?:nav|navbar|navigation|menu|breadcrumbs?)(?![a-z])"), Place.MENU),
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIGHEST = 40  # ancestors that are looked at: more than any page has that a person made
_ORDER = tuple(Place)


def place_of(element: etree._Element) -> Place:
    """The place of a link's element: a heading in or around it, unless it stands in a menu or the foot."""
    heading = any(str(part.tag) in _HEADINGS for part in element.iter())
    for height, around in enumerate(element.iterancestors()):
        if height >= _HIGHEST:
            break
        tag = str(around.tag)
        heading = heading or tag in _HEADINGS
        place = _said(around, tag)
        # A story's own header, inside article or main, is no menu.
        if place is Place.MENU and tag == "header" and _inside_body(around):
            place = Place.BODY
        if place is not None:
            return Place.HEADING if heading and place in {Place.BODY, Place.ASIDE} else place
    return Place.HEADING if heading else Place.OTHER


def better(one: Place, other: Place) -> Place:
    """Of two links to one address, the place that speaks more for a story."""
    return max(one, other, key=_ORDER.index)


def _said(element: etree._Element, tag: str) -> Place | None:
    by_role = _BY_ROLE.get((element.get("role") or "").strip().lower())
    if by_role is not None:
        return by_role
    if tag in _BY_TAG:
        return _BY_TAG[tag]
    if tag not in {"div", "ul", "ol", "section", "table"}:
        return None
    named = f"{element.get('id') or ''} {element.get('class') or ''}".lower()
    return next((place for pattern, place in _BY_WORD if pattern.search(named)), None)


def _inside_body(element: etree._Element) -> bool:
    return any(str(around.tag) in {"article", "main"} for around in element.iterancestors())
