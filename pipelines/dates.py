"""When an article was published and modified, with the zone that the page gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
    """

    published: datetime | None = None
    published_raw: str | None = None
    modified: datetime | None = None


def read_dates(page: Page, metadata: Metadata, captured_at: datetime) -> Dates:
    """Take JSON-LD, then `<meta>`, then the first `<time>` of the article; the first that can be true."""
    node = metadata.article
    published = [json_ld.text(node.get("datePublished")), *metadata.all(*_PUBLISHED), *_times(page)]
    published.append(json_ld.text(node.get("dateCreated")))
    modified = [json_ld.text(node.get("dateModified")), *metadata.all(*_MODIFIED)]
    raw, moment = next(((r, m) for r in published if (m := credible(r, captured_at))), (None, None))
    return Dates(moment, raw, next((m for r in modified if (m := credible(r, captured_at))), None))


def credible(raw: str | None, captured_at: datetime) -> datetime | None:
    """`raw` as a moment in UTC if it is a date, not before the web and not after the capture; else None."""
    moment = parse_moment(raw)
    return moment if moment and EARLIEST <= moment <= captured_at + AHEAD else None


def parse_moment(raw: str | None) -> datetime | None:
    """Read ISO 8601 (as pages misspell it), RFC 5322 or a Unix time; UTC where no zone is given."""
    text = (raw or "").strip()
    try:
        if match := _ISO.match(text):
            return _from_iso(match)
        if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        if re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} ", text):
            moment = parsedate_to_datetime(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def midnight(day: date) -> datetime:
    """The start of a day in UTC: what a date without a time stands for."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _from_iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
    )  # fmt: skip
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment = moment - offset if zone[0] == "+" else moment + offset
    return moment


def _times(page: Page) -> list[str]:
    """Dates of `time` elements: those marked as publication, then the first outside comments."""
    marked: list[str] = []
    plain: list[str] = []
    for element in page.tree.iter("time", "abbr", "span"):
        value = element.get("datetime") or (
            element.get("title") if element.tag == "abbr" else element.get("content")
        )
        hints = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        if not value:
            continue
        if "datepublished" in hints or "published" in hints or element.get("pubdate") is not None:
            marked.append(value)
        elif element.tag == "time" and not any(
            a.tag in ("aside", "nav", "footer") or "comment" in (a.get("class") or "")
            for a in element.iterancestors()
        ):
            plain.append(value)
    return marked[:3] + plain[:1]
