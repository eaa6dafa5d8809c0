"""The caption of a picture: where it stands in the page, and which part of it is the credit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

import lxml.html

from pipelines.credit_elements import MAX_LOOKED_AT, beside, credit_element, hints, shown_text
from pipelines.credits import credit_name, is_credited, split_credit, without_label
from pipelines.paragraphs import fold, squeeze

MAX_CAPTION = 600  # characters; longer text beside a picture is the article's
_BOX_CHILDREN = 20  # more, and it is no box of one picture
_PARTS = ("p", "div", "span", "small", "cite", "em")
_CLIMB = 4  # levels from an `img` to the box that holds it and its caption

_CAPTION_HINT = re.compile(
    r"caption|legend|legende|bildunterschrift|bildtext|subline|cutline|didascalia|leyenda"
    r"|pie-?(?:de-?)?foto|image-?(?:desc|text|title)"
    r"|photo-?(?:desc|text)|bildetekst|billedtekst",
    re.IGNORECASE,
)
_PICTURE_BOX = re.compile(
    r"image|img|photo|picture|figure|media|illustration|bild|foto|thumb|wp-caption|gallery|slide",
    re.IGNORECASE,
)
_NOT_CAPTION = re.compile(
    r"^(?:open image|image \d|\d+ ?/ ?\d+|advertisement|view (?:image|gallery)|zoom|enlarge|share)\b.{0,30}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Caption:
    """Text beside a picture.

    Attributes:
        text, credit: None if there is none; the credit without its label ("Photo:", "©").
        claimed: folded texts that, as whole paragraphs of the article, are this caption again.
    """

    text: str | None = None
    credit: str | None = None
    claimed: frozenset[str] = frozenset()


def caption_of(image: lxml.html.HtmlElement) -> Caption:
    """Find the caption of an `img`: in its `figure`, in its box, or in the block beside it."""
    figure = next(image.iterancestors("figure"), None)
    if figure is not None:
        return _with_credit_beside(figure, _in_box(figure))
    node = image
    for _ in range(_CLIMB):
        parent = node.getparent()
        if parent is None or parent.tag in ("body", "article", "main", "html") or len(parent) > _BOX_CHILDREN:
            break
        text = squeeze(parent.text_content())
        if text:
            boxed = _looks_like_box(parent) or is_credited(text)
            if len(text) <= MAX_CAPTION and boxed and len(list(parent.iter("img"))) <= 2:  # noqa: PLR2004 - and its noscript twin
                return _with_credit_beside(parent, _in_box(parent))
            break
        node = parent
    return _beside(node)


def _looks_like_box(element: lxml.html.HtmlElement) -> bool:
    said = hints(element)
    if _CAPTION_HINT.search(said) or _PICTURE_BOX.search(said):
        return True
    return any(_CAPTION_HINT.search(hints(child)) for child in element.iterdescendants())


def _in_box(box: lxml.html.HtmlElement) -> Caption:
    """The caption inside a box that holds nothing but a picture and its caption."""
    inner = list(box.iterdescendants("figcaption"))
    inner = inner or [
        e for e in box.iterdescendants() if isinstance(e.tag, str) and _CAPTION_HINT.search(hints(e))
    ]
    holder = inner[0] if inner else box
    text = shown_text(holder)
    if len(text) > MAX_CAPTION:
        return Caption()
    own = credit_element(box, holder)
    credit = shown_text(own) if own is not None else None
    pieces = {
        text,
        credit or "",
        shown_text(box),
        *(shown_text(e) for e in islice(box.iterdescendants(*_PARTS), MAX_LOOKED_AT)),
    }
    if own is not None and holder in own.iterancestors():
        left = without_label(shown_text(holder, without=own))
        pieces.add(left or "")
        return _made(split_credit(left or "")[0], credit_name(credit), pieces)
    caption, split = split_credit(text)
    return _made(caption, credit_name(credit) if credit and credit != text else split, pieces)


def _with_credit_beside(box: lxml.html.HtmlElement, caption: Caption) -> Caption:
    """The caption, with the credit that stands in an element of its own right after the box."""
    credit = None if caption.credit else beside(box)
    if not credit:
        return caption
    return replace(caption, credit=credit_name(credit), claimed=caption.claimed | {fold(credit)})


def _beside(block: lxml.html.HtmlElement) -> Caption:
    """The caption in the text or block right after a picture's block, or right before it."""
    tail = squeeze(block.tail or "")
    following = block.getnext()
    for _ in range(_CLIMB):  # over the line break and the picture's twin for readers without scripts
        if tail or following is None or following.tag not in ("br", "noscript", "img"):
            break
        tail, following = squeeze(following.tail or ""), following.getnext()
    if tail:
        return _made(*split_credit(tail), {tail}) if is_credited(tail) else Caption()
    for neighbour in (following, block.getprevious()):
        if (
            neighbour is None
            or not isinstance(neighbour.tag, str)
            or neighbour.tag in ("h1", "h2", "h3", "img")
        ):
            continue
        text = shown_text(neighbour)
        hinted = _CAPTION_HINT.search(hints(neighbour)) and len(text) <= MAX_CAPTION
        if text and (hinted or is_credited(text)):
            return _in_box(neighbour)
    return Caption()


def _made(caption: str | None, credit: str | None, pieces: set[str]) -> Caption:
    if caption and _NOT_CAPTION.match(caption):
        caption = None
    claimed = frozenset(f for piece in (*pieces, caption or "", credit or "") if (f := fold(piece)))
    return Caption(caption, credit, claimed)
