"""Requests as this crawl makes them (pure): what each guard and the handler read stands in `meta`."""

from __future__ import annotations

import re
from typing import Any

from scrapy import Request

from archive.rows import LedgerRow, PageRow
from config.settings import NetworkSettings
from config.source import Source
from crawler.discovery.document import DocumentRef
from pipelines import stylesheets

# Priorities: what is found first is what everything else waits for; pictures go with their page.
DOCUMENT, PAGE = 10, 0

# Validators are the server's text: what a header field cannot hold is not sent back.
_SENDABLE = re.compile(r"[ -~]{1,1000}")


def _meta(source: Source) -> dict[str, Any]:
    return {
        "source": source.name,
        "source_object": source,
        "allow_private": source.network.allow_private,
    }


def document_request(document: DocumentRef, source: Source) -> Request:
    """Fetch a feed, sitemap, section page or robots.txt."""
    meta = {**_meta(source), "document": document}
    if document.kind.value == "robots":
        meta["robots"] = True
    return Request(document.url, meta=meta, priority=DOCUMENT)


def page_request(row: LedgerRow, source: Source, page: PageRow | None, *, conditional: bool) -> Request:
    """Fetch a page of the ledger; `conditional`: by its last answer's validators, if any (RFC 9110, 13.1)."""
    known = page if conditional else None
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
    headers = {name: value for name, value in conditions.items() if value and _SENDABLE.fullmatch(value)}
    meta = {**_meta(source), "row": row, "page": page, "on_condition": bool(headers)}
    return Request(row.url, headers=headers, meta=meta, priority=PAGE)


def picture_request(url: str, source: Source, network: NetworkSettings) -> Request:
    """Fetch a picture of an article."""
    return Request(url, meta={**_meta(source), "max_bytes": network.max_image_bytes})


def further_page_request(url: str, source: Source) -> Request:
    """Fetch the second or a later page of an article."""
    return Request(url, meta=_meta(source))


def stylesheet_request(url: str, source: Source) -> Request:
    """Fetch a style sheet of a page."""
    headers = {"Accept": "text/css,*/*;q=0.1"}
    return Request(url, headers=headers, meta={**_meta(source), "max_bytes": stylesheets.LARGEST})


def part_request(url: str, source: Source) -> Request:
    """Fetch what a page that is being rendered asks for: a script, or data for one."""
    return Request(url, headers={"Accept": "*/*"}, meta=_meta(source))


def absent_request(url: str, source: Source) -> Request:
    """Ask once for an address that does not exist."""
    return Request(url, meta={**_meta(source), "dont_retry": True})
