"""The date that a page prints above its text in scripts and calendars that htmldate does not read.

East Asian years, months and days; native digits; Thai, Arabic, Persian, Hindi and Hebrew names of months; the
Buddhist era, the Solar Hijri calendar and the Japanese eras.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import islice

import lxml.html

from pipelines.article_place import Place
from pipelines.page import Page
from pipelines.paragraphs import squeeze

MAX_LINE = 120  # characters of a line that gives a date
MAX_AWAY = 60  # elements above the text, and
MAX_BELOW = 20  # below its last paragraph
MAX_LOOKED_AT = 200  # elements in each of these places

_TAGS = ("time", "span", "p", "div", "li", "dd", "td", "em", "small", "b", "strong", "address")
_BUDDHIST = 543  # years before the common era
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}  # the year before their first

_MONTHS = {
    name: number
    for names in (
        "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
        "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
        "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
        "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
        "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर अक्तूबर नवम्बर दिसम्बर",
        "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    )
    for number, name in enumerate(names.replace("_", "\u00a0").split(" "), 1)
}
_SOLAR_HIJRI = {
    name: number
    for number, name in enumerate(
        [
            "فروردین",
            "اردیبهشت",
            "خرداد",
            "تیر",
            "مرداد",
            "شهریور",
            "مهر",
            "آبان",
            "آذر",
            "دی",
            "بهمن",
            "اسفند",
        ],
        1,
    )
}
# Spelled as the lines are that they are looked for in.
_MONTH_OF = {unicodedata.normalize("NFKC", name): number for name, number in _MONTHS.items()}
_ALL = "|".join(sorted(map(re.escape, (*_MONTH_OF, *_SOLAR_HIJRI)), key=len, reverse=True))

_EAST_ASIAN = re.compile(
    r"(?P<year>\d{4}|(?P<era>令和|平成|昭和)\s?(?P<of>元|\d{1,2}))\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<year>\d{4})\s?(?P<sign>[./-])\s?(?P<month>\d{1,2})\s?(?P=sign)\s?(?P<day>\d{1,2})(?!\d)"
)
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s*(?:ב-?)?(?P<name>{_ALL})\s*(?:/\s*\w+\s*)?(?:พ\.ศ\.|ค\.ศ\.|ब|سنة|عام|سال|[,،])?\s*(?P<year>\d{{4}})(?!\d)"
)
_CLOCK = re.compile(
    r"^.{0,12}?(?P<half>上午|下午|午前|午後|오전|오후)?\s?(?P<hour>\d{1,2})\s?[:時时点시]\s?(?P<minute>\d{2})?"
)
_AFTERNOON = frozenset({"下午", "午後", "오후"})


def printed_date(page: Page, place: Place) -> tuple[str, str] | None:
    """(as printed, in ISO 8601 without a zone) of the first line around the text's head that gives a date."""
    for line in _lines(page, place):
        if found := date_in(line):
            return line, found
    return None


def date_in(line: str) -> str | None:
    """The date in a line, in ISO 8601, with its time of day where the line gives one; None without a date."""
    plain = _plain(line)
    for pattern in (_EAST_ASIAN, _NAMED, _NUMERIC):
        if (match := pattern.search(plain)) and (day := _day(match)):
            return day.isoformat() + _time(plain[match.end() :])
    return None


def _plain(line: str) -> str:
    """A line with the digits of any script as ASCII."""
    spelled = unicodedata.normalize("NFKC", line)
    return "".join(
        str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in spelled
    ).replace("\u200f", "")


def _day(match: re.Match[str]) -> date | None:
    said = match.groupdict()
    if said.get("era"):
        year = _ERAS[said["era"]] + (1 if said["of"] == "元" else int(said["of"]))
    else:
        year = int(said["year"])
    name = said.get("name")
    month = int(said["month"]) if name is None else _MONTH_OF.get(name) or _SOLAR_HIJRI[name]
    try:
        if name in _SOLAR_HIJRI or (name is None and year in range(1300, 1500)):
            return solar_hijri(year, month, int(said["day"]))
        return date(year - _BUDDHIST if year > 2400 else year, month, int(said["day"]))  # noqa: PLR2004
    except ValueError:
        return None


def _time(rest: str) -> str:
    match = _CLOCK.match(rest)
    if match is None:
        return ""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"] in _AFTERNOON and hour < 12:  # noqa: PLR2004 - noon
        hour += 12
    return f"T{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""  # noqa: PLR2004


def solar_hijri(year: int, month: int, day: int) -> date:
    """A day of the Solar Hijri calendar, in the 33-year cycle that holds from 1244 to 1472.

    Raises ValueError for a month or day that is none.
    """
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):  # noqa: PLR2004
        raise ValueError(f"no such day: {year}/{month}/{day}")
    years = year + 1595
    before = 31 * (month - 1) if month < 7 else 30 * (month - 7) + 186  # noqa: PLR2004
    return date.fromordinal(365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + before + day - 356033)


def _lines(page: Page, place: Place) -> Iterator[str]:
    start = place.heading if place.heading is not None else place.first - MAX_AWAY
    for first, last in (
        (start, place.first),
        (start - MAX_AWAY, start),
        (place.last, place.last + MAX_BELOW),
    ):
        near = (
            element for element in page.tree.iter(*_TAGS) if first <= place.order.get(element, -1) <= last
        )
        for element in islice(near, MAX_LOOKED_AT):
            if line := _line(element):
                yield line


def _line(element: lxml.html.HtmlElement) -> str | None:
    """The text of an element that holds one line; None for one with more, which is not read to its end."""
    said = ""
    for part in element.itertext():
        said += part
        if len(said) > 2 * MAX_LINE:
            return None
    text = squeeze(said)
    return text if 0 < len(text) <= MAX_LINE else None
