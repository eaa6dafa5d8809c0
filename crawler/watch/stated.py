"""What a source's file expects, held against its newest night (pure): a breach is said at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from archive.night_figures import Night
from config.expect import Expect
from crawler.watch.verdict import Findings, Past

LEAST_PAGES = 5  # of fewer a share says nothing

_Bad = Callable[[Night], bool | None]


_FIELDS: tuple[tuple[str, Callable[[Night], int]], ...] = (
    ("title", lambda night: night.titled),
    ("date", lambda night: night.dated),
    ("picture", lambda night: night.pictured),
)


def stated(expect: Expect, past: Past) -> Findings:
    """Hold the newest night against what the file says; the kinds are named as in `learned`."""
    found = Findings()
    night = past.nights[-1]
    _articles(found, expect, past)
    for kind, count in _FIELDS:
        least: float | None = getattr(expect, kind)
        if least is not None:
            message = f"{_percent(count(night), night.articles)} of the new articles have a {kind}"
            _note(
                found, past, kind, _less(least, count, lambda night: night.articles),
                f"{message}, expected at least {least:.0%}",
            )  # fmt: skip
    if expect.text is not None:
        message = f"{_percent(night.read, _readable(night))} of the pages were read as articles"
        _note(
            found, past, "text", _less(expect.text, lambda night: night.read, _readable),
            f"{message}, expected at least {expect.text:.0%}",
        )  # fmt: skip
    _failures(found, expect, past)
    _freshness(found, expect, past)
    return found


def _articles(found: Findings, expect: Expect, past: Past) -> None:
    night, least, most = past.nights[-1], expect.articles_per_night.min, expect.articles_per_night.max
    came = f"{night.articles:,} new article{'' if night.articles == 1 else 's'}"
    if least is not None:
        few: _Bad = lambda night: night.articles < least if night.whole else None  # noqa: E731 - short
        _note(found, past, "few_articles", few, f"{came}, expected at least {least:,}")
    if most is not None:
        many: _Bad = lambda night: night.articles > most  # noqa: E731
        _note(found, past, "many_articles", many, f"{came}, expected at most {most:,}")


def _failures(found: Findings, expect: Expect, past: Past) -> None:
    night = past.nights[-1]
    _quarantined(found, expect.quarantined, past)
    if (most := expect.failed) is not None:
        _note(
            found, past, "failed", lambda night: _more(most, night.failed, night.asked),
            f"{_percent(night.failed, night.asked)} of the pages failed, at most {most:.0%} should"
            f"{told_by_class(night)}",
        )  # fmt: skip
    for name, share in sorted(expect.failures.items()):
        number = night.failures.get(name, 0)
        _note(
            found, past, f"failures_{name}",
            _too_many(name, share),
            f"{number:,} of {night.asked:,} pages failed as {name}, at most {share:.0%} should",
        )  # fmt: skip


def _quarantined(found: Findings, most: float, past: Past) -> None:
    """A share that may be chance has to come twice; one that is open ends with a night that has articles."""

    def bad(index: int) -> bool | None:
        night = past.nights[index]
        is_bad = _more(most, night.quarantined, night.came)
        return None if not is_bad and "quarantined" in past.open and not night.articles else is_bad

    night = past.nights[-1]
    chance = math.sqrt(most * (1 - most) * night.came)
    need = 1 if night.quarantined > most * night.came + chance else 2
    found.note(
        "quarantined",
        past.holds("quarantined", bad, need),
        f"{_percent(night.quarantined, night.came)} of the pages that came are quarantined, at most "
        f"{most:.0%} should be{told_by_class(night)}",
    )


def _freshness(found: Findings, expect: Expect, past: Past) -> None:
    if expect.freshness is None:
        return
    oldest = timedelta(seconds=expect.freshness)
    moments = [night.newest_at for night in past.nights if night.newest_at is not None]
    newest, night = max(moments, default=None), past.nights[-1]
    stale = None if newest is None else night.last.at - newest > oldest
    said = "" if newest is None else f"the newest article is of {newest:%Y-%m-%d %H:%M} UTC"
    found.note("stale", stale, f"{said}, expected within {_told(oldest)}")


def told_by_class(night: Night) -> str:
    """`: 12 challenge, 3 dns`; empty if nothing failed."""
    most = sorted(night.failures.items(), key=lambda item: (-item[1], item[0]))[:4]
    return ": " + ", ".join(f"{number:,} {name}" for name, number in most) if most else ""


def _note(found: Findings, past: Past, kind: str, bad: _Bad, message: str) -> None:
    found.note(kind, past.holds(kind, lambda index: bad(past.nights[index]), 1), message)


def _less(least: float, part: Callable[[Night], int], of: Callable[[Night], int]) -> _Bad:
    def bad(night: Night) -> bool | None:
        return part(night) < least * of(night) if of(night) >= LEAST_PAGES else None

    return bad


def _more(most: float, part: int, of: int) -> bool | None:
    """Whether the share is too large; of a few pages only whether none was bad, which clears."""
    if part < LEAST_PAGES:
        return False if of else None
    return part > most * of


def _too_many(name: str, share: float) -> _Bad:
    return lambda night: night.failures.get(name, 0) > share * max(1, night.asked)


def _readable(night: Night) -> int:
    return night.read + night.quarantined


def _percent(part: int, of: int) -> str:
    return f"{part / of:.0%}" if of else "none"


def _told(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"  # noqa: PLR2004 - two days
