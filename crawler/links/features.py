"""What is seen of a link: its address and its words, as numbers from 0 to 1 (pure).

Every feature is a habit of news sites that holds across publishers and languages. No site, and no word that
is a name, is among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from crawler.links import lexicon

_DATE_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2]|[a-z]{3})(?:[/-]?\d{1,2})?(?:/|-|$)")
_DAY_PATH = re.compile(
    r"(?<!\d)(?:19|20)\d\d[/_-]?(?:0?[1-9]|1[0-2]|[a-z]{3})[/_-]?(?:0?[1-9]|[12]\d|3[01])(?!\d)"
)
_LONG_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_HEX_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|(?<![0-9a-z])(?=[a-z]*\d)[0-9a-z]{16,}(?![0-9a-z])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")  # Thai, kana, Chinese characters
_UNSPACED_PER_WORD = 2
_QUERY_ID = re.compile(r"(?:^|&)(?:id|[a-z]{0,8}[_-]?id|p|no|idx|aid|article|story|news)=\d+(?:&|$)")
_LONGEST_EXTENSION = 5
_SHARED = 3  # letters that a word of the slug has to have to count as shared with the link's words
_MARKS = re.compile(
    '[:?!,;\u3001\u3002\uff1a\uff1f\uff01\u300c\u060c\u0964\u2014\u2013\u2018\u2019\u201c\u201d\u00ab\u00bb"]|\\.(?=\\s|$)'
)
_ARROW = re.compile("[\u00bb\u203a\u2192\u2190\u25b6>]|\\.\\.\\.$|\u2026$")
_CODE = re.compile(r"[{};]\s*\S+\s*[{};]|function\s*\(")  # scripts and style sheets inside a link's element
_MOST_TEXT = 1000

WORDS_IN_SLUG = (0, 1, 2, 3, 4, 5, 7)  # the lower ends of the steps that are told apart
WORDS_IN_TEXT = (1, 2, 3, 4, 5, 6, 8, 12, 20)
DEPTHS = (1, 2, 3, 4, 5)


def segments_of(url: str) -> tuple[str, ...] | None:
    """The path's segments in small letters, unquoted, the last less its extension; None for no page."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return None
    segments = [segment for segment in unquote(parts.path).split("/") if segment]
    if parts.scheme not in {"http", "https"} or not segments:
        return None
    stem, dot, extension = segments[-1].rpartition(".")
    if dot and extension in lexicon.FILES:
        return None
    if dot and extension.isalpha() and len(extension) <= _LONGEST_EXTENSION:
        segments[-1] = stem
    return tuple(segment for segment in segments if segment) or None


def features(url: str, text: str | None) -> Mapping[str, float] | None:
    """The features of a link that are not 0, by name; None if no story can be there.

    Args:
        url: absolute.
        text: the words of the link, or of the picture that is one; None or "" if it has none.
    """
    segments = segments_of(url)
    if segments is None:
        return None
    found = {**dict(_of_address(url, segments)), **dict(_of_text((text or "")[:_MOST_TEXT], segments))}
    return {name: value for name, value in found.items() if value}


def _of_address(url: str, segments: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    parts = urlsplit(url.lower())
    path = unquote(parts.path)
    slug = max(len(_WORD.findall(segment)) for segment in segments[-2:])
    last = len(_WORD.findall(segments[-1]))
    yield from ((f"slug>={least}", float(slug >= least)) for least in WORDS_IN_SLUG[1:])
    yield "last>=2", float(last >= 2)  # noqa: PLR2004 - as named
    yield "last>=4", float(last >= 4)  # noqa: PLR2004 - as named
    yield from ((f"depth>={least}", float(len(segments) >= least)) for least in DEPTHS[1:])
    dated = _DATE_PATH.search(path) is not None
    numbered = _LONG_NUMBER.search(path) is not None
    marked = _HEX_ID.search(path) is not None
    yield "dated", float(dated)
    yield "day", float(_DAY_PATH.search(path) is not None)
    yield "dated slug", float(dated and last >= 2)  # noqa: PLR2004 - a slug behind the date
    yield "number", float(numbered)
    yield "id", float(marked)
    identified = dated or numbered or marked or _QUERY_ID.search(parts.query) is not None
    yield "identified", float(identified)
    yield "identified slug", float(identified and slug >= 3)  # noqa: PLR2004
    yield "page with extension", float(path.rstrip("/").endswith((".html", ".htm", ".shtml", ".php", ".ece")))
    yield "query", float(bool(parts.query))
    yield "service host", float((parts.hostname or "").partition(".")[0] in lexicon.SERVICE_HOSTS)
    for name, words in (
        ("list", lexicon.LISTS),
        ("service", lexicon.SERVICES),
        ("media", lexicon.MEDIA),
        ("story", lexicon.STORIES),
    ):
        inside = words.intersection(segments)
        yield f"{name} segment", float(bool(inside))
        yield f"{name} ends", float(segments[-1] in words)


def _of_text(text: str, segments: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    if _CODE.search(text):  # it says nothing
        text = ""
    spoken = _WORD.findall(text)
    count = max(len(spoken), len(_UNSPACED.findall(text)) // _UNSPACED_PER_WORD)
    small = [word.lower() for word in spoken]
    yield "silent", float(not count)
    yield from ((f"words>={least}", float(count >= least)) for least in WORDS_IN_TEXT[1:])
    yield "marks", float(_MARKS.search(text.strip()) is not None)
    yield "arrow", float(_ARROW.search(text.strip()) is not None)
    yield "digits", float(any(character.isdigit() for character in text))
    yield "action", float(bool(lexicon.ACTIONS.intersection(small)))
    yield "more", float(bool(small) and small[0] in lexicon.MORE and count <= 4)  # noqa: PLR2004 - Read more
    letters = [word for word in spoken if word[0].isalpha()]
    capital = sum(word[0].isupper() for word in letters)
    yield "all capital", float(len(letters) > 1 and capital == len(letters))
    yield "sentence", float(len(letters) > 3 and 0 < capital < len(letters) / 2)  # noqa: PLR2004 - a few words
    yield "shared", _shared(small, segments)
    yield "whole path spoken", float(bool(small) and count <= 3 and _shared(small, segments) == 1)  # noqa: PLR2004


def _shared(spoken: list[str], segments: tuple[str, ...]) -> float:
    """The share of the slug's words that the link says: editors make slugs out of headlines."""
    slug = max(segments[-2:], key=lambda segment: len(_WORD.findall(segment)))
    words = {_folded(word) for word in _WORD.findall(slug) if len(word) >= _SHARED}
    said = {_folded(word) for word in spoken}
    return len(words & said) / len(words) if words else 0.0


def _folded(word: str) -> str:
    """A word less its accents, as slugs have it."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
