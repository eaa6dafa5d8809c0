"""Whether what a reading took, or no longer takes, stands on the page all the same (pure).

An extractor wavers: with other furniture around it, it may take a line of the page that it left out the day
before. So a paragraph has only come if it was nowhere on the earlier page, and only gone if it is nowhere on
the later one. That is asked of the two pages only where a change of the text would make an event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import lxml.etree
import lxml.html

from archive.wording.typography import plain, plain_paragraphs
from pipelines.page import Unreadable, read_page
from pipelines.state import State
from pipelines.unseen import drop_unseen
from pipelines.versions.noise import Field, Value

_SILENT = ("script", "style", "template", "noscript")


_BORDER = "\0"  # in no parsed page
# Elements whose beginning and end are no space between words (HTML 3.2.5.2.5, phrasing content).
_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
        ),
        *(
            "ins",
            "kbd",
            "label",
            "mark",
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
        ),
        *("sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)


def page_words(data: bytes, *, url: str, content_type: str | None, content_encoding: str | None) -> str:
    """All that a page shows, in its order, less typesetting, a block a line; empty for no readable page."""
    page = read_page(data, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable):
        return ""
    drop_unseen(page.tree)
    body = page.tree.find("body")
    pieces: list[str] = []
    _collect(page.tree if body is None else body, pieces)
    return "\n".join(line for block in "".join(pieces).split(_BORDER) if (line := plain(block)))


def _collect(element: lxml.html.HtmlElement, pieces: list[str]) -> None:
    """The words below an element, with a border where a block begins or ends."""
    for event, here in lxml.etree.iterwalk(element, events=("start", "end")):
        inline = here.tag in _INLINE
        if event == "start":
            pieces.append("" if inline else _BORDER)
            if here.tag not in _SILENT:
                pieces.append(here.text or "")
        else:
            pieces.append("" if inline else _BORDER)
            pieces.append(here.tail or "")


def wavering(before: State, after: State, earlier_page: str, later_page: str) -> frozenset[Value]:
    """Paragraphs that only one reading took although both pages (as `page_words` gives them) have them."""
    there: set[str] = set()
    beside = ("\n\n".join(before.asides), "\n\n".join(after.asides))
    for one, other in ((before.text, after.text), beside):
        if one is not None and other is not None:
            old, new = set(plain_paragraphs(one)), set(plain_paragraphs(other))
            there.update(_standing(new - old, earlier_page), _standing(old - new, later_page))
    return frozenset(Value(Field.PARAGRAPH, paragraph) for paragraph in there)


def _standing(paragraphs: Collection[str], page: str) -> Iterator[str]:
    """Those that stand on a page: in a row, or of one word, as a line of its own."""
    text, lines = page.replace("\n", " "), set(page.split("\n"))
    return (each for each in paragraphs if each in lines or (" " in each and each in text))
