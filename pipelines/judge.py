"""Is it an article at all? Decided before extraction from the exchange, and after it from what was read."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from archive.article import Article
from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange
from archive.outcome import Outcome, OutcomeKind
from pipelines.metadata import Metadata, read_metadata
from pipelines.page import MAX_DECODED, Page
from pipelines.paragraphs import squeeze
from pipelines.walls import SHORT, wall

MIN_WORDS = 20
MIN_CHARACTERS = 120
MIN_IDEOGRAPHS = 40
GARBLED_SHARE = 0.1  # of characters that no encoding could read
_LOOKED_AT = 20_000  # characters of visible text

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_UNNAMED = frozenset(
    {"", "text/plain", "application/octet-stream", "unknown/unknown"}
)  # servers that don't know
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


def judge_article(article: Article, page: Page) -> Outcome | None:
    """The outcome for a page that reads like an article and is none; None means: it is one.

    Reasons: `challenge`, `soft_404`, `consent_wall`, `login_wall`, `paywall_stub` (see `pipelines.walls`),
    `front_page` (a site's home in an article's place), `no_text`, `garbled`, `too_little_text`.
    """
    text = article.text
    reason = None
    if len(text) <= SHORT:
        metadata = read_metadata(page)
        visible = _visible_text(page)
        title = page.tree.find(".//head//title")
        heading = page.tree.find(".//h1")
        reason = wall(
            "" if title is None else squeeze(title.text_content()),
            "" if heading is None else squeeze(heading.text_content()),
            text,
            visible,
            paid=_says_paid(metadata),
            asks_password=page.tree.find(".//input[@type='password']") is not None,
        )
        if reason is None and _is_front_page(page, metadata):
            reason = "front_page"
    if reason is None and not text:
        reason = "no_text"
    if reason is None and text.count("\ufffd") > GARBLED_SHARE * len(text):
        reason = "garbled"
    if (
        reason is None
        and len(text) < MIN_CHARACTERS
        and len(text.split()) < MIN_WORDS
        and not _is_dense(text)
    ):
        reason = "too_little_text"
    return Outcome(OutcomeKind.QUARANTINED, reason) if reason else None


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


def _says_paid(metadata: Metadata) -> bool:
    values = [node.get("isAccessibleForFree") for node in metadata.nodes]
    return any(value is False or str(value).strip().lower() == "false" for value in values)


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
