"""Tags with more attributes than any page needs lose them: libxml2 takes quadratic time for those (pure)."""

from __future__ import annotations

import re

MAX_ATTRIBUTES = 500
LONG_TAG = 10_000  # characters
# From which on each tag is looked at by itself: quoted brackets hide a tag's length from a plain pattern.
MANY_VALUES = 30_000  # `=` in a page
MANY_OPEN = 500  # `<` without `>`

_LONG = re.compile(rb"<[A-Za-z][\w:-]*[\s/][^<>]{%d}" % LONG_TAG)
_ATTRIBUTE = re.compile(rb"[\s/][^\s=/]+(?==)|[\s/][\w:-]+(?=[\s/])")
_START = re.compile(rb"<(?:!--|([A-Za-z][\w:-]*))")
_NEXT = re.compile(rb"""["'>]""")
_SPACES = 20  # between `=` and a value that are looked over
_RAW = frozenset({b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"})


def without_long_tags(markup: bytes) -> bytes:
    """Markup in which no tag has more than `MAX_ATTRIBUTES`; takes time as the markup is long."""
    hidden = markup.count(b"=") > MANY_VALUES or markup.count(b"<") - markup.count(b">") > MANY_OPEN
    is_long = max(map(len, markup.split(b"<"))) > LONG_TAG
    return _each_tag(markup) if hidden or (is_long and _LONG.search(markup)) else markup


def _few(tag: bytes, name: bytes) -> bytes:
    return b"<" + name + b">" if len(_ATTRIBUTE.findall(tag)) > MAX_ATTRIBUTES else tag


def _each_tag(markup: bytes) -> bytes:
    """The same, tag by tag as a browser reads them: what is quoted ends none (HTML, 13.2.5)."""
    lower = markup.lower()
    pieces: list[bytes] = []
    at = 0
    while (start := _START.search(markup, at)) is not None:
        name = start[1]
        end = _end_of(markup, start.end()) if name else _after(markup, b"-->", start.end())
        pieces.append(markup[at : start.start()])
        tag = markup[start.start() : end]
        pieces.append(_few(tag, name) if name and len(tag) > LONG_TAG else tag)
        at = end
        if name and name.lower() in _RAW:  # what is in it is no markup, up to its own end
            close = lower.find(b"</" + name.lower(), at)
            close = len(markup) if close < 0 else close
            pieces.append(markup[at:close])
            at = close
    return b"".join([*pieces, markup[at:]])


def _end_of(markup: bytes, at: int) -> int:
    """Where a tag ends: behind the first `>` that is not quoted, or with the page."""
    while (found := _NEXT.search(markup, at)) is not None:
        if found[0] == b">":
            return found.end()
        # A quote opens a value only behind `=`; elsewhere it is a part of a name.
        opens = markup[max(0, found.start() - _SPACES) : found.start()].rstrip().endswith(b"=")
        at = _after(markup, found[0], found.end()) if opens else found.end()
    return len(markup)


def _after(markup: bytes, what: bytes, at: int) -> int:
    found = markup.find(what, at)
    return len(markup) if found < 0 else found + len(what)
