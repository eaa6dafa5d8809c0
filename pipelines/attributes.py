"""Patterns that are looked for in the attributes of a page's elements, with their answers kept.

The elements of a page, and of all pages of a site, carry the same few hundred classes again and again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_KEPT = 4096  # answers of each pattern
_LONGEST_KEPT = 200  # characters of attributes whose answer is kept

Says = Callable[[str], bool]


def saying(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Says:
    """A function that tells whether attributes, joined by spaces, match a pattern somewhere."""
    search = re.compile(pattern, flags).search

    def is_found(said: str) -> bool:
        return search(said) is not None

    kept = lru_cache(maxsize=_KEPT)(is_found)

    def says(said: str) -> bool:
        return kept(said) if len(said) <= _LONGEST_KEPT else is_found(said)

    return says
