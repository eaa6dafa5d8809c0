"""Is it an article at all? Decided before extraction from the exchange, and after it from what was read."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

import lxml.html

from archive.article import Article
from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from pipelines.fields.access import paywalled
from pipelines.gate.shape import VisibleLines, claims_article, is_listing, without_labels
from pipelines.gate.stub import is_behind_consent
from pipelines.metadata import Metadata
from pipelines.page import MAX_DECODED, Page
from pipelines.paragraphs import squeeze
from pipelines.walls import SHORT, VERY_SHORT, wall

MIN_WORDS = 20
MIN_CHARACTERS = 120
MIN_IDEOGRAPHS = 40
GARBLED_SHARE = 0.1  # of characters that no encoding could read
LABELS_LEAVE = 0.6  # of a text that is not links, buttons and headings
_MAX_NAME = 500  # characters of a title or heading
_LOOKED_AT = 20_000  # characters of visible text

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UNNAMED = frozenset(
    {"", "text/plain", "application/octet-stream", "unknown/unknown"}
)  # servers that don't know
# Sent with a challenge and never with the page itself: Cloudflare's and AWS WAF's own words for it.
_CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
_GONE = {404: "http_404", 410: "http_410"}


def judge(exchange: Exchange) -> Outcome | None:
    """The outcome that an exchange already decides; None means: go on and extract.

    Pure; decodes the body (bounded) to see whether it is whole.
    """
    if exchange.status in _GONE:
        return Outcome(OutcomeKind.GONE, _GONE[exchange.status])
    if exchange.status == HTTPStatus.NOT_MODIFIED:
        return Outcome(OutcomeKind.NOT_MODIFIED)
    if exchange.status != HTTPStatus.OK:
        return Outcome(OutcomeKind.FAILED, f"http_{exchange.status}")
    if exchange.truncated is not None:
        return Outcome(OutcomeKind.QUARANTINED, "truncated")
    if exchange.mime not in _HTML and exchange.mime not in _UNNAMED:
        return Outcome(OutcomeKind.SKIPPED, "not_html")
    return _judge_body(exchange)


def _judge_body(exchange: Exchange) -> Outcome | None:
    if any(exchange.header(name) for name in _CHALLENGE_HEADERS):
        return Outcome(OutcomeKind.QUARANTINED, "challenge")
    codings = ", ".join(value for name, value in exchange.headers if name.lower() == "content-encoding")
    try:
        plain = decode_body(exchange.body, codings or None, MAX_DECODED)
    except ContentCodingError as error:
        return Outcome(OutcomeKind.QUARANTINED, error.reason)
    if not plain.strip(b"\0\t\n\f\r "):
        return Outcome(OutcomeKind.QUARANTINED, "empty")
    if exchange.mime in _UNNAMED and b"<" not in plain[:2048]:
        return Outcome(OutcomeKind.SKIPPED, "not_html")
    return None


def judge_article(article: Article, page: Page, metadata: Metadata) -> Outcome | None:
    """The outcome for a page that reads like an article and is none; None means: it is one.

    Reasons: those of `pipelines.walls` and `pipelines.gate.notice`, `front_page` (a site's home in an
    article's place), `listing`, `no_text`, `garbled`, `too_little_text`.
    """
    reason = _something_else(article, page, metadata) or _nothing_to_read(article.text)
    return Outcome(OutcomeKind.QUARANTINED, reason) if reason else None


def _something_else(article: Article, page: Page, metadata: Metadata) -> str | None:
    """What stands in the article's place."""
    text = article.text
    if len(text) > SHORT:
        return None
    claimed = claims_article(metadata)
    visible = VisibleLines(page)
    names = tuple(squeeze(found.text_content())[:_MAX_NAME] for found in _names(page))
    reason = wall(
        names,
        text or _visible_text(page)[:VERY_SHORT],
        visible,
        paid=paywalled(metadata),
        asks_password=page.tree.find(".//input[@type='password']") is not None,
        claimed=claimed,
    )
    if reason is None and is_behind_consent(text, visible):
        reason = "consent_wall"
    if reason is None and _is_front_page(page, metadata):
        reason = "front_page"
    if reason is None and not claimed and is_listing(page, text):
        reason = "listing"
    if reason is None and _is_mostly_labels(page, text):
        reason = "too_little_text"
    return reason


def _is_mostly_labels(page: Page, text: str) -> bool:
    """A page without an article is read as one line: its menus, a heading, and next to nothing."""
    if not text or len(text) > VERY_SHORT:
        return False
    said = without_labels(page, text)
    return len(said) < LABELS_LEAVE * len(text) and _nothing_to_read(said) is not None


def _names(page: Page) -> list[lxml.html.HtmlElement]:
    found = (page.tree.find(".//head//title"), page.tree.find(".//h1"))
    return [element for element in found if element is not None]


def _nothing_to_read(text: str) -> str | None:
    if not text:
        return "no_text"
    if text.count("\ufffd") > GARBLED_SHARE * len(text):
        return "garbled"
    if len(text) < MIN_CHARACTERS and len(text.split()) < MIN_WORDS and not _is_dense(text):
        return "too_little_text"
    return None


def _visible_text(page: Page) -> str:
    body = page.tree.find("body")
    if body is None:
        return ""
    pieces: list[str] = []
    length = 0
    for text in body.itertext():
        parent = text.getparent() if hasattr(text, "getparent") else None
        if parent is not None and not text.is_tail and parent.tag in ("script", "style", "template"):
            continue
        pieces.append(text)
        length += len(text.strip())
        if length > _LOOKED_AT:
            break
    return squeeze(" ".join(pieces))


def _is_front_page(page: Page, metadata: Metadata) -> bool:
    """Every statement of the page says that it is a site's home, although its address says an article's."""
    if urlsplit(page.url).path in ("", "/") or metadata.article or metadata.first("article:published_time"):
        return False
    stated = [
        link.get("href") for link in page.tree.iter("link") if (link.get("rel") or "").lower() == "canonical"
    ]
    addresses = [page.absolute(reference) for reference in (*stated, metadata.first("og:url"))]
    known = [urlsplit(address) for address in addresses if address]
    home = bool(known) and all(parts.path in ("", "/") and not parts.query for parts in known)
    return home and metadata.first("og:type") == "website"


def _is_dense(text: str) -> bool:
    """Text in a script without spaces says in thirty characters what others say in twenty words."""
    ideographs = sum(
        "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in text
    )
    return ideographs >= MIN_IDEOGRAPHS
