"""Feeds: RSS 0.90 to 2.0, RDF, Atom (through feedparser) and JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import calendar
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from crawler.candidate import FoundBy
from crawler.discovery.collect import Collector
from crawler.discovery.document import Discovered
from crawler.discovery.hints import in_utc, read_date
from crawler.discovery.sniff import BodyKind, sniff, unpack

MAX_FEED_BYTES = 8 * 1024 * 1024  # broken XML is read at about 1 MB a second
MAX_ENTRIES = 5000

_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<((?:\w+:)?(rss|rdf|feed|channel))[\s>]", re.IGNORECASE)


def read_feed(
    body: bytes, *, url: str, content_type: str | None = None, max_entries: int = MAX_ENTRIES
) -> Discovered:
    """Read what a feed names; never raises, what cannot be read becomes a note.

    Args:
        body: as received, less content encodings; gzip files are unpacked.
        url: address of the feed, for relative links.
        content_type: header value, which may name the charset.
        max_entries: entries to read at most.
    """
    body, notes = unpack(body, limit=MAX_FEED_BYTES)
    kind = sniff(body)
    if kind is BodyKind.JSON_FEED:
        found = _read_json(body, url, max_entries)
    elif kind in {BodyKind.FEED, BodyKind.OTHER} and b"<" in body:
        found = _read_xml(body, url, content_type, max_entries)
    else:
        found = Discovered(notes=(f"not a feed: {kind}",))
    return Discovered(found.candidates, found.documents, notes + found.notes)


def _read_xml(body: bytes, url: str, content_type: str | None, max_entries: int) -> Discovered:
    collector = Collector(FoundBy.FEED, url)
    body, cut = _cut(body, max_entries)
    if cut:
        collector.note(f"cut at {max_entries} entries")
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    try:
        # As a stream: feedparser opens files and addresses that it is given as text or bytes.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError) as error:
        # feedparser's loose parser has let all of these out on garbage.
        collector.note(f"unreadable: {type(error).__name__}")
        return collector.result()
    if not parsed.version and not parsed.entries:
        collector.note("not a feed: xml without entries")
        return collector.result()
    if parsed.bozo and not _harmless(parsed.get("bozo_exception")):
        collector.note(f"broken xml, read in part: {type(parsed.get('bozo_exception')).__name__}")
    for entry in parsed.entries[:max_entries]:
        link = _link(entry)
        if link is None:
            collector.note("entries without link")
            continue
        collector.add(
            link,
            title=_text(entry.get("title")),
            published=_from_struct(dict.get(entry, "published_parsed")),
            # By dict.get: feedparser's own would answer with the date of publication, and warn.
            modified=_from_struct(dict.get(entry, "updated_parsed")),
        )
    return collector.result()


def _read_json(body: bytes, url: str, max_entries: int) -> Discovered:
    collector = Collector(FoundBy.FEED, url)
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        collector.note(f"unreadable: {type(error).__name__}")
        return collector.result()
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        collector.note("not a feed: json without items")
        return collector.result()
    if len(items) > max_entries:
        collector.note(f"cut at {max_entries} entries")
    for item in items[:max_entries]:
        # `external_url` is the page that a link blog speaks of: somebody else's.
        link = _first_text(item, ("url", "id")) if isinstance(item, dict) else None
        if link is None or ("://" not in link and "url" not in item):  # an id may be a bare number
            collector.note("entries without link")
            continue
        collector.add(
            link,
            title=_text(item.get("title")),
            published=read_date(_text(item.get("date_published"))),
            modified=read_date(_text(item.get("date_modified"))),
        )
    return collector.result()


def _cut(body: bytes, max_entries: int) -> tuple[bytes, bool]:
    """Cut a feed before the first entry too many and close it, so that the rest is never parsed."""
    for number, start in enumerate(_ENTRY.finditer(body)):
        if number == max_entries:
            return body[: start.start()] + _closing(body), True
    return body, False


def _closing(body: bytes) -> bytes:
    """End tags for a feed cut after an entry; RSS 2.0 has entries in its channel, RDF beside it."""
    root = _ROOT.search(body)
    if root is None:
        return b""
    return (b"</channel>" if root[2].lower() == b"rss" else b"") + b"</" + root[1] + b">"


def _harmless(error: object) -> bool:
    """Whether the trouble is only a label: the bytes were read with the charset they have."""
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return error is None or isinstance(error, harmless)


def _link(entry: Mapping[str, Any]) -> str | None:
    """The entry's page: where a feed service counts clicks, the page behind it."""
    return _first_text(entry, ("feedburner_origlink", "link")) or next(
        (_text(link.get("href")) for link in entry.get("links", ()) if link.get("rel") == "alternate"), None
    )


def _first_text(mapping: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    return next((text for key in keys if (text := _text(mapping.get(key)))), None)


def _text(value: object) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def _from_struct(value: struct_time | None) -> datetime | None:
    if value is None:
        return None
    try:
        return in_utc(datetime.fromtimestamp(calendar.timegm(value), UTC))
    except (ValueError, OverflowError, OSError):
        return None
