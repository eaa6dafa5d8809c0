"""`render: true`: a page that is empty without its scripts is archived as a reader sees it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from fastwarc.warc import ArchiveIterator

from archive.catalog import lookup, runs, segments, versions
from archive.opening import Archive
from archive.reader import read_exchange, read_rendered
from archive.rows import CaptureRow, LedgerRow
from tests.end_to_end.house import House
from tests.end_to_end.small_site import SmallSite, crawl_words, feed, page, robots, small_house

FIRST, SECOND = datetime(2026, 3, 20, 2, tzinfo=UTC), datetime(2026, 3, 21, 2, tzinfo=UTC)
THIRD = datetime(2026, 3, 23, 2, tzinfo=UTC)
ARLES, BASEL = (f"/2026/03/{name}-quay-closes-for-the-spring" for name in ("arles", "basel"))
HOSTS = ("shown.test", "plain.test", "other.test")
SHELL = (
    "<!doctype html><html lang=en><head><title>The Quay</title><script src=/app.js defer></script></head>"
    "<body><div id=root></div><noscript>You need to enable JavaScript to run this app."
    "</noscript></body></html>"
)
APP = """
fetch('/api' + location.pathname).then(answer => answer.json()).then(story => {
  document.title = story.title;
  const text = story.text.map(part => '<p>' + part + '</p>').join('');
  document.getElementById('root').innerHTML = '<article><h1>' + story.title + '</h1>' + text + '</article>';
});
fetch('/secret/data.json').catch(() => 0);
fetch('http://other.test:%d/beacon', {method: 'POST'}).catch(() => 0);
"""


def told(name: str, more: str = "") -> bytes:
    sentences = (
        f"The harbour office said on Tuesday that the {name} quay would be closed until the dredger is back.",
        f"Two ferries of the {name} line were sent to the northern pier, where passengers waited an hour.",
        f"A spokeswoman for the {name} council told reporters that the work had been planned since spring.",
        f"Fishermen from {name} asked who would pay for the nights on which their boats could not go out."
        + more,
    )
    return json.dumps({"title": f"Quay of {name} closes for the spring", "text": sentences}).encode()


JSON = {"Content-Type": "application/json"}


@dataclass
class Nights:
    site: SmallSite
    house: House


def build(site: SmallSite, host: str) -> None:
    site.add(host, {
        "/feed": feed(site.url(host, path) for path in (ARLES, BASEL)),
        "/robots.txt": robots("User-agent: *\nDisallow: /secret/\n"),
        "/app.js": (200, {"Content-Type": "text/javascript"}, (APP % site.port).encode()),
        ARLES: page(SHELL),
        BASEL: page(SHELL),
        f"/api{ARLES}": (200, JSON, told("Arles")),
        f"/api{BASEL}": (200, JSON, told("Basel")),
    })  # fmt: skip


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    with SmallSite() as site:
        for host in ("shown.test", "plain.test"):
            build(site, host)
        sources = {
            "shown": site.source("shown", "shown.test", "render: {screenshot: true, timeout: 30s}\n"),
            "plain": site.source("plain", "plain.test"),
        }
        house = small_house(tmp_path_factory.mktemp("rendered") / "house", sources, hosts=HOSTS)
        house.run(*crawl_words(FIRST))
        house.run(*crawl_words(SECOND))
        edited = (200, JSON, told("Arles", " The mayor was not at home."))
        site.add("shown.test", {f"/api{ARLES}": edited})
        house.run(*crawl_words(THIRD))
        yield Nights(site, house)


def outcomes(archive: Archive, source: str) -> list[set[str]]:
    """How the pages of a source ended, night by night."""
    nights = sorted(runs.newest_runs(archive.catalog, 9), key=lambda run: run.started_at)
    rows = [runs.ledger_of(archive.catalog, run.id) for run in nights]
    return [{said(row) for row in night if row.source == source} for night in rows]


def said(row: LedgerRow) -> str:
    return f"{row.outcome}({row.reason})" if row.reason else str(row.outcome)


def captures(archive: Archive, site: SmallSite, path: str) -> list[CaptureRow]:
    return lookup.captures_of(archive.catalog, site.url("shown.test", path))


def test_without_rendering_it_is_no_article_and_with_it_is(archive: Archive) -> None:
    assert outcomes(archive, "plain") == [{"quarantined(needs_javascript)"}] * 3
    assert outcomes(archive, "shown") == [{"archived"}, {"unchanged"}, {"archived", "unchanged"}]


def test_the_version_says_what_the_browser_shows(nights: Nights, archive: Archive) -> None:
    article = lookup.article_of(archive.catalog, nights.site.url("shown.test", ARLES))
    assert article is not None
    first, second = versions.versions_of(archive.catalog, article.id)
    assert first.title == "Quay of Arles closes for the spring"
    texts = [
        versions.text_by_sha256(archive.catalog, version.text_sha256 or "") for version in (first, second)
    ]
    assert "Two ferries of the Arles line" in str(texts[0])
    assert "The mayor was not at home." not in str(texts[0])
    assert "The mayor was not at home." in str(texts[1])
    assert [event.kind for event in versions.events_of(archive.catalog, article.id)] == ["text"]


def test_the_response_is_archived_as_it_came_and_the_dom_beside_it(nights: Nights, archive: Archive) -> None:
    first, *_ = captures(archive, nights.site, ARLES)
    assert read_exchange(archive.store, first).body == SHELL.encode()
    row = segments.rendered_of(archive.catalog, first.id, "dom")
    assert row is not None
    dom = read_rendered(archive.store, row)
    assert b"<h1>Quay of Arles closes for the spring</h1>" in dom
    assert row.engine.startswith("Chromium ")
    picture = segments.rendered_of(archive.catalog, first.id, "screenshot")
    assert picture is not None
    assert read_rendered(archive.store, picture).startswith(b"\x89PNG")


def test_other_readers_do_not_take_it_for_the_response(nights: Nights, archive: Archive) -> None:
    first, *_ = captures(archive, nights.site, ARLES)
    row = segments.rendered_of(archive.catalog, first.id, "dom")
    assert row is not None
    assert row.segment.startswith("derived/")
    member = archive.store.read(row.segment, row.offset, row.length)
    [record] = ArchiveIterator(io.BytesIO(member), parse_http=False)
    assert record.headers["WARC-Type"] == "conversion"
    assert record.headers["WARC-Target-URI"] == "urn:dom:" + nights.site.url("shown.test", ARLES)
    assert record.headers["WARC-Refers-To"] == f"<{UUID(first.id).urn}>"


def test_what_the_page_asks_for_is_archived_once_a_run_and_the_page_itself_is_not_asked_for_again(
    nights: Nights,
) -> None:
    visits = nights.site.visits
    assert len(visits("shown.test", ARLES)) == 3
    assert len(visits("shown.test", f"/api{ARLES}")) == 3
    assert len(visits("shown.test", "/app.js")) == 3  # two pages, three nights


def test_robots_and_methods_hold_for_the_browser(nights: Nights) -> None:
    assert nights.site.visits("shown.test", "/secret/data.json") == []
    assert nights.site.visits("other.test") == []
    agents = {visit.headers["User-Agent"] for visit in nights.site.visits("shown.test")}
    assert len(agents) == 1
    assert "Mozilla" not in agents.pop()


def test_the_archive_is_sound_and_rebuilt_row_for_row(nights: Nights) -> None:
    assert nights.house.problems() == []
    nights.house.run("rebuild", "--yes")
    assert nights.house.problems() == []


def test_a_source_that_cannot_be_rendered_here_is_said_to_be_so(nights: Nights, tmp_path: Path) -> None:
    """`sources check` and a run both say it, before anything is asked for."""
    words = dict(nights.house.environment) | {"PATH": str(tmp_path)}  # where no Chromium is
    here = replace(nights.house, environment=words)
    before = len(nights.site.log)
    for command in (("sources", "check"), crawl_words(THIRD, "shown")):
        printed = here.run(*command, expect=2)
        assert "there is no Chromium on the PATH" in printed
        assert "shown" in printed
    assert len(nights.site.log) == before
