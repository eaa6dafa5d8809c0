"""The address that a request is about: it stands in the path as it is, query string and all."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

import idna
from starlette.types import Scope

from web.problem import bad_request

LONGEST = 2048  # characters; what the crawler fetches at most
ALLOWED = "an absolute http or https URL of at most 2,048 characters"

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENCODED = re.compile(r"https?%3a", re.IGNORECASE)
_ABSOLUTE = re.compile(r"(https?):/{1,2}([^/?#]+)([^#]*)", re.IGNORECASE)  # proxies merge slashes
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@]+)(?::(\d{0,5}))?", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_KEEP = "%:/?[]@!$&'()*+,;=~"  # RFC 3986's reserved characters, and what is encoded already


def spell(url: str) -> str:
    """A URL in the spelling of the archive: see `crawler/urls.py`; no fragment.

    Raises ValueError if it is no address that could have been captured.
    """
    found = _ABSOLUTE.match(url)
    if found is None or _CONTROL.search(url) or "\\" in url.partition("?")[0]:
        raise ValueError(f"{url[:200]!r} is no web address")
    scheme, authority, rest = found[1].lower(), _AUTHORITY.fullmatch(found[2]), found[3]
    if authority is None:
        raise ValueError(f"{url[:200]!r} has no host that can be")
    host = authority[1].lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise ValueError(f"{url[:200]!r} has no host that can be") from error
    if not (host.startswith("[") or _HOST.fullmatch(host)):
        raise ValueError(f"{url[:200]!r} has no host that can be")
    port = int(authority[2]) if authority[2] else None
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    path = rest if rest.startswith("/") else f"/{rest}"
    spelled = f"{scheme}://{netloc}{quote(path, safe=_KEEP)}"
    if len(spelled) > LONGEST:
        raise ValueError(f"the address has {len(spelled)} characters")
    return spelled


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
