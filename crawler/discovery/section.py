"""Section and home pages: their links in order, with their words, and the feeds they offer."""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import Message
from functools import partial

from lxml import etree

from crawler.candidate import FoundBy
from crawler.discovery.collect import Collector
from crawler.discovery.document import Discovered, DocumentKind
from crawler.discovery.front import headlines
from crawler.discovery.sniff import BodyKind, sniff
from crawler.links.place import place_of
from crawler.urls import Refusal, clean_url

MAX_PAGE_BYTES = 16 * 1024 * 1024
MAX_LINKS = 20_000
MAX_FEEDS = 10

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_COMMENTS = re.compile(r"comment|kommentar|comentario|commentaire", re.IGNORECASE)
_SILENT = ("script", "style", "noscript", "template", "svg")
_SPOKEN = etree.XPath(f".//text()[not({' or '.join(f'ancestor::{tag}' for tag in _SILENT)})]")


def read_section(body: bytes, *, url: str, content_type: str | None = None, depth: int = 0) -> Discovered:
    """Read all links of a page, whatever they lead to, and the feeds it names; never raises.

    Args:
        body: as received, less content encodings.
        url: address of the page; its own links to itself are left out.
        content_type: header value, which may name the charset.
        depth: of this document; the feeds that it names have one more.

    Returns:
        Links in the page's order, each once, their words as title (of several, the most words), and the
        headlines among them.
    """
    kind = sniff(body)
    if kind not in {BodyKind.HTML, BodyKind.OTHER} or b"<" not in body:
        return Discovered(notes=(f"not a page: {kind}",))
    root = parse_page(body[:MAX_PAGE_BYTES], content_type)
    if root is None:
        return Discovered(notes=("not a page: no element in it",))
    base = root.find(".//base[@href]")
    collector = Collector(
        FoundBy.SECTION, url, base=_base(url, base.get("href") if base is not None else None)
    )
    if len(body) > MAX_PAGE_BYTES:
        collector.note(f"cut at {MAX_PAGE_BYTES} bytes")
    _feeds(root, collector, depth + 1)
    for element in root.iter("link", "a"):
        if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
            collector.lead_to(element.get("href") or "")
    for element in root.iter("a", "area"):
        href = element.get("href")
        if not href or href.lstrip().startswith("#"):
            continue
        if len(collector) >= MAX_LINKS:
            collector.note(f"cut at {MAX_LINKS} links")
            break
        collector.add(href, title=words_of(element), place=place_of(element))
    here = _base(url, base.get("href") if base is not None else None)
    return replace(collector.result(), headlines=headlines(root, url=url, base=here))


def parse_page(body: bytes, content_type: str | None) -> etree._Element | None:
    """The page's root element, whatever state its markup is in; None if there is no element in it."""
    charset = _charset(content_type)
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.replace(b"\x00", b"")  # libxml2 would stop at the first
    make = partial(
        etree.HTMLParser,
        recover=True,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        parser = make(encoding=charset)
    except LookupError:  # a charset that nobody knows: let the parser look at the page
        parser = make()
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _charset(content_type: str | None) -> str | None:
    if not content_type:
        return None
    message = Message()
    message["content-type"] = " ".join(content_type.split())
    return message.get_content_charset()


def _base(url: str, href: str | None) -> str:
    cleaned = clean_url(url, href) if href else url
    return url if isinstance(cleaned, Refusal) else cleaned


def _feeds(root: etree._Element, collector: Collector, depth: int) -> None:
    number = 0
    for link in root.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        media_type = (link.get("type") or "").lower().partition(";")[0].strip()
        href = link.get("href") or ""
        if "alternate" not in rel or not href or not _is_feed(media_type, href):
            continue
        if _COMMENTS.search(href) or _COMMENTS.search(link.get("title") or ""):
            continue
        number += 1
        if number > MAX_FEEDS:
            collector.note(f"cut at {MAX_FEEDS} feeds")
            return
        collector.add_document(href, DocumentKind.FEED, depth)


def _is_feed(media_type: str, href: str) -> bool:
    """JSON feeds of version 1.0 are labelled as any JSON, and so are pages' interfaces."""
    return media_type in _FEED_TYPES or (media_type == "application/json" and "feed" in href.lower())


def words_of(element: etree._Element) -> str | None:
    """The text of a link, or else what stands for it: its label, its title, its picture's text."""
    parts = _SPOKEN(element)
    text = " ".join(" ".join(str(part) for part in parts).split()) if isinstance(parts, list) else ""
    if text:
        return text
    picture = element.find(".//img[@alt]")
    labels = (
        element.get("aria-label"),
        element.get("title"),
        picture.get("alt") if picture is not None else None,
    )
    return next((label.strip() for label in labels if label and label.strip()), None)
