"""The address that a request is about: it stands in the path as it is, query string and all."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from starlette.types import Scope

from archive.spelling import ALLOWED, spell
from web.problem import bad_request

__all__ = ["host_of", "spell", "target_of", "url_in"]

_ENCODED = re.compile(r"https?%3a", re.IGNORECASE)


def url_in(text: str) -> str:
    """The same of what a reader wrote; raises Problem (400)."""
    try:
        return spell(text)
    except ValueError as error:
        raise bad_request(f"{error}; allowed: {ALLOWED}") from error


def target_of(scope: Scope, segments: int) -> str:
    """The URL behind the first `segments` parts of a request's path, byte for byte as it was asked for.

    The decoded path would not do: `%2F` and `/` are different pages. Raises Problem (400).
    """
    raw = scope["raw_path"].decode("latin-1")
    parts = raw.split("/", segments + 1)
    rest = parts[segments + 1] if len(parts) > segments + 1 else ""
    query = scope["query_string"].decode("latin-1")
    if _ENCODED.match(rest):  # a client that encoded the address as a whole
        rest = unquote(rest, errors="surrogateescape")
    return url_in(f"{rest}?{query}" if query else rest)


def host_of(url: str) -> str:
    """Host name of a URL without its port, in lower case; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
