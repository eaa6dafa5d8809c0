"""Clean paragraphs out of an extractor's element tree: one line each, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.etree

BREAK = "\x1d"  # stands for a line break while text is being collected; never occurs in page text
# Elements that hold other blocks or start a line of their own. `lb` is a line break, `row` a table row.
_BLOCKS = frozenset(
    {"body", "main", "div", "p", "head", "quote", "list", "item", "table", "row", "code", "comments", "fw"}
)
# Invisible characters that only steer line breaking: soft hyphen, zero width space, word joiner, BOM.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_PARAGRAPH_BREAK = re.compile(rf"{BREAK}(?:\s*{BREAK})+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_WORD = re.compile(r"\w+")


def squeeze(text: str) -> str:
    """Text with every run of white space as one space (line breaks too), and nothing invisible."""
    return " ".join((text if text.isascii() else _INVISIBLE.sub("", text)).split())


def fold(text: str) -> str:
    """The letters and digits of a text, case and spacing folded: for comparing, never for keeping."""
    return " ".join(_WORD.findall(text.casefold()))


def paragraphs(body: lxml.etree._Element) -> list[str]:
    """The paragraphs of an extracted body, squeezed, none empty.

    Two line breaks in a row separate paragraphs (older pages know nothing else), one joins lines: in
    pages it is far more often a wrapped line than verse. In preformatted text an empty line separates.
    """
    found: list[str] = []
    for raw, preformatted in _runs(body):
        pieces = _PARAGRAPH_BREAK.split(raw)
        if preformatted:
            pieces = [part for piece in pieces for part in _BLANK_LINE.split(piece)]
        found.extend(text for piece in pieces if (text := squeeze(piece.replace(BREAK, " "))))
    return found


def _runs(body: lxml.etree._Element) -> Iterator[tuple[str, bool]]:
    """(text, is it from a preformatted block) for each stretch of text between block borders.

    Iterative, because hostile pages nest deeper than Python recurses.
    """
    collected: list[str] = []
    flat = 0  # depth inside quote or code without blocks of their own: `pre` arrives as these
    for event, element in lxml.etree.iterwalk(body, events=("start", "end")):
        block = element.tag in _BLOCKS
        pre = element.tag in ("quote", "code") and not any(child.tag in _BLOCKS for child in element)
        if event == "start":
            if block:
                yield "".join(collected), flat > 0
                collected = []
            flat += pre
            if element.tag == "lb":
                collected.append(BREAK)
            elif element.tag == "cell" and collected:
                collected.append(" ")
            collected.append(element.text or "")
        else:
            if block:
                yield "".join(collected), flat > 0
                collected = []
            flat -= pre
            if element is not body:
                collected.append(element.tail or "")
    yield "".join(collected), False
