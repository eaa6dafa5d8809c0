"""Does a page's markup end where it should? A body can be cut without the transport noticing (pure)."""

from __future__ import annotations

import re

_TAIL = 4096  # bytes at the end that are looked at for an open tag
_HTML = re.compile(rb"<(?:html|head|!doctype html)\b", re.IGNORECASE)
_OPEN_TAG = re.compile(rb"<[A-Za-z/!][^<>]*\Z")
_END = re.compile(rb"</(?:html|body)\s*>|<plaintext|</frameset", re.IGNORECASE)
# Where markup is no markup: up to its own end, which is looked for once, so that time stays linear.
_RAW = re.compile(rb"<!--|<(script|style|textarea|template|title|svg)\b", re.IGNORECASE)
# The elements whose end tag may never be left out (HTML, 13.1.2.4) and which pages are built of.
_HOLDER = re.compile(rb"<(/?)(?:div|article|section|main)\b")
LEAST_OPEN = 2  # one too many is a slip of a template, not a cut


def is_cut(markup: bytes) -> bool:
    """Whether a page ends in the middle: inside a tag, or with its containers open.

    `</body>` and `</html>` alone may be left out (HTML, 13.1.2.4), so their absence says nothing by itself.
    """
    end = markup.rstrip(b"\0\t\n\f\r ")
    if not _HTML.search(end[:_TAIL]) or _END.search(end[-_TAIL:]) or _END.search(end):
        return False
    if _OPEN_TAG.search(end[-_TAIL:]):
        return True
    tags = _HOLDER.findall(_spoken(end))
    return len(tags) - 2 * sum(bool(closing) for closing in tags) >= LEAST_OPEN


def _spoken(markup: bytes) -> bytes:
    """Markup without comments, scripts and the like; one that does not end takes all that follows."""
    lower = markup.lower()
    pieces: list[bytes] = []
    at = 0
    while found := _RAW.search(lower, at):
        pieces.append(lower[at : found.start()])
        end = b"-->" if found[1] is None else b"</" + found[1]
        at = lower.find(end, found.end())
        if at < 0:
            return b"".join(pieces)
        at += len(end)
    return b"".join([*pieces, lower[at:]])
