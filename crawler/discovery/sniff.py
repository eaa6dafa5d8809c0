"""What a document really is: servers label feeds as HTML, sitemaps as text, and error pages as anything."""

from __future__ import annotations

import codecs
import re
import zlib
from enum import StrEnum

_HEAD = 16 * 1024  # bytes to look at; comments and style sheets before the root element are seldom longer
_GZIP_MAGIC = b"\x1f\x8b"
_MAX_LAYERS = (
    2  # a .gz file sent with Content-Encoding: gzip that the downloader already took off, and one more
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<![A-Za-z][^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_TAG = re.compile(r"<(?:html|head|body|a|div|p)\b", re.IGNORECASE)
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


class BodyKind(StrEnum):
    """Kinds of bodies that discovery tells apart."""

    FEED = "feed"  # RSS, RDF, Atom, CDF
    JSON_FEED = "json feed"
    URLSET = "sitemap"
    SITEMAP_INDEX = "sitemap index"
    URL_LIST = "list of URLs"
    HTML = "html"
    EMPTY = "empty"
    OTHER = "something else"


_ROOTS = {
    "rss": BodyKind.FEED,
    "rdf": BodyKind.FEED,
    "feed": BodyKind.FEED,
    "channel": BodyKind.FEED,
    "urlset": BodyKind.URLSET,
    "sitemapindex": BodyKind.SITEMAP_INDEX,
    "html": BodyKind.HTML,
    "head": BodyKind.HTML,
    "body": BodyKind.HTML,
}


def sniff(body: bytes) -> BodyKind:
    """Tell what an (unpacked) body is from its root element or first characters."""
    text = _head_text(body)
    if not text:
        return BodyKind.EMPTY
    if text[0] in "{[":
        return BodyKind.JSON_FEED if "jsonfeed.org" in text or '"items"' in text else BodyKind.OTHER
    if _URL_LINE.match(text):
        return BodyKind.URL_LIST
    at = 0
    while prolog := _PROLOG.match(text, at):
        if prolog.group().lower().startswith("<!doctype html"):
            return BodyKind.HTML
        at = prolog.end()
    root = _ROOT.match(text, at)
    if root and root[1].lower() in _ROOTS:
        return _ROOTS[root[1].lower()]
    return (
        BodyKind.HTML
        if root and re.search(r"<(?:html|head|body|a|div|p)\b", text, re.IGNORECASE)
        else BodyKind.OTHER
    )


def unpack(body: bytes, *, limit: int) -> tuple[bytes, tuple[str, ...]]:
    """Take gzip off a body, at most two layers and `limit` bytes; what is broken gives what it can.

    Returns:
        The bytes and notes: `gzip cut at N bytes`, `gzip broken: ...`.
    """
    notes: list[str] = []
    for _ in range(_MAX_LAYERS):
        if not body.startswith(_GZIP_MAGIC):
            break
        body, note = _gunzip(body, limit)
        notes += [note] if note else []
    if len(body) > limit:
        body = body[:limit]
        notes.append(f"cut at {limit} bytes")
    return body, tuple(notes)


def _gunzip(body: bytes, limit: int) -> tuple[bytes, str | None]:
    parts: list[bytes] = []
    room, rest = limit, body
    while rest.startswith(_GZIP_MAGIC):  # a gzip file may have several members
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            part = member.decompress(rest, room)
        except zlib.error as error:
            # zlib gives nothing for a call that fails, so go in small steps to keep what is readable.
            parts.append(_readable(rest, room))
            return b"".join(parts), f"gzip broken: {error}"
        parts.append(part)
        room -= len(part)
        if not member.eof:
            return b"".join(
                parts
            ), f"gzip cut at {limit} bytes" if room <= 0 else "gzip broken: ends too soon"
        if room <= 0:
            return b"".join(parts), f"gzip cut at {limit} bytes"
        rest = member.unused_data
    return b"".join(parts), None


def _readable(data: bytes, room: int, step: int = 1024) -> bytes:
    member, parts = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), bytearray()
    for at in range(0, len(data), step):
        if len(parts) >= room:
            break
        try:
            parts += member.decompress(data[at : at + step], room - len(parts))
        except zlib.error:
            break
    return bytes(parts)


def _head_text(body: bytes) -> str:
    head = body[:_HEAD]
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace").strip()
    if head[:4] == b"<\x00?\x00":
        return head.decode("utf-16-le", "replace").strip()
    if head[:4] == b"\x00<\x00?":
        return head.decode("utf-16-be", "replace").strip()
    return head.replace(b"\x00", b"").decode("latin-1").strip()
