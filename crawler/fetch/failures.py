"""What went wrong inside aiohttp, in our words."""

from __future__ import annotations

import errno
import socket

import aiohttp

from crawler.fetch.errors import FetchError, FetchReason, fetch_error
from crawler.fetch.resolver import BlockedAddressError
from crawler.fetch.wire import HeadersTooLargeError

_HUNG_UP = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
_AT_THE_PROXY = (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError)

# The first kind that fits counts: aiohttp's classes are kinds of each other and of OSError and ValueError.
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FetchReason], ...] = (
    (HeadersTooLargeError, FetchReason.HEADERS_TOO_LARGE),
    (_AT_THE_PROXY, FetchReason.PROXY),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), FetchReason.DNS),
    (aiohttp.ClientSSLError, FetchReason.TLS),
    (TimeoutError, FetchReason.TIMEOUT),
    (aiohttp.ClientConnectorError, FetchReason.REFUSED),
    (ValueError, FetchReason.BLOCKED_URL),
    (aiohttp.ClientResponseError, FetchReason.PROTOCOL),
)


def as_fetch_error(error: Exception, url: str, *, proxied: bool) -> FetchError:
    """The FetchError for an error that ended a request before its response head was whole."""
    reason = _reason(error, proxied=proxied)
    if reason is FetchReason.PROXY:
        return fetch_error(reason, url, _proxy_detail(error))  # aiohttp's text may hold the proxy's address
    return fetch_error(reason, url, str(error) or type(error).__name__)


def _reason(error: Exception, *, proxied: bool) -> FetchReason:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, BlockedAddressError):
        return FetchReason.BLOCKED_PRIVATE
    if proxied and isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchReason.PROXY  # the name that aiohttp looks up then is the proxy's
    if isinstance(cause, OSError) and cause.errno in _HUNG_UP and not isinstance(error, _AT_THE_PROXY):
        return FetchReason.DISCONNECT
    if isinstance(cause, OSError) and cause.errno == errno.ETIMEDOUT:  # the system's patience ended first
        return FetchReason.TIMEOUT
    return next((reason for kind, reason in _KINDS if isinstance(error, kind)), FetchReason.DISCONNECT)


def _proxy_detail(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status} to CONNECT"
    return "the proxy (network.proxy) cannot be reached"
