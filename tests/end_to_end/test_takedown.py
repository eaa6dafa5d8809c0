"""A page is taken down between two nights: crawls pass it by, and nothing is left by a purge."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from archive.catalog import runs
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, redirect, small_house, story

FIRST = datetime(2026, 3, 20, 2, tzinfo=UTC)
CANARY = "Canarytown"


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        yield site


@pytest.fixture
def house(site: SmallSite, tmp_path: Path) -> House:
    png = {"Content-Type": "image/png"}
    shown = {name: site.url("news.test", f"/{name}.png") for name in ("own", "shared")}
    site.add(
        "news.test",
        {
            "/feed": feed([site.url("news.test", path) for path in ("/short", "/b")]),
            "/short": redirect("/a"),
            "/a": page(story(CANARY, images=shown.values())),
            "/b": page(story("Brest", images=[shown["shared"]])),
            "/c": page(story("Calais", images=shown.values())),
            "/own.png": (200, png, picture("red")),
            "/shared.png": (200, png, picture("blue")),
        },
    )
    sources = {"news": site.source("news", "news.test", "judge: {probe: false}\n")}
    house = small_house(tmp_path / "house", sources, hosts=["news.test"])
    house.run(*crawl_words(FIRST))
    return house


def outcomes(house: House) -> dict[str, str]:
    archive = house.open()
    newest = runs.newest_runs(archive.catalog)[0]
    rows = runs.ledger_of(archive.catalog, newest.id)
    archive.close()
    return {row.url: f"{row.outcome}({row.reason})" if row.reason else str(row.outcome) for row in rows}


def test_what_is_taken_down_is_passed_by_and_what_is_purged_is_nowhere(site: SmallSite, house: House) -> None:
    url, short, never = (site.url("news.test", path) for path in ("/a", "/short", "/never"))
    taken = json.loads(house.run("takedown", url, never, "--reason", "a court order", "--json"))["taken_down"]
    assert set(taken[0]["addresses"]) == {url, short, site.url("news.test", "/own.png")}
    assert taken[1]["addresses"] == [never]  # of which nothing is known yet

    seen = len(site.log)
    found = [site.url("news.test", path) for path in ("/short", "/b", "/c", "/d", "/never")]
    site.add("news.test", {"/feed": feed(found), "/d": redirect("/a")})
    house.run(*crawl_words(FIRST + timedelta(days=1)))
    ended = outcomes(house)
    assert {ended[each] for each in (short, never, found[3])} == {"skipped(taken_down)"}
    assert (ended[found[1]], ended[found[2]]) == ("unchanged", "archived")
    assert {visit.path for visit in site.log[seen:]} == {
        "/robots.txt", "/feed", "/", "/b", "/c", "/d", "/shared.png"
    }  # fmt: skip

    done = json.loads(house.run("takedown", url, "--purge", "--yes", "--json"))["taken_down"]
    assert done[0]["purged"]["captures"] == 3
    house.run(*crawl_words(FIRST + timedelta(days=2)))
    ended = outcomes(house)
    assert ended.pop(found[3]) == ended.pop(never) == "skipped(taken_down)"
    assert short not in ended
    assert sorted(ended.values()) == ["skipped(taken_down)", "unchanged", "unchanged"]
    for path in (house.folder / "store").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            assert CANARY.encode() not in data
    assert house.problems() == []
