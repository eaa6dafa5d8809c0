"""Whether a block reads as the credit or the caption of a picture: one of the features of a block."""

from __future__ import annotations

import re

_CREDIT_BEGINNING = (
    r"^(?:photo|image|picture|foto|bild|credit|source|fonte|fuente|quelle|crédit|video|watch|listen|file)\b"
)
_CREDIT = re.compile(
    rf"{_CREDIT_BEGINNING}"
    r"|getty|reuters/|\bAFP\b|\bphoto(?:graph)?(?: by| courtesy|:)|©|/ ?AP\b|handout|courtesy of|shutterstock"
    r"|imago|dpa/|picture alliance",
    re.IGNORECASE,
)
# Of a text in ASCII most answers need no pattern: one of these stands in each that `_CREDIT` finds within.
_BEGINS_CREDIT = re.compile(_CREDIT_BEGINNING, re.IGNORECASE)
_IN_CREDIT = (
    "getty", "reuters/", "afp", "photo", "/ap", "/ ap", "handout", "courtesy of", "shutterstock", "imago",
    "dpa/", "picture alliance",
)  # fmt: skip


def is_credit_line(text: str) -> bool:
    """Whether a text begins as a credit does, or names an agency or a photographer."""
    if text.isascii() and not _BEGINS_CREDIT.match(text):
        lower = text.lower()
        if not any(word in lower for word in _IN_CREDIT):
            return False
    return bool(_CREDIT.search(text))
