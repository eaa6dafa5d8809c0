"""A site's time zone, from the offsets of the dates it states and the country it seems to be in (pure).

The offsets are facts, but many zones share one, and systems that state UTC say nothing. The country (from the
domain's ending, or the region of a language tag) is a hint that names a handful of zones (`zone.tab` of the
IANA database). Where both agree, that zone is proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_AGREES = 0.9  # share of the stated offsets that a zone has to have

# Endings of domains that are no country's, or not only.
_OTHER_ENDINGS = frozenset(
    ["io", "ai", "tv", "me", "co", "fm", "ly", "to", "cc", "ws", "la", "am", "eu", "su"]
)
_COUNTRY_OF_ENDING = {"uk": "GB"}
# Languages that are spoken in (nearly) one country only; others say nothing about a place.
_COUNTRY_OF_LANGUAGE = {
    "ja": "JP", "ko": "KR", "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "fi": "FI", "sv": "SE",
    "nb": "NO", "no": "NO", "nn": "NO", "da": "DK", "is": "IS", "et": "EE", "lv": "LV", "lt": "LT",
    "bg": "BG", "uk": "UA", "el": "GR", "he": "IL", "th": "TH", "vi": "VN", "it": "IT", "ka": "GE",
    "hy": "AM", "sl": "SI", "hr": "HR", "mk": "MK", "sq": "AL", "tr": "TR", "de": "DE", "fr": "FR",
    "nl": "NL",
}  # fmt: skip
# The zone in which most of the country lives, where zone.tab lists another first.
_MAIN_ZONE = {"DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "UA": "Europe/Kyiv"}


@dataclass(frozen=True, slots=True)
class ZoneGuess:
    """A zone and why; `sure` is False where only a hint speaks for it, or nothing."""

    timezone: str
    why: str
    sure: bool


def guess_zone(home: str, languages: Sequence[str], offsets: Sequence[tuple[datetime, int]]) -> ZoneGuess:
    """Propose a zone.

    Args:
        home: address of the site's first page.
        languages: tags that the site states, the likeliest first.
        offsets: moments, and the minutes east of UTC with which they were stated.
    """
    country, hint = _country(home, languages)
    # Who states UTC throughout states nothing: most publishing systems can do no other.
    told = [(moment, east) for moment, east in offsets if any(minutes for _, minutes in offsets)]
    zones = _zones_of(country) if country else ()
    if told:
        stated = ", ".join(_worded(east) for east, _ in Counter(e for _, e in told).most_common(2))
        for zone in zones:
            if _agreement(zone, told) >= _AGREES:
                return ZoneGuess(zone, f"its dates state {stated}, and {hint}", sure=True)
        for zone in _COMMON:
            if not zones and _agreement(zone, told) >= _AGREES:
                why = f"its dates state {stated}; others share that, so please check"
                return ZoneGuess(zone, why, sure=False)
        return ZoneGuess(
            "UTC", f"its dates state {stated}, but nothing says where it is: please set", sure=False
        )
    if zones:
        why = f"only a hint: {hint}; its dates state no zone" + (" but UTC" if offsets else "")
        return ZoneGuess(zones[0], why, sure=False)
    return ZoneGuess("UTC", "nothing says where it is: please set", sure=False)


# Where the most people live that share an offset through the year; asked only without a country.
_COMMON = (
    "America/New_York", "Europe/London", "Europe/Berlin", "America/Los_Angeles", "America/Chicago",
    "America/Sao_Paulo", "Europe/Moscow", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
    "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Europe/Athens", "Asia/Dubai", "Asia/Karachi",
    "Asia/Dhaka", "Asia/Bangkok", "America/Mexico_City", "America/Bogota", "America/Denver",
    "Pacific/Auckland",
)  # fmt: skip


def _country(home: str, languages: Sequence[str]) -> tuple[str | None, str]:
    """ISO code, and in words what says so."""
    ending = (urlsplit(home).hostname or "").rpartition(".")[2]
    code = _COUNTRY_OF_ENDING.get(ending, ending.upper())
    if len(ending) == 2 and ending not in _OTHER_ENDINGS and _zones_of(code):  # noqa: PLR2004 - a country's
        return code, f"its domain ends in .{ending}"
    for tag in languages:
        region = tag.partition("-")[2].upper()
        if _zones_of(region):
            return region, f"its language is {tag}"
    for tag in languages:
        code = _COUNTRY_OF_LANGUAGE.get(tag.partition("-")[0].lower(), "")
        if code:
            return code, f"its language is {tag}"
    return None, ""


@cache
def _zones_of(country: str) -> tuple[str, ...]:
    """Zones of a country (ISO 3166), the one in which most people live first; none for what is no country."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    zones = [row[2] for row in rows if row[0] == country]
    main = _MAIN_ZONE.get(country)
    return tuple(sorted(zones, key=lambda zone: zone != main)) if main else tuple(zones)


def _agreement(zone: str, told: Sequence[tuple[datetime, int]]) -> float:
    """The share of moments that had this offset in a zone."""
    info = ZoneInfo(zone)
    agree = sum(
        (offset := moment.astimezone(info).utcoffset()) is not None and offset.total_seconds() == 60 * east
        for moment, east in told
    )
    return agree / len(told)


def _worded(east: int) -> str:
    return f"{'-' if east < 0 else '+'}{abs(east) // 60:02}:{abs(east) % 60:02}"
