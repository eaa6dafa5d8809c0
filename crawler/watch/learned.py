"""A source's newest nights held against its own past (pure): silent until enough of that is known.

An odd night or a holiday is no breach: what is unusual has to last for some nights. How many nights without
an article are a silence depends on how much the source publishes, and on how long it has been silent before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from itertools import takewhile

from archive.night_figures import Night
from config.expect import Expect
from crawler.watch.alarm import Severity
from crawler.watch.stated import LEAST_PAGES, told_by_class
from crawler.watch.usual import (
    COUNTS,
    LEAST_NIGHTS,
    Usual,
    level,
    longest_silence,
    taught,
    usual_value,
    usual_week,
)
from crawler.watch.verdict import Findings, Past

_FAR = 4.0  # spreads from the median
_FAR_TOGETHER = 3.5  # the same for some nights together, most of which are low by themselves
_HIGH = 6.0
_SHARE_NIGHTS, _AWAY_NIGHTS = 2, 2
_FEW = ((4, 0.25), (5, 0.3), (7, 0.45))  # nights, and of what is usual in them the share that is too little
_LOW_NIGHTS = 0.7  # of those nights that must be low by themselves
_GOOD_NIGHTS = 2  # that end it
_LEAST_USUAL = 4  # articles; where fewer are usual, only silence tells
_MANY = 20  # articles a night
_LEAST_MORE = 20  # articles above the usual
_MISSED = 12.0  # articles that must be missing before it is a silence
_BARELY_BEGUN = 3  # nights after which a new source should have brought something
_LEAST_DROP = 0.25  # of a share
_LEAST_OF = 10  # articles or pages that a share is of
_LEAST_TEXT = 400  # characters; where texts are shorter, their length tells little


def learned(expect: Expect, past: Past) -> Findings:
    """Hold the newest night against the nights before it; what the file states is left to `stated`."""
    found = Findings()
    _unreachable(found, past)
    if not expect.learned:
        return found
    _silence(found, past)
    stated = expect.articles_per_night
    if stated.min is None:
        _few(found, past)
    if stated.max is None:
        _many(found, past)
    for kind, told, part, of in _SHARES:
        if getattr(expect, kind) is None:
            _share(found, past, kind, told, part, of)
    if expect.failed is None:
        _failed(found, past)
    _short_texts(found, past)
    return found


def usual_of(nights: Sequence[Night], day: date) -> int | None:
    """How many new articles a night usually brings, as of the nights before it; None until that is known."""
    usual = usual_week(taught(nights)).get(day.weekday())
    return None if usual is None else round(usual.median)


def _unreachable(found: Findings, past: Past) -> None:
    """Nothing came of what was asked for, pages and discovery documents alike."""

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        return not _was_there(night) if night.last.documents else None

    message = f"the site cannot be reached{told_by_class(past.nights[-1])}"
    found.note("unreachable", past.holds("unreachable", bad, _AWAY_NIGHTS), message, Severity.ERROR)


def _was_there(night: Night) -> bool:
    """Whether its newest run got anything at all from the site, so that the night tells of the source."""
    last = night.last
    came = last.archived + last.unchanged + last.not_modified + last.quarantined + last.gone
    return bool(came) or last.documents_failed < last.documents or not last.documents


def _silence(found: Findings, past: Past) -> None:
    nights = [night for night in past.nights if _was_there(night)]
    if not past.nights[-1].whole or not _was_there(past.nights[-1]):
        return
    quiet = next((n for n, night in enumerate(reversed(nights)) if night.articles), len(nights))
    if quiet == 0:
        found.note("silent", holds=False, message="")
    elif quiet == len(nights):
        if quiet < LEAST_NIGHTS:  # what was never there is not missed for ever
            message = f"no article has come yet, in {quiet} nights"
            found.note("silent", quiet >= _BARELY_BEGUN, message)
    elif (need := _nights_of_silence(taught(nights[: len(nights) - quiet]))) is not None:
        message = f"no new article for {quiet} night{'' if quiet == 1 else 's'}"
        found.note("silent", quiet >= need or "silent" in past.open, message, Severity.ERROR)


def _nights_of_silence(known: Sequence[Night]) -> int | None:
    """How many nights without an article are a silence; None until enough nights are known."""
    if len(known) < LEAST_NIGHTS:
        return None
    a_night = sum(night.articles for night in known) / len(known)
    if not a_night:
        return None
    least = 2 if a_night >= _MANY else 4
    return max(least, 2 * longest_silence(known) + 1, math.ceil(_MISSED / a_night))


def _few(found: Findings, past: Past) -> None:
    """Some nights together, which say more than each by itself where a source is not steady."""
    week = usual_week(taught(past.nights[: -_FEW[-1][0]]))
    lately = level(taught(past.nights[: -_FEW[0][0]]), week)
    told = [
        (night, Usual(lately * usual.median, lately * usual.spread))
        for night in past.nights[-_FEW[-1][0] :]
        if night.whole and _was_there(night)
        if (usual := week.get(night.night.weekday())) is not None and usual.median >= _LEAST_USUAL
        if night.articles or usual.median >= _MANY  # a small paper rests on holidays
    ]
    night = past.nights[-1]
    if not told or told[-1][0] is not night:
        return  # of such a night nothing can be said
    low = [night.articles < usual.median / 2 for night, usual in told]
    if "few_articles" in past.open:
        few = any(low[-_GOOD_NIGHTS:])
    elif not night.articles:
        return  # perhaps a silence
    else:
        fresh = list(takewhile(lambda one: not COUNTS & one[0].breaches, reversed(told)))
        few = low[-1] and any(_is_few(fresh[:n], n, share) for n, share in _FEW)
    message = f"{_articles(night)}; {_told(week.get(night.night.weekday()))} are usual"
    found.note("few_articles", few, message)


def _is_few(told: Sequence[tuple[Night, Usual]], number: int, share: float) -> bool:
    """Whether so many nights together brought less than a share of the usual, and that is no chance.

    Most of them have to be low by themselves: a working day that is a holiday outweighs a weekend.
    """
    low = sum(night.articles < usual.median / 2 for night, usual in told)
    if len(told) < number or low < _LOW_NIGHTS * number:
        return False
    articles = sum(night.articles for night, _ in told)
    usual = sum(each.median for _, each in told)
    spread = math.sqrt(sum(each.spread**2 for _, each in told))
    return articles < min(share * usual, usual - _FAR_TOGETHER * spread)


def _many(found: Findings, past: Past) -> None:
    week = usual_week(taught(past.nights[:-_SHARE_NIGHTS]))

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        if (usual := week.get(night.night.weekday())) is None:
            return None
        most = max(usual.median + _HIGH * usual.spread, 3 * usual.median, usual.median + _LEAST_MORE)
        return night.articles > most

    night = past.nights[-1]
    message = f"{_articles(night)}; {_told(week.get(night.night.weekday()))} are usual"
    found.note("many_articles", past.holds("many_articles", bad, _SHARE_NIGHTS), message)


_Count = Callable[[Night], int]
_SHARES: tuple[tuple[str, str, _Count, _Count], ...] = (
    ("text", "of the pages were read as articles", lambda n: n.read, lambda n: n.read + n.quarantined),
    ("title", "of the new articles have a title", lambda n: n.titled, lambda n: n.articles),
    ("date", "of the new articles have a date", lambda n: n.dated, lambda n: n.articles),
    ("picture", "of the new articles have a picture", lambda n: n.pictured, lambda n: n.articles),
)


def _share(  # noqa: PLR0917 - a row of the table above
    found: Findings, past: Past, kind: str, told: str, part: _Count, of: _Count
) -> None:
    known = taught(past.nights[:-_SHARE_NIGHTS], frozenset({kind, "quarantined"}))
    usual = usual_value(known, lambda night: part(night) / of(night) if of(night) >= LEAST_PAGES else None)

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        if usual is None or of(night) < _LEAST_OF:
            return None
        return part(night) / of(night) < usual.median - _odd(usual, of(night))

    night = past.nights[-1]
    now = part(night) / of(night) if of(night) else 0.0
    message = f"{now:.0%} {told}; {usual.median if usual else 0:.0%} are usual"
    found.note(kind, past.holds(kind, bad, _SHARE_NIGHTS), message)


def _failed(found: Findings, past: Past) -> None:
    known = taught(past.nights[:-_SHARE_NIGHTS], frozenset({"failed", "unreachable"}))
    usual = usual_value(
        known, lambda night: night.failed / night.asked if night.asked >= LEAST_PAGES else None
    )

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        if usual is None or night.asked < _LEAST_OF:
            return None
        return night.failed / night.asked > usual.median + _odd(usual, night.asked)

    night = past.nights[-1]
    share = night.failed / night.asked if night.asked else 0.0
    message = f"{share:.0%} of the pages failed{told_by_class(night)}"
    found.note("failed", past.holds("failed", bad, _SHARE_NIGHTS), message)


def _short_texts(found: Findings, past: Past) -> None:
    """A redesign of which only the first paragraph is read looks well in every other figure."""
    known = taught(past.nights[:-_SHARE_NIGHTS], frozenset({"short_texts"}))
    usual = usual_value(known, lambda night: night.characters if night.articles >= LEAST_PAGES else None)

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        if usual is None or usual.median < _LEAST_TEXT or night.articles < LEAST_PAGES:
            return None
        least = min(usual.median / 2, usual.median - _FAR * usual.spread)
        return None if night.characters is None else night.characters < least

    now = past.nights[-1].characters
    message = f"a new article has {now or 0:,} characters; {round(usual.median) if usual else 0:,} are usual"
    found.note("short_texts", past.holds("short_texts", bad, _SHARE_NIGHTS), message)


def _odd(usual: Usual, of: int) -> float:
    """How far a share must lie from the usual one: a share of few swings by chance (binomial)."""
    chance = 3 * math.sqrt(usual.median * (1 - usual.median) / of)
    return max(_LEAST_DROP, _FAR * usual.spread, chance)


def _articles(night: Night) -> str:
    return f"{night.articles:,} new article{'' if night.articles == 1 else 's'}"


def _told(usual: Usual | None) -> str:
    return "none" if usual is None else f"about {round(usual.median):,}"
