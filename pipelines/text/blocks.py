"""A page as a sequence of blocks: stretches of text between the borders of block elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import lxml.etree
import lxml.html

from pipelines.paragraphs import is_longer, squeeze
from pipelines.text.vocabulary import NAMES, said

MAX_BLOCKS = 20_000  # more are no article; the rest of such a page is left out
_SHORT_CELL = 80  # characters; longer cells are columns of a layout, not of a table

SILENT = frozenset(
    {
        "script", "style", "head", "title", "noscript", "template", "svg", "math", "select", "option",
        "textarea", "iframe", "object", "embed", "video", "audio", "canvas", "map", "datalist", "dialog",
        "button", "input", "nav", "menu", "footer",
    }
)  # fmt: skip
INLINE = frozenset(
    {
        "a", "abbr", "acronym", "amp-img", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del",
        "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt",
        "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr",
    }
)  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_ADVERTISEMENT = 1 << NAMES.index("advertisement")
_MAX_ADVERTISEMENT = 300  # characters; more, and the word was about the whole page or its layout
_BLOCK, _INLINE, _SILENT, _CELL = range(4)
# What a source's rules say of an element: it holds the text; belongs to it; only such in it is read.
TEXT, KEEP, ONLY = 1, 2, 4
_KINDS = dict.fromkeys(INLINE, _INLINE) | dict.fromkeys(SILENT, _SILENT) | dict.fromkeys(("td", "th"), _CELL)
_SPEAKING = frozenset(
    {"class", "id", "data-testid", "data-component", "data-component-name", "data-module", "itemprop", "role"}
)


@dataclass(slots=True, eq=False)
class Box:
    """A block element on the way to a block.

    Attributes:
        parent: None for the body.
        tag, kind: its element's name, and its `class` as it stands.
        said: the families of words that its attributes speak of (`vocabulary.said`).
        depth: of the body 0.
        children, images: how many boxes and pictures stand directly in it.
        bare: none of its attributes says anything: people write such elements, templates rarely do.
    """

    parent: Box | None
    tag: str
    kind: str = ""
    said: int = 0
    depth: int = 0
    children: int = 0
    images: int = 0
    bare: bool = True


@dataclass(slots=True, eq=False)
class Block:
    """A stretch of text.

    Attributes:
        text: squeezed, never empty.
        box: the innermost one that holds it.
        linked, bold: characters of it in links and in bold.
        links: how many links it holds.
        ruled: what a source's rules say of it: `TEXT`, `KEEP`, both or 0.
    """

    text: str
    box: Box
    linked: int = 0
    bold: int = 0
    links: int = 0
    ruled: int = 0


@dataclass(slots=True)
class _Run:
    """Text that is being collected."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    links: int = 0

    def count(self, text: str, in_link: int, in_bold: int) -> None:
        length = len(text.strip())
        self.linked += length if in_link else 0
        self.bold += length if in_bold else 0


def segment(
    tree: lxml.html.HtmlElement, marked: Mapping[lxml.html.HtmlElement, int] | None = None
) -> list[Block]:
    """The blocks of a page in document order; no scripts, controls, menus, footers, small advertisements.

    Two line breaks in a row separate blocks, one joins lines. The short cells of a table's row are one block.
    `marked` are elements that a source's rules name (`TEXT`, `KEEP`), and those around them that would be
    left out (`ONLY`): they begin and end a block, and are walked through whatever they are.
    """
    body = tree.find("body")
    return _Walk(tree if body is None else body, marked or {}).blocks


class _Walk:
    """One pass over the elements below a root."""

    def __init__(self, root: lxml.html.HtmlElement, marked: Mapping[lxml.html.HtmlElement, int]) -> None:
        self.blocks: list[Block] = []
        self._marked = marked
        self._rules = [marked.get(root, 0)]  # of the elements around, joined with those around them
        self._run = _Run()
        self._boxes = [_box(root, None)]
        self._in_link = self._in_bold = 0
        self._walk(root)

    def _walk(self, root: lxml.html.HtmlElement) -> None:  # noqa: C901, PLR0912 - the hot loop, in one piece
        run, boxes, marked = self._run, self._boxes, self._marked
        pieces = run.pieces
        walker = lxml.etree.iterwalk(root, events=("start", "end"))
        next(walker)
        if root.text:
            pieces.append(root.text)
        for event, element in walker:
            kind = _KINDS.get(element.tag, _BLOCK)
            starts = event == "start"
            if marked and element in marked and element is not root:
                self._cross(starts, marked[element])
                kind = _BLOCK if kind == _SILENT else kind
            if kind == _INLINE:
                self._inline(starts, element)
            elif kind == _CELL and _is_short_cell(element):
                pieces.append(" ")
            elif kind == _SILENT:
                if starts:
                    walker.skip_subtree()
                    continue
            else:
                if pieces:
                    self._close()
                else:
                    run.links = 0
                if starts:
                    boxes.append(_box(element, boxes[-1]))
                    advertises = boxes[-1].said & _ADVERTISEMENT and not self._rules[-1] & KEEP
                    if advertises and _is_small(element):
                        walker.skip_subtree()
                        continue
                else:
                    boxes.pop()
            if starts:
                text = element.text
            elif element is root:
                break
            else:
                text = element.tail
            if text and (pieces or not text.isspace()):  # nothing begins with white space
                if self._in_link or self._in_bold:
                    run.count(text, self._in_link, self._in_bold)
                pieces.append(text)
            if len(self.blocks) >= MAX_BLOCKS:
                break
        self._close()

    def _cross(self, starts: bool, mark: int) -> None:
        """Into an element that rules name, or out of it."""
        self._close()
        if starts:
            self._rules.append(self._rules[-1] | mark)
        else:
            self._rules.pop()

    def _inline(self, starts: bool, element: lxml.html.HtmlElement) -> None:
        tag = element.tag
        if tag == "a":
            self._in_link += 1 if starts else -1
            self._run.links += starts
        elif tag in ("b", "strong"):
            self._in_bold += 1 if starts else -1
        elif tag == "img" and starts:
            self._boxes[-1].images += 1
        elif tag == "br" and starts:
            following = element.getnext()
            if following is not None and following.tag == "br" and not (element.tail or "").strip():
                self._close()
            else:
                self._run.pieces.append(" ")

    def _close(self) -> None:
        run = self._run
        ruled = self._rules[-1]
        if not run.pieces:
            run.links = 0
            return
        if ruled != ONLY and (text := squeeze("".join(run.pieces))):
            length = len(text)
            self.blocks.append(
                Block(
                    text,
                    self._boxes[-1],
                    min(run.linked, length),
                    min(run.bold, length),
                    run.links,
                    ruled & (TEXT | KEEP),
                )
            )
        run.pieces.clear()
        run.linked = run.bold = run.links = 0


def _box(element: lxml.html.HtmlElement, parent: Box | None) -> Box:
    depth = 0
    if parent is not None:
        parent.children += 1
        depth = parent.depth + 1
    kind = ""
    words = []
    for name, value in element.items():
        if name in _SPEAKING:
            words.append(value)
            if name == "class":
                kind = value
    return Box(parent, element.tag, kind, said(" ".join(words)) if words else 0, depth, bare=not words)


def _is_small(element: lxml.html.HtmlElement) -> bool:
    """Whether a box that speaks of advertisements holds no more than one; paragraphs are never such boxes."""
    return element.tag not in _PARAGRAPHS and not is_longer(element.text_content(), _MAX_ADVERTISEMENT)


def _is_short_cell(cell: lxml.html.HtmlElement) -> bool:
    """A cell of a table of facts: nothing but a little text."""
    if any(e.tag not in INLINE for e in cell.iterdescendants()):
        return False
    return not is_longer(cell.text_content(), _SHORT_CELL)
