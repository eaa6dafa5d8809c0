"""Which news agency an article credits: in its byline, or in the dateline that opens its text (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.byline import is_agency

OPENING = 120  # characters
# `BERLIN (Reuters) - `, `PARIS, March 3 (AFP) — `, `Berlin (dpa/ABC) - `
_DATELINE = re.compile(r"^[^\n]{0,60}?[(\[](?P<names>[^()\[\]\n]{2,40})[)\]]\s*[-\u2013\u2014:]")


def credited(byline: Sequence[str], opening: str) -> str | None:
    """The agency.

    Args:
        byline: agencies that the byline names.
        opening: the first characters of the text.
    """
    if byline:
        return byline[0]
    found = _DATELINE.match(opening)
    names = found["names"].split("/") if found else []
    return next((name.strip() for name in names if is_agency(name.strip())), None)
