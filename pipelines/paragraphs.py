"""Clean paragraphs out of an extractor's element tree: one line each, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import lxml.etree

BREAK = "\x1d"  # stands for a line break while text is being collected; never occurs in page text
# Elements that hold other blocks or start a line of their own. `lb` is a line break, `row` a table row.
_BLOCKS = frozenset(
    {"body", "main", "div", "p", "head", "quote", "list", "item", "table", "row", "code", "comments", "fw"}
)
# Invisible characters that only steer line breaking: soft hyphen, zero width space, word joiner, BOM.
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_PARAGRAPH_BREAK = re.compile(rf"{BREAK}(?:\s*{BREAK})+")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_WORD = re.compile(r"\w+")
_KEPT_LENGTH = 4000  # characters of a text that is kept with what it was folded to
_BEGINNING = 4  # times the wanted length: as much of a text is squeezed first
# What `fold` makes of each ASCII character: a small letter or a digit as it is, of all others a space.
_FOLDED = bytes(ord(c.lower()) if _WORD.match(c) else 0x20 for c in map(chr, range(0x80))).ljust(0x100)


def squeeze(text: str) -> str:
    """Text with every run of white space as one space (line breaks too), and nothing invisible."""
    if not text.isascii():
        for sign in _INVISIBLE:
            text = text.replace(sign, "")
    return " ".join(text.split())


def lowered(text: str) -> str:
    """A text in small letters, each as a pattern that ignores case takes it: for asking what it could find.

    Such a pattern takes the long s for an `s`, and for `i` the capital with a dot and the small one without.
    """
    if text.isascii():
        return text.lower()
    return text.casefold().replace("\u0307", "").replace("\u0131", "i")


def is_longer(text: str, most: int) -> bool:
    """Whether more than so many characters are left of a text that is squeezed.

    Of most texts the beginning tells.
    """
    start = text[: _BEGINNING * most]
    return len(squeeze(start)) > most or (len(start) < len(text) and len(squeeze(text)) > most)


def fold(text: str) -> str:
    """The letters and digits of a text, case and spacing folded: for comparing, never for keeping."""
    return _folded(text) if len(text) <= _KEPT_LENGTH else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():  # most texts of most pages, and two and a half times as fast
        return " ".join(text.encode().translate(_FOLDED).decode().split())
    return " ".join(_WORD.findall(text.casefold()))


_folded = lru_cache(maxsize=4096)(_fold)  # steps compare the same paragraphs, pages the same furniture


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
