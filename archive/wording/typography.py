"""Text less what a typesetter may change without saying anything else (pure)."""
# ruff: noqa: RUF001 - the signs of many typefaces are meant as they are

from __future__ import annotations

import re
import unicodedata

# Quotation marks of all languages as one, apostrophes and single quotes as another, dashes as one.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″〝〞〟＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′´`＇ʼʹ", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
        "…": "...",
    }
)
# Soft hyphens, zero-width signs, marks of direction, variation selectors: nobody sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_RULES = (
    (re.compile("''"), '"'),
    (re.compile(r"\.\s?\.\s?\.(?!\.)"), "..."),
    (re.compile(r"\s+([;:!?%])"), r"\1"),  # French puts a space there
    (re.compile(r'\s*"\s*'), '"'),  # and inside its quotation marks
    (re.compile(r"\s*-[\s-]*"), "-"),
)


def plain(text: str) -> str:
    """A text as compared: composed (NFC), one kind of quotes, dashes and spaces, nothing unseen.

    Two texts that are equal so differ only in typesetting. Letters, case, digits and every other sign stay.
    """
    folded = text
    if not text.isascii():
        folded = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_SIGNS)
    for pattern, instead in _RULES:
        folded = pattern.sub(instead, folded)
    return " ".join(folded.split())


def plain_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a clean text as compared, none empty."""
    return tuple(folded for paragraph in text.split("\n\n") if (folded := plain(paragraph)))
