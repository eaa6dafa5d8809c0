"""Header fields of an archived answer, as a new answer may carry them."""

from __future__ import annotations

import re

from archive.exchange import Exchange

PREFIX = "X-Archive-Orig-"

# What describes the bytes stays; all else (cookies, policies, hop-by-hop and framing fields) is told under
# another name, so that it commands no client of ours.
_KEPT = {"content-type", "content-encoding", "content-language"}
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_NOT_IN_VALUE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_MOST = 200  # fields
_LONGEST = 8192  # characters a value


def original_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """(name, value) of each header field, in order, those that would act prefixed."""
    found: list[tuple[str, str]] = []
    told = set()
    for name, value in exchange.headers[:_MOST]:
        if not _NAME.fullmatch(name):
            continue  # `X-Archive-Orig-` cannot make a valid field of it
        kept = name.lower() in _KEPT and (name.lower() == "content-encoding" or name.lower() not in told)
        told.add(name.lower())
        already = name.lower().startswith(PREFIX.lower())
        clean = _NOT_IN_VALUE.sub(" ", value)[:_LONGEST].strip()
        found.append((name if kept or already else f"{PREFIX}{name}", clean))
    return found
