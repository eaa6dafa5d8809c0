"""The pictures of an article: found in its place in the page, best variant first, with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

import lxml.html

from archive.article import ArticleImage
from pipelines import json_ld
from pipelines.article_place import Place, locate
from pipelines.captions import Caption, caption_of
from pipelines.image_sources import MAX_VARIANTS, addresses, identity, number
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import fold, squeeze

MAX_PICTURES = 100
MAX_CANDIDATES = 3000  # `img` elements looked at
MIN_SHOWN = 100  # pixels: what a page shows smaller is an icon or a portrait beside a byline
MIN_LONE = 200  # the same for a picture without a caption

_FOREIGN_TAGS = frozenset({"nav", "footer", "aside", "form", "button", "select", "iframe", "dialog"})
# Classes and ids of boxes that hold other pages' pictures, people's portraits or advertisements.
_FOREIGN_BOX = re.compile(
    r"(?:^|[\s_-])(?:related|recommend\w*|recirc\w*|teasers?|promos?|newsletters?|sidebar|avatars?"
    r"|author\w*|byline|bio|logo\w*"
    r"|icons?|sponsor\w*|adverts?|advertis\w*|ads?|adslot|banner|share|sharing|social|comments?|disqus"
    r"|outbrain|taboola|widget"
    r"|most-?(?:read|popular)|popular|trending|more-?(?:from|stories|news|on)|read-?(?:more|next|also)"
    r"|also-?read|up-?next|footer"
    r"|nav|navigation|menu|breadcrumbs?|subscri\w*|paywall|profile|portrait|card|cards|carousel-teaser"
    r"|listing|shop|product|store"
    r"|tracking|pixel|emoji|smiley|cookie|consent|hidden-print|linklist|latest)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FOREIGN_ADDRESS = re.compile(
    r"(?:^|[/_.-])(?:logos?|avatars?|gravatar|icons?|favicon|sprites?|badge|emoji|smil(?:ey|ies)"
    r"|author[-_]?(?:photo|image)s?|profile[-_]?pic\w*"
    r"|pixel|tracking|counter|spacer|button|banner[-_]?ads?|ads?server|doubleclick|scorecardresearch"
    r"|default[-_]?(?:image|share|og)|og[-_]default"
    r"|fallback|placeholder|newsletter|paywall)(?:[/_.-]|\d|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and the folded texts that repeat its caption in the article's text."""

    image: ArticleImage
    claimed: frozenset[str] = frozenset()
    at: int = 0


def pictures(page: Page, metadata: Metadata, paragraphs: Sequence[str]) -> list[Picture]:
    """The article's pictures in order: with a caption if any has one, else any, else the one for sharing."""
    place = locate(page, paragraphs)
    candidates = islice(page.tree.iter("img", "amp-img"), MAX_CANDIDATES)
    found = _merged([p for e in candidates if (p := _picture(page, place, e))])
    return found[:MAX_PICTURES] or _for_sharing(page, metadata)


def numbered(found: Sequence[Picture]) -> tuple[ArticleImage, ...]:
    """The images alone, with their positions."""
    return tuple(replace(picture.image, position=index) for index, picture in enumerate(found))


def _picture(page: Page, place: Place, element: lxml.html.HtmlElement) -> Picture | None:
    if not _in_place(place, element) or _is_foreign(page, place, element):
        return None
    variants = addresses(page, element)
    if not variants or _FOREIGN_ADDRESS.search(urlsplit(variants[0]).path):
        return None
    caption = caption_of(element)
    sides = [side for side in (number(element.get("width")), number(element.get("height"))) if side]
    if sides and min(sides) < (MIN_SHOWN if caption.text else MIN_LONE) and max(sides) < 2 * MIN_LONE:
        return None
    return _made(variants, caption, squeeze(element.get("alt") or "") or None, place.order[element])


def _made(variants: tuple[str, ...], caption: Caption, alt: str | None, at: int) -> Picture:
    image = ArticleImage(variants[0], 0, variants[1:], caption.text, caption.credit, alt)
    return Picture(image, caption.claimed, at)


def _in_place(place: Place, element: lxml.html.HtmlElement) -> bool:
    """Inside the article's container, or between its heading and its text, or its lead above the heading."""
    at = place.order[element]
    if any(ancestor is place.container for ancestor in element.iterancestors()):
        return True
    if place.heading is not None and place.heading < at < place.first:
        return True
    whole = next(place.container.iterancestors("article"), None)
    return whole is not None and at < place.first and any(a is whole for a in element.iterancestors())


def _is_foreign(page: Page, place: Place, element: lxml.html.HtmlElement) -> bool:
    """Whether a box between the picture and the article holds something else."""
    holds_article = {place.container, *place.container.iterancestors()}
    for box in element.iterancestors():
        if box in holds_article:
            break
        if box.tag in _FOREIGN_TAGS or box.tag == "article":
            return True
        if _FOREIGN_BOX.search(f"{box.get('class') or ''} {box.get('id') or ''}"):
            return True
        if box.tag == "a" and _is_teaser(page, box):
            return True
    return bool(_FOREIGN_BOX.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _is_teaser(page: Page, link: lxml.html.HtmlElement) -> bool:
    """A link around a picture that says in words where it leads, or leads to a site's front page."""
    target = page.absolute(link.get("href"))
    if target is None or urlsplit(target).path == urlsplit(page.url).path:
        return False
    return urlsplit(target).path in ("", "/") or len(fold(link.text_content()).split()) >= 3  # noqa: PLR2004 - a title


def _merged(found: list[Picture]) -> list[Picture]:
    """One picture for each identity, in order of first sight, with the variants and the caption of all."""
    merged: dict[str, Picture] = {}
    for picture in found:
        names = [identity(address) for address in (picture.image.url, *picture.image.variants)]
        known = next((name for name in names if name in merged), None)
        if known is None:
            merged[names[0]] = picture
        else:
            merged[known] = _joined(merged[known], picture)
    return list(merged.values())


def _joined(first: Picture, second: Picture) -> Picture:
    mine, other = first.image, second.image
    if other.caption and not mine.caption:
        mine, other = replace(other, variants=other.variants), mine
    everything = dict.fromkeys((mine.url, *mine.variants, other.url, *other.variants))
    image = replace(
        mine,
        variants=tuple(everything)[1:MAX_VARIANTS],
        credit=mine.credit or other.credit,
        alt=mine.alt or other.alt,
    )
    return Picture(image, first.claimed | second.claimed, first.at)


def _for_sharing(page: Page, metadata: Metadata) -> list[Picture]:
    """The picture that the page gives for previews, unless its address says that it is the site's own."""
    references = [
        metadata.first(
            "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"
        )
    ]
    for item in json_ld.items(metadata.article.get("image")):
        value = json_ld.resolve(item, metadata.nodes)
        references.append(
            value if isinstance(value, str) else (value.get("url") if isinstance(value, dict) else None)
        )
    for reference in references:
        address = page.absolute(reference) if isinstance(reference, str) else None
        if address and not _FOREIGN_ADDRESS.search(urlsplit(address).path):
            alt = metadata.first("og:image:alt", "twitter:image:alt")
            return [Picture(ArticleImage(address, 0, alt=alt))]
    return []
