"""Two crawls at once over one archive: of one source, and of two."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from archive.catalog import frontier, lookup, runs, versions
from archive.opening import Archive
from archive.outcome import OutcomeKind
from tests.archive.material import everything
from tests.end_to_end.house import House
from tests.end_to_end.small_site import Page, SmallSite, Visit, crawl_words, feed, page, small_house, story

NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)
LATER = timedelta(seconds=30)  # of the second clock: the newest run, within the life of a lease
PAGES = 12


def picture() -> Page:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((800, 500)).save(out, "PNG")
    return 200, {"Content-Type": "image/png"}, out.getvalue()


@pytest.fixture
def site() -> Iterator[SmallSite]:
    """Two papers that run the same wire stories with the same picture."""
    with SmallSite() as site:
        for host in ("east.test", "west.test"):
            image = site.url(host, "/quay.png")
            stories = {f"/news/{n}": page(story(f"Wire{n}", images=[image])) for n in range(PAGES)}
            site.add(host, {**stories, "/quay.png": picture()})
            site.add(host, {"/feed": feed(site.url(host, path) for path in stories)})
        yield site


@pytest.fixture
def house(site: SmallSite, tmp_path: Path) -> House:
    hosts = ["east.test", "west.test"]
    sources = {host.removesuffix(".test"): site.source(host.removesuffix(".test"), host) for host in hosts}
    return small_house(tmp_path / "house", sources, hosts=hosts, crawl="segment_seconds: 0.2s")


@pytest.fixture
def archive(house: House) -> Iterator[Archive]:
    opened = house.open()
    yield opened
    opened.close()


def assert_closed_and_whole(house: House, archive: Archive) -> None:
    """Every account closed, nothing archived twice, and the bucket alone gives the same catalog."""
    for run in runs.newest_runs(archive.catalog):
        assert run.status == "done"
        assert None not in {row.outcome for row in runs.ledger_of(archive.catalog, run.id)}
    made = Counter(version.url for version in versions.every_version(archive.catalog))
    assert set(made.values()) == {1}
    assert house.problems() == []
    before = everything(archive.catalog)
    archive.catalog.clear()
    house.run("rebuild", "--yes")
    assert everything(archive.catalog) == before


def test_the_second_crawl_of_a_source_leaves_the_host_to_the_first(
    site: SmallSite, house: House, archive: Archive
) -> None:
    asked, go = Event(), Event()
    answer = site.pages["east.test/news/5"]
    assert not callable(answer)

    def held(_visit: Visit) -> Page:
        asked.set()
        go.wait(300)
        return answer

    site.pages["east.test/news/5"] = held
    first = house.start(*crawl_words(NIGHT, "east"))
    assert asked.wait(300)
    printed = house.run(*crawl_words(NIGHT + LATER, "east"))
    assert first.poll() is None  # whose page is still held: the second did not wait for it
    assert "host_busy" in printed
    go.set()
    printed, _ = first.communicate(timeout=300)
    assert first.returncode == 0, printed

    second_run, first_run = runs.newest_runs(archive.catalog)
    documents = frontier.read_documents(archive.catalog, second_run.id)
    ended_as = {document.kind: (document.status, document.reason) for document in documents}
    assert ended_as == dict.fromkeys(("feed", "front"), ("failed", "host_busy"))
    assert runs.ledger_of(archive.catalog, second_run.id) == []
    ended = [row.outcome for row in runs.ledger_of(archive.catalog, first_run.id)]
    assert ended == [OutcomeKind.ARCHIVED] * PAGES
    visits = Counter(visit.path for visit in site.visits("east.test") if visit.path.startswith("/news/"))
    assert visits == dict.fromkeys(visits, 1)
    assert_closed_and_whole(house, archive)


def test_a_page_that_is_due_waits_for_another_night_if_its_host_is_busy(
    site: SmallSite, house: House, archive: Archive
) -> None:
    """It is skipped, stays due, and counts no miss."""
    house.run(*crawl_words(NIGHT, "east"))
    url = site.url("east.test", "/news/1")
    before = lookup.page_of(archive.catalog, url)
    asked, go = Event(), Event()

    def held(_visit: Visit) -> Page:
        asked.set()
        go.wait(300)
        return feed([])

    site.pages["east.test/feed"] = held
    next_night = NIGHT.replace(day=21)
    process = house.start(*crawl_words(next_night, "east"))
    assert asked.wait(300)
    house.run(*crawl_words(next_night + LATER, "east"))
    newest = runs.newest_runs(archive.catalog)[0]
    rows = runs.ledger_of(archive.catalog, newest.id)
    assert [(row.outcome, row.reason) for row in rows] == [("skipped", "host_busy")] * PAGES
    go.set()
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    after = lookup.page_of(archive.catalog, url)
    assert before is not None
    assert after is not None
    assert (after.misses, after.article_id) == (0, before.article_id)


def test_two_sources_at_once(house: House, archive: Archive) -> None:
    """The same texts and picture come from both, so both write rows about the same contents."""
    processes = [house.start(*crawl_words(NIGHT, name)) for name in ("east", "west")]
    for process in processes:
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, printed
        assert "locked" not in printed
        assert "Traceback" not in printed
    made = Counter(version.source for version in versions.every_version(archive.catalog))
    assert made == {"east": PAGES, "west": PAGES}
    assert_closed_and_whole(house, archive)
