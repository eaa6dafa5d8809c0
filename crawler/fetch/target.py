"""What may be asked for at all: decided from the URL alone, before anything is looked up or connected."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.fetch.addresses import is_public, literal_address
from crawler.fetch.errors import FetchReason, fetch_error

_PORTS = {"http": 80, "https": 443}
_MAX_LENGTH = 16 * 1024  # characters
# Visible ASCII without the characters that parsers read differently: `\` is a slash to browsers only.
_PLAIN = re.compile(r"[!-\[\]-~]+")
_HOST = re.compile(r"\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+")
# The Fetch standard's port blocking, shortened to the services that a request could speak to by accident.
_BAD_PORTS = frozenset({0, 1, 7, 9, 11, 13, 17, 19, 20, 21, 22, 23, 25, 53, 69, 110, 111, 135, 137, 139, 143,
                        389, 465, 512, 513, 514, 515, 587, 636, 993, 995, 2049, 3659, 5060, 5061, 6000, 6379,
                        6566, 6665, 6666, 6667, 6668, 6669, 6697, 11211})  # fmt: skip


def check_url(url: str, *, allow_private: bool) -> str:
    """Return the host of `url` if it may be fetched.

    Raises FetchError: `blocked_scheme` (not http or https), `blocked_url` (credentials, a port of another
    service, characters that no URL has, no host), `blocked_private` (a literal address, however it is
    spelled, that is not public, unless `allow_private`).
    """
    if len(url) > _MAX_LENGTH:
        raise fetch_error(FetchReason.BLOCKED_URL, url[:200], f"longer than {_MAX_LENGTH} characters")
    scheme = url.partition(":")[0].lower()
    if scheme not in _PORTS:
        raise fetch_error(FetchReason.BLOCKED_SCHEME, repr(url), "only http and https are fetched")
    if not _PLAIN.fullmatch(url):
        raise fetch_error(
            FetchReason.BLOCKED_URL, repr(url), "has a space, control, backslash or non-ASCII character"
        )
    try:
        parts = urlsplit(url)
        port = _PORTS[scheme] if parts.port is None else parts.port
    except ValueError as error:
        raise fetch_error(FetchReason.BLOCKED_URL, url, error) from None
    if "@" in parts.netloc:
        safe = url.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
        raise fetch_error(FetchReason.BLOCKED_URL, safe, "credentials in a URL are never sent or kept")
    host = parts.netloc.rpartition(":")[0] if re.search(r":\d*$", parts.netloc) else parts.netloc
    if not _HOST.fullmatch(host):
        raise fetch_error(FetchReason.BLOCKED_URL, url, f"{host!r} is no host name or address")
    if port in _BAD_PORTS:
        raise fetch_error(FetchReason.BLOCKED_URL, url, f"port {port} belongs to another service")
    _check_literal(url, host, allow_private=allow_private)
    return host


def _check_literal(url: str, host: str, *, allow_private: bool) -> None:
    try:
        address = literal_address(host)
    except ValueError as error:
        raise fetch_error(FetchReason.BLOCKED_URL, url, error) from None
    if address is not None and not allow_private and not is_public(address):
        raise fetch_error(FetchReason.BLOCKED_PRIVATE, url, f"{address} is not a public address")
