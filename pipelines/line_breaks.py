"""Pages that know no paragraphs: text between two line breaks becomes one, before anything reads the tree."""

from __future__ import annotations

import lxml.html

_HOLDERS = ("div", "td", "section", "article", "main", "center", "blockquote", "font", "body", "dd")
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data",
        "del", "em", "font", "i",
        "img",
        "ins", "kbd", "mark", "nobr", "q", "s", "small", "span", "strike", "strong", "sub", "sup",
        "time", "tt", "u", "wbr",
    }
)  # fmt: skip


def mark_paragraphs(tree: lxml.html.HtmlElement) -> None:
    """In every element that parts its text by double `br`, wrap the parts in `p`, in place.

    Text, order and all other elements stay as they are.
    """
    if not any(map(_is_double, tree.iter("br"))):
        return
    for element in list(tree.iter(*_HOLDERS)):
        if _parts_by_breaks(element):
            _wrap(element)


def _parts_by_breaks(element: lxml.html.HtmlElement) -> bool:
    return any(child.tag == "br" and _is_double(child) for child in element)


def _is_double(br: lxml.html.HtmlElement) -> bool:
    """Whether another follows with no words between."""
    following = br.getnext()
    return following is not None and following.tag == "br" and not (br.tail or "").strip()


def _wrap(element: lxml.html.HtmlElement) -> None:
    children = list(element)
    paragraph = _new(element.text)
    element.text = None
    element[:] = []
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag not in _INLINE or any(e.tag not in _INLINE for e in child.iterdescendants()):
            _close(element, paragraph)
            element.append(child)
            paragraph = _new(tail)
        elif child.tag == "br" and _ends_with_break(paragraph):
            _close(element, paragraph)
            paragraph = _new(tail)
        else:
            paragraph.append(child)
            child.tail = tail
    _close(element, paragraph)


def _new(text: str | None) -> lxml.html.HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = text
    return paragraph


def _ends_with_break(paragraph: lxml.html.HtmlElement) -> bool:
    return len(paragraph) > 0 and paragraph[-1].tag == "br" and not (paragraph[-1].tail or "").strip()


def _close(element: lxml.html.HtmlElement, paragraph: lxml.html.HtmlElement) -> None:
    """Put a paragraph that holds anything at the end of the element."""
    while _ends_with_break(paragraph):
        del paragraph[-1]
    if (paragraph.text or "").strip() or len(paragraph):
        element.append(paragraph)
