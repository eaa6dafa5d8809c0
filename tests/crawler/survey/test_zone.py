"""A time zone from offsets and hints."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.survey.zone import guess_zone

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("home", "languages", "offsets", "zone", "sure"),
    [
        pytest.param("https://a.de/", [], [(WINTER, 60), (SUMMER, 120)], "Europe/Berlin", True, id="ending"),
        pytest.param("https://a.co.uk/", [], [(WINTER, 0), (SUMMER, 60)], "Europe/London", True, id="uk"),
        pytest.param("https://a.com/", ["pt-BR"], [(WINTER, -180)], "America/Belem", True, id="region"),
        pytest.param("https://a.com/", ["ja"], [(WINTER, 540)], "Asia/Tokyo", True, id="language"),
        pytest.param("https://a.us/", [], [(WINTER, -480)], "America/Los_Angeles", True, id="which of many"),
        pytest.param("https://a.com/", ["en"], [(WINTER, -300)], "America/New_York", False, id="offset only"),
        pytest.param(
            "https://a.fr/", ["fr"], [(WINTER, 0)] * 9, "Europe/Paris", False, id="UTC says nothing"
        ),
        pytest.param("https://a.fr/", ["fr"], [(WINTER, 540)], "UTC", False, id="both disagree"),
        pytest.param("https://a.io/", ["en"], [], "UTC", False, id="nothing"),
        pytest.param("https://a.tv/", [], [(WINTER, 345)], "UTC", False, id="an offset that few have"),
        pytest.param("http://127.0.0.1:8000/", [], [], "UTC", False, id="an address of numbers"),
    ],
)
def test_zones(
    home: str, languages: list[str], offsets: list[tuple[datetime, int]], zone: str, sure: bool
) -> None:
    guess = guess_zone(home, languages, offsets)
    assert (guess.timezone, guess.sure) == (zone, sure), guess.why
    assert guess.why
