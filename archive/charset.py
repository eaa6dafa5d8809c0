"""Which character encoding a page is in, and how we know."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache

import charset_normalizer

from archive.charset_by_language import by_language

PRESCAN = 4096  # bytes searched for a declaration; HTML asks for 1024, real pages put scripts before it
TOLERATED_ERRORS = 0.001  # share of undecodable characters at which a declared encoding is still believed
_SAMPLE = 20_000  # bytes given to the guesser

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""", re.IGNORECASE)

# What browsers read for a label (WHATWG Encoding, 4.2), where Python's codec of that name knows less.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
# Labels of the same table that Python does not know.
_LABELS = {
    label: codec
    for codec, labels in {
        "cp932": "x-sjis windows-31j",
        "gb18030": "x-gbk csgb2312 gb_2312 gb_2312-80",
        "big5hkscs": "cn-big5 x-x-big5",
        "cp949": "windows-949 cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601",
        "euc_jp": "x-euc-jp cseucpkdfmtjapanese",
        "cp874": "windows-874 dos-874",
        "iso8859-2": "iso88592",
        "iso8859-6": "csiso88596e iso-8859-6-e",
        "iso8859-7": "sun_eu_greek",
        "iso8859-8": "csiso88598e iso-8859-8-e visual csiso88598i iso-8859-8-i logical",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-roman": "csmacintosh mac x-mac-roman",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "utf-8": "unicode-1-1-utf-8 x-unicode20utf8",
        "utf-16-be": "unicodefffe",
        "utf-16-le": "unicode iso-10646-ucs-2 ucs-2",
        **{f"cp125{n}": f"x-cp125{n}" for n in range(9)},
    }.items()
    for label in labels.split()
}
# Python also has codecs that are no character encodings of the web (rot13, zlib, idna, utf-7 ...).
_ALLOWED = re.compile(
    r"utf-8|utf-16-[lb]e|cp125\d|cp874|cp866|cp932|cp949|gb18030|big5hkscs|euc_jp|iso2022_jp|johab"
    r"|iso8859-\d+|koi8-[ru]|mac-(roman|cyrillic)|hz"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as characters.

    Attributes:
        text: the characters; what could not be decoded is U+FFFD.
        encoding: Python's name of the encoding used.
        source: how it was chosen: `bom`, `header`, `meta`, `content` (the bytes are valid UTF-8),
            `guess` (by the page's language, or statistically) or `fallback` (nothing fitted).
    """

    text: str
    encoding: str
    source: str


@lru_cache(maxsize=64)  # servers say few different things, and the reader of headers is thorough
def header_charset(content_type: str | None) -> str | None:
    """The charset parameter of a `Content-Type` field value; None if it has none."""
    message = Message()
    message["Content-Type"] = re.sub(r"[\r\n]+", " ", content_type or "")
    value = message.get_param("charset")
    return value.strip("'\" ") if isinstance(value, str) else None


def codec_for(label: str | None) -> str | None:
    """Python's codec for an encoding label of the web; None for an unknown label."""
    name = (label or "").strip().lower()
    try:
        found = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError, UnicodeError):
        return None
    found = _SUPERSETS.get(found, found)
    return found if _ALLOWED.fullmatch(found) else None


def decode_text(body: bytes, content_type: str | None) -> Decoded:
    """Decode a page's bytes: BOM, then valid UTF-8, then header, then meta, then a guess.

    Valid UTF-8 that is not plain ASCII goes before a declaration: other encodings do not look like it
    by accident, and a wrong header is the commonest fault. Never raises.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(name, "replace"), name, "bom")
    header = codec_for(header_charset(content_type))
    meta = codec_for(_declared(body[:PRESCAN]))
    if meta and meta.startswith("utf-16"):
        meta = "utf-8"  # a meta that could be read as ASCII is not in UTF-16 (HTML, 13.2.3.2)
    declared = [(name, source) for name, source in ((header, "header"), (meta, "meta")) if name]
    if not (header and header.startswith("utf-16")) and (utf8 := _as_utf8(body, declared)):
        return utf8
    for name, source in declared:
        text = body.decode(name, "replace")
        if text.count("\ufffd") <= TOLERATED_ERRORS * len(text):
            return Decoded(text, name, source)
    if guess := _guess(body):
        return Decoded(body.decode(guess, "replace"), guess, "guess")
    name, source = declared[0] if declared else ("utf-8", "fallback")
    return Decoded(body.decode(name, "replace"), name, source)


def _as_utf8(body: bytes, declared: list[tuple[str, str]]) -> Decoded | None:
    """The page as UTF-8 if it is that; plain ASCII is left to what is declared."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if text.isascii() and declared:
        return None
    return Decoded(text, "utf-8", next((source for name, source in declared if name == "utf-8"), "content"))


def _declared(head: bytes) -> str | None:
    match = _META.search(head) or _XML.search(head)
    return match[1].decode("ascii", "ignore") if match else None


def _guess(body: bytes) -> str | None:
    """What the page's language tells, else a statistical guess from the densest part of the bytes."""
    if told := by_language(body):
        return told
    sample = body if len(body) <= 2 * _SAMPLE else body[:_SAMPLE] + body[len(body) // 2 :][:_SAMPLE]
    best = charset_normalizer.from_bytes(sample).best()
    return codec_for(best.encoding) if best else None
