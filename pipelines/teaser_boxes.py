"""Boxes in an article that only hold the title of another page and "Read more": taken out of the tree."""

from __future__ import annotations

from collections.abc import Collection

import lxml.html

from pipelines.furniture import INITIALS, is_invitation
from pipelines.paragraphs import squeeze

MAX_TITLE = 150  # characters; more is text
_CLIMB = 3  # levels from the link to its box
_SENTENCE_ENDS = ".!?…:;”\"»’'。"  # noqa: RUF001 - quotation marks as pages use them
_NEVER = frozenset({"html", "body", "main", "article", "section", "td", "tr", "table"})


def drop_teaser_boxes(
    tree: lxml.html.HtmlElement, spared: Collection[lxml.html.HtmlElement] = frozenset()
) -> None:
    """Remove, in place, the boxes around a lone "Read more" link that otherwise hold one title.

    A title is short and does not end like a sentence; the text that follows a box stays. A box that is, holds
    or stands in one of the elements `spared` stays too.
    """
    for link in list(tree.iter("a")):
        if _begins_otherwise(link):
            continue
        said = link.text_content() if len(link) else link.text or ""
        if not is_invitation(squeeze(said[: MAX_TITLE * 2])):
            continue
        box = _box(link)
        if box is not None and not (spared and any(e in spared for e in (*box.iter(), *box.iterancestors()))):
            box.drop_tree()


def _begins_otherwise(link: lxml.html.HtmlElement) -> bool:
    """Whether a link's first letter says that it is no invitation; of most links it does."""
    first = (link.text or "").lstrip()[:1]
    return first.isalnum() and first.isascii() and first not in INITIALS


def _box(link: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    invitation = squeeze(link.text_content())
    box = link
    for _ in range(_CLIMB):
        parent = box.getparent()
        if parent is None or parent.tag in _NEVER:
            return None
        box = parent
        text = squeeze(box.text_content())
        if len(text) > MAX_TITLE + len(invitation):
            return None
        title = text.removesuffix(invitation).strip()
        if title != text and title:
            return box if title[-1] not in _SENTENCE_ENDS else None
    return None
