"""Parses a page for replay into a tree that is never larger than what one answer may cost.

The tree is built by our own hand from the parser's events: libxml2 takes quadratic time to build elements
with many attributes (80,000 of them: half a minute), while its tokenizer, which feeds us, is linear.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from lxml import etree

ATTRIBUTES = 100  # of one element that are read
DEPTH = 500  # of nesting; what is deeper lies beside what holds it
SECONDS = 5.0  # of this thread's CPU that one page may cost, writing included

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.IGNORECASE)
_ONCE = ("html", "head", "body")
_OTHER = "x-other"  # in the place of a name that no element of HTML has


class TooCostlyError(Exception):
    """A page that takes more than `SECONDS` to be read or written."""


class Allowance:
    """What is left of the CPU time that one page may cost this thread."""

    def __init__(self, seconds: float = SECONDS, clock: Callable[[], float] = time.thread_time) -> None:
        self._clock, self._end = clock, clock() + seconds

    def check(self) -> None:
        """Raise TooCostlyError if nothing is left."""
        if self._clock() > self._end:
            raise TooCostlyError


def parse_page(text: str, allowance: Allowance) -> etree._Element | None:
    """The root `html` element, without comments and processing instructions; None if there is no markup.

    Names are plain ones or `x-other`, and no character is one that XML cannot hold. Raises TooCostlyError.
    """
    clean = _CONTROL.sub(" ", text)
    if not clean.strip():
        return None
    builder = _Builder(allowance)
    parser = etree.HTMLParser(
        target=builder,  # type: ignore[arg-type]  # it is given str alone, never bytes
        encoding="utf-8",
        huge_tree=True,
        no_network=True,
    )
    try:
        parser.feed(clean.encode())
        parser.close()
    except etree.XMLSyntaxError:  # a document without an element: nothing but comments
        return builder.root
    return builder.root


class _Builder:
    """A parser target (lxml, "the target parser interface")."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._open: list[etree._Element] = []
        self._known: dict[str, etree._Element] = {}  # html, head and body, of which there is one each
        self._said: list[str] = []
        self._last: etree._Element | None = None  # the element that ended last, inside the open one
        self._beyond = 0  # elements open that are too deep
        self.root: etree._Element | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._allowance.check()
        if len(self._open) >= DEPTH:
            self._beyond += 1
            return
        self._write()
        name = tag.lower()
        made = self._known.get(name) if name in _ONCE else None
        if made is None:
            made = self._made(name if _NAME.fullmatch(name) else _OTHER, _few(attributes))
        self._last = made[-1] if len(made) else None  # it goes on where markup follows `</html>`
        self._open.append(made)

    def _made(self, name: str, attributes: dict[str, str]) -> etree._Element:
        if self.root is None:
            made = self.root = etree.Element(name, attributes)
        else:
            made = etree.SubElement(self._open[-1] if self._open else self.root, name, attributes)
        if name in _ONCE:
            self._known[name] = made
        return made

    def end(self, tag: str) -> None:  # noqa: ARG002 - libxml2 ends what it began, in order
        """The innermost element ends."""
        if self._beyond:
            self._beyond -= 1
        elif self._open:
            self._write()
            self._last = self._open.pop()

    def data(self, text: str) -> None:
        """Characters."""
        self._said.append(text)

    def comment(self, text: str) -> None:
        """Comments are left out."""

    def pi(self, target: str, data: str | None = None) -> None:
        """So are processing instructions."""

    def close(self) -> None:
        """The page ends."""
        self._write()

    def _write(self) -> None:
        if not self._said:
            return
        said, self._said = _CONTROL.sub(" ", "".join(self._said)), []
        if self._last is not None:
            self._last.tail = (self._last.tail or "") + said
        elif self._open:
            self._open[-1].text = (self._open[-1].text or "") + said


def _few(attributes: Mapping[str, str]) -> dict[str, str]:
    """The first attributes with plain names (`xlink:href` and the like are on no list of ours)."""
    found: dict[str, str] = {}
    for name, value in attributes.items():
        if len(found) >= ATTRIBUTES:
            break
        if _NAME.fullmatch(name):
            found.setdefault(name.lower(), _CONTROL.sub(" ", value or ""))
    return found
