"""The entries of a live blog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

import lxml.html

from archive.article import LiveEntry
from pipelines import json_ld
from pipelines.article_place import Place
from pipelines.attributes import saying
from pipelines.dates import credible
from pipelines.metadata import Metadata
from pipelines.page import Page
from pipelines.paragraphs import squeeze

MAX_ENTRIES = 1000
MAX_TEXT = 20_000  # characters of an entry
FEWEST = 3  # dated boxes that make a live blog where no JSON-LD says so

_ENTRY = saying(
    r"(?:^|[\s_-])(?:live-?(?:blog-?)?(?:entry|post|update|event|item|card)s?|liveblog-?(?:entry|post|update|item)"
    r"|ticker-?(?:entry|item|event|post|eintrag)|timeline-?(?:entry|item|post)|block-?time-?line)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = ("h2", "h3", "h4", "h5")


def live_entries(
    page: Page, metadata: Metadata, place: Place, captured_at: datetime, zone: tzinfo = UTC
) -> tuple[LiveEntry, ...]:
    """The entries in the page's order: of JSON-LD's `LiveBlogPosting`, else of the boxes that say so.

    Args:
        page: with its elements in place.
        metadata: of the page.
        place: of the article in it.
        captured_at: no entry's date is believed far beyond it.
        zone: of dates that name none.
    """
    stated = tuple(_stated(metadata, captured_at, zone))
    return (stated or _shown(page, place, captured_at, zone))[:MAX_ENTRIES]


def _stated(metadata: Metadata, captured_at: datetime, zone: tzinfo) -> Iterator[LiveEntry]:
    blogs = (node for node in metadata.nodes if "liveblogposting" in json_ld.types(node))
    for update in (u for blog in blogs for u in json_ld.items(blog.get("liveBlogUpdate"))):
        node = json_ld.resolve(update, metadata.nodes)
        if not isinstance(node, dict):
            continue
        title, text = json_ld.text(node.get("headline")), json_ld.text(node.get("articleBody")) or ""
        if title or text:
            moment = credible(json_ld.text(node.get("datePublished")), captured_at, zone)
            yield LiveEntry(moment, title, text[:MAX_TEXT])


def _shown(page: Page, place: Place, captured_at: datetime, zone: tzinfo) -> tuple[LiveEntry, ...]:
    order, start = place.order, place.heading or 0
    boxes = [
        e
        for e in page.tree.iter("article", "div", "section", "li")
        if order.get(e, -1) >= start and _says_so(e)
    ]
    inner = set(boxes)
    outermost = (box for box in boxes if not any(a in inner for a in box.iterancestors()))
    found = [_entry(box, captured_at, zone) for box in outermost]
    dated = tuple(entry for entry in found if entry is not None and entry.published_at is not None)
    return dated if len(dated) >= FEWEST else ()


def _says_so(element: lxml.html.HtmlElement) -> bool:
    said = element.get("class")
    if tested := element.get("data-testid"):
        said = f"{said or ''} {tested}"
    return bool(said and _ENTRY(said)) or element.get("itemprop") == "liveBlogUpdate"


def _entry(box: lxml.html.HtmlElement, captured_at: datetime, zone: tzinfo) -> LiveEntry | None:
    dates = (e.get("datetime") for e in box.iter("time"))
    moment = next((m for raw in dates if (m := credible(raw, captured_at, zone))), None)
    heading = next((e for e in box.iter(*_HEADINGS)), None)
    title = squeeze(heading.text_content()) if heading is not None else None
    text = "\n\n".join(line for e in box.iter("p") if (line := squeeze(e.text_content())))
    return LiveEntry(moment, title or None, text[:MAX_TEXT]) if text or title else None
