"""Whether a block reads as the credit or the caption of a picture: one of the features of a block."""

from __future__ import annotations

import re

from pipelines.paragraphs import lowered

_BEGINNINGS = (
    "photo", "image", "picture", "foto", "bild", "credit", "source", "fonte", "fuente", "quelle", "crédit",
    "video", "watch", "listen", "file",
)  # fmt: skip
_CREDIT = re.compile(
    rf"^(?:{'|'.join(_BEGINNINGS)})\b"
    r"|getty|reuters/|\bAFP\b|\bphoto(?:graph)?(?: by| courtesy|:)|©|/ ?AP\b|handout|courtesy of|shutterstock"
    r"|imago|dpa/|picture alliance",
    re.IGNORECASE,
)
# Most answers need no pattern: one of these stands in each text that `_CREDIT` finds within.
_IN_CREDIT = (
    "getty", "reuters/", "afp", "photo", "©", "/ap", "/ ap", "handout", "courtesy of", "shutterstock",
    "imago", "dpa/", "picture alliance",
)  # fmt: skip


def is_credit_line(text: str) -> bool:
    """Whether a text begins as a credit does, or names an agency or a photographer."""
    lower = lowered(text)
    if not lower.startswith(_BEGINNINGS) and not any(word in lower for word in _IN_CREDIT):
        return False
    return bool(_CREDIT.search(text))
