"""One page, decoded and parsed once; everything that reads it shares the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html

from archive.charset import Decoded, decode_text
from archive.content_coding import ContentCodingError, decode_body
from pipelines.gate.whole import is_cut
from pipelines.long_tags import without_long_tags

MAX_DECODED = 32 << 20  # bytes of a decoded page
MAX_DEPTH = 255  # nesting that the extractors, which recurse, can follow

PARSER_DEPTH = 2000  # libxml2 stops near 2,048, silently
_NESTING_TAG = re.compile(
    rb"</?(?:div|span|section|font|center|b|i|u|em|strong|small|big|table|tbody|tr|td|ul|li)\b[^<>]*>",
    re.IGNORECASE,
)
# Characters that XML can't hold and lxml refuses: C0 controls, lone surrogates, non-characters.
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if chr(code) not in "\t\n\f\r")
_NO_CHARACTERS = "\ufffe\uffff"
# One step a level: the parser's own code looks whether anything is as deep, in a tenth of the time of a walk.
_DEEP = lxml.etree.XPath(f"boolean({'/*' * MAX_DEPTH}/*)")


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page.

    Attributes:
        url: the address it came from (after redirects).
        base: what relative addresses in it are relative to.
        tree: the root `html` element, without comments and processing instructions.
        encoding, encoding_source: the character encoding used, and how it was chosen (`Decoded.source`).
    """

    url: str
    base: str
    tree: lxml.html.HtmlElement
    encoding: str
    encoding_source: str

    def absolute(self, reference: str | None) -> str | None:
        """`reference` as an absolute http or https address; None if it is something else or malformed."""
        reference = re.sub(r"[\t\r\n]", "", reference or "").strip()
        if not reference:
            return None
        try:
            joined = urljoin(self.base, reference)
            parts = urlsplit(joined)
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return None
        return joined.replace(" ", "%20")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body that is no readable page, and why.

    `empty`, `truncated`, `not_html`, or a `ContentCodingError.reason`.
    """

    reason: str


def read_page(
    body: bytes, *, url: str, content_type: str | None, content_encoding: str | None, cap: int = MAX_DECODED
) -> Page | Unreadable:
    """Decode and parse a response body. Never raises on hostile input; the reason says what was wrong.

    But for MemoryError, where a process may use only so much.
    """
    try:
        plain = decode_body(body, content_encoding, cap)
    except ContentCodingError as error:
        return Unreadable(error.reason)
    if not plain.strip(b"\0\t\n\f\r "):
        return Unreadable("empty")
    if is_cut(plain):
        return Unreadable("truncated")
    return parse(decode_text(plain, content_type), url=url)


def parse(decoded: Decoded, *, url: str) -> Page | Unreadable:
    """Parse characters into a tree that is never deeper than `MAX_DEPTH`."""
    markup = _fit(decoded.text)
    tree = _tree(markup)
    if tree is not None and _flatten(tree) >= PARSER_DEPTH:
        # The parser has left out what was deeper: once more, without the tags that only nest.
        tree = _tree(_NESTING_TAG.sub(b" ", markup))
        if tree is not None:
            _flatten(tree)
    if tree is None:
        return Unreadable("not_html")
    return Page(url, _base(tree, url), tree, decoded.encoding, decoded.source)


def _fit(text: str) -> bytes:
    """UTF-8 that the parser takes, and takes in bounded time.

    Bytes, not text: passes over them cost next to nothing, and lxml refuses text with an XML declaration.
    """
    plain = text.encode("utf-8", "ignore")
    if _has_controls(plain):
        plain = plain.translate(None, _CONTROLS)
    for absent in _NO_CHARACTERS:
        if absent in text:
            plain = plain.replace(absent.encode(), b"")
    return without_long_tags(plain)


def _has_controls(markup: bytes) -> bool:
    """Whether any of `_CONTROLS` is there: told in a third of the time that taking them out takes."""
    import numpy as np  # noqa: PLC0415 - as in `long_tags`

    signs = np.frombuffer(markup, np.uint8)
    low = signs.min(initial=0xFF) < ord("\t")
    above = signs - np.uint8(0x0E)  # the white space that is allowed turns into 251 and more
    high = above.min(initial=0xFF) < ord(" ") - 0x0E
    return bool(low or high or b"\x0b" in markup or b"\x7f" in markup)


def _tree(markup: bytes) -> lxml.html.HtmlElement | None:
    parser = lxml.etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False
    )
    # Without lxml.html's own look-up, which runs in Python for every element that is touched.
    parser.set_element_class_lookup(lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
    try:
        return lxml.html.document_fromstring(markup, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError, AssertionError) as error:
        # A parser that got no more memory also says that there is no document.
        if any(entry.type == lxml.etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
            raise MemoryError("parsing a page") from error
        return None


def _base(tree: lxml.html.HtmlElement, url: str) -> str:
    href = next((e.get("href") for e in tree.iterfind(".//base[@href]")), None)
    try:
        base = urljoin(url, (href or "").strip())
    except ValueError:
        return url
    return base if base.startswith(("http://", "https://")) else url


def _flatten(tree: lxml.html.HtmlElement) -> int:
    """Dissolve the elements below `MAX_DEPTH` into their ancestor there; the text stays.

    Returns:
        The depth that the tree had; 0 if it was less than `MAX_DEPTH`.
    """
    if not _DEEP(tree):
        return 0
    depth = deepest = 0
    deep: list[lxml.html.HtmlElement] = []
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if event == "start" and depth == MAX_DEPTH and len(element):
            deep.append(element)
    for element in deep:
        lxml.etree.strip_tags(element, "*")
    return deepest
