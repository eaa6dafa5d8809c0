"""The caption of a picture: where it stands in the page, and which part of it is the credit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

import lxml.html

from pipelines.attributes import saying
from pipelines.credit_elements import MAX_LOOKED_AT, beside, credit_element, hints, shown_text
from pipelines.credits import MAX_PLAIN, credit_name, is_credit, is_credited, split_credit, without_label
from pipelines.paragraphs import fold, squeeze

MAX_CAPTION = 600  # characters; longer text beside a picture is the article's
_BOX_CHILDREN = 20  # more, and it is no box of one picture
_PARTS = ("p", "div", "span", "small", "cite", "em")
_NOT_IN_CAPTION = ("h1", "h2", "h3", "h4", "button", "time", "li")
_CLIMB = 4  # levels from an `img` to the box that holds it and its caption

_CAPTION_HINT = saying(
    r"caption|legend|legende|bildunterschrift|bildtext|subline|cutline|didascalia|leyenda"
    r"|pie-?(?:de-?)?foto|image-?(?:desc|text|title)"
    r"|photo-?(?:desc|text)|bildetekst|billedtekst",
    re.IGNORECASE,
)
_PICTURE_BOX = saying(
    r"image|img|photo|picture|figure|media|illustration|bild|foto|thumb|wp-caption|gallery|slide",
    re.IGNORECASE,
)
_NOT_CAPTION = re.compile(
    r"^(?:open image|view \d+ (?:images|photos|pictures)|video starten|click to play|play video|image \d"
    r"|\d+ ?/ ?\d+|advertisement|view (?:image|gallery)|zoom|enlarge|share)\b.{0,30}$",
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
        found = _with_credit_beside(figure, _in_box(figure))
        if found.text or found.credit:
            return found
    node = next(image.iterancestors("picture"), image) if figure is None else figure
    for _ in range(_CLIMB):
        parent = node.getparent()
        if parent is None or parent.tag in ("body", "article", "main", "html") or len(parent) > _BOX_CHILDREN:
            break
        text = shown_text(parent)
        if text and not _NOT_CAPTION.match(text):
            boxed = _of_box(parent, node, text)
            if boxed is None:
                break
            return boxed
        node = parent
    return _beside(node)


def _of_box(box: lxml.html.HtmlElement, holder: lxml.html.HtmlElement, text: str) -> Caption | None:
    """The caption in a box that holds a picture and a little text; None if the box is something else.

    Args:
        box: the smallest one around the picture that has text.
        holder: the child of it with the picture.
        text: of the box.
    """
    if len(text) > MAX_CAPTION or len(list(box.iter("img"))) > 2:  # noqa: PLR2004 - and its noscript twin
        return None
    said = any(_CAPTION_HINT(hints(child)) for child in box.iterdescendants() if child.tag != "img")
    if not said and (found := _of_lines(box, holder)) is not None:
        return found
    if said or _PICTURE_BOX(hints(box)) or is_credited(text):
        return _with_credit_beside(box, _in_box(box))
    return None


def _of_lines(box: lxml.html.HtmlElement, holder: lxml.html.HtmlElement) -> Caption | None:
    """The caption where nothing says so but the place: one or two lines in the box of a picture.

    Of two, the one that is a credit as a whole, or the shorter one at the end, is the credit.
    """
    others = [e for e in box if e is not holder and isinstance(e.tag, str)]
    lines = [text for e in others if (text := shown_text(e))]
    loose = squeeze((box.text or "") + " ".join(e.tail or "" for e in box))
    linked = any(True for e in others for _ in e.iter(*_NOT_IN_CAPTION))
    if loose or linked or not 1 <= len(lines) <= 2 or len(" ".join(lines)) > MAX_PLAIN:  # noqa: PLR2004
        return None
    credit_lines = [line for line in lines if is_credit(line)]
    if not credit_lines and len(lines) > 1:
        return None
    caption, credit = split_credit(next((line for line in lines if line not in credit_lines), ""))
    return _made(caption, credit_name(credit_lines[0]) if credit_lines else credit, set(lines))


def _in_box(box: lxml.html.HtmlElement) -> Caption:
    """The caption inside a box that holds nothing but a picture and its caption."""
    inner = list(box.iterdescendants("figcaption"))
    inner = inner or [e for e in box.iterdescendants() if isinstance(e.tag, str) and _CAPTION_HINT(hints(e))]
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
        if text and (
            (len(text) <= MAX_CAPTION and _is_hinted(neighbour, below=neighbour is following))
            or is_credited(text)
        ):
            return _in_box(neighbour)
    return Caption()


def _is_hinted(block: lxml.html.HtmlElement, *, below: bool) -> bool:
    """Whether a block says that it is a caption; the one below a picture may say so further inside."""
    if block.tag == "figcaption" or _CAPTION_HINT(hints(block)):
        return True
    if not below or block.find(".//img") is not None:
        return False
    return any(_CAPTION_HINT(hints(e)) for e in islice(block.iterdescendants(), _BOX_CHILDREN))


def _made(caption: str | None, credit: str | None, pieces: set[str]) -> Caption:
    if caption and _NOT_CAPTION.match(caption):
        caption = None
    claimed = frozenset(f for piece in (*pieces, caption or "", credit or "") if (f := fold(piece)))
    return Caption(caption, credit, claimed)
