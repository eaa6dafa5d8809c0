"""What a file expects, held against one night."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.expect import Expect
from crawler.watch.stated import stated
from crawler.watch.verdict import Past
from tests.crawler.watch.nights import figure, nights

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = {
    "nothing is expected": ({}, {}, {}),
    "just enough": ({"articles_per_night": {"min": 30, "max": 30}}, {}, {}),
    "too few": (
        {"articles_per_night": {"min": 31}},
        {},
        {"few_articles": "30 new articles, expected at least 31"},
    ),
    "one is too few": (
        {"articles_per_night": {"min": 5}},
        {"articles": 1},
        {"few_articles": "1 new article, expected at least 5"},
    ),
    "the night is not over": ({"articles_per_night": {"min": 31}}, {"whole": False}, {}),
    "too many": (
        {"articles_per_night": {"max": 29}},
        {"whole": False},
        {"many_articles": "30 new articles, expected at most 29"},
    ),
    "texts": (
        {"text": 0.95},
        {"quarantined": 5},
        {"text": "91% of the pages were read as articles, expected at least 95%"},
    ),
    "titles, dates, pictures": (
        {"title": 0.9, "date": 0.9, "picture": 0.5},
        {"titled": 15, "dated": 27, "pictured": 14},
        {
            "title": "50% of the new articles have a title, expected at least 90%",
            "picture": "47% of the new articles have a picture, expected at least 50%",
        },
    ),
    "of four articles a share says nothing": ({"title": 1}, {"articles": 4, "titled": 0}, {}),
    "a fifth in quarantine": ({}, {"quarantined": 12, "archived": 28}, {}),
    "a wall": (
        {},
        {"quarantined": 50, "archived": 0, "failures": ("challenge=48", "parse=2")},
        {
            "quarantined": "71% of the pages that came are quarantined, at most 20% should be: "
            "48 challenge, 2 parse"
        },
    ),
    "more in quarantine than the file allows": (
        {"quarantined": 0.05},
        {"quarantined": 10},
        {"quarantined": "17% of the pages that came are quarantined, at most 5% should be"},
    ),
    "four pages in quarantine are no share": ({}, {"quarantined": 4, "archived": 0, "unchanged": 0}, {}),
    "a little above what may be chance": ({}, {"quarantined": 14, "archived": 30}, {}),
    "failures": (
        {"failed": 0.1},
        {"failed": 10, "failures": ("http_5xx=4", "timeout=6")},
        {"failed": "17% of the pages failed, at most 10% should: 6 timeout, 4 http_5xx"},
    ),
    "failures by class": (
        {"failures": {"dns": 0, "http_403": 0.1, "challenge": 0.02}},
        {"failed": 5, "quarantined": 2, "failures": ("challenge=2", "dns=1", "http_403=4")},
        {
            "failures_challenge": "2 of 57 pages failed as challenge, at most 2% should",
            "failures_dns": "1 of 57 pages failed as dns, at most 0% should",
        },
    ),
    "stale": (
        {"freshness": "36h"},
        {"newest_at": figure().at - timedelta(hours=37)},
        {"stale": "the newest article is of 2026-02-28 13:30 UTC, expected within 36 hours"},
    ),
    "fresh enough": ({"freshness": "2d"}, {"newest_at": figure().at - timedelta(hours=47)}, {}),
    "nothing is known of its age": ({"freshness": "2d"}, {"newest_at": None}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_night_against_the_file(case: str) -> None:
    expect, changes, expected = CASES[case]
    found = stated(Expect.model_validate(expect), Past(nights([figure(**changes)])))
    assert {kind: message for kind, (message, _) in found.amiss.items()} == expected
    assert found.amiss.keys() <= found.judged


def test_what_was_newest_before_counts_when_nothing_came() -> None:
    past = nights([figure(), figure(figure().at.date() + timedelta(days=3), articles=0)])
    found = stated(Expect.model_validate({"freshness": "2d"}), Past(past))
    assert list(found.amiss) == ["stale"]


def test_what_may_be_chance_is_said_when_it_comes_again() -> None:
    wall: dict[str, Any] = {"quarantined": 14, "archived": 30}
    again = nights([figure(), figure(figure().at.date() + timedelta(days=1), **wall)])
    assert "quarantined" not in stated(Expect(), Past(again)).amiss
    twice = nights([figure(**wall), figure(figure().at.date() + timedelta(days=1), **wall)])
    assert "quarantined" in stated(Expect(), Past(twice)).amiss


def test_what_keeps_coming_back_ends_with_the_third_good_night() -> None:
    """Else a figure at its limit would send two messages every night."""
    expect = Expect.model_validate({"failed": 0.1})
    bad: dict[str, Any] = {"failed": 20, "breaches": ("failed",)}
    pattern: list[dict[str, Any]] = [{}, bad, {}, bad, {}, {}, {}]
    first = figure().at.date()
    rows = [figure(first + timedelta(days=n), **changes) for n, changes in enumerate(pattern)]
    ends = [
        "failed" not in stated(expect, Past(nights(rows[: n + 1]), frozenset({"failed"}))).amiss
        for n in (2, 4, 5, 6)
    ]
    assert ends == [True, False, False, True]
