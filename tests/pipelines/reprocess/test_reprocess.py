"""A new extractor, or new rules, over an archive that did not change: nothing happened, says the archive."""
# ruff: noqa: E501 - pages and expectations are easier to read unbroken

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalog import lookup
from archive.held_leases import HostLeases
from archive.rows import ImageRow
from archive.verify.run import verify
from config.extract_rule import ExtractRule
from config.source import Source
from pipelines.extraction import Extraction
from pipelines.workers import Workers
from tests.archive.material import SetClock, everything, house, rebuilt, silent
from tests.pipelines.reprocess.newsdesk import OLD, SOURCE, Newsdesk, page, url_of

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
ARTICLES = 1000 if FULL else 24
RULED = SOURCE.model_copy(update={"extract": (ExtractRule(text=(".body",), byline=(".byline",)),)})


class CountingWorkers(Workers):
    """Workers that count the pages they are asked to read."""

    pages = 0

    async def extract(self, page_bytes: bytes, **more: Any) -> Extraction:  # type: ignore[override]
        self.pages += 1
        return await super().extract(page_bytes, **more)


@pytest.fixture(scope="module")
def workers() -> Iterator[CountingWorkers]:
    with CountingWorkers(2, 1 << 31, 300.0) as workers:
        yield workers


@pytest.fixture
def desk(tmp_path: Path, workers: CountingWorkers) -> Iterator[Newsdesk]:
    home = house(tmp_path)
    yield Newsdesk(home, workers)
    report = verify(home.store, home.catalog, silent)
    home.die()
    home.catalog.close()
    assert report.problems == ()


def pages(*, ad: int = 1, edition: int = 1) -> dict[str, bytes]:
    return {url_of(n): page(n, ad=ad, edition=edition) for n in range(ARTICLES)}


def outcomes(results: list[object]) -> set[str]:
    return {str(result.outcome) for result in results}  # type: ignore[attr-defined]


@pytest.mark.parametrize("changed", ["the extractor", "the rules"])
def test_what_we_change_makes_no_events(
    desk: Newsdesk, tmp_path: Path, workers: CountingWorkers, changed: str
) -> None:
    assert outcomes(desk.crawl(pages())) == {"archived"}
    if changed == "the rules":
        desk.source = RULED
    else:
        desk.age(pages())
    # The first night reads each earlier capture again, the next ones read nothing twice.
    for night, reads in ((2, 2 * ARTICLES), (3, ARTICLES)):
        before = workers.pages
        assert outcomes(desk.crawl(pages(ad=night))) == {"unchanged"}
        assert workers.pages - before == reads
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.articles, report.versions, report.read, report.promoted) == (ARTICLES,) * 4
    assert (report.events_before.total(), report.events.total()) == (0, 0)
    before = workers.pages
    assert outcomes(desk.crawl(pages(ad=4))) == {"unchanged"}
    assert workers.pages - before == ARTICLES
    assert set(map(str, desk.told().values())) == {"[(1, [])]"}


def test_a_report_changes_nothing_and_names_what_would_change(desk: Newsdesk, tmp_path: Path) -> None:
    few = {url_of(n): page(n) for n in range(4)}
    desk.crawl(few)
    desk.crawl({url: page(n, edition=2) for n, url in enumerate(few)})
    desk.age(list(few)[:3])
    before = everything(desk.home.catalog)
    report = desk.reprocess(tmp_path, apply=False)
    assert everything(desk.home.catalog) == before
    assert (report.articles, report.versions, report.read, report.current) == (4, 8, 6, 2)
    assert report.changed == {"text": 6, "byline": 6}
    assert (report.words_added, report.words_removed) == (0, 6 * 5)
    assert (report.events_before, report.events) == ({"text": 4, "byline": 3}, {"text": 4})
    assert report.promoted == 0
    sample = report.samples[0]
    assert sample.before is not None
    assert sample.after is not None
    assert sample.before.removeprefix(sample.after) == "\n\nAdvertisement 1: buy 1 umbrellas"
    assert sample.changed == ("text", "byline")


def test_promoted_versions_say_what_todays_extractor_reads(desk: Newsdesk, tmp_path: Path) -> None:
    few = {url_of(n): page(n) for n in range(3)}
    desk.crawl(few)
    desk.crawl({url: page(n, edition=2) for n, url in enumerate(few)})
    fresh = {url: desk.versions(url) for url in few}
    told = desk.told()
    desk.age(few)
    assert desk.told() != told
    desk.reprocess(tmp_path, apply=True)
    assert desk.told() == told
    for url, rows in fresh.items():
        assert desk.versions(url) == rows
        assert [desk.text(row).count("\n\n") for row in desk.versions(url)] == [4, 4]
    again = desk.reprocess(tmp_path, apply=True)
    assert (again.read, again.current, again.promoted) == (0, 6, 0)
    [audit] = everything(desk.home.catalog)["audit"]
    assert audit[2:4] == ("reprocess", "all sources")
    assert audit[5] == "a person"
    assert {
        "read=6",
        "promoted=6",
        "changed_text=6",
        f"extractor={fresh[url_of(0)][0].extractor} versions=6",
    } <= set(audit[6])


def test_a_version_whose_difference_was_the_extractor_s_stays_without_events(
    desk: Newsdesk, tmp_path: Path
) -> None:
    url = url_of(1)
    box = "<div class='live'><p>{} readers in Brackwater are reading this story about the bridge at the moment.</p></div>"
    desk.crawl({url: page(1, mark=box.format("Nineteen"))})
    desk.crawl({url: page(1, mark=box.format("Some twenty-seven"))})
    assert desk.told()[url] == [(1, []), (2, ["text"])]
    desk.source = SOURCE.model_copy(update={"extract": (ExtractRule(drop=(".live",)),)})
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.events_before, report.events) == ({"text": 1}, {})
    assert desk.told()[url] == [(1, []), (2, [])]
    first, second = desk.versions(url)
    assert first.text_sha256 == second.text_sha256
    assert (second.edit, second.words_added, second.silent) == (None, 0, False)
    assert outcomes(desk.crawl({url: page(1, ad=3, mark=box.format("A hundred"))})) == {"unchanged"}


def test_no_kind_of_event_comes_that_was_not_there(desk: Newsdesk, tmp_path: Path) -> None:
    """Today's extractor sees a byline change that the old one was blind to: it is not put into the past."""
    url = url_of(1)
    desk.crawl({url: page(1)})
    desk.source = SOURCE.model_copy(update={"extract": (ExtractRule(byline=(".no",)),)})
    desk.crawl({url: page(1, edition=2).replace(b"Jane Doe", b"Bo Li")})
    rows = desk.versions(url)
    kinds = [event for _, kinds in desk.told()[url] for event in kinds]
    blind = [replace(row, byline=(), extractor=OLD) for row in rows]
    desk.home.committer.commit_rows([*blind])
    assert "text" in kinds
    desk.reprocess(tmp_path, apply=True)
    after = [event for _, kinds in desk.told()[url] for event in kinds]
    assert set(after) <= set(kinds)
    assert [row.byline for row in desk.versions(url)] == [("Jane Doe",), ("Bo Li",)]


def test_dated_rules_are_held_still_between_two_versions(desk: Newsdesk, tmp_path: Path) -> None:
    """A layout changed between two versions, and each has its own rules: both sides are read with the later."""
    url = url_of(1)
    desk.crawl({url: page(1)})
    first_day = desk.at.date()
    desk.crawl({url: page(1, edition=2)})
    second_day = desk.at.date()
    told = desk.told()
    desk.source = SOURCE.model_copy(
        update={
            "extract": (
                ExtractRule(until=first_day, text=(".body p:nth-child(-n+4)",)),
                ExtractRule(since=second_day, title=("h1",)),
            )
        }
    )
    desk.reprocess(tmp_path, apply=True)
    assert desk.told() == told
    first, second = desk.versions(url)
    assert desk.text(first).count("\n\n") == 3
    assert desk.text(second).count("\n\n") == 4
    assert first.extractor != second.extractor


def test_pictures_keep_their_bytes_and_what_their_files_say(desk: Newsdesk, tmp_path: Path) -> None:
    """A caption that today's rules read otherwise; the picture is not fetched or opened again."""
    url = url_of(1)
    figure = (
        "<figure><img src='/1.jpg' width='800' height='600'><figcaption>The bridge.</figcaption></figure>"
    )
    desk.crawl({url: page(1, mark=figure)})
    [shown] = desk.pictures(desk.versions(url)[0])
    fetched = replace(
        shown, sha256="a" * 64, caption="Old", embedded_caption="In the file", embedded_credit="Ann"
    )
    image = ImageRow(
        sha256="a" * 64, phash="0" * 16, mime="image/jpeg", width=800, height=600, size=9, first_url=shown.url,
        first_at=desk.at, capture_id=desk.versions(url)[0].capture_id,
    )  # fmt: skip
    desk.home.committer.commit_rows([fetched, image, replace(desk.versions(url)[0], extractor=OLD)])
    report = desk.reprocess(tmp_path, apply=True)
    assert report.changed == {"pictures": 1}
    [now] = desk.pictures(desk.versions(url)[0])
    assert now == replace(fetched, caption="The bridge.")


def test_only_what_was_asked_for_is_read(desk: Newsdesk, tmp_path: Path) -> None:
    desk.crawl({url_of(1): page(1)})
    first = desk.at
    desk.crawl({url_of(2): page(2)})
    desk.age([url_of(1), url_of(2)])
    other = Source(name="other", homepage="https://other.example/")
    count = lambda **span: desk.reprocess(tmp_path, apply=False, **span).articles  # noqa: E731
    assert count(sources=("example",)) == 2
    assert (
        desk.reprocess(tmp_path, apply=False, configured=(other,)).articles == 2
    )  # no file names them: no rules
    assert count(since=desk.at) == 1
    assert count(until=desk.at) == 1
    assert count(since=desk.at, until=desk.at) == 0
    assert count(since=first) == 2


def test_what_cannot_be_read_stays_and_is_named(desk: Newsdesk, tmp_path: Path) -> None:
    urls = [url_of(1), url_of(2), url_of(3)]
    for n, url in enumerate(urls, 1):
        desk.crawl({url: page(n)})
    desk.age(urls)
    damaged, missing, _ = (desk.versions(url)[0] for url in urls)
    before = {url: desk.versions(url) for url in urls}
    places = {}
    for row, harm in ((damaged, b"\0" * 9), (missing, None)):
        capture = lookup.capture_by_id(desk.home.catalog, row.capture_id)
        assert capture is not None
        path = tmp_path / "store" / capture.segment
        places[path] = path.read_bytes()
        if harm is None:
            path.unlink()
        else:
            at = capture.offset
            path.write_bytes(places[path][:at] + harm + places[path][at + len(harm) :])
    report = desk.reprocess(tmp_path, apply=True)
    for path, data in places.items():
        path.write_bytes(data)
    assert report.unread.total() == 2
    assert {(one.url, one.reason) for one in report.unreadable} == {
        (urls[0], "damaged"),
        (urls[1], "segment_missing"),
    }
    assert [desk.versions(url) == before[url] for url in urls] == [True, True, False]


def test_articles_of_a_host_that_is_being_crawled_are_left(desk: Newsdesk, tmp_path: Path) -> None:
    """Its crawl may make their next versions now; those of other hosts are read in the same batch."""
    other = "https://other.example/2026/story-2"
    desk.crawl({url_of(1): page(1), other: page(2)})
    desk.age([url_of(1), other])
    before = desk.versions(url_of(1))
    clock = SetClock(desk.at + timedelta(hours=6))
    crawl = HostLeases(desk.home.catalog, "a crawl", clock, seconds=3600.0)
    assert asyncio.run(crawl.take("host:news.example"))
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.articles, report.busy, report.read) == (2, 1, 1)
    assert desk.versions(url_of(1)) == before
    assert desk.versions(other)[0].extractor != OLD
    asyncio.run(crawl.release())
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.articles, report.busy, report.read, report.current) == (2, 0, 1, 1)


def test_pages_that_turn_to_or_from_articles_are_reported_and_left(desk: Newsdesk, tmp_path: Path) -> None:
    stub = page(2).split(b"<p>The council")[0] + b"</div></article></body></html>"
    desk.crawl({url_of(1): page(1), url_of(2): stub})
    desk.source = SOURCE.model_copy(update={"extract": (ExtractRule(drop=("article",)),)})
    desk.crawl({url_of(3): page(3)})
    assert set(desk.told()) == {url_of(1)}
    before = {url_of(1): desk.versions(url_of(1))}
    report = desk.reprocess(tmp_path, apply=False)
    assert report.quarantined.total() == 1
    assert [one.url for one in report.now_quarantined] == [url_of(1)]
    assert report.refused == 2
    desk.reprocess(tmp_path, apply=True)
    assert desk.versions(url_of(1)) == before[url_of(1)]
    desk.source = SOURCE
    report = desk.reprocess(tmp_path, apply=False)
    assert [one.url for one in report.now_articles] == [url_of(3)]
    assert (report.refused, report.articles_new) == (2, 1)
    assert set(desk.told()) == {url_of(1)}


OTHER_STORY = (
    "Nobody had expected the lighthouse keeper to answer the letter that two schoolgirls had put into a bottle.",
    "She wrote back on blue paper, in small upright letters, and enclosed a feather and a photograph of a seal.",
    "Since then a parcel has travelled between island and classroom each month, with drawings, shells and riddles.",
    "In June the whole class will sail out, if the weather is kind, and carry a cake shaped like a lantern.",
)


def test_copies_are_those_of_what_is_read_now(desk: Newsdesk, tmp_path: Path) -> None:
    """One was no copy to the old extractor, another one was and is none; only the catalog's links change."""
    one, same, other = (url_of(n) for n in (1, 2, 3))
    told = "".join(f"<p>{sentence}</p>" for sentence in OTHER_STORY)
    start, end = page(3).split(b'<div class="body">')[0], page(3).partition(b"</div>")[2]
    unlike = start + f'<div class="body">{told}</div>'.encode() + end
    desk.crawl({one: page(1), same: page(1, ad=2), other: unlike})
    desk.say(same, "\n\n".join(OTHER_STORY))
    desk.say(other, desk.text(desk.versions(one)[0]))
    desk.link()
    assert desk.copies() == {frozenset({one, other})}
    assert desk.reprocess(tmp_path, apply=False).compared == 0
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.compared, report.unlinked, report.events.total()) == (3, 1, 0)
    assert desk.copies() == {frozenset({one, same})}
    assert set(map(str, desk.told().values())) == {"[(1, [])]"}
    assert rebuilt(desk.home.store) == everything(desk.home.catalog)
    assert desk.reprocess(tmp_path, apply=True).compared == 0


def test_copies_are_looked_for_by_the_next_where_a_kill_left_them(desk: Newsdesk, tmp_path: Path) -> None:
    one, same = url_of(1), url_of(2)
    desk.crawl({one: page(1), same: page(1, ad=2)})
    desk.say(same, "\n\n".join(OTHER_STORY))
    desk.link()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.reprocess.run._link_again", _killed)
        with pytest.raises(KeyboardInterrupt):
            desk.reprocess(tmp_path, apply=True)
    assert desk.copies() == set()
    report = desk.reprocess(tmp_path, apply=True)
    assert (report.promoted, report.compared) == (0, 1)
    assert desk.copies() == {frozenset({one, same})}


async def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_bucket_alone_gives_the_same_catalog(desk: Newsdesk, tmp_path: Path) -> None:
    few = {url_of(n): page(n) for n in range(3)}
    desk.crawl(few)
    desk.age(few)
    desk.crawl({url: page(n, ad=2) for n, url in enumerate(few)})
    assert len(everything(desk.home.catalog)["reading"]) == 3
    desk.reprocess(tmp_path, apply=True, since=desk.at)
    desk.reprocess(tmp_path, apply=True)
    assert rebuilt(desk.home.store) == everything(desk.home.catalog)
