"""Which of a picture's addresses replay shows: those that are archived, where the archive has any.

Pages offer each picture in many sizes, of which a crawl archives one; a browser would choose another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from web.replay_url import Replayed

TAGS = frozenset({"img", "source", "amp-img"})
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")

Has = Callable[[str], bool]  # (address as the page has it) → whether it can be shown


def addresses(element: etree._Element, replayed: Replayed) -> Iterator[str]:
    """All that an `img` or a `source` offers, as the page has it."""
    yield from _sources(element)
    for name in _SETS:
        for address, _ in replayed.candidates(element.get(name) or ""):
            yield address


def shown(element: etree._Element, replayed: Replayed, has: Has) -> dict[str, str]:
    """`src` and `srcset` as replay writes them, as far as there are any."""
    sets = [element.get(name) or "" for name in _SETS]
    kept = next((found for each in sets if (found := replayed.pictures(each, has))), "")
    made = {"srcset": kept} if kept else {}
    source = _source(element, replayed, has, chosen=bool(kept))
    place = replayed.picture(source) if source else None
    return made | ({"src": place} if place is not None else {})


def _source(element: etree._Element, replayed: Replayed, has: Has, *, chosen: bool) -> str | None:
    offered = list(_sources(element))
    best = next((each for each in offered if not _is_placeholder(each) and has(each)), None)
    if best is None and not chosen:
        best = _of_picture(element, replayed, has)
    # Nobody knows whether it is archived, or nothing is: the address that the page means.
    return best or next((each for each in offered if not _is_placeholder(each)), next(iter(offered), None))


def _of_picture(element: etree._Element, replayed: Replayed, has: Has) -> str | None:
    """What a `<source>` beside it offers, though it may be meant for another screen."""
    if element.tag == "source":
        return None
    parent = picture_around(element)
    if parent is None:
        return None
    for beside in parent.iter("source"):
        for address in addresses(beside, replayed):
            if not _is_placeholder(address) and has(address):
                return address
    return None


def picture_around(element: etree._Element) -> etree._Element | None:
    """The `picture` that an `img` stands in."""
    parent = element.getparent()
    while parent is not None and parent.tag == "source":  # libxml2 does not know that it is empty
        parent = parent.getparent()
    return parent if parent is not None and parent.tag == "picture" else None


def _sources(element: etree._Element) -> Iterator[str]:
    for name in _SOURCES:
        if address := (element.get(name) or "").strip():
            yield address


def _is_placeholder(address: str) -> bool:
    return address.lstrip().lower().startswith("data:")
