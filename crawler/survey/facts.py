"""What a page or a feed says about itself (pure; runs in a worker: what it reads may be hostile)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
from lxml import etree

from crawler.discovery.section import parse_page
from crawler.discovery.sniff import BodyKind, sniff, unpack
from crawler.urls import Refusal, clean_url

MAX_BYTES = 8 << 20
_LEAST_TEXT = 200  # characters that a page shows without scripts, if it shows anything
_FULL = 600  # characters of an entry that has its whole text
_MOST_OFFSETS = 200
_ISO = re.compile(rb"(?<!\d)((?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.\d+)?([+-]\d\d:?\d\d)(?!\d)")
_MAIL = re.compile(rb"(\d{1,2} [A-Z][a-z]{2} (?:19|20)\d\d \d\d:\d\d(?::\d\d)?) ([+-]\d{4})(?!\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_FORMS = {"rss": "RSS", "ato": "Atom", "cdf": "CDF"}
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head"})


@dataclass(frozen=True, slots=True)
class PageFacts:
    """As in `Findings` and `SectionFound`; `translations` are the site's homes in other languages."""

    language: str | None = None
    site_name: str | None = None
    shell: bool = False
    translations: tuple[str, ...] = ()
    offsets: tuple[tuple[datetime, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What `FeedFound` says beside the entries."""

    form: str
    excerpts: bool
    language: str | None = None
    offsets: tuple[tuple[datetime, int], ...] = ()


def page_facts(body: bytes, *, url: str, content_type: str | None) -> PageFacts:
    """Read what a page says about itself; never raises for what a server sent."""
    root = parse_page(body[:MAX_BYTES], content_type)
    if root is None:
        return PageFacts()
    scripts = sum(1 for _ in root.iter("script"))
    return PageFacts(
        language=_tag(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")),
        site_name=_site_name(root),
        shell=scripts > 0 and _shown(root) < _LEAST_TEXT,
        translations=tuple(_translations(root, url)),
        offsets=tuple(offsets_in(body)),
    )


def feed_facts(body: bytes) -> FeedFacts:
    """Read what a feed says about itself; never raises for what a server sent."""
    body, _ = unpack(body, limit=MAX_BYTES)
    offsets = tuple(offsets_in(body))
    if sniff(body) is BodyKind.JSON_FEED:
        try:
            feed = json.loads(body.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            return FeedFacts("JSON Feed", excerpts=True)
        items = feed.get("items") if isinstance(feed, dict) else None
        texts = [
            max((str(item.get(key) or "") for key in ("content_html", "content_text")), key=len)
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, dict)
        ]
        said = feed.get("language") if isinstance(feed, dict) else None
        return FeedFacts("JSON Feed", _are_excerpts(texts), _tag(said), offsets)
    try:
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError):
        return FeedFacts("feed", excerpts=True, offsets=offsets)  # as in discovery.feed
    texts = [
        max((str(part.get("value") or "") for part in entry.get("content", ())), key=len, default="")
        or str(entry.get("summary") or "")
        for entry in parsed.entries
    ]
    form = _FORMS.get(str(parsed.get("version"))[:3], "feed")
    return FeedFacts(form, _are_excerpts(texts), _tag(parsed.feed.get("language")), offsets)


def offsets_in(body: bytes) -> Iterator[tuple[datetime, int]]:
    """Moments stated with an offset from UTC, and the offset in minutes east; the first two hundred."""
    number = 0
    for pattern, read in ((_ISO, _iso), (_MAIL, parsedate_to_datetime)):
        for found in pattern.finditer(body):
            zone = found[2].decode().replace(":", "")
            try:
                moment = read(f"{found[1].decode()} {zone}")
            except (ValueError, IndexError, TypeError):
                continue
            offset = moment.utcoffset() or timedelta()
            yield moment.astimezone(UTC), int(offset.total_seconds() // 60)
            number += 1
            if number >= _MOST_OFFSETS:
                return


def _iso(text: str) -> datetime:
    moment, _, zone = text.partition(" ")
    return datetime.fromisoformat(moment + zone)


def _are_excerpts(texts: list[str]) -> bool:
    """Whether most entries hold less than an article."""
    return sum(len(text) >= _FULL for text in texts) * 2 <= len(texts)


def _tag(said: object) -> str | None:
    text = said.strip().replace("_", "-") if isinstance(said, str) else ""
    return text if _LANGUAGE.fullmatch(text) else None


def _site_name(root: etree._Element) -> str | None:
    for meta in root.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").lower() in {"og:site_name", "application-name"}:
            name = " ".join((meta.get("content") or "").split())
            if name:
                return name[:100]
    title = root.find(".//title")
    text = " ".join((title.text or "").split()) if title is not None else ""
    return re.split(r"\s+[|\u2013\u2014\u00b7-]\s+", text)[0][:100] or None


def _shown(root: etree._Element) -> int:
    """Characters that a page shows without running its scripts, up to what is enough."""
    shown = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        silent = not isinstance(element.tag, str) or element.tag in _SILENT
        if event == "start":
            shown += 0 if silent else len((element.text or "").strip())
            if silent:
                walk.skip_subtree()
        else:
            shown += len((element.tail or "").strip())
        if shown >= _LEAST_TEXT:
            break
    return shown


def _translations(root: etree._Element, url: str) -> Iterator[str]:
    for link in root.iter("link"):
        if "alternate" in (link.get("rel") or "").lower().split() and link.get("hreflang"):
            address = clean_url(url, link.get("href") or "")
            if not isinstance(address, Refusal) and address != url:
                yield address
