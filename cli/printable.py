"""What a page says, made harmless for a terminal."""

from __future__ import annotations

import re

# Control characters (an ESC begins commands to the terminal) and marks that turn the direction of text.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with each character that could command the terminal as U+FFFD; tabs and line ends stay."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)
