"""`dateline plan` and `dateline simulate plan`: what they print, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_plan_for_people_and_for_programs(dateline: Any) -> None:
    shown = dateline("plan", "--sources", 100)
    assert shown.status == 0, shown.notes
    for line in ("100 sources with 5,000 new articles a day", "requests in all", "catalog a year"):
        assert line in shown.text
    found = dateline("plan", "--sources", 100, "--articles-per-day", 5000, "--json").json
    assert found["workload"]["articles_per_day"] == 5000
    assert found["counts"]["new"] == pytest.approx(5000)


def test_options_change_the_plan(dateline: Any) -> None:
    call = ("plan", "--sources", 1000, "--json")
    plain = dateline(*call).json
    less = dateline(*call, "--keep", "changed", "--zstd", "--pictures", 0, "--page-size", "30KB").json
    assert less["storage"]["captures"] < plain["storage"]["captures"] / 3
    slow = dateline(*call, "--delay", "5s", "--night", "90m", "--spread", "one-zone").json
    assert slow["processes"] > plain["processes"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sources", 0), "sources = 0: allowed are 1 to"),
        (("--sources", 5, "--night", "2d"), "night = 48: allowed are 0.1 to 24"),
        (("--sources", 5, "--delay", "soon"), "--delay: 'soon' is no duration; allowed: seconds as a number"),
        (("--sources", 5, "--window", 0), "'0' is no number of places; allowed: auto, or a whole number"),
        (("--sources", 5, "--workers", 0), "--workers 0: allowed are 1 to 1,024"),
        (("--sources", 100_000, "--articles-per-day", 50), "that of all sources together"),
        ((), "--sources"),
    ],
)
def test_nonsense_is_refused(dateline: Any, options: tuple[Any, ...], said: str) -> None:
    done = dateline("plan", *options)
    assert done.status == 2
    assert said in done.notes


def test_a_simulation_is_printed_beside_the_model(dateline: Any) -> None:
    call = ("simulate", "plan", "--sources", 30, "--nights", 1, "--largest", 60)
    done = dateline(*call, "--json")
    assert done.status in {0, 1}, done.notes  # of so few, chance decides whether all is within 15 %
    found = done.json
    assert {line["name"] for line in found["compared"]} >= {
        "requests",
        "catalog",
        "pages a second at the height",
    }
    assert found["simulated"]["statuses"] == {"run": 30}
    assert "--nights 0: allowed are 1 to 60" in dateline(*call[:4], "--nights", 0).notes
