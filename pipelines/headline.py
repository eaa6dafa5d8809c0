"""The headline of an article, without the site's name."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlsplit

from pipelines import json_ld
from pipelines.headings import MAX_HEADLINE, Headings, within
from pipelines.metadata import Metadata, same_name, site_names
from pipelines.page import Page
from pipelines.paragraphs import fold

MAX_SECTION = 30  # characters of a section's name
_AFTER_KICKER = " \t:|•·–—-"
MIN_WORDS = 3  # of a headline that another statement may begin with by more than chance
# Between a headline and the site's name; scripts without spaces set the hyphen without them too.
_SEPARATOR = re.compile(r"\s+[-–—|·•»«:*]+\s+|\s*[|ㅣ｜]\s*|-(?=[\u3040-\u9fff\uac00-\ud7a3])")
# `새 다리 개통-사회ㅣ신문`: before the site's name, behind a hyphen without spaces, a section.
_SECTION_BEFORE_SITE = re.compile(r"(?<=[\u3040-\u9fff\uac00-\ud7a3])-[\u3040-\u9fff\uac00-\ud7a3]{2,5}$")


@dataclass(frozen=True, slots=True)
class _Stated:
    """The headlines that a page states to machines, without the site's name; None where it states none.

    Attributes:
        ld: of JSON-LD. og: of OpenGraph. card: of the card for Twitter. title: of the `title` element.
    """

    ld: str | None
    og: str | None
    card: str | None
    title: str | None


def headline(page: Page, metadata: Metadata, found: Headings) -> str | None:
    """Decide between JSON-LD, OpenGraph, the headings and `title`.

    The JSON-LD headline stands, unless what the page gives for quoting speaks against it: OpenGraph agrees
    with the heading, or with the card for Twitter, on another one. (JSON-LD and a heading that agree with
    each other alone are often lengthened for search engines.)
    """
    names = site_names(page, metadata)
    found = replace(found, shown=tuple(h1 for h1 in found.shown if not _is_site(h1, names)))
    stated = _read(page, metadata, found, names)
    decided = (
        _under_trail(found, stated) if found.trail and not found.shown else _decided(page, found, stated)
    )
    if decided:
        return decided
    og = stated.og or stated.card or without_site(metadata.first("dc.title"), names, frozenset())
    h1 = (*found.shown, *found.trail)
    shown = next((text for text in h1 if fold(text) and within(text, og, stated.title)), None)
    if shown:
        return og if og and fold(og) == fold(shown) else shown  # one headline: in the signs of the statement
    only = h1[0] if len(h1) == 1 else None
    return og or only or stated.title or (h1[0] if h1 else None)


def _is_site(text: str, names: Iterable[str]) -> bool:
    return any(same_name(text, name) for name in names)


def _read(page: Page, metadata: Metadata, found: Headings, names: tuple[str, ...]) -> _Stated:
    known = {fold(text) for text in (*found.shown, *found.second)}
    sections = cache(lambda: _sections(page, metadata))

    def named(value: object) -> str | None:
        return without_site(json_ld.text(value), names, known, sections)

    ld = named(metadata.article.get("headline"))
    if ld and len(ld.split()) >= MIN_WORDS:
        known.add(fold(ld))  # what another statement adds to it is a section or the site
    title = page.tree.find(".//head//title")
    return _Stated(
        ld,
        named(metadata.first("og:title")),
        named(metadata.first("twitter:title")),
        named(title.text_content()) if title is not None else None,
    )


def _under_trail(found: Headings, stated: _Stated) -> str | None:
    """Where the `h1` only ends a breadcrumb trail the headline is an `h2`: whole, or after its kicker.

    A kicker belongs to the headline where OpenGraph and JSON-LD both have it.
    """
    og, ld = fold(stated.og or ""), fold(stated.ld or "")
    if not og or not any(text == og or text.endswith(f" {og}") for text in map(fold, found.second)):
        return stated.ld
    for kicker in found.kickers:
        if (stated.og or "").startswith(kicker) and not ld.startswith(fold(kicker)):
            return (stated.og or "")[len(kicker) :].lstrip(_AFTER_KICKER) or stated.og
    return stated.og


def _decided(page: Page, found: Headings, stated: _Stated) -> str | None:
    """The headline that JSON-LD or OpenGraph states; None if neither does beyond doubt."""
    ld, og, card = stated.ld, stated.og, stated.card
    if og is None or (ld and fold(og) == fold(ld)):
        return ld
    shown = {fold(text) for text in found.shown}
    if ld and fold(og) in shown and fold(ld) not in shown:
        return og
    if card and fold(card) == fold(og) and not (ld and _made_for_search(page, og, ld)):
        return og
    return ld


def _made_for_search(page: Page, og: str, from_ld: str) -> bool:
    """Whether the page's address is made of all the words of `og`, and not of those of the other."""
    slug = set(fold(urlsplit(page.url).path.replace("_", " ")).split())
    return slug.issuperset(fold(og).split()) and not slug.issuperset(fold(from_ld).split())


def without_site(
    title: str | None,
    names: tuple[str, ...],
    headlines: AbstractSet[str],
    sections: Callable[[], AbstractSet[str]] = frozenset,
) -> str | None:
    """`title` with leading or trailing parts removed that name the site.

    Args:
        title: e.g. `Storm hits coast | World | The Example Times`.
        names: names of the site.
        headlines: folded texts known to be headlines (of `h1`): what leaves one of them is right.
        sections: gives folded names of the site's sections; asked where a part is left at the end.
    """
    if not title or len(title) > MAX_HEADLINE:
        return None
    borders = list(_SEPARATOR.finditer(title))
    for border in borders:
        if fold(title[: border.start()]) in headlines:
            return title[: border.start()]
        if fold(title[border.end() :]) in headlines:
            return title[border.end() :]
    while borders and _is_site(title[borders[-1].end() :], names):
        title = title[: borders.pop().start()]
        if section := _SECTION_BEFORE_SITE.search(title):
            return title[: section.start()]
    if len(title.split()) > MIN_WORDS and borders and fold(title[borders[-1].end() :]) in sections():
        title = title[: borders.pop().start()]
    if borders and _is_site(title[: borders[0].start()], names):
        title = title[borders[0].end() :]
    return title.strip() or None


def _sections(page: Page, metadata: Metadata) -> frozenset[str]:
    """The names of sections, folded: what the page says is its own, and the texts of short links."""
    stated = [*metadata.all("article:section", "section")]
    stated.extend(
        text for item in json_ld.items(metadata.article.get("articleSection")) if (text := json_ld.text(item))
    )
    said = (link.text_content() if len(link) else link.text or "" for link in page.tree.iter("a"))
    links = (text for text in said if len(text) < MAX_SECTION)
    return frozenset(fold(text) for text in (*stated, *links)) - {""}
