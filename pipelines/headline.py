"""The headline of an article, without the site's name."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipelines import json_ld
from pipelines.metadata import Metadata, same_name, site_name
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_HEADLINE = 500
_SEPARATOR = re.compile(r"\s+[-–—|·•»«:]+\s+|\s*[|ㅣ｜]\s*")


def headline(page: Page, metadata: Metadata) -> str | None:
    """Decide between JSON-LD, OpenGraph, `h1` and `title`.

    The JSON-LD headline is right most often, unless OpenGraph and an `h1` agree on another one.
    """
    h1 = [
        text for e in page.tree.iter("h1") if (text := squeeze(e.text_content())) and len(text) < MAX_HEADLINE
    ]
    title_element = page.tree.find(".//head//title")
    title = squeeze(title_element.text_content()) if title_element is not None else None
    names = _site_names(page, metadata)
    known = {fold(text) for text in h1}
    from_ld = without_site(json_ld.text(metadata.article.get("headline")), names, known)
    og = without_site(json_ld.text(metadata.first("og:title", "twitter:title", "dc.title")), names, known)
    title = without_site(title, names, known)
    if from_ld and og and fold(og) != fold(from_ld) and fold(og) in known and fold(from_ld) not in known:
        return og
    if from_ld:
        return from_ld
    shown = next((text for text in h1 if fold(text) and _within(text, og, title)), None)
    only = h1[0] if len(h1) == 1 and not any(same_name(h1[0], name) for name in names) else None
    return shown or og or only or title or (h1[0] if h1 else None)


def without_site(title: str | None, names: tuple[str, ...], headlines: set[str]) -> str | None:
    """`title` with leading or trailing parts removed that name the site.

    Args:
        title: e.g. `Storm hits coast | World | The Example Times`.
        names: names of the site.
        headlines: folded texts known to be headlines (of `h1`): what leaves one of them is right.
    """
    if not title or len(title) > MAX_HEADLINE:
        return None
    borders = list(_SEPARATOR.finditer(title))
    for border in borders:
        if fold(title[: border.start()]) in headlines:
            return title[: border.start()]
        if fold(title[border.end() :]) in headlines:
            return title[border.end() :]
    while borders and any(same_name(title[borders[-1].end() :], name) for name in names):
        title = title[: borders.pop().start()]
    if borders and any(same_name(title[: borders[0].start()], name) for name in names):
        title = title[borders[0].end() :]
    return title.strip() or None


def _site_names(page: Page, metadata: Metadata) -> tuple[str, ...]:
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = [site_name(metadata), metadata.first("application-name"), host, f"www.{host}"]
    labels = host.split(".")[:-1]
    names.extend(label for label in labels if len(label) > 3)  # noqa: PLR2004 - shorter ones are words
    return tuple(name for name in names if name)


def _within(text: str, *others: str | None) -> bool:
    return any(fold(text) in fold(other) for other in others if other)
