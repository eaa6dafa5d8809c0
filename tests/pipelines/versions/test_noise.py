"""What changes by itself: what names itself, and what is learned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.rows import FlapRow
from pipelines.versions.noise import (
    FLAPS,
    FURNITURE_ARTICLES,
    MOST_LEARNED,
    WINDOW,
    Field,
    Value,
    counted,
    key_of,
    learnable,
    noisy,
    stale,
    steady,
)
from tests.archive.material import NOON


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Updated 5 minutes ago", None),
        ("Updated 5 minutes ago.", None),
        ("Just now", None),
        ("Aktualisiert vor 12 Stunden", None),
        ("il y a 3 heures", None),
        ("5分前", None),
        ("3 min read", None),
        ("Lesezeit: 4 Minuten", None),
        ("1,234 views", None),
        ("12 comments", None),
        ("Kommentare (3)", None),
        ("Fri, 02 Jan 2015 09:30:40 +0000", None),
        ("Zuletzt aktualisiert: 2. Januar 2015, 10:55 Uhr", None),
        ("The attack took place 5 hours ago.", "The attack took place ~ ."),
        ("He won by 1,234 votes.", "He won by 1,234 votes."),
        ("Five people died.", "Five people died."),
        ("Doors open at 19:30 in the town hall", "Doors open at 19:30 in the town hall"),
        ("The company sold 12 shares.", "The company sold 12 shares."),
        ("Labour 45", "Labour 45"),
    ],
)
def test_counters_and_the_time_since_are_not_compared(line: str, left: str | None) -> None:
    assert steady(line) == left


PROMO = Value(Field.PARAGRAPH, "Read our newsletter about bridges")
TITLE = Value(Field.TITLE, "Bridge closes")


def row(value: Value, article: str, changes: int = 1, days: float = 1) -> FlapRow:
    at = NOON - timedelta(days=days)
    return FlapRow(
        source="s", key=key_of(value, article), article_id=article, changes=changes, first_at=at, last_at=at
    )


def known(*rows: FlapRow) -> dict[str, list[FlapRow]]:
    found: dict[str, list[FlapRow]] = {}
    for each in rows:
        found.setdefault(each.key, []).append(each)
    return found


@pytest.mark.parametrize(
    ("value", "rows", "is_noise"),
    [
        pytest.param(PROMO, [], False, id="never seen"),
        pytest.param(PROMO, [row(PROMO, "b")], False, id="in one other article"),
        pytest.param(PROMO, [row(PROMO, "b"), row(PROMO, "c")], True, id="in two others: furniture"),
        pytest.param(
            PROMO, [row(PROMO, "b"), row(PROMO, "c", days=15)], False, id="one of them long ago"
        ),
        pytest.param(PROMO, [row(PROMO, "a", FLAPS - 1)], False, id="once there and back"),
        pytest.param(PROMO, [row(PROMO, "a", FLAPS)], True, id="twice there and back: it flaps"),
        pytest.param(TITLE, [row(TITLE, "a", FLAPS)], True, id="a headline that flaps"),
        pytest.param(TITLE, [row(TITLE, "b", 9), row(TITLE, "c", 9)], False, id="another article's headline"),
    ],
)  # fmt: skip
def test_what_is_noise_by_now(value: Value, rows: list[FlapRow], is_noise: bool) -> None:
    assert (value in noisy([value], known(*rows), "a", NOON)) == is_noise


def test_numbers_that_rise_in_one_article_are_news_and_in_many_a_counter() -> None:
    toll = [Value(Field.PARAGRAPH, f"At least {n} people are dead") for n in (5, 9)]
    assert len({key_of(value, "a") for value in toll}) == 1
    assert noisy(toll, known(row(toll[0], "a", 9)), "a", NOON) == frozenset()
    several = known(*(row(toll[0], f"other {n}") for n in range(FURNITURE_ARTICLES)))
    assert noisy(toll, several, "a", NOON) == frozenset(toll)


def test_counting() -> None:
    first = counted([PROMO, PROMO], {}, "a", "s", NOON)
    assert [(r.changes, r.first_at, r.last_at) for r in first] == [(1, NOON, NOON)]
    later = NOON + timedelta(days=1)
    (second,) = counted([PROMO], known(*first), "a", "s", later)
    assert (second.changes, second.first_at, second.last_at) == (2, NOON, later)
    much_later = later + WINDOW + timedelta(seconds=1)
    (anew,) = counted([PROMO], known(second), "a", "s", much_later)
    assert (anew.changes, anew.first_at) == (1, much_later)


def test_noise_is_remembered_once_a_day_and_no_oftener() -> None:
    old = row(PROMO, "b", days=0)
    soon = counted([PROMO], known(old), "a", "s", NOON + timedelta(hours=23))
    assert stale(soon, known(old)) == ()
    late = counted([PROMO], known(old), "a", "s", NOON + timedelta(hours=24))
    assert stale(late, known(old)) == late


def test_nothing_is_learned_from_another_text_nor_from_corrections() -> None:
    many = [Value(Field.PARAGRAPH, f"Line {n}") for n in range(MOST_LEARNED + 1)]
    note = Value(Field.PARAGRAPH, "Correction: an earlier version of this article named the wrong bridge.")
    long = Value(Field.PARAGRAPH, "word " * 41)
    assert learnable([*many, TITLE]) == (TITLE,)
    assert learnable([note, long, PROMO, PROMO]) == (PROMO,)
