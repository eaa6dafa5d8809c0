"""Tags with more attributes than any page needs lose them: libxml2 takes quadratic time for those (pure)."""

from __future__ import annotations

import re

import numpy as np

MAX_ATTRIBUTES = 500
LONG_TAG = 10_000  # characters
# From which on each tag is looked at by itself: quoted brackets hide a tag's length from a plain pattern.
MANY_VALUES = 30_000  # `=` in a page
MANY_OPEN = 500  # `<` without `>`

_LONG = re.compile(rb"<[A-Za-z][\w:-]*[\s/][^<>]{%d}" % LONG_TAG)
_ATTRIBUTE = re.compile(rb"[\s/][^\s=/]+(?==)|[\s/][\w:-]+(?=[\s/])")
_START = re.compile(rb"<(?:!--|([A-Za-z][\w:-]*))")
_NEXT = re.compile(rb"""["'>]""")
# The rest of a tag with quotes only around values and with few spaces before these: nearly every one.
_PLAIN_END = re.compile(
    rb"""(?:[^"'>=]++|=[ \t\n\r\v\f]{0,19}+(?:"[^"]*+"|'[^']*+'|(?![ \t\n\r\v\f"'])))*+>"""
)
_SPACES = 20  # between `=` and a value that are looked over
_RAW = frozenset({b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"})


def without_long_tags(markup: bytes) -> bytes:
    """Markup in which no tag has more than `MAX_ATTRIBUTES`; takes time as the markup is long."""
    return _each_tag(markup) if _may_hide_one(markup) or _shows_one(markup) else markup


def _may_hide_one(markup: bytes) -> bool:
    """Whether there are so many values, or open brackets, that a quoted bracket may hide a tag's length."""
    signs = np.frombuffer(markup, np.uint8)  # counts in a quarter of the time that `bytes.count` takes

    def count(sign: bytes) -> int:
        return int(np.count_nonzero(signs == sign[0]))

    return count(b"=") > MANY_VALUES or count(b"<") - count(b">") > MANY_OPEN


def _shows_one(markup: bytes) -> bool:
    """Whether a tag is long as it stands: looked for only where no other begins for as long."""
    start = 0
    while start + LONG_TAG < len(markup):
        later = markup.rfind(b"<", start + 1, start + LONG_TAG + 1)
        if later < 0:
            if _LONG.match(markup, start):
                return True
            later = markup.find(b"<", start + LONG_TAG)
            if later < 0:
                return False
        start = later
    return False


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
    if (plain := _PLAIN_END.match(markup, at)) is not None:
        return plain.end()
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
