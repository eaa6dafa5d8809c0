"""Parts of a replayed page that the archive does not have: which they are, and how they are marked (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from lxml import etree

from web import replay_pictures
from web.replay_url import Replayed, is_data

MISSING = "data-dateline-missing"  # names the address of a part that is not archived
PICTURE, VIDEO, SOUND, STYLE = "picture", "video", "sound", "style sheet"
KINDS = MappingProxyType({"img": PICTURE, "amp-img": PICTURE, "video": VIDEO, "audio": SOUND})

# Drawn without a size of its own, so that it fills the room that the page gives to the part.
_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%">'
    '<rect width="100%" height="100%" fill="#f1efeb"/>'
    '<rect x="1" y="1" width="99%" height="98%" fill="none" stroke="#767066" stroke-dasharray="5 4"/>'
    '<text x="50%" y="50%" text-anchor="middle" dominant-baseline="middle" font-family="sans-serif" '
    'font-size="13" fill="#3d3a35">{}</text></svg>'
)
# A page may hide its pictures until a script of it shows them: no script runs here.
_SHOWN = "opacity:1!important;visibility:visible!important"


@dataclass(frozen=True, slots=True)
class MissingPart:
    """What a page is shown without: `kind` is picture, video, sound or style sheet."""

    kind: str
    url: str


def missing(element: etree._Element, replayed: Replayed, lacks: Callable[[str], bool]) -> str | None:
    """The address of a picture, video or sound of which the archive has nothing; None for all else.

    Args:
        element: anywhere in a page.
        replayed: the page's addresses.
        lacks: whether the archive was asked about an address, and has nothing.
    """
    if element.tag not in KINDS:
        return None
    offered = [each for each in _offered(element, replayed) if not is_data(each)]
    meant = [url for each in offered if (url := replayed.absolute(each)) is not None]
    return meant[0] if meant and all(map(lacks, offered)) else None


def mark(element: etree._Element, url: str) -> Iterator[tuple[str, str]]:
    """The attributes of the `img` that stands for a missing part, beside those of its size and place."""
    said = f"{KINDS[element.tag].capitalize()} not archived"
    beside = (element.get("alt") or element.get("title") or "").strip()
    yield MISSING, url
    yield "src", f"data:image/svg+xml,{quote(_DRAWN.format(said))}"
    yield "alt", f"{said}: {beside}" if beside else said
    yield "title", f"{said}: {url}"
    if not (element.get("width") or element.get("height")):
        yield from (("width", "180"), ("height", "44"))  # a style sheet of the page still has its way
    yield "style", f"{(element.get('style') or '').rstrip('; ')};{_SHOWN}".lstrip(";")


def _offered(element: etree._Element, replayed: Replayed) -> Iterator[str]:
    """All that an element could be shown with, as the page has it."""
    yield from replay_pictures.addresses(element, replayed)
    if KINDS[element.tag] != PICTURE:
        for source in element.iter("source"):
            yield from replay_pictures.addresses(source, replayed)
    elif (around := replay_pictures.picture_around(element)) is not None:
        for source in around.iter("source"):
            yield from replay_pictures.addresses(source, replayed)
