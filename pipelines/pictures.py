"""The pictures of an article: found in its place in the page, best variant first, with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from urllib.parse import urlsplit

import lxml.html

from archive.article import ArticleImage
from pipelines import json_ld
from pipelines.article_place import Place
from pipelines.attributes import saying
from pipelines.captions import Caption, caption_of
from pipelines.image_sources import MAX_VARIANTS, PICTURE_FILE, addresses, identity, number, shows_any
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import fold, is_longer, squeeze

MAX_PICTURES = 100
MAX_CANDIDATES = 3000  # `img` elements looked at
MIN_SHOWN = 100  # pixels: what a page shows smaller is an icon or a portrait beside a byline
MIN_LONE = 200  # the same for a picture without a caption

_FOREIGN_TAGS = frozenset({"nav", "footer", "aside", "form", "select", "iframe", "dialog"})
# Classes and ids of boxes that hold other pages' pictures, people's portraits or advertisements.
_FOREIGN_BOX = saying(
    r"(?:^|[\s_-])(?:related|recommend\w*|recirc\w*|teasers?|promos?|newsletters?|sidebar|avatars?"
    r"|author\w*|byline|bio|logo\w*"
    r"|icons?|sponsor\w*|adverts?|advertis\w*|ads?|adslot|banner|share|sharing|social|comments?|disqus"
    r"|outbrain|taboola|widget-?area|sidebar-?widget"
    r"|most-?(?:read|popular)|popular|trending|more-?(?:from|stories|news|on)|read-?(?:more|next|also)"
    r"|also-?read|up-?next|footer"
    r"|nav|navigation|menu|breadcrumbs?|subscri\w*|paywall|profile|card|cards|carousel-teaser"
    r"|listing|shop|product|store"
    r"|tracking|pixel|emoji|smiley|cookie|consent|hidden-print|linklist|latest)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Of an `img` itself its classes say less: an `img-share` is a picture with a button for sharing it.
_FOREIGN_PICTURE = saying(
    r"(?:^|[\s_-])(?:avatars?|author\w*|byline|logo\w*|icons?|emoji|smiley|tracking|pixel|sponsor\w*|adverts?|ads?)"
    r"(?:$|[\s_-])|(?-i:(?<=[a-z])(?:Icon|Logo|Avatar)(?![a-z]))",
    re.IGNORECASE,
)
# The picture of a player is of the film or broadcast in it; it is the article's where it has a caption.
_PLAYER = saying(
    r"(?:^|[\s_-])(?:videos?|audio|podcasts?|\w*player)(?:$|[\s_-])|(?<=[a-z])(?:Video|Player)(?![a-z])|video(?=[A-Z])"
)
_LEAD_BOX = re.compile(r"(?<![^\s_-])(?:teasers?|promos?|cards?|banner)(?![^\s_-])", re.IGNORECASE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_BESIDE = 4  # levels from a picture's link to a box that also holds the title of where it leads
_TEASER = 400  # characters of such a box
_BY = re.compile(r"(?:by|von|par|por|di|av|af|door|przez|от)\s+", re.IGNORECASE)
_FILE_TYPE = re.compile(r"\.(?:jpe?g|png|webp|avif)$", re.IGNORECASE)
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


def pictures(
    page: Page, metadata: Metadata, place: Place, people: AbstractSet[str] = frozenset()
) -> list[Picture]:
    """The article's pictures in order; where its place has none, the one that the page gives for sharing.

    Args:
        page: with its elements in place.
        metadata: of the page.
        place: of the article in it.
        people: folded names of who wrote it; a picture called by one is a portrait beside the byline.
    """
    candidates = (e for e in place.order if e.tag == "img" or ("-" in str(e.tag) and may_show(e)))
    sharing = _for_sharing(page, metadata)
    shared = frozenset(map(identity, sharing))
    shown = (_picture(page, place, e, shared) for e in islice(candidates, MAX_CANDIDATES))
    found = merged([p for p in shown if p and not _is_portrait(p, people)])
    if found or not sharing:
        return found[:MAX_PICTURES]
    alt = metadata.first("og:image:alt", "twitter:image:alt")
    return [Picture(ArticleImage(sharing[0], 0, alt=alt))]


def may_show(element: lxml.html.HtmlElement) -> bool:
    """Whether an element shows a picture: an `img`, or a custom element that stands for one (`amp-img`)."""
    tag = element.tag
    if not isinstance(tag, str) or tag == "img":
        return bool(tag == "img")
    return "-" in tag and any(element.get(key) for key in ("src", "srcset", "data-src", "data-srcset"))


def _is_portrait(picture: Picture, people: AbstractSet[str]) -> bool:
    """Whether a picture shows an author: it is called by the name of one, or has "By …" for a caption."""
    alt = fold(_FILE_TYPE.sub("", picture.image.alt or ""))
    caption = picture.image.caption or ""
    by = _BY.match(caption)
    named = fold(caption[by.end() :] if by else caption)
    if by and len(named.split()) <= 3:  # noqa: PLR2004 - first and last name, perhaps one between
        return True
    return any(name in (alt, named) or (by and named.startswith(f"{name} ")) for name in people)


def numbered(found: Sequence[Picture]) -> tuple[ArticleImage, ...]:
    """The images alone, with their positions."""
    return tuple(replace(picture.image, position=index) for index, picture in enumerate(found))


def _picture(
    page: Page, place: Place, element: lxml.html.HtmlElement, shared: AbstractSet[str] = frozenset()
) -> Picture | None:
    # the picture for sharing, shown above the end of the text, is the lead whatever box it is in
    may_lead = bool(shared) and place.order[element] < place.last
    is_outside = not _in_place(place, element) or _is_foreign(page, place, element)
    if is_outside and not (may_lead and shows_any(element, shared)):
        return None
    variants = addresses(page, element)
    if not variants or _FOREIGN_ADDRESS.search(urlsplit(variants[0]).path):
        return None
    caption = caption_of(element)
    sides = [side for side in (number(element.get("width")), number(element.get("height"))) if side]
    alt = squeeze(element.get("alt") or "") or None
    if not (
        caption.text
        or alt
        or sides
        or len(variants) > 1
        or PICTURE_FILE.search(variants[0].partition("?")[0])
    ):
        return None  # nothing says that it is more than a counter
    if not caption.text and _in_player(place, element):
        return None
    if sides and min(sides) < (MIN_SHOWN if caption.text else MIN_LONE) and max(sides) < 2 * MIN_LONE:
        return None
    return made(variants, caption, alt, place.order[element])


def made(variants: tuple[str, ...], caption: Caption, alt: str | None, at: int) -> Picture:
    """A picture from its addresses, best first, the text beside it, and its place in the page's order."""
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
    if _FOREIGN_PICTURE(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return True
    boxes = list(takewhile(lambda box: box not in place.around, element.iterancestors()))
    if any(box.tag == "a" and _is_teaser(page, box) for box in boxes):
        return True
    is_lead = place.order[element] < place.first and not any(box.tag == "a" for box in boxes)
    for box in boxes:
        if box.tag in _FOREIGN_TAGS or (box.tag == "article" and _is_story(box, place)):
            return True
        said = f"{box.get('class') or ''} {box.get('id') or ''}"
        # the picture above a text is called its teaser or card too
        if _FOREIGN_BOX(_LEAD_BOX.sub(" ", said) if is_lead else said):
            return True
    return False


def _in_player(place: Place, element: lxml.html.HtmlElement) -> bool:
    boxes = takewhile(lambda box: box not in place.around, element.iterancestors())
    return any(_PLAYER(f"{box.get('class') or ''} {box.get('id') or ''}") for box in boxes)


def _is_story(box: lxml.html.HtmlElement, place: Place) -> bool:
    """Whether an `article` inside of the article is another story: its heading is not the page's."""
    headings = [place.order[e] for e in box.iter("h1", "h2", "h3", "h4")]
    return bool(headings) and place.heading not in headings


def _is_teaser(page: Page, link: lxml.html.HtmlElement) -> bool:
    """A link around a picture that says in words where it leads, or leads to a site's front page.

    The words may stand in another link with the same target beside it.
    """
    target = page.absolute(link.get("href"))
    if target is None or urlsplit(target).path == urlsplit(page.url).path:
        return False
    if urlsplit(target).path in ("", "/") or _is_title(link.text_content()):
        return True
    for box in islice(link.iterancestors(), _BESIDE):
        if is_longer(box.text_content(), _TEASER):
            return False
        if any(
            _is_title(other.text_content())
            for other in box.iter("a")
            if other.get("href") == link.get("href")
        ):
            return True
    return False


def _is_title(text: str) -> bool:
    """Whether a link's text is a title: of three words, or, in scripts without spaces, of eight signs."""
    folded = fold(text)
    return len(folded.split()) >= 3 or len(_UNSPACED.findall(folded)) >= 8  # noqa: PLR2004


def merged(found: list[Picture]) -> list[Picture]:
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


def _for_sharing(page: Page, metadata: Metadata) -> tuple[str, ...]:
    """The addresses of the pictures that the page gives for previews, but those that are the site's own."""
    references: list[object] = [
        metadata.first(
            "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"
        )
    ]
    for item in json_ld.items(metadata.article.get("image")):
        value = json_ld.resolve(item, metadata.nodes)
        references.append(value.get("url") if isinstance(value, dict) else value)
    found = (page.absolute(reference) for reference in references if isinstance(reference, str))
    return tuple(
        address for address in found if address and not _FOREIGN_ADDRESS.search(urlsplit(address).path)
    )
