"""The byline that no attribute marks: told by its words ("By …"), or a name alone above or below the text."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import lxml.html

from pipelines.article_place import Place
from pipelines.byline import BY_ABROAD
from pipelines.page import Page
from pipelines.paragraphs import squeeze

MAX_LINE = 120  # characters of a line that begins with "By"
MAX_LOOKED_AT = 400  # elements between a heading and the text; more, and the page is not what it seems
MAX_ALONE = 60  # characters of a paragraph that is nothing but names
AROUND = 12  # elements around the text where a lone name may stand

_LABEL = re.compile(
    r"^[\s•·|–—-]*(?:"
    r"(?:(?:written|words|story|text|texte?|reported|analysis|posted|published|report) )?by"
    r"|(?:ein(?:e)? \w+ )?von|par|por|door|av|af|przez|skrevet av|pisze|napisał[a]?|kirjoittanut"
    r"|di|da|oleh|laporan|penulis"
    r"|autor(?:in|es|as|a)?(?:/(?:in(?:nen)?|autor(?:in)?))?|auteurs?|autore|author|reporter|skribent|forfatter|yazan|muhabir"
    r"|от|автор|текст|текст и фото|материал подготовил[а]?"
    rf"|{BY_ABROAD}"
    r")(?:\s*[:：]\s*|\s+)(?P<names>\S.*)$",
    re.IGNORECASE,
)
_EAST_ASIAN = (
    re.compile(r"^[【\[(（\s]*(?:本报|本報)?(?:记者|記者|文|撰文|作者|取材・文)\s*[／/:：=＝\s]\s*(?P<names>[\u3040-\u30ff\u4e00-\u9fff]{2,6})"),
    re.compile(r"^[【\[(（\s]*(?:본지 |글\s*[=:]\s*)?(?P<names>[가-힣]{2,4})\s*(?:기자|특파원|선임기자)\b"),
    re.compile(r"^[【\[(（]?(?P<names>[\u3040-\u30ff\u4e00-\u9fff]{2,6})\s*(?:記者|记者)\b"),
)  # fmt: skip
_MONTH = (
    r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|ago|sep|okt|oct|nov|de[czs]|ene|abr|fév|avr|juin|juil|août|gen|mag|giu"
    r"|lug|set|ott|dic|out|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_UNTIL = re.compile(
    r"\s*(?:[·•|–—;@]|\s-\s|,\s(?!\w+\s\w+\s*(?:,|and|und|et|y|$))|\d"
    r"|\b(?:in|on|am|le|el|il|em|på|for|updated|last|follow"
    rf"|publi\w+|opubl\w+|veröff\w+|aktual\w+|oppdat\w+|uppdat\w+|{_WEEKDAY})(?=\s|[,.]|\d|$)|\b{_MONTH}\.?\s+\d).*$",
    re.IGNORECASE,
)
# `\w` leaves out the vowel signs and points that other scripts set on their letters.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u0e7f"
_CAPITAL = rf"[^\W\d_a-zß-ÿ][\w{_SIGNS}’'.-]*"
_WORD = rf"(?:{_CAPITAL}|(?:de|del|della|der|di|du|da|dos|la|le|van|von|den|ter|bin|al|el|y)(?=\s))"
_NAME = rf"{_CAPITAL}(?:\s+{_WORD}){{1,3}}"
_NAMES = re.compile(rf"{_NAME}(?:\s*(?:[/,;&]|\b(?:and|und|et|y|e|og|och|en|i|и)\b)\s*{_NAME}){{0,4}}")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
_BOLD = ("b", "strong", "em", "i")
_SILENT = ("script", "style", "template", "noscript", "button", "form", "nav", "aside", "figure")


def written_byline(page: Page, place: Place) -> str | None:
    """The names in a line between heading and text that begins with "By" or its like; None if none does."""
    start = place.heading if place.heading is not None else place.first - MAX_LOOKED_AT
    above = (
        e
        for e in page.tree.iter("p", "div", "span", "li", "address", "td")
        if start < place.order[e] < place.first
    )
    return next((names for e in islice(above, MAX_LOOKED_AT) if (names := _labelled(e))), None)


def lone_name(place: Place) -> str | None:
    """The names in a paragraph at an edge of the text that is nothing but names in bold type."""
    return next(_alone(place), None)


def _labelled(element: lxml.html.HtmlElement) -> str | None:
    if any(box.tag in _SILENT for box in element.iterancestors()):
        return None
    line = squeeze(" ".join(element.itertext()))
    if not 0 < len(line) <= MAX_LINE:
        return None
    for pattern in _EAST_ASIAN:
        if match := pattern.search(line):
            return match["names"]
    match = _LABEL.match(line)
    names = _UNTIL.sub("", match["names"]).strip(" ,.:") if match else ""
    return names if _NAMES.fullmatch(names) or _ACRONYM.fullmatch(names) else None


def _alone(place: Place) -> Iterator[str]:
    """Names in bold before the text's first full paragraph, or in its last one: between stand subheadings."""
    edges = [
        p for p in place.container.iter("p") if place.first - AROUND <= place.order[p] <= place.last + AROUND
    ]
    for paragraph in edges:
        text = squeeze(" ".join(paragraph.itertext()))
        if len(text) > MAX_LINE:
            break
        yield from _in_bold(paragraph, text)
    if edges and place.order[edges[-1]] >= place.last:
        yield from _in_bold(edges[-1], squeeze(" ".join(edges[-1].itertext())))


def _in_bold(paragraph: lxml.html.HtmlElement, text: str) -> Iterator[str]:
    bold = squeeze(" ".join(part for e in paragraph.iter(*_BOLD) for part in e.itertext()))
    if text == bold and len(text) <= MAX_ALONE and _NAMES.fullmatch(text):
        yield text
