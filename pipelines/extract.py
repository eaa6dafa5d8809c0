"""Read an article out of a page. The only file that knows trafilatura."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import trafilatura
from htmldate import find_date
from trafilatura.metadata import extract_author
from trafilatura.settings import Document, Extractor

from archive.article import Article
from pipelines import rules as rule_book
from pipelines.byline import byline
from pipelines.dates import AHEAD, EARLIEST, Dates, credible, read_dates
from pipelines.edges import trim
from pipelines.extraction import Extraction
from pipelines.furniture import without_furniture
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

EXTRACTOR_VERSION = "1"
MIN_EXTRACTED = 120  # characters


def extractor_id(rules_digest: str) -> str:
    """The name of extractor and rules; articles are only compared under one."""
    return f"dateline-{EXTRACTOR_VERSION}+trafilatura-{trafilatura.__version__}+rules-{rules_digest}"


def extract(
    page_bytes: bytes,
    *,
    url: str,
    content_type: str | None,
    content_encoding: str | None,
    rules: Sequence[rule_book.Rule],
    captured_at: datetime,
    rules_at: datetime | None = None,
) -> Extraction:
    """Read an article out of a response body.

    Deterministic: the same arguments give the same extraction, in any process and order.

    Args:
        page_bytes: the body as received, still content-encoded.
        url: the page's own address, after redirects.
        content_type: the response's `Content-Type` field value; None if absent.
        content_encoding: the same of `Content-Encoding`.
        rules: the source's rules, all of them; those of the day are applied.
        captured_at: when the page was fetched (aware); no date of the article is believed far beyond it.
        rules_at: the moment whose rules are applied; default `captured_at`. To compare an older capture
            with a newer one, extract it with the newer one's.
    """
    page = read_page(page_bytes, url=url, content_type=content_type, content_encoding=content_encoding)
    if isinstance(page, Unreadable):
        return Extraction(None, page.reason)
    selectors = rule_book.selectors_on(rules, rules_at or captured_at)
    rule_book.drop_elements(page.tree, selectors)
    mark_paragraphs(page.tree)
    drop_teaser_boxes(page.tree)
    article = _read(page, captured_at, extractor_id(rule_book.digest(selectors)))
    verdict = judge_article(article, page)
    if verdict is not None:
        return Extraction(None, verdict.reason, page.encoding, page.encoding_source)
    return Extraction(article, None, page.encoding, page.encoding_source)


def _read(page: Page, captured_at: datetime, extractor: str) -> Article:
    metadata = read_metadata(page)
    title = headline(page, metadata)
    raw = _text(page)
    found = pictures(page, metadata, raw)
    claimed = frozenset().union(*(picture.claimed for picture in found))
    people = byline(metadata, lambda: shown_byline(page, raw) or extract_author(page.tree))
    links = _links(page)
    clean = trim(without_furniture(raw, title, claimed, links), headline=title, byline=people, links=links)
    text = "\n\n".join(clean)
    dates = _dates(page, metadata, captured_at)
    return Article(
        url=page.url,
        title=title or "",
        text=text,
        extractor=extractor,
        byline=people,
        published_at=dates.published,
        published_raw=dates.published_raw,
        modified_at=dates.modified,
        language=language(page, metadata, text),
        canonical_url=canonical_url(page, metadata),
        site_name=site_name(metadata),
        description=description(metadata),
        images=numbered(found),
    )


def _links(page: Page) -> frozenset[str]:
    """The folded texts of the links that lead to other pages."""
    return frozenset(
        fold(link.text_content())
        for link in page.tree.iter("a")
        if not (link.get("href") or "#").startswith("#")
    )


def _text(page: Page) -> list[str]:
    options = Extractor(output_format="python", comments=False, url=page.url)
    # Below this trafilatura takes all text of the page as one paragraph; briefs are shorter than its 250.
    options.min_extracted_size = MIN_EXTRACTED
    document = trafilatura.bare_extraction(page.tree, options=options)
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
    return Dates(credible(found, captured_at), found, dates.modified)
