"""When an article was published and modified, with the zone that the page gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from pipelines import json_ld
from pipelines.metadata import Metadata
from pipelines.page import Page

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no page of the web is older; earlier is a default value
AHEAD = timedelta(hours=24)  # clocks and zones of servers; a date further ahead of the capture is none

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished",
    "article.published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date", "dcterms.created", "pubdate",
    "publishdate",
    "publish-date", "article_date_original", "last-publish-date", "date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "revised",
)
ZONED, UNZONED, DAY, GUESSED = "zoned", "unzoned", "day", "guessed"  # how sure a date is
_NAMED_ZONE = re.compile(r"(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)\)?\s*$")  # RFC 5322, 3.3 and 4.3
_TITLE_DAY = re.compile(r"[|\u2013\u2014-]\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*$")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dates:
    """Moments in UTC, and the string behind the first.

    Attributes:
        published, modified: None if the page names none that can be true.
        published_raw: the string as given: the zone and the precision of the source can be seen in it.
        confidence: how sure `published` is (`Article.published_confidence`); None without it.
    """

    published: datetime | None = None
    published_raw: str | None = None
    modified: datetime | None = None
    confidence: str | None = None


def read_dates(page: Page, metadata: Metadata, captured_at: datetime, zone: tzinfo = UTC) -> Dates:
    """Take JSON-LD, `<meta>`, the first `<time>` of the article, then the title; the first that can be true.

    Of two statements of the same moment on the clock, the one with a zone is believed. `zone` is that of
    dates which name none.
    """
    node = metadata.article
    published = [json_ld.text(node.get("datePublished")), *metadata.all(*_PUBLISHED), *_times(page)]
    published.append(json_ld.text(node.get("dateCreated")))
    modified = [json_ld.text(node.get("dateModified")), *metadata.all(*_MODIFIED)]
    published.extend(_in_titles(metadata))
    changed = next((m for r in modified if (m := credible(r, captured_at, zone))), None)
    believed = [(raw, moment) for raw in published if raw and (moment := credible(raw, captured_at, zone))]
    if not believed:
        return Dates(modified=changed)
    raw, moment = believed[0]
    if confidence(raw) == UNZONED:
        same = (other for other in believed if other[0][:16] == raw[:16] and confidence(other[0]) == ZONED)
        raw, moment = next(same, believed[0])
    return Dates(moment, raw, changed, confidence(raw))


def confidence(raw: str) -> str:
    """How sure a stated date is: `zoned`, `unzoned` or `day`."""
    match = _ISO.match(raw.strip())
    if match is None:
        return ZONED if raw.strip().isdigit() or _NAMED_ZONE.search(raw) else UNZONED
    if match[4] is None:
        return DAY
    return ZONED if match[8] else UNZONED


def credible(raw: str | None, captured_at: datetime, zone: tzinfo = UTC) -> datetime | None:
    """`raw` as a moment in UTC if it is a date, not before the web and not after the capture; else None."""
    moment = parse_moment(raw, zone)
    return moment if moment and EARLIEST <= moment <= captured_at + AHEAD else None


def parse_moment(raw: str | None, zone: tzinfo = UTC) -> datetime | None:
    """Read ISO 8601 (as pages misspell it), RFC 5322 or a Unix time, as a moment in UTC.

    Where no zone is given it is the time on the clocks of `zone`: of a time that they showed twice the
    first is meant, and one that they jumped over lies as far behind the jump as it says (PEP 495, fold=0).
    A day is its start.
    """
    text = (raw or "").strip()
    try:
        if match := _ISO.match(text):
            return _from_iso(match, zone)
        if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        if re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} ", text):
            moment = parsedate_to_datetime(text)
            if moment.tzinfo is None:  # "-0000": in UTC, and the zone is not told (RFC 5322, 3.3)
                moment = moment.replace(tzinfo=UTC if text.endswith("-0000") else zone)
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def midnight(day: date) -> datetime:
    """The start of a day in UTC: what a date without a time stands for."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _from_iso(match: re.Match[str], clocks: tzinfo) -> datetime:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC if zone else clocks,
    )  # fmt: skip
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment = moment - offset if zone[0] == "+" else moment + offset
    return moment.astimezone(UTC)


def _in_titles(metadata: Metadata) -> list[str]:
    """A day at the end of a title: `Storm hits the coast | The Herald | 03.05.2024`."""
    titles = (metadata.first("og:title"), metadata.first("twitter:title"), metadata.first("title"))
    found = (match for title in titles if title and (match := _TITLE_DAY.search(title)))
    return [f"{match[3]}-{match[2]}-{match[1]}" for match in found]


def _times(page: Page) -> list[str]:
    """Dates of `time` elements: those marked as publication, then the first outside comments."""
    marked: list[str] = []
    plain: list[str] = []
    for element in page.tree.iter("time", "abbr", "span"):
        value = element.get("datetime") or (
            element.get("title") if element.tag == "abbr" else element.get("content")
        )
        if not value:
            continue
        hints = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        if "datepublished" in hints or "published" in hints or element.get("pubdate") is not None:
            marked.append(value)
        elif element.tag == "time" and not any(
            a.tag in ("aside", "nav", "footer") or "comment" in (a.get("class") or "")
            for a in element.iterancestors()
        ):
            plain.append(value)
    return marked[:3] + plain[:1]
