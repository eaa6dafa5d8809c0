"""An article on three pages, crawled for two nights, given back, and purged: one article all the way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalog import runs
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, robots, small_house, story

FIRST = datetime(2026, 3, 20, 2, tzinfo=UTC)
NAMES = ("Antwerp", "Bergen", "Canarytown")  # of its pages
PATHS = ("/n/quay", "/n/quay/2", "/n/quay/3")
HEADLINE = "Quay of Antwerp closes"


def numbered(number: int, name: str) -> str:
    """A page of the article, which names its neighbours."""
    links = "".join(
        f'<link rel="{rel}" href="{PATHS[at]}">'
        for rel, at in (("prev", number - 1), ("next", number + 1))
        if 0 <= at < len(PATHS)
    )
    return story(name).replace(f"Quay of {name} closes", HEADLINE).replace("</head>", f"{links}</head>")


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        yield site


@pytest.fixture
def house(site: SmallSite, tmp_path: Path) -> House:
    pages = {path: page(numbered(n, name)) for n, (path, name) in enumerate(zip(PATHS, NAMES, strict=True))}
    found = [site.url("news.test", path) for path in (PATHS[0], PATHS[1], "/n/13", "/n/blocked")]
    following = page(story("Dover").replace("</head>", '<link rel="next" href="/n/14"></head>'))
    blocked = page(story("Esbjerg").replace("</head>", '<link rel="next" href="/n/blocked/2"></head>'))
    site.add(
        "news.test",
        {**pages, "/feed": feed(found), "/n/13": following, "/n/blocked": blocked, "/n/blocked/2": blocked},
    )
    site.add("news.test", {"/robots.txt": robots("User-agent: *\nDisallow: /n/blocked/\n")})
    sources = {"news": site.source("news", "news.test")}
    return small_house(tmp_path / "house", sources, hosts=["news.test"])


def outcomes(house: House, site: SmallSite) -> dict[str, str]:
    archive = house.open()
    newest = runs.newest_runs(archive.catalog)[0]
    rows = runs.ledger_of(archive.catalog, newest.id)
    archive.close()
    start = len(site.url("news.test", ""))
    return {
        row.url[start:]: f"{row.outcome}({row.reason})" if row.reason else str(row.outcome) for row in rows
    }


def test_an_article_on_three_pages(site: SmallSite, house: House) -> None:
    house.run(*crawl_words(FIRST))
    ended = outcomes(house, site)
    assert (ended["/n/quay"], ended["/n/13"]) == ("archived", "archived")
    assert ended["/n/quay/2"] in {
        "skipped(further_page)",
        "archived",
    }  # as it came before the first, or after
    # what robots.txt forbids is not fetched as a further page either, and the next story is none
    assert ended["/n/blocked"] == "archived(page_missing)"
    assert not site.visits("news.test", "/n/blocked/2")
    assert not site.visits("news.test", "/n/14")

    line = json.loads(house.run("get", site.url("news.test", "/n/quay/3"), "--as", "json"))
    assert (line["url"], line["title"], len(line["parts"])) == (site.url("news.test", "/n/quay"), HEADLINE, 2)
    assert [line["text"].count(f"the {name} council") for name in NAMES] == [2, 2, 2]

    house.run(*crawl_words(FIRST + timedelta(days=1)))
    assert outcomes(house, site)["/n/quay"] == "unchanged"
    house.run("takedown", site.url("news.test", "/n/quay"), "--reason", "a court order")
    house.run("takedown", site.url("news.test", "/n/quay"), "--purge", "--yes")
    for path in (house.folder / "store").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            assert NAMES[2].encode() not in data
    assert house.problems() == []
