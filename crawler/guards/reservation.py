"""What a site says about keeping its pages: noarchive, and the reservation of text and data mining (pure)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from config.source import Policy

NOARCHIVE, TDM_RESERVED = "noarchive", "tdm_reserved"

_BEGINNING = 128 * 1024  # bytes of the page; its head ends long before
_META = re.compile(rb"<meta\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"</head\b|<body\b", re.IGNORECASE)
_AGENT = re.compile(r"\s*([a-z0-9_-]+)\s*:(.*)", re.IGNORECASE | re.DOTALL)
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})


def reservation(
    exchange: Exchange, policy: Policy, robot: str, *, page: bool, tdm_file: bool | None = None
) -> str | None:
    """Why an answer must not be kept: `noarchive`, `tdm_reserved`, or None.

    Read are `X-Robots-Tag` and `TDM-Reservation` in the head and, of a `page`, the `meta` elements of the
    same names. `robot` is our product token, lower case: a directive for another robot by name is not for us.
    `tdm_file` is what the site's file says of the address: the head is right against it, and the page against
    both. Sources: the robots meta tag as search engines document it, and the TDM Reservation Protocol (W3C
    community group report, 2024), "Processing priority".
    """
    archive, mining = policy.noarchive == "honour", policy.tdm_reservation == "honour"
    metas = tuple(_metas(exchange)) if page and (archive or mining) else ()
    if archive and any(_says_noarchive(value, robot) for value in _fields(exchange, "x-robots-tag")):
        return NOARCHIVE
    if archive and any(name in {"robots", robot} and NOARCHIVE in _directives(said) for name, said in metas):
        return NOARCHIVE
    in_page = _told(said for name, said in metas if name == "tdm-reservation")
    in_head = _told(_fields(exchange, "tdm-reservation"))
    told = next((said for said in (in_page, in_head, tdm_file) if said is not None), None)
    return TDM_RESERVED if mining and told else None


def _told(values: Iterable[str]) -> bool | None:
    """What the values of a reservation say together; None if nothing: 0 and 1 are all that they can be."""
    said = {value.strip() for value in values} & {"0", "1"}
    return "1" in said if said else None


def _fields(exchange: Exchange, wanted: str) -> Iterator[str]:
    return (value for name, value in exchange.headers if name.lower() == wanted)


def _says_noarchive(value: str, robot: str) -> bool:
    """Of `X-Robots-Tag: noindex, noarchive` or `X-Robots-Tag: dateline: noarchive`."""
    named = _AGENT.fullmatch(value)
    if named is None or named[1].lower() in _WITH_VALUE:
        return NOARCHIVE in _directives(value)
    return named[1].lower() == robot and NOARCHIVE in _directives(named[2])


def _directives(text: str) -> set[str]:
    return {directive.strip().lower() for directive in text.split(",")}


def _metas(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Name (lower case) and content of the `meta` elements of a page's head."""
    start = _beginning(exchange)
    end = _END_OF_HEAD.search(start)
    for element in _META.finditer(start, 0, end.start() if end else len(start)):
        found = {
            match[1].lower(): next((part for part in match.groups()[1:] if part is not None), b"")
            for match in _ATTRIBUTE.finditer(element[1])
        }
        yield found.get(b"name", b"").decode("latin-1").lower(), found.get(b"content", b"").decode("latin-1")


def _beginning(exchange: Exchange) -> bytes:
    """The first bytes of the page itself; none where its coding can't be undone."""
    coding = (exchange.header("Content-Encoding") or "").strip().lower()
    if coding in {"", "identity"}:
        return exchange.body[:_BEGINNING]
    try:
        if coding in {"gzip", "x-gzip"}:
            return zlib.decompressobj(wbits=31).decompress(exchange.body, _BEGINNING)
        return decode_body(exchange.body, coding, 32 * _BEGINNING)[:_BEGINNING]
    except (zlib.error, ContentCodingError):
        return b""
