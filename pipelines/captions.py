"""The caption of a picture: where it stands in the page, and which part of it is the credit."""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html

from pipelines.credits import credit_name, is_credited, split_credit
from pipelines.paragraphs import fold, squeeze

MAX_CAPTION = 600  # characters; longer text beside a picture is the article's
_BOX_CHILDREN = 20  # more, and it is no box of one picture
_CLIMB = 4  # levels from an `img` to the box that holds it and its caption

_CAPTION_HINT = re.compile(
    r"caption|legend|legende|bildunterschrift|bildtext|subline|cutline|didascalia|leyenda"
    r"|pie-?(?:de-?)?foto|image-?(?:desc|text|title)"
    r"|photo-?(?:desc|text)|bildetekst|billedtekst",
    re.IGNORECASE,
)
_CREDIT_HINT = re.compile(
    r"credit|copyright|photographer|fotograf|image-?(?:source|author|rights|byline)|photo-?(?:source"
    r"|author|byline|by)|bildquelle|(?:^|[-_ ])source",
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
        return _in_box(figure)
    node = image
    for _ in range(_CLIMB):
        parent = node.getparent()
        if parent is None or parent.tag in ("body", "article", "main", "html") or len(parent) > _BOX_CHILDREN:
            break
        text = squeeze(parent.text_content())
        if text:
            boxed = _looks_like_box(parent) or is_credited(text)
            if len(text) <= MAX_CAPTION and boxed and len(list(parent.iter("img"))) <= 2:  # noqa: PLR2004 - and its noscript twin
                return _in_box(parent)
            break
        node = parent
    return _beside(node)


def _looks_like_box(element: lxml.html.HtmlElement) -> bool:
    hints = _hints(element)
    if _CAPTION_HINT.search(hints) or _PICTURE_BOX.search(hints):
        return True
    return any(_CAPTION_HINT.search(_hints(child)) for child in element.iterdescendants())


def _in_box(box: lxml.html.HtmlElement) -> Caption:
    """The caption inside a box that holds nothing but a picture and its caption."""
    inner = list(box.iterdescendants("figcaption"))
    inner = inner or [
        e for e in box.iterdescendants() if isinstance(e.tag, str) and _CAPTION_HINT.search(_hints(e))
    ]
    holder = inner[0] if inner else box
    outside = [] if not inner else [e for e in box.iterdescendants() if _CREDIT_HINT.search(_hints(e))]
    credited = [e for e in holder.iterdescendants() if _CREDIT_HINT.search(_hints(e))] or outside
    credit = next((text for e in credited if (text := squeeze(_shown_text(e)))), None)
    text = squeeze(_shown_text(holder))
    if len(text) > MAX_CAPTION:
        return Caption()
    pieces = {
        text,
        squeeze(_shown_text(box)),
        *(squeeze(_shown_text(e)) for e in box.iterdescendants("p", "div", "span")),
    }
    if credit and credit in text and len(credit) < MAX_CAPTION // 3:
        caption: str | None = squeeze(text.replace(credit, " ", 1)).rstrip(" |–—-(/") or None
        pieces.add(caption or "")
        return _made(caption, credit_name(credit), pieces)
    caption, split = split_credit(text)
    return _made(caption, credit_name(credit) if credit and credit != text else split, pieces)


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
        text = squeeze(_shown_text(neighbour))
        hinted = _CAPTION_HINT.search(_hints(neighbour)) and len(text) <= MAX_CAPTION
        if text and (hinted or is_credited(text)):
            return _in_box(neighbour)
    return Caption()


def _made(caption: str | None, credit: str | None, pieces: set[str]) -> Caption:
    if caption and _NOT_CAPTION.match(caption):
        caption = None
    claimed = frozenset(f for piece in (*pieces, caption or "", credit or "") if (f := fold(piece)))
    return Caption(caption, credit, claimed)


def _hints(element: lxml.html.HtmlElement) -> str:
    return " ".join(
        element.get(k) or "" for k in ("class", "id", "itemprop", "data-testid", "data-component")
    )


def _shown_text(element: lxml.html.HtmlElement) -> str:
    """The text of an element without scripts, buttons and what is only read out to the blind."""
    return " ".join(_texts(element))


def _texts(element: lxml.html.HtmlElement) -> Iterator[str]:
    stack: list[tuple[lxml.html.HtmlElement, bool]] = [(element, False)]
    while stack:
        node, tail_only = stack.pop()
        if tail_only:
            yield node.tail or ""
            continue
        if node is not element:
            stack.append((node, True))
        if node.tag in ("script", "style", "button", "noscript", "svg", "template"):
            continue
        if re.search(r"sr-only|visually-?hidden|screen-reader", node.get("class") or ""):
            continue
        yield node.text or ""
        stack.extend((child, False) for child in reversed(node))
