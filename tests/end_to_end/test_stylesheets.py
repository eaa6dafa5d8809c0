"""`capture: {css: true}`: style sheets are archived with a page, and replay shows it with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from archive.catalog import runs
from archive.catalog.cdx_reads import Span, captures_of_urls
from archive.opening import Archive
from archive.rows import CaptureRow
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, redirect, small_house, story
from tests.web.browser_bed import look

FIRST, SECOND = datetime(2026, 3, 20, 2, tzinfo=UTC), datetime(2026, 3, 21, 2, tzinfo=UTC)
CSS = {"Content-Type": "text/css"}
MAIN = b"@import 'colour.css'; @import 'deep1.css'; h1{background-color:rgb(4, 5, 6)}"
HEAD = (
    "<link rel=stylesheet href='/main.css'><link rel=stylesheet href='/gone.css'>"
    "<link rel='alternate stylesheet' title=Dark href='/dark.css'><link rel=stylesheet href='/moved.css'>"
)


@dataclass
class Nights:
    site: SmallSite
    house: House

    def fetched(self, path: str) -> int:
        return len(self.site.visits("news.test", path))


def styled(name: str, extra: str = "") -> str:
    return story(name, extra=extra).replace("</head>", f"{HEAD}</head>").replace("<h1>", "<h1 id=head>")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with SmallSite() as site:
        chain = {
            f"/deep{n}.css": (200, CSS, f"@import 'deep{n + 1}.css'; p{{}}".encode()) for n in range(1, 9)
        }
        site.add("news.test", {
            "/main.css": (200, CSS, MAIN),
            "/colour.css": (200, CSS, b"@import 'main.css'; h1{color:rgb(1, 2, 3)}"),
            "/dark.css": (200, CSS, b"h1{color:rgb(9, 9, 9)}"),
            "/moved.css": redirect("/static/there.css"),
            "/static/there.css": (200, CSS, b"@import 'beside.css';"),
            "/static/beside.css": (200, CSS, b"h1{text-decoration-line:underline}"),
            "/news/1": page(styled("Arles")),
            "/news/2": page(styled("Basel")),
            "/feed": feed(site.url("news.test", f"/news/{n}") for n in (1, 2)),
            **chain,
        })  # fmt: skip
        site.add(
            "plain.test",
            {"/news/1": page(styled("Cork")), "/feed": feed([site.url("plain.test", "/news/1")])},
        )
        sources = {
            "news": site.source("news", "news.test", "capture: {css: true}\n"),
            "plain": site.source("plain", "plain.test"),
        }
        folder = tmp_path_factory.mktemp("styled")
        house = small_house(folder / "house", sources, hosts=["news.test", "plain.test"])
        house.run(*crawl_words(FIRST))
        site.add("news.test", {"/news/1": page(styled("Arles", extra="").replace("an hour", "two hours"))})
        house.run(*crawl_words(SECOND))
        yield Nights(site, house)


def test_each_address_is_asked_for_once_a_run_and_only_with_a_new_version(nights: Nights) -> None:
    paths = ("/main.css", "/colour.css", "/gone.css", "/moved.css", "/static/beside.css")
    assert {path: nights.fetched(path) for path in paths} == dict.fromkeys(paths, 2)


def test_imports_are_followed_three_levels_deep(nights: Nights) -> None:
    assert [nights.fetched(f"/deep{n}.css") for n in range(1, 6)] == [2, 2, 2, 0, 0]


def test_alternatives_and_other_sources_are_left_alone(nights: Nights) -> None:
    assert nights.fetched("/dark.css") == 0
    assert [visit.path for visit in nights.site.visits("plain.test") if visit.path.endswith(".css")] == []


def test_every_request_was_as_polite_as_any(nights: Nights) -> None:
    agents = {visit.headers["User-Agent"] for visit in nights.site.visits("news.test")}
    assert len(agents) == 1
    assert nights.fetched("/robots.txt") == 2


def test_an_unchanged_style_sheet_is_a_revisit(nights: Nights, archive: Archive) -> None:
    kinds = [row.kind for row in captures_of(archive, nights.site.url("news.test", "/main.css"))]
    assert kinds == ["response", "revisit"]


def captures_of(archive: Archive, url: str) -> list[CaptureRow]:
    return captures_of_urls(archive.catalog, [url], Span(), 10)


def test_failures_cost_the_page_nothing_and_the_archive_is_whole(nights: Nights, archive: Archive) -> None:
    newest = runs.newest_runs(archive.catalog)
    assert [run.status for run in newest] == ["done", "done"]
    outcomes = [row.outcome for run in newest for row in runs.ledger_of(archive.catalog, run.id)]
    assert sorted(str(outcome) for outcome in outcomes) == ["archived"] * 4 + ["unchanged"] * 2
    assert nights.house.problems() == []


def test_replay_shows_the_page_in_its_colours(nights: Nights, archive: Archive) -> None:
    """In a browser, with an `@import` and behind a redirect; and nothing is asked of the site."""
    visits = len(nights.site.log)
    styles = ("color", "backgroundColor", "textDecorationLine")
    shown = asyncio.run(look(archive, nights.site.url("news.test", "/news/1"), FIRST, "#head", *styles))
    assert shown == {
        "color": "rgb(1, 2, 3)",
        "backgroundColor": "rgb(4, 5, 6)",
        "textDecorationLine": "underline",
        "missing": " ".join(nights.site.url("news.test", path) for path in ("/gone.css", "/dark.css")),
    }
    assert len(nights.site.log) == visits
