"""What is asked for, and the header fields that go with it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from crawler.fetch.errors import FetchReason, fetch_error

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
_UNSAFE = re.compile(r"[\x00\r\n]")
_CLIENTS_OWN = frozenset({"host", "user-agent"})


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to GET.

    Attributes:
        url: absolute, percent-encoded; sent exactly as it is spelled, less the fragment.
        max_bytes: of the body as it comes over the wire; what is beyond is cut (`Truncation.LENGTH`).
        headers: besides those that are sent anyway, e.g. `If-None-Match`; a User-Agent or Host is not taken.
        login: header fields that let us in; they are sent, and `***` is recorded in their place.
        secrets: what is recorded as `***` where the answer's head repeats it.
        allow_private: the source says that its site is on an address that is not public.
        turn: awaited just before it goes out, each time that it does.
        sent: called when it has gone out, each time that it does.
    """

    url: str
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    turn: Callable[[], Awaitable[None]] | None = field(default=None, repr=False, compare=False)
    sent: Callable[[], None] | None = field(default=None, repr=False, compare=False)


def request_fields(request: FetchRequest, user_agent: str) -> dict[str, str]:
    """The header fields to send (Host comes first, by itself); the request's own replace our defaults.

    Raises FetchError (`protocol`) for a CR, LF or NUL: an ETag that we send back is the server's text.
    """
    asked = {**request.headers, **request.login}
    extra = {name: value for name, value in asked.items() if name.lower() not in _CLIENTS_OWN}
    replaced = {name.lower() for name in extra}
    defaults = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
    fields = {name: value for name, value in defaults.items() if name.lower() not in replaced} | extra
    for name, value in fields.items():
        if _UNSAFE.search(name + value):
            raise fetch_error(
                FetchReason.PROTOCOL, request.url, f"request header {name!r} has a CR, LF or NUL"
            )
    return fields
