"""URLs as a crawler may fetch them: absolute, http or https, spelled as they go over the wire.

Two URLs that make different requests are never merged: case, trailing slashes, `?ref=`, `;jsessionid`, `#!`
and Unicode normal forms in the path all stay as they were found. Only what no client can send is rewritten:
scheme and host become lower-case, the host punycode, an empty path becomes `/`, a default port goes, and
characters that RFC 3986 lacks (spaces, letters outside ASCII) are percent-encoded as UTF-8 (RFC 3987, 3.1).
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

import idna

MAX_URL_LENGTH = 2048  # characters; the sitemap protocol's limit, and what common browsers and servers take
DEFAULT_PORTS = {"http": 80, "https": 443}

# C0 and C1 controls and lone surrogates: they split header lines and logs, or cannot be encoded.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ABSOLUTE = re.compile(r"(?i)(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::([0-9]{0,5}))?")
_ASCII_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_IPV6_HOST = re.compile(r"\[[0-9a-f:.]+\]")
# RFC 3986 reserved characters and `%`, so that what was already encoded stays as it is.
_KEEP = "%:/?#[]@!$&'()*+,;=~"


class Refusal(Enum):
    """Why a link is not a URL that may be fetched; the value is the reason as counted and shown."""

    SCHEME = "scheme"  # file:, data:, javascript:, mailto:, ...
    CONTROL = "control_characters"  # CR, LF, NUL and their like
    CREDENTIALS = "credentials"  # user:pass@
    HOST = "host"  # none, or none that DNS could know
    PORT = "port"
    BACKSLASH = "backslash"  # `http://in\\@out/`: parsers disagree on the host
    LENGTH = "too_long"
    SYNTAX = "syntax"


def clean_url(base: str, href: str) -> str | Refusal:
    """Make of a link found at `base` the URL to fetch, or say why it can't be one.

    Args:
        base: absolute URL of the document that holds the link; may be "" for an absolute `href`.
        href: the link as found; white space around it is dropped, as HTML asks.

    Returns:
        The absolute URL, ASCII only, at most 2,048 characters, no fragment but `#!` ones; or a Refusal.
    """
    link = href.strip(" \t\r\n\f")
    if (refusal := _unsafe(link)) is not None:
        return refusal
    link, _, fragment = link.partition("#")
    if not _ABSOLUTE.match(link):
        scheme = _SCHEME.match(link)
        if scheme is not None:
            return Refusal.HOST if scheme.group().lower() in {"http:", "https:"} else Refusal.SCHEME
        try:
            link = urljoin(base.partition("#")[0], link)
        except ValueError:
            return Refusal.SYNTAX
    return _spell(link, "#" + fragment if fragment.startswith("!") else "")


def host_of(url: str) -> str:
    """The host that politeness counts by: lower-case punycode, with the port if it is not the default one.

    Raises:
        ValueError: `url` has no host, or one that cannot be.
    """
    return _host_of("/".join(url.split("/", 3)[:3]))  # a long path is no fault of the host


@lru_cache(maxsize=4096)  # asked several times for each request
def _host_of(url: str) -> str:
    cleaned = clean_url("", url)
    if isinstance(cleaned, Refusal):
        raise ValueError(  # noqa: TRY004 - the value is wrong, not its type
            f"no host in {url[:200]!r}: {cleaned.value}"
        )
    return urlsplit(cleaned).netloc


def _unsafe(link: str) -> Refusal | None:
    if _UNSAFE.search(link):
        return Refusal.CONTROL
    if len(link) > 8 * MAX_URL_LENGTH:  # base64 pictures and the like: not worth splitting
        return Refusal.LENGTH
    if "\\" in link.partition("?")[0].partition("#")[0]:
        return Refusal.BACKSLASH
    return None


def _spell(link: str, fragment: str) -> str | Refusal:
    """Put an absolute link in the spelling of the wire."""
    parts = _ABSOLUTE.fullmatch(link)
    if parts is None:
        return Refusal.SCHEME if _SCHEME.match(link) else Refusal.HOST
    scheme, authority, path, query = parts[1].lower(), parts[2], parts[3] or "/", parts[4] or ""
    if "@" in authority:
        return Refusal.CREDENTIALS
    netloc = _netloc(scheme, authority)
    if isinstance(netloc, Refusal):
        return netloc
    url = f"{scheme}://{netloc}{quote(path + query + fragment, safe=_KEEP)}"
    return url if len(url) <= MAX_URL_LENGTH else Refusal.LENGTH


def _netloc(scheme: str, authority: str) -> str | Refusal:
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        return Refusal.HOST
    host = parts[1].lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return Refusal.HOST
    if not (_ASCII_HOST.fullmatch(host) and host.strip(".")) and not _IPV6_HOST.fullmatch(host):
        return Refusal.HOST
    port = int(parts[2]) if parts[2] else None
    if port is not None and not 1 <= port <= 65535:  # noqa: PLR2004 - the range of TCP ports
        return Refusal.PORT
    return host if port in {None, DEFAULT_PORTS[scheme]} else f"{host}:{port}"
