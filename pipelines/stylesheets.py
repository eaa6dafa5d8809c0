"""Which style sheets a page is shown with: those that it links to, and those that these import.

Functions of bytes, for worker processes: markup and style sheets are a stranger's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html

from archive.charset import decode_text
from archive.content_coding import ContentCodingError, decode_body
from pipelines.page import Unreadable, read_page

MOST = 30  # style sheets of one page
LARGEST = 2 << 20  # bytes of one; what replay writes anew
LONGEST = 2048  # characters of an address
_MOST_IMPORTS = 100  # that are read out of one style sheet

_BLANK = r"(?:[ \t\r\n\f]|/\*(?:[^*]|\*(?!/))*+\*/|<!--|-->)*+"
_STRING = r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'"
_BARE = r"[^\s\"'()\\]*+"
_BEFORE_RULES = re.compile(
    rf"{_BLANK}@(?:import{_BLANK}(?:(?P<string>{_STRING})"
    rf"|url\([ \t\r\n\f]*+(?P<url>{_STRING}|{_BARE})[ \t\r\n\f]*+\))"
    rf"|charset|layer)(?:{_STRING}|[^;{{}}\"'])*+;",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|\n|(.))", re.DOTALL)


def linked(
    body: bytes, *, url: str, content_type: str | None, content_encoding: str | None
) -> tuple[str, ...]:
    """Addresses of a page's style sheets in order: `<link rel=stylesheet>`, and what `<style>` imports.

    Alternative style sheets are left out, as a browser leaves them out until it is asked (HTML, 4.6.7.6).
    A page that cannot be read has none.
    """
    page = read_page(body, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable):
        return ()
    found: dict[str, None] = {}
    for element in page.tree.iter("link", "style"):
        for address in _named(element, page.base):
            found[address] = None
            if len(found) >= MOST:
                return tuple(found)
    return tuple(found)


def imported(
    body: bytes, *, url: str, content_type: str | None, content_encoding: str | None
) -> tuple[str, ...]:
    """Addresses that a style sheet imports, in order; none if it is none, or cannot be decoded.

    `url` is where it came from in the end: relative addresses start from there (CSS Values 4, 4.5.1).
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in {"", "text/css"}:
        return ()
    try:
        plain = decode_body(body, content_encoding, LARGEST)
    except ContentCodingError:
        return ()
    return tuple(dict.fromkeys(_absolute(_imports(decode_text(plain, content_type).text), url)))


def _named(element: lxml.html.HtmlElement, base: str) -> Iterator[str]:
    if element.tag == "style":
        yield from _absolute(_imports(element.text or ""), base)
        return
    relations = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "text/css").partition(";")[0].strip().lower()
    if "stylesheet" in relations and "alternate" not in relations and kind == "text/css":
        yield from _absolute(iter([element.get("href") or ""]), base)


def _imports(text: str) -> Iterator[str]:
    """What the `@import` rules name, which stand before all others (CSS Cascade 5, 2)."""
    position = found = 0
    while found < _MOST_IMPORTS and (rule := _BEFORE_RULES.match(text, position)):
        position = rule.end()
        named = rule["string"] or rule["url"]
        if named:
            found += 1
            yield _ESCAPE.sub(_meant, named[1:-1] if named[0] in "\"'" else named)


def _meant(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return escape[2] or ""
    code = int(escape[1], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - surrogates


def _absolute(references: Iterator[str], base: str) -> Iterator[str]:
    """As absolute web addresses without fragments; what is none is left out."""
    for reference in references:
        if not reference.strip():
            continue
        try:
            address = urljoin(base, reference.strip()).partition("#")[0].replace(" ", "%20")
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.netloc and len(address) <= LONGEST:
            yield address
