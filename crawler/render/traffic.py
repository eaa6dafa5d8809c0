"""What a page under rendering may ask for (pure), and how an archived answer is given to it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.content_coding import ContentCodingError, decode_body
from archive.exchange import Exchange

MOST_REQUESTS = 100  # that are fetched for one page
MOST_BYTES = 32 << 20  # of their decoded bodies

# What a DOM is made of. Frames have documents of their own, which are no part of the page's.
_FOR_THE_DOM = frozenset({"script", "stylesheet", "xhr", "fetch"})
_FOR_THE_PICTURE = frozenset({"image", "font"})
# Header fields that a page's scripts may depend on; cookies and reports are nobody's business here.
_GIVEN = frozenset({
    "content-type", "content-language", "content-security-policy", "cross-origin-embedder-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "etag", "last-modified",
    "referrer-policy", "x-content-type-options", "x-total-count",
})  # fmt: skip


@dataclass(slots=True)
class Budget:
    """What one page may still take.

    Attributes:
        requests, bytes: left.
        refused: requests that were not answered.
    """

    requests: int = MOST_REQUESTS
    bytes: int = MOST_BYTES
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as the browser is given it: decoded, with few header fields."""

    status: int
    headers: dict[str, str]
    body: bytes


def refusal(kind: str, method: str, url: str, budget: Budget, *, with_pictures: bool) -> str | None:
    """Why a request of a page is not made; None if it may be, which the guards then decide.

    Args:
        kind: what it is for, as the Fetch standard's destinations are called by Playwright.
        method: of the request.
        url: its address.
        budget: what the page may still take.
        with_pictures: a screenshot will be taken.
    """
    if not url.startswith(("http://", "https://")):
        return "scheme"
    if method != "GET":
        return "method"
    if kind not in _FOR_THE_DOM and not (with_pictures and kind in _FOR_THE_PICTURE):
        return "kind"
    if budget.requests <= 0 or budget.bytes <= 0:
        return "budget"
    return None


def answer_of(exchange: Exchange, most: int) -> Answer | None:
    """What the browser is given of an exchange; None if it is broken off, or decodes to more than `most`."""
    codings = ", ".join(value for name, value in exchange.headers if name.lower() == "content-encoding")
    if exchange.truncated is not None:
        return None
    try:
        body = decode_body(exchange.body, codings or None, most)
    except ContentCodingError:
        return None
    fields: dict[str, str] = {}
    for name, value in exchange.headers:
        lower = name.lower()
        if lower in _GIVEN or lower.startswith("access-control-"):
            fields[lower] = f"{fields[lower]}, {value}" if lower in fields else value
    return Answer(exchange.status, fields, body)
