"""Web addresses as configuration may name them."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pydantic import AfterValidator, WithJsonSchema

from config.problems import closest, refuse
from config.secrets import mask_url

ALLOWED = "http:// or https://, a host, and a path; no user, password or fragment"

_LONGEST = 2048
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"{}|^`]")
_HOST_NAME = re.compile(r"(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")


def check_web_address(address: str) -> str:
    """`address`, if it is an absolute http or https URL without user information and fragment.

    Raises:
        ValueError: it is not; the suggestion says what was probably meant.
    """
    if len(address) > _LONGEST:
        raise refuse("is too long for an address", allowed=f"at most {_LONGEST} characters")
    forbidden = _FORBIDDEN.search(address)
    if forbidden is not None:
        meant = address.strip() if not _FORBIDDEN.search(address.strip()) else None
        what = f"holds the character {forbidden[0]!r}, which no address may"
        raise refuse(what, allowed=ALLOWED, suggestion=meant and mask_url(meant))
    parts = split(address)
    if parts.scheme not in {"http", "https"}:
        raise refuse("is no web address", allowed=ALLOWED, suggestion=_with_scheme(address))
    check_host(parts)
    if "@" in parts.netloc:
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        raise refuse("holds a user or password", allowed=ALLOWED, suggestion=bare)
    if "#" in address:
        bare = address.partition("#")[0]
        raise refuse("has a fragment, which is never sent", allowed=ALLOWED, suggestion=bare)
    return address


def split(address: str) -> SplitResult:
    """`urlsplit`, with its ValueError worded for a person."""
    try:
        return urlsplit(address)
    except ValueError:
        raise refuse("is no web address", allowed=ALLOWED) from None


def check_host(parts: SplitResult) -> None:
    """Refuse (ValueError) an address without a host, with a malformed one, or with an impossible port."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise refuse("has a port that is no number from 1 to 65535", allowed="a port from 1 to 65535")
    host = parts.hostname or ""
    pattern = _IPV6 if "[" in parts.netloc else _HOST_NAME
    if not pattern.fullmatch(host):
        what = f"has the malformed host {host!r}" if host else "has no host"
        raise refuse(what, allowed="a host such as www.example.org")


def _with_scheme(address: str) -> str | None:
    scheme, mark, rest = address.partition("://")
    if not mark:
        looks_like_host = re.match(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)", address)
        return f"https://{address}" if looks_like_host else None
    meant = closest(scheme, ["https", "http"])
    return mask_url(f"{meant}://{rest}") if meant else None


WebAddress = Annotated[
    str,
    AfterValidator(check_web_address),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://[^#@ ]+$"}),
]
