"""Read an article out of a page. The only file that knows trafilatura."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from typing import cast

import lxml.etree
import trafilatura
from htmldate import find_date
from trafilatura.settings import Document, Extractor

from archive.article import Article
from pipelines import rules as rule_book
from pipelines.article_place import Place, locate
from pipelines.byline import byline
from pipelines.dates import AHEAD, EARLIEST, GUESSED, Dates, credible, read_dates
from pipelines.edges import trim
from pipelines.extraction import Extraction
from pipelines.fields.access import paywalled
from pipelines.fields.further import Reading, with_further_fields
from pipelines.furniture import without_furniture
from pipelines.guidance import UNGUIDED, Guidance
from pipelines.headline import headline
from pipelines.judge import judge_article
from pipelines.language import language
from pipelines.line_breaks import mark_paragraphs
from pipelines.metadata import Metadata, canonical_url, description, read_metadata, site_name
from pipelines.page import Page, Unreadable, read_page
from pipelines.paragraphs import fold, paragraphs
from pipelines.pictures import numbered, pictures
from pipelines.shown_byline import shown_byline
from pipelines.teaser_boxes import drop_teaser_boxes
from pipelines.text.blocks import Block, segment
from pipelines.text.choose import choose
from pipelines.text.embedded import embedded_paragraphs
from pipelines.text.model import shipped_models
from pipelines.written_byline import lone_name, written_byline

EXTRACTOR_VERSION = "2"
MIN_EXTRACTED = 120  # characters
MIN_SHOWN = 300  # characters; a page with less may be one whose scripts show its text
_UNREAD = (
    "aside", "audio", "button", "canvas", "embed", "footer", "form", "head", "iframe", "input", "link",
    "meta",
    "nav", "object", "script", "select", "style", "svg", "template", "video",
)  # fmt: skip


def extractor_id(rules_digest: str) -> str:
    """The name of extractor and rules; articles are only compared under one."""
    return f"dateline-{EXTRACTOR_VERSION}+trafilatura-{trafilatura.__version__}+rules-{rules_digest}"


def extract(
    page_bytes: bytes,
    *,
    url: str,
    content_type: str | None,
    content_encoding: str | None,
    captured_at: datetime,
    guidance: Guidance = UNGUIDED,
) -> Extraction:
    """Read an article out of a response body.

    Deterministic: the same arguments give the same extraction, in any process and order.

    Args:
        page_bytes: the body as received, still content-encoded.
        url: the page's own address, after redirects.
        content_type: the response's `Content-Type` field value; None if absent.
        content_encoding: the same of `Content-Encoding`.
        captured_at: when the page was fetched (aware); no date of the article is believed far beyond it.
        guidance: what is known of the source before.
    """
    page = read_page(page_bytes, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable):
        return Extraction(None, page.reason)
    selectors = rule_book.selectors_on(guidance.rules, guidance.rules_at or captured_at)
    rule_book.drop_elements(page.tree, selectors)
    article = _read(page, captured_at, extractor_id(rule_book.digest(selectors)))
    verdict = judge_article(article, page)
    if verdict is not None:
        return Extraction(None, verdict.reason, page.encoding, page.encoding_source)
    return Extraction(article, None, page.encoding, page.encoding_source)


def _read(page: Page, captured_at: datetime, extractor: str) -> Article:
    metadata = read_metadata(page)
    title = headline(page, metadata)
    drop_teaser_boxes(page.tree)
    blocks = segment(page.tree)
    mark_paragraphs(page.tree)
    raw = _text(page, blocks, metadata, title)
    place = locate(page, raw)
    named = byline(page, metadata, _seen_bylines(page, place))
    people = frozenset(map(fold, (*named.people, *named.agencies)))
    found = pictures(page, metadata, place, people)
    claimed = frozenset().union(*(picture.claimed for picture in found))
    links = _links(blocks)
    clean = without_furniture(raw, title, claimed, links)
    clean = trim(clean, headline=title, byline=named.people, links=links)
    text = "\n\n".join(clean)
    dates = _dates(page, metadata, captured_at)
    article = Article(
        url=page.url,
        title=title or "",
        text=text,
        extractor=extractor,
        byline=named.people,
        agency=named.agencies,
        published_at=dates.published,
        published_raw=dates.published_raw,
        published_confidence=dates.confidence,
        modified_at=dates.modified,
        language=language(page, metadata, text),
        canonical_url=canonical_url(page, metadata),
        site_name=site_name(metadata),
        description=description(metadata),
        images=numbered(found),
    )
    return with_further_fields(article, Reading(page, metadata, place, raw, claimed, captured_at))


def _seen_bylines(page: Page, place: Place) -> tuple[Callable[[], str | None], ...]:
    return (
        lambda: shown_byline(page, place),
        lambda: written_byline(page, place),
        lambda: lone_name(place),
    )


def _links(blocks: Sequence[Block]) -> frozenset[str]:
    """The folded texts of blocks that are nothing but a link."""
    return frozenset(fold(block.text) for block in blocks if block.links and block.linked >= len(block.text))


def _text(page: Page, blocks: Sequence[Block], metadata: Metadata, title: str | None) -> list[str]:
    """The article's paragraphs: of the page's blocks those that the models choose.

    Where a page shows (nearly) no text: what its scripts would show, unless it says that it is paid for.
    """
    shown = choose(blocks, title, metadata, shipped_models(), lambda: _taken(page))
    if sum(map(len, shown)) >= MIN_SHOWN or paywalled(metadata):
        return shown
    waiting = embedded_paragraphs(page.tree)
    return waiting if sum(map(len, waiting)) > MIN_SHOWN else shown


def _taken(page: Page) -> list[str]:
    """What trafilatura takes: quickly; where that is (nearly) nothing, with all that it can do."""
    quick = _taken_from(page, fast=True)
    return quick if sum(map(len, quick)) >= MIN_SHOWN else _taken_from(page, fast=False)


def _taken_from(page: Page, *, fast: bool) -> list[str]:
    options = Extractor(output_format="python", comments=False, fast=fast, url=page.url)
    # Below this trafilatura takes all text of the page as one paragraph; briefs are shorter than its 250.
    options.min_extracted_size = MIN_EXTRACTED
    tree = page.tree
    if fast:
        # Only "balanced" tries again with other settings, and a quick answer has no need of that.
        options.focus = "quick"
        # It copies the tree several times: what it never reads goes before.
        tree = copy(tree)
        lxml.etree.strip_elements(tree, *_UNREAD, with_tail=False)
    document = trafilatura.bare_extraction(tree, options=options)
    return [] if document is None else paragraphs(cast("Document", document).body)


def _dates(page: Page, metadata: Metadata, captured_at: datetime) -> Dates:
    """What the page states; where it states no date, the day that htmldate finds in text and address."""
    dates = read_dates(page, metadata, captured_at)
    if dates.published is not None:
        return dates
    # max_date is given always: its default is today, and an old capture must be read as on its day
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateutil warns of zone names that it can't read
        found = find_date(
            page.tree,
            url=page.url,
            original_date=True,
            extensive_search=True,
            min_date=EARLIEST.date().isoformat(),
            max_date=(captured_at + AHEAD).date().isoformat(),
        )
    moment = credible(found, captured_at)
    return Dates(moment, found, dates.modified, GUESSED if moment else None)
