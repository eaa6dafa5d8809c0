"""The shape of an address: what stays when dates, numbers, ids and slugs are taken out (pure)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d-\d\d?-\d\d?")
_MONTH = re.compile(r"0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec")
_WORDS = re.compile(r"[^\W\d_]+")
_LONG = 5  # digits of a number that is an id
_SLUG = 3  # words of a slug


def shape_of(url: str) -> str:
    """The shape, such as `www.example.org/news/{year}/{n}/{slug}.html`.

    Raises:
        ValueError: `url` cannot be split.
    """
    parts = urlsplit(url.lower())
    segments = [segment_shape(segment) for segment in unquote(parts.path).split("/")[1:]]
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"{parts.netloc}/{'/'.join(segments)}" + (f"?{'&'.join(names)}" if names else "")


def segment_shape(segment: str) -> str:
    """The shape of one path segment: `{year}`, `{day}`, `{n}`, `{number}`, `{id}`, `{slug}`, or itself."""
    stem, dot, extension = segment.rpartition(".")
    tail = ""
    if dot and stem and extension.isalpha():
        segment, tail = stem, f".{extension}"
    if not segment:
        return tail
    if _UUID.search(segment):
        made = "{id}"
    elif _DAY.fullmatch(segment):
        made = "{day}"
    elif _YEAR.fullmatch(segment):
        made = "{year}"
    elif segment.isdigit():
        made = "{number}" if len(segment) >= _LONG else "{n}"
    elif _MONTH.fullmatch(segment):
        made = "{n}"
    elif len(_WORDS.findall(segment)) >= _SLUG or not segment.isascii():
        made = "{slug}"
    elif re.search(rf"\d{{{_LONG},}}", segment):
        made = "{id}"
    else:
        made = segment
    return made + tail
