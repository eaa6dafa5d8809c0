"""A source crawled each quarter of an hour: pages climb the ladder, a change sends one back to its foot."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalog import frontier, lookup, revisits
from archive.digest import url_key
from tests.archive.material import everything, rebuilt
from tests.end_to_end.house import REPOSITORY, House
from tests.end_to_end.small_site import HTML, Page, SmallSite, Visit, feed, page, small_house, story

FIRST = datetime(2026, 3, 20, 8, tzinfo=UTC)
MINUTES = (0, 15, 30, 60, 75, 120)
MODIFIED = "Fri, 20 Mar 2026 07:00:00 GMT"


@dataclass
class Day:
    """A house after its runs, with what each run made of its addresses."""

    site: SmallSite
    house: House
    outcomes: list[dict[str, str]]

    def of(self, path: str) -> dict[int, str]:
        """By minute of the run."""
        url = self.site.url("news.test", path)
        return {
            minute: found[url]
            for minute, found in zip(MINUTES, self.outcomes, strict=True)
            if url in found and not found[url].startswith("skipped")
        }


def on_condition(text: str, tag: str, visit: Visit) -> Page:
    if visit.headers.get("If-None-Match") == tag:
        return 304, {"ETag": tag}, b""
    return page(text, ETag=tag, Last_Modified=MODIFIED)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    with SmallSite() as site:

        def brest(_visit: Visit) -> Page:
            edited = len(site.visits("news.test", "/news/brest")) > 2  # seen new, then after 15 minutes
            text = story("Brest").replace("an hour", "two hours") if edited else story("Brest")
            return 200, HTML, text.encode()

        site.add(
            "news.test",
            {
                "/feed": feed([site.url("news.test", f"/news/{name}") for name in ("arles", "brest")]),
                "/news/arles": lambda visit: on_condition(story("Arles"), '"a1"', visit),
                "/news/brest": brest,
            },
        )
        source = site.source("news", "news.test", 'schedule: "*/15 * * * *"\n')
        folder = tmp_path_factory.mktemp("day") / "house"
        house = small_house(
            folder, {"news": source}, hosts=["news.test"], ladder="0.0104166667, 0.0416666667, 0.125"
        )
        moments = [(FIRST + timedelta(minutes=minute)).isoformat() for minute in MINUTES]
        done = subprocess.run(
            [sys.executable, "-P", "tests/end_to_end/many_runs.py", str(house.config), *moments],
            cwd=REPOSITORY, env={**house.environ, "PYTHONPATH": str(REPOSITORY)}, text=True,
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return Day(site, house, [json.loads(line) for line in done.stdout.splitlines()])


def test_an_unchanged_page_climbs_the_ladder(day: Day) -> None:
    assert day.of("/news/arles") == {0: "archived", 15: "not_modified", 60: "not_modified"}


def test_a_change_sends_a_page_to_the_foot_of_the_ladder(day: Day) -> None:
    assert day.of("/news/brest") == {
        0: "archived",
        15: "unchanged",
        60: "archived",
        75: "unchanged",
        120: "unchanged",
    }


def test_between_its_looks_a_page_is_not_due_and_a_known_feed_is_polled_less(day: Day) -> None:
    url = day.site.url("news.test", "/news/arles")
    assert [found.get(url) for found in day.outcomes][2::2] == ["skipped(not_due)", None]
    assert len(day.site.visits("news.test", "/feed")) == len(MINUTES) - 1


def test_a_304_stands_for_the_capture_whose_validators_were_sent(day: Day) -> None:
    archive = day.house.open()
    url = day.site.url("news.test", "/news/arles")
    known = frontier.pages(archive.catalog, [url_key(url)])[url_key(url)]
    captures = lookup.captures_of(archive.catalog, url)
    first = captures[0]
    assert (known.capture_id, known.etag) == (first.id, '"a1"')
    assert {row.refers_to_at for row in captures[1:]} == {first.at}
    assert [row.status for row in captures] == [200, 304, 304]
    hosts = revisits.hosts(archive.catalog)
    assert (hosts["news.test"].asked, hosts["news.test"].honoured) == (2, 2)
    archive.close()


def test_what_was_learned_is_rebuilt_row_for_row(day: Day) -> None:
    archive = day.house.open()
    rates = revisits.rates_of(archive.catalog, ["news"])["news"]
    assert sum(row.looks for row in rates) == 6
    assert sum(row.changes for row in rates) >= 1
    assert rebuilt(archive.store) == everything(archive.catalog)
    archive.close()
    assert day.house.problems() == []
