"""Why a fetch gave no exchange: a closed list."""

from __future__ import annotations

from enum import StrEnum


class FetchReason(StrEnum):
    """The reasons, as they appear in outcomes: `failed(dns)`, `failed(blocked_private)`, ..."""

    DNS = "dns"  # the name does not resolve
    REFUSED = "refused"  # nobody listens there, or there is no way there
    TIMEOUT = "timeout"  # no whole response head before the deadline
    TLS = "tls"  # certificate or handshake not as it must be
    DISCONNECT = "disconnect"  # the server hung up before its response head was whole
    BLOCKED_PRIVATE = "blocked_private"  # leads to an address that is not public
    BLOCKED_SCHEME = "blocked_scheme"  # neither http nor https
    BLOCKED_URL = "blocked_url"  # credentials, a bad port, characters that no URL has
    HEADERS_TOO_LARGE = "headers_too_large"
    PROTOCOL = "protocol"  # the response is not HTTP as we can keep it
    PROXY = "proxy"  # our own proxy failed or refused


TRANSIENT = frozenset(
    {FetchReason.DNS, FetchReason.REFUSED, FetchReason.TIMEOUT, FetchReason.DISCONNECT, FetchReason.PROXY}
)


class FetchError(Exception):
    """No exchange came about, so there is nothing to record.

    Attributes:
        reason: one of the closed list.
        url: the address that was asked for.
        detail: for people; never holds a secret.
    """

    def __init__(self, reason: FetchReason, url: str, detail: str) -> None:
        super().__init__(f"{reason}: {url}: {detail}")
        self.reason, self.url, self.detail = reason, url, detail


class TransientFetchError(FetchError):
    """May go better in a moment: the one kind that is retried (the reasons in `TRANSIENT`)."""


def fetch_error(reason: FetchReason, url: str, detail: object) -> FetchError:
    """The error of the kind that fits `reason`."""
    kind = TransientFetchError if reason in TRANSIENT else FetchError
    return kind(reason, url, str(detail))
