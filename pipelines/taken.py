"""The paragraphs that trafilatura takes for an article's text. The only file that knows trafilatura.

It chooses one element of a page, its frame, and reads on only where it finds too little there. Most of its
time goes on all that stands around the frame: it is shown the frame alone, and the whole page where that
does not surely come to the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import cast

import lxml.etree
import lxml.html
import trafilatura
from trafilatura.settings import MANUALLY_CLEANED, Document, Extractor
from trafilatura.xpaths import BODY_XPATH

from pipelines.page import Page
from pipelines.paragraphs import paragraphs

MIN_EXTRACTED = 120  # characters
MIN_QUICK = 300  # characters; of less it is asked for all that it can do
_ENOUGH = 3 * MIN_EXTRACTED  # characters of `p` elements: with fewer on the page it reads `div` as text, too
_UNREAD = (
    "aside", "audio", "button", "canvas", "embed", "footer", "form", "head", "iframe", "input", "link",
    "meta",
    "nav", "object", "script", "select", "style", "svg", "template", "video",
)  # fmt: skip
_CLEANED = tuple(tag for tag in MANUALLY_CLEANED if tag not in _UNREAD)  # what it removes first
_NAMING = ("id", "class", "itemprop")  # attributes that its first expression asks for
_FRAMES = frozenset({"article", "div", "main", "section"})  # that it chooses its frame from
_MADE_DIV = frozenset({"details", "figure", "table"})  # that it may turn into `div` before
_MARK = "dateline-framed"  # on paragraphs of the frame: an attribute that says where one comes from
_BESIDE = "Whoever takes this paragraph for text has left the frame and read on beside it."


def _options(*, fast: bool) -> Extractor:
    # Any format but "python", which would also write the body that is wanted as text.
    options = Extractor(output_format="txt", comments=False, fast=fast)
    # Below this trafilatura takes all text of the page as one paragraph; briefs are shorter than its 250.
    options.min_extracted_size = MIN_EXTRACTED
    if fast:
        # Only "balanced" tries again with other settings, and a quick answer has no need of that.
        options.focus = "quick"
    return options


_QUICK, _THOROUGH = _options(fast=True), _options(fast=False)  # each parses its settings


def taken_by_trafilatura(page: Page) -> list[str]:
    """What trafilatura takes: quickly; where that is (nearly) nothing, with all that it can do."""
    framed = _from_frame(page)
    if framed is not None:
        return framed
    tree = copy(page.tree)
    # It copies the tree several times: what it never reads goes before.
    lxml.etree.strip_elements(tree, *_UNREAD, with_tail=False)
    quick = _read(tree, _QUICK, page.url)
    found = [] if quick is None else paragraphs(quick)
    if sum(map(len, found)) >= MIN_QUICK:
        return found
    thorough = _read(page.tree, _THOROUGH, page.url)
    return [] if thorough is None else paragraphs(thorough)


def _read(tree: lxml.html.HtmlElement, options: Extractor, url: str) -> lxml.etree._Element | None:
    options = copy(options)
    options.url = options.source = url
    document = trafilatura.bare_extraction(tree, options=options)
    return None if document is None else cast("Document", document).body


def _from_frame(page: Page) -> list[str] | None:
    """What it takes of its frame; None where it might take something else of the whole page.

    It would not if `_ENOUGH` of what it took are paragraphs of the frame, so that it read no `div` at all,
    and nothing is what it looks at next (`_beside`): then it was content with the frame.
    """
    try:
        tree = _framed(page.tree)
    except ValueError:  # around it are names that the parser takes, and nothing else does
        return None
    body = None if tree is None else _read(tree, _QUICK, page.url)
    if body is None or sum(len(p.text or "") for p in body.iter("p") if _MARK in p.attrib) < _ENOUGH:
        return None
    found = paragraphs(body)
    return None if _BESIDE in found else found


def _framed(tree: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """A copy of the frame, in the elements around it and beside what is read next; None if there is none."""
    frame = _frame(tree)
    if (
        frame is None
        or sum(len(p.text or "") for p in frame.iter("p")) < _ENOUGH
        or _nests_before(frame, tree)
    ):
        return None
    top = copy(frame)
    lxml.etree.strip_elements(top, *_UNREAD, with_tail=False)
    for paragraph in top.iter("p"):
        if (paragraph.text or "").strip():
            paragraph.set(_MARK, "")
    beside = _beside(top, named=_is_named(frame))
    for around in frame.iterancestors():
        inner, top = top, top.makeelement(around.tag, dict(around.attrib))
        if around.tag == "body":
            top.append(beside)
        top.append(inner)
    return top if beside.getparent() is not None else None


def _beside(of: lxml.html.HtmlElement, *, named: bool) -> lxml.html.HtmlElement:
    """What it looks at next where a frame gives too little; a frame has a name, or is an `article`."""
    beside = of.makeelement("article") if named else of.makeelement("div", {"role": "article"})
    lxml.etree.SubElement(beside, "blockquote").text = _BESIDE
    return beside


def _frame(tree: lxml.html.HtmlElement) -> lxml.html.HtmlElement | None:
    """The element that it chooses: the first whose name speaks of the text, or else the first `article`."""
    article = None
    for element in tree.iter(*_FRAMES, *_MADE_DIV):
        if _is_named(element) and not _is_unread(element):
            return element if element.tag in _FRAMES else None
        if article is None and element.tag == "article" and not _is_unread(element):
            article = element
    return article


def _nests_before(frame: lxml.html.HtmlElement, tree: lxml.html.HtmlElement) -> bool:
    """Whether what it removes stands in its like: then it forgets the next ones, also those in the frame."""
    tags = {each.tag for each in frame.iter(*_CLEANED)}
    for each in tree.iter(frame.tag, *tags) if tags else ():
        if each is frame:
            return False
        if each.tag in tags and next(each.iterancestors(each.tag), None) is not None:
            return True
    return False


def _is_unread(element: lxml.html.HtmlElement) -> bool:
    return next(element.iterancestors(*_UNREAD), None) is not None


def _is_named(element: lxml.html.HtmlElement) -> bool:
    attributes = element.attrib
    return bool(attributes) and _speaks_of_text(*(attributes.get(name) for name in _NAMING))


@lru_cache(maxsize=8192)
def _speaks_of_text(*values: str | None) -> bool:
    """Whether its first expression chooses an element with these `_NAMING`; templates repeat them."""
    root = lxml.html.Element("body")
    named = {name: value for name, value in zip(_NAMING, values, strict=True) if value is not None}
    lxml.etree.SubElement(root, "div", named)
    return bool(cast("Sequence[object]", BODY_XPATH[0](root)))
