"""Sorts every reason of the ledger into the class of failure that a person would name (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from archive.catalog.runs import Tally
from archive.outcome import OutcomeKind
from archive.rows import DocumentRow

_CLASSES = {
    "dns": "dns",
    "refused": "refused",
    "proxy": "refused",
    "tls": "tls",
    "timeout": "timeout",
    "disconnect": "disconnect",
    "redirected_home": "http_404",
    "soft_404": "http_404",
    "empty": "empty",
    "challenge": "challenge",
    "consent_wall": "wall",
    "login_wall": "wall",
    "paywall_stub": "wall",
    "notice": "wall",
    "truncated": "truncated",
    "bad_content_encoding": "truncated",
    "too_large": "truncated",
    "robots_unreachable": "robots",
    "retry_after": "http_429",
    "no_text": "parse",
    "too_little_text": "parse",
    "garbled": "parse",
    "listing": "parse",
    "front_page": "parse",
    "not_an_article": "parse",
    "extract_error": "parse",
}
_HTTP = re.compile(r"http_(\d)(\d\d)")
_HTTP_CLASSES = {
    "401": "http_403",
    "403": "http_403",
    "404": "http_404",
    "410": "http_404",
    "429": "http_429",
}
# Of what we chose not to fetch, only this says something of the site.
_TELLING_SKIPS = frozenset({"robots_unreachable", "retry_after"})


def failure_class(reason: str) -> str:
    """The class of a reason; `other` for what no class stands for."""
    if found := _HTTP.fullmatch(reason):
        return _HTTP_CLASSES.get(reason.removeprefix("http_"), "http_5xx" if found[1] == "5" else "other")
    if reason.startswith(("extract_", "read_")):  # a worker that gave up: extract_timeout, read_memory, ...
        return "parse"
    return _CLASSES.get(reason, "other")


def count_failures(tallies: Iterable[Tally], documents: Iterable[DocumentRow]) -> Counter[str]:
    """How much failed of one source in one run, by class: pages and discovery documents."""
    found: Counter[str] = Counter()
    for tally in tallies:
        reason = tally.reason or ""
        match tally.outcome:
            case OutcomeKind.FAILED | OutcomeKind.QUARANTINED | OutcomeKind.GONE:
                found[failure_class(reason)] += tally.count
            case OutcomeKind.SKIPPED if reason in _TELLING_SKIPS:
                found[failure_class(reason)] += tally.count
    for document in documents:
        if document.status == "failed" and document.kind != "robots":
            found[failure_class(document.reason or "")] += 1
    return found
