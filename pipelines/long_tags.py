"""Tags with more attributes than any page needs lose them: libxml2 takes quadratic time for those (pure)."""

from __future__ import annotations

import re
from itertools import islice

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
    import numpy as np  # noqa: PLC0415 - a tenth of a second, which a crawl's own process need not spend

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
    many = next(islice(_ATTRIBUTE.finditer(tag), MAX_ATTRIBUTES, None), None)
    return tag if many is None else b"<" + name + b">"


def _each_tag(markup: bytes) -> bytes:
    """The same, tag by tag as a browser reads them: what is quoted ends none (HTML, 13.2.5)."""
    lower = markup.lower()
    pieces: list[bytes] = []
    done = at = 0
    while (start := _START.search(markup, at)) is not None:
        name = start[1]
        at = _end_of(markup, start.end()) if name else _after(markup, b"-->", start.end())
        if name and at - start.start() > LONG_TAG:
            pieces += (markup[done : start.start()], _few(markup[start.start() : at], name))
            done = at
        if name and (raw := name.lower()) in _RAW:  # what is in it is no markup, up to its own end
            close = lower.find(b"</" + raw, at)
            at = len(markup) if close < 0 else close
    return b"".join([*pieces, markup[done:]])


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
