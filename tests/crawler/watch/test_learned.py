"""A source's nights against its own past: what is unusual, and what only looks so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.expect import Expect
from config.source import Source
from crawler.watch.learned import learned, usual_of
from crawler.watch.usual import NEW_LEVEL, taught, usual_week
from crawler.watch.verdict import Past
from tests.crawler.watch.nights import AWAY, DAY, MONDAY, nights, rows
from tests.crawler.watch.watched import Watched

STEADY = (30,) * 28
WEEKLY = (40, 38, 42, 41, 39, 12, 0) * 4  # no Sunday paper
SMALL = (3, 2, 4, 0, 3, 2, 0) * 4
NEVER = (0, 0)
UNDATED: dict[str, Any] = {"dated": 0}
CLIPPED: dict[str, Any] = {"characters": 400}

CASES: dict[str, tuple[tuple[Any, ...], set[str]]] = {
    "as usual": ((*STEADY, 29), set()),
    "two weeks are needed": ((*STEADY[:13], 0, 0, 0), set()),
    "one night without an article": ((*STEADY, 0), set()),
    "two nights": ((*STEADY, 0, 0), {"silent"}),
    "a small paper rests for three nights": ((*SMALL, 0, 0, 0), set()),
    "and does not come back": ((*SMALL, 0, 0, 0, 0, 0, 0), {"silent"}),
    "no Sunday paper": (WEEKLY, set()),
    "a Sunday and a Monday": ((*WEEKLY, 0), set()),
    "a silence through the week": ((*WEEKLY, 0, 0, 0), {"silent"}),
    "the site was away, which is no silence of its own": ((*STEADY, 0, AWAY, AWAY), {"unreachable"}),
    "away for one night": ((*STEADY, AWAY), set()),
    "a holiday": ((*STEADY, 10), set()),
    "three holidays": ((*STEADY, 10, 8, 7), set()),
    "a trickle": ((*STEADY, 3, 4, 3, 5), {"few_articles"}),
    "a trickle that has ended": ((*STEADY, 3, 4, 3, 30), set()),
    "a week at a third": ((*STEADY, *(12,) * 7), {"few_articles"}),
    "a slow summer": ((*STEADY, *(24,) * 7, *(19,) * 7, *(17,) * 7), set()),
    "a big day": ((*STEADY, 200), set()),
    "a flood": ((*STEADY, 200, 200), {"many_articles"}),
    "dates are gone": ((*STEADY, {"articles": 30, **UNDATED}, {"articles": 30, **UNDATED}), {"date"}),
    "for one night": ((*STEADY, {"articles": 30, **UNDATED}), set()),
    "of nine articles": ((*STEADY, {"articles": 9, **UNDATED}, {"articles": 9, **UNDATED}), set()),
    "texts are cut": ((*STEADY, {"articles": 30, **CLIPPED}, {"articles": 30, **CLIPPED}), {"short_texts"}),
    "nearly half of all pages fail": ((*STEADY, {"failed": 40}, {"failed": 40}), {"failed"}),
    "nothing ever came": ((*NEVER, 0), {"silent"}),
    "nothing yet": (NEVER, set()),
}


@pytest.mark.parametrize("case", CASES)
def test_against_its_own_past(case: str) -> None:
    given, expected = CASES[case]
    watched, found = Watched(), rows(*given)
    watched.figures, newest = found[:-8], found[-8:]
    for row in newest:
        watched.see(row)
    assert watched.open == expected


def test_a_file_that_says_more_is_the_last_word() -> None:
    past = Past(nights(rows(*STEADY, 200, 200)))
    assert "many_articles" in learned(Expect(), past).amiss
    stated = Expect.model_validate({"articles_per_night": {"max": 500}})
    assert "many_articles" not in learned(stated, past).amiss
    assert learned(Expect(learned=False), past).amiss == {}


def test_a_level_that_has_held_for_four_weeks_is_the_usual_one() -> None:
    watched = Watched()
    raised = []
    for row in rows(*STEADY, *(5,) * (NEW_LEVEL + 10)):
        watched.see(row)
        raised.append("few_articles" in watched.open)
    begins = raised.index(True)
    assert begins == len(STEADY) + 3  # the fourth night
    assert raised[begins : begins + NEW_LEVEL] == [True] * NEW_LEVEL
    assert not any(raised[begins + NEW_LEVEL + 7 :])
    assert len(watched.alarms) == 1


def test_a_silence_never_becomes_usual() -> None:
    watched, found = Watched(), rows(*STEADY, *(0,) * 40)
    watched.figures = found[:20]
    for row in found[20:]:
        watched.see(row)
    assert watched.open == {"silent"}
    [alarm] = watched.alarms.values()
    assert alarm.night == (MONDAY + 29 * DAY).isoformat()


def test_usual_by_day_of_the_week() -> None:
    past = nights(rows(*WEEKLY))
    day = past[-1].night + timedelta(days=1)
    assert [usual_of(past, day + n * DAY) for n in range(7)] == [40, 38, 42, 41, 39, 12, 0]
    assert usual_week(taught(past[:13])) == {}


def test_nights_before_a_day_of_the_week_is_known() -> None:
    """With two Saturdays known, a Saturday is compared with weekends and not with working days."""
    past = nights(rows(*WEEKLY[:14]))
    saturday = MONDAY + 19 * DAY
    assert usual_week(taught(past))[saturday.weekday()].median == 6


def test_one_cause_is_one_alarm() -> None:
    expect = {"articles_per_night": {"min": 5}, "freshness": "1d", "text": 0.9, "failures": {"dns": 0.9}}
    source = Source.model_validate({"name": "site", "homepage": "https://site.example/", "expect": expect})
    watched = Watched(source)
    for row in rows(*STEADY, AWAY, AWAY, AWAY):
        watched.see(row)
    assert watched.open == {"few_articles", "failures_dns"}  # as the file says, from the first night on
    wall = {"articles": 0, "quarantined": 30, "unchanged": 5}
    redesigned = Watched()
    for row in rows(*STEADY, wall, wall, {**wall, "quarantined": 0}, wall):
        redesigned.see(row)
    assert redesigned.open == {"quarantined"}
    assert len(redesigned.alarms) == 1
    emptied = Watched()  # first nothing comes, and only then it shows why
    for row in rows(*STEADY, 0, 0, 0, 0, 0, 0, wall, wall):
        emptied.see(row)
    assert emptied.open == {"silent"}
    assert len(emptied.alarms) == 1
