"""What a picture's file says of itself: caption and credit in IPTC and EXIF. Every byte is hostile."""

from __future__ import annotations

import re
from typing import cast

from PIL import ImageFile, IptcImagePlugin

from pipelines.paragraphs import squeeze

MAX_TEXT = 2000  # characters

# (record, data set) → its value, those of a repeated one; Pillow gives None for an empty one
_Iptc = dict[tuple[int, int], bytes | list[bytes | None] | None]
# IPTC IIM 4.2, record 2, and the data set of record 1 that names the character set.
_CAPTION, _BYLINE, _CREDIT, _COPYRIGHT = (2, 120), (2, 80), (2, 110), (2, 116)
_CHARSET, _UTF8 = (1, 90), b"\x1b%G"
# EXIF 2.32, 4.6.4
_DESCRIPTION, _ARTIST, _RIGHTS = 0x010E, 0x013B, 0x8298
_LATIN = 256  # signs of Latin-1
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What cameras and programs write where nobody wrote anything.
_EMPTY = re.compile(
    r"(?:olympus|sony|samsung|minolta|kodak) (?:dsc|digital camera|picture).*|default|untitled|screenshot"
    r"|created with .*|\W*",
    re.IGNORECASE,
)


def embedded_words(picture: ImageFile.ImageFile) -> tuple[str | None, str | None]:
    """(caption, credit) as the file gives them, IPTC before EXIF; None where it gives none.

    The credit is byline and credit line joined by a slash ("Ann Smith/AFP"), else the copyright notice.

    Raises:
        OSError, SyntaxError, ValueError, KeyError, IndexError, struct.error: as Pillow does on damaged files.
    """
    iptc = cast("_Iptc", IptcImagePlugin.getiptcinfo(picture) or {})
    exif = picture.getexif()
    said = {key: _iptc_text(iptc, key) for key in (_CAPTION, _BYLINE, _CREDIT, _COPYRIGHT)}
    names = dict.fromkeys(name for key in (_BYLINE, _CREDIT) if (name := said[key]))
    credit = "/".join(names) or said[_COPYRIGHT]
    caption = said[_CAPTION] or _exif_text(exif.get(_DESCRIPTION))
    return caption, credit or _exif_text(exif.get(_ARTIST)) or _exif_text(exif.get(_RIGHTS))


def _iptc_text(iptc: _Iptc, key: tuple[int, int]) -> str | None:
    value = iptc.get(key)
    raw = b", ".join(filter(None, value)) if isinstance(value, list) else value or b""
    return _clean(_decoded(raw, utf8=iptc.get(_CHARSET) == _UTF8))


def _exif_text(value: object) -> str | None:
    if isinstance(value, str) and all(ord(sign) < _LATIN for sign in value):
        value = value.encode("latin-1")  # as Pillow reads EXIF's "ASCII"; what is in it today is UTF-8
    if isinstance(value, bytes):
        value = _decoded(value, utf8=False)
    return _clean(value) if isinstance(value, str) else None


def _decoded(raw: bytes, *, utf8: bool) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8" if utf8 else "cp1252", "replace")


def _clean(text: str) -> str | None:
    cleaned = squeeze(_UNFIT.sub(" ", text))[:MAX_TEXT]
    return None if _EMPTY.fullmatch(cleaned) else cleaned
