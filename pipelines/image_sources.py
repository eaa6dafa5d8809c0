"""The addresses of one picture in a page, the best size first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import urlsplit

import lxml.html

from pipelines.page import Page
from pipelines.paragraphs import lowered

MAX_VARIANTS = 24
LARGEST_USEFUL = 2600  # pixels of width; beyond it bytes grow and nothing more is seen
_ASSUMED_WIDTH = 600  # of a picture that gives densities (`2x`) and no width
_LINKED_WIDTH = 2000  # assumed for a picture file that a smaller one links to

_SRCSETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "data-flickity-lazyload-srcset")
_SOURCES = (
    "data-src", "data-lazy-src", "data-original", "data-orig-src", "data-orig-file", "data-large-file",
    "data-full",
    "data-full-src", "data-hi-res-src", "data-image", "data-image-src", "data-lazy", "data-url",
    "data-img-url",
    "data-default-src", "data-pin-media", "src",
)  # fmt: skip
_CANDIDATE = re.compile(r"\s*,?\s*(\S*[^\s,])(?:\s+([\d.]+)([wx])(?:\s+\d+h)?)?\s*(?:,|$)")
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*")
PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:blank|spacer|placeholder|transparent|pixel|1x1|grey|gray|lazy|loading|loader|empty"
    r"|dummy)"
    r"(?:[_-]?\w{0,12})?\.(?:gif|png|jpe?g|svg|webp)|\.svg(?:$|\?)|/pixel|data:",
    re.IGNORECASE,
)
# One of these stands in each address that it finds; most have none.
_IN_NO_PICTURE = (
    "blank", "spacer", "placeholder", "transparent", "pixel", "1x1", "grey", "gray", "lazy", "load", "empty",
    "dummy", ".svg", "data:",
)  # fmt: skip
_WHOLE = re.compile(r"https?://[\w.-]+/(?!\.)(?:(?!/\.)[^\s#\\])*")  # nothing in it that joining would change
_FILE_TYPE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\.\w+)?$")
# What sizes look like inside an address; without them the variants of one picture have one name.
_SIZE = re.compile(
    r"[-_@]\d{2,4}x\d{2,4}|\b\d{2,4}x\d{2,4}\b|\b(?:w|h|s|q|width|height|quality|size|c"
    r"|r)[_=:,-]?\d+[a-z]?\b|@\dx"
    r"|-(?:scaled|large|medium|small|thumb(?:nail)?)\b|_(?:w|h|r|fpx|fpy|x|y)\d+(?:\.\d+)?|/\d{2,4}(?=/)",
    re.IGNORECASE,
)


def parse_srcset(value: str) -> Iterator[tuple[str, float | None, str | None]]:
    """(address, number, `w` or `x`) of each candidate of a `srcset` (HTML, 4.8.4.2.1); lenient."""
    end = 0
    while end < len(value) and (match := _CANDIDATE.match(value, end)):
        if match.end() == end:
            return
        end = match.end()
        number = match[2]
        try:
            yield match[1], float(number) if number else None, match[3]
        except ValueError:
            continue


def addresses(page: Page, image: lxml.html.HtmlElement) -> tuple[str, ...]:
    """Every usable address of an `img` (with its `picture`), the best size first, none twice.

    Known widths go first, the largest useful one at the head; then what gives no width.
    """
    found: dict[str, float] = {}
    for reference, width in _references(image):
        if _is_no_picture(reference[:2000]):
            continue
        address = reference if _WHOLE.fullmatch(reference) else page.absolute(reference)
        if address is not None:
            found[address] = max(found.get(address, 0), width)
    return tuple(sorted(found, key=lambda a: _rank(found[a])))[:MAX_VARIANTS]


def _is_no_picture(reference: str) -> bool:
    lower = lowered(reference)
    return any(word in lower for word in _IN_NO_PICTURE) and _NO_PICTURE.search(reference) is not None


def _rank(width: float) -> tuple[int, float]:
    if width == 0:
        return 1, 0
    return (0, -width) if width <= LARGEST_USEFUL else (0, width)


def _references(image: lxml.html.HtmlElement) -> Iterator[tuple[str, float]]:
    """(reference, width or 0) as they stand in the page."""
    shown = number(image.get("width")) or 0
    picture = next(image.iterancestors("picture"), None)
    holders = [image] if picture is None else [image, *picture.iter("source")]
    for holder in holders:
        for name in _SRCSETS:
            for reference, value, unit in parse_srcset(holder.get(name) or ""):
                yield reference, (value or 1) * (shown or _ASSUMED_WIDTH) if unit != "w" else value or 0
    link = next(image.iterancestors("a"), None)
    href = link.get("href") if link is not None else None
    if href and PICTURE_FILE.search(href.partition("?")[0]):
        yield href, _LINKED_WIDTH
    for holder in holders:
        for name in _SOURCES:
            if value := holder.get(name):
                yield value.strip(), 0


def shows_any(image: lxml.html.HtmlElement, identities: AbstractSet[str]) -> bool:
    """Whether an `img` shows one of the pictures with these identities; cheap, for looking at many."""
    return any(identity(reference) in identities for reference, _ in _references(image))


def number(value: str | None) -> float | None:
    """A pixel count out of an attribute such as `300`, `300px`; None for `100%`, `auto` and the like."""
    match = _PIXELS.fullmatch(value or "")
    return float(match[1]) if match else None


def identity(address: str) -> str:
    """What the size variants of one picture have in common: the path without its sizes."""
    parts = urlsplit(address)
    return _unsized(parts.path if parts.path not in ("", "/") else parts.query)


@lru_cache(maxsize=512)  # the variants of a picture often differ in their queries only
def _unsized(path: str) -> str:
    return _SIZE.sub("", _FILE_TYPE.sub("", path.lower()))
