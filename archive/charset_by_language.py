"""The encoding of a page that declares none, told by the language that it says it is in.

What browsers do with the reader's locale (HTML 13.2.3.2, step 9), done with the page's own `lang`, and only
for languages whose letters can be recognised: an encoding is believed if the bytes turn into these.
"""
# ruff: noqa: RUF001 - the letters of many languages are meant as they are

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 4096  # bytes searched for the root element
SAMPLE = 200_000  # bytes decoded to see what they say
FEWEST = 20  # characters beyond ASCII; of fewer nothing is told
ENOUGH = 0.6  # of these that are letters of the language

_LANG = re.compile(rb"<html\b[^<>]{0,500}?\slang\s*=\s*[\"']?\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)")


@dataclass(frozen=True, slots=True)
class _Written:
    """How a language was written before UTF-8: Python's codecs, likeliest first, and its letters."""

    codecs: tuple[str, ...]
    letters: re.Pattern[str]


# Lower case alone: another Cyrillic encoding shows the same words in capitals.
_CYRILLIC = _Written(("cp1251", "koi8-u", "koi8-r", "iso8859-5", "cp866"), re.compile("[а-яёіїєґўђјљњћџ]"))
_HAN = re.compile("[\u3001-\u3002\u3400-\u9fff\uff01-\uff1f]")
_ARABIC = _Written(("cp1256", "iso8859-6"), re.compile("[\u060c\u061b\u061f\u0620-\u06ff\u200c]"))
_LANGUAGES = {
    "ru": _CYRILLIC, "uk": _CYRILLIC, "be": _CYRILLIC, "bg": _CYRILLIC, "mk": _CYRILLIC,
    "el": _Written(("cp1253", "iso8859-7"), re.compile("[ά-ώΐΰ]")),
    "tr": _Written(("cp1254",), re.compile("[çğıöşüÇĞİÖŞÜâî]")),
    "he": _Written(("cp1255", "iso8859-8"), re.compile("[\u05b0-\u05f4]")),
    "ar": _ARABIC, "fa": _ARABIC, "ur": _ARABIC,
    "th": _Written(("cp874",), re.compile("[\u0e01-\u0e5b]")),
    "ja": _Written(("cp932", "euc_jp"), re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uff5e]")),
    "ko": _Written(("cp949",), re.compile("[\uac00-\ud7a3]")),
    "zh": _Written(("gb18030", "big5hkscs"), _HAN),
    "zh-tw": _Written(("big5hkscs", "gb18030"), _HAN),
}  # fmt: skip
_LANGUAGES["zh-hk"] = _LANGUAGES["zh-hant"] = _LANGUAGES["zh-tw"]


def by_language(body: bytes) -> str | None:
    """Python's name of the encoding, or None if the page names no such language, or is not written in it."""
    named = _LANG.search(body[:HEAD])
    tag = named[1].decode("ascii").lower() if named else ""
    written = _LANGUAGES.get(tag) or _LANGUAGES.get(tag.partition("-")[0])
    if written is None:
        return None
    shares = {codec: _share(body[:SAMPLE], codec, written.letters) for codec in written.codecs}
    best = max(written.codecs, key=lambda codec: shares[codec])  # of equal ones the first
    return best if shares[best] >= ENOUGH else None


def _share(body: bytes, codec: str, letters: re.Pattern[str]) -> float:
    """Of the characters beyond ASCII, the share that are letters of the language."""
    text = body.decode(codec, "replace")
    beyond = sum(not character.isascii() for character in text)
    return len(letters.findall(text)) / beyond if beyond >= FEWEST else 0.0
