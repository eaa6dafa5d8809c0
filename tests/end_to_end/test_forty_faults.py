"""The rows of the list of faults, each sent over a real socket to one real crawl, beside sites that are fine.

What a page, a site, a feed or a picture can do to us is here, in one crawl: `HERE`. `ELSEWHERE` names the
tests of the rows that come by other ways: through our store, our catalog, our schedule, our files, our own
web pages.
"""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

import pytest

from archive.catalog import lookup, versions
from archive.catalog.recall import recall_of
from archive.opening import Archive
from crawler.guards.silence import MOST_SILENCES
from tests.end_to_end.forty_crawl import MORE_HOSTS, NIGHT, Ended, HostileCrawl
from tests.end_to_end.forty_pages import DATES, page_sites
from tests.end_to_end.forty_sites import (
    AGAIN,
    PICTURES,
    SILENT_PAGES,
    again_site,
    good_sites,
    hostile_sites,
    listed_site,
)
from tests.end_to_end.hostile_site import HostileSite
from tests.end_to_end.house import REPOSITORY
from tests.end_to_end.raw_site import RawSite

MOST_MEMORY = 512_000_000  # bytes, of any process of the crawl

HERE = {
    1: "a coded body that stops in the middle",
    2: "a length that is not the body's",
    3: "broken chunks and connections",
    4: "bodies that unpack to very much",
    5: "a head without end",
    6: "an answer that comes drop by drop",
    7: "a host that takes connections and is silent",
    8: "redirects in circles and in chains",
    9: "redirects, pictures, feeds and sitemaps that lead inside",
    10: "a name with a public and a private address",
    11: "addresses of other schemes, and what parsers disagree on",
    12: "no robots.txt, or one that is forbidden",
    13: "a robots.txt that cannot be had",
    14: "a robots.txt of any shape and size",
    15: "certificates that are not right",
    16: "a host that asks for a pause of years",
    17: "addresses without end",
    18: "pages that are gone and say 200",
    19: "walls in an article's place",
    20: "nothing in an article's place",
    21: "character encodings that contradict each other",
    22: "characters that command, and a very long line",
    23: "markup that is deep, wide or heavy",
    24: "feeds that grow, read files, or never end",
    25: "sitemaps that lead to themselves, or are vast",
    26: "dates that are none, or cannot be",
    27: "addresses that differ by a little",
    28: "a host that looks like another",
    29: "line ends and dots in addresses and fields",
    30: "pictures that are huge, or are none",
}
_FAILS = "tests/end_to_end/test_every_call_fails.py"
ELSEWHERE = {
    7: ("tests/end_to_end/test_forty_faults.py::test_a_silent_host_is_left_alone",),
    9: ("tests/end_to_end/test_never_inside.py::test_no_way_leads_inside",),
    10: (
        "tests/crawler/fetch/test_inside.py::test_a_name_that_changes_its_answer_is_connected_to_only_where_it_was_checked",
    ),
    31: ("tests/web/test_replay_browser.py::test_in_replay_it_reaches_nothing",),
    32: ("tests/web/test_replay_browser.py::test_in_replay_it_reaches_nothing",),
    33: (f"{_FAILS}::test_s3", "tests/end_to_end/test_interrupted.py::test_a_store_that_dies_in_the_middle"),
    34: ("tests/archive/test_planted_faults.py::test_each_planted_fault_is_found",),
    35: ("tests/archive/test_recovery.py::test_an_upload_that_a_dead_writer_began_is_aborted",),
    36: (f"{_FAILS}::test_files", "tests/cli/test_services_down.py::test_a_disk_that_is_full"),
    37: (
        f"{_FAILS}::test_sqlite",
        f"{_FAILS}::test_postgresql",
        "tests/contract/test_catalog_errors.py::test_a_page_of_the_database_overwritten",
    ),
    38: (
        "tests/crawler/schedule/test_scheduler.py::test_a_second_scheduler_stands_by_and_takes_over",
        "tests/crawler/schedule/test_decide.py::test_a_year_of_nights_has_one_row_for_each_slot",
    ),
    39: (
        "tests/config/test_source_errors.py::test_a_file_that_is_no_plain_mapping_is_refused",
        "tests/config/test_parts.py::test_patterns_that_can_backtrack_without_end_are_refused",
    ),
    40: ("tests/end_to_end/test_secrets.py::test_it_is_nowhere",),
    41: ("tests/web/test_cdx.py::test_what_is_refused", "tests/web/test_guard.py::test_reading_only"),
}


@dataclass
class Web:
    """The crawl, its sites, and what it brought."""

    crawl: HostileCrawl
    sites: list[HostileSite]
    ended: Ended

    def url(self, host: str, path: str) -> str:
        return self.crawl.site.url(host, path)

    def otherwise(self, row: int) -> list[str]:
        """What of a row's sites ended otherwise than expected."""
        found = []
        for one in (one for one in self.sites if one.row == row):
            for path, wanted in one.ends.items():
                outcome = self.ended.outcome(self.crawl.site.url(one.host, path, scheme=one.scheme))
                if outcome not in wanted.split("|"):
                    found.append(f"{one.host}{path}: {outcome}, expected {wanted}")
            noted = self.ended.noted(one.name)
            found += [f"{one.host}: {note!r} is not in {noted!r}" for note in one.notes if note not in noted]
        return found


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with RawSite() as site:
        good = [*good_sites(site, 3, 4), again_site(site), listed_site(site)]
        sites = [*page_sites(site), *hostile_sites(site), *good]
        crawl = HostileCrawl.build(tmp_path_factory.mktemp("forty"), site, sites, more_hosts=MORE_HOSTS)
        yield Web(crawl, sites, crawl.run())


@pytest.fixture
def archive(web: Web) -> Iterator[Archive]:
    with closing(web.crawl.house.open()) as opened:
        yield opened


def test_every_row_has_its_test() -> None:
    assert HERE.keys() | ELSEWHERE.keys() == set(range(1, 42))
    for name in (one for names in ELSEWHERE.values() for one in names):
        file, _, function = name.partition("::")
        assert re.search(rf"^def {function}\(", (REPOSITORY / file).read_text(), re.MULTILINE), name


@pytest.mark.parametrize("row", HERE, ids=HERE.get)
def test_each_ends_as_it_must(web: Web, row: int) -> None:
    assert any(one.row == row for one in web.sites)
    assert web.otherwise(row) == []


def test_the_sites_beside_them_are_archived(web: Web) -> None:
    assert web.otherwise(0) == []


def test_nothing_hangs_and_every_address_has_its_outcome(web: Web) -> None:
    assert web.ended.run.status == "done"
    assert all(row.outcome for row in web.ended.ledger.values())
    assert web.crawl.house.problems() == []


def test_no_process_needs_much_memory(web: Web) -> None:
    assert len(web.ended.memory.peaks) >= 2  # the crawl and a worker
    assert max(web.ended.memory.peaks.values()) < MOST_MEMORY


def test_nothing_was_connected_to_but_the_sites(web: Web) -> None:
    assert not web.crawl.log.exists()


def test_what_broke_off_is_tried_again_and_kept_as_it_came(web: Web, archive: Archive) -> None:
    for host, path in {
        "row-1.test": "/news/half-gzip", "row-2.test": "/news/too-short", "row-3.test": "/news/bad-chunk",
    }.items():  # fmt: skip
        kept = lookup.captures_of(archive.catalog, web.url(host, path))
        assert [one.truncated for one in kept] == ["disconnect"] * 2
        assert len(web.crawl.site.visits(host, path)) == 2
    [long] = lookup.captures_of(archive.catalog, web.url("row-2.test", "/news/too-long"))
    assert long.truncated == "unspecified"


def test_a_silent_host_is_left_alone(web: Web) -> None:
    """Its addresses do not each wait for their deadline; for six requests it may still come round."""
    ended = Counter(web.ended.outcome(web.url("silent.test", f"/news/n{n}")) for n in range(SILENT_PAGES))
    assert ended.keys() == {"failed(timeout)", "skipped(host_silent)"}
    assert ended.total() == SILENT_PAGES
    asked = [visit for visit in web.crawl.site.visits("silent.test") if visit.path.startswith("/news")]
    # The next request may be on its way when the sixth in a row ends.
    assert MOST_SILENCES <= len(asked) <= MOST_SILENCES + 1


def test_a_pause_is_kept(web: Web) -> None:
    for host in ("pause-429.test", "pause-503.test"):
        assert [one.path for one in web.crawl.site.visits(host)] == ["/robots.txt", "/feed", "/news/n0"]


def test_no_file_is_read_for_a_feed(web: Web) -> None:
    assert not [url for url in web.ended.ledger if socket.gethostname() in url.partition("//")[2]]


def test_the_text_is_read_in_its_own_characters(web: Web, archive: Archive) -> None:
    titles = {
        "/news/header-against-meta": "Quay of Käse closes",
        "/news/bom": "Quay of Käse closes",
        "/news/undeclared": "桟橋は春まで閉鎖される",
        "/news/cp1251": "Причал закрыт до весны",
    }
    assert {path: title_of(archive, web.url("row-21.test", path)) for path in titles} == titles


def title_of(archive: Archive, url: str) -> str | None:
    article = lookup.article_of(archive.catalog, url)
    assert article is not None
    return versions.versions_of(archive.catalog, article.id)[0].title


def test_no_date_lies_ahead(web: Web, archive: Archive) -> None:
    for name in DATES:
        article = lookup.article_of(archive.catalog, web.url("row-26.test", f"/news/date-{name}"))
        assert article is not None
        published = versions.versions_of(archive.catalog, article.id)[0].published_at
        assert published is None or published < NIGHT + timedelta(days=1)


def test_pictures_that_are_some_are_kept(web: Web, archive: Archive) -> None:
    article = lookup.article_of(archive.catalog, web.url("pictures.test", "/news/story"))
    assert article is not None
    kept = {one.url for one in versions.pictures_of(archive.catalog, article.id, 1) if one.sha256}
    assert kept == {web.url("pictures.test", path) for path, (_, good) in PICTURES.items() if good}


def test_discovery_knows_its_recall(web: Web, archive: Archive) -> None:
    found = recall_of(archive.catalog, web.ended.run.id, "listed")
    assert (found.measure, found.listed, found.reached, found.beyond) == ("sitemap", 3, 2, 1)
    assert found.missed == {"gone(http_404)": 1}
    assert [one.url for one in found.beyond_urls] == [web.url("listed.test", "/news/one")]


def test_a_good_version_is_replaced_by_nothing_of_this(web: Web) -> None:
    """Rows 1, 19 and 20 on the next night: the bytes are kept, the version stands."""
    web.crawl.site.add("again.test", {f"/news/{name}": given for name, given in AGAIN.items()})
    ended = web.crawl.run("again", moment=NIGHT + timedelta(days=1))
    assert {name: ended.outcome(web.url("again.test", f"/news/{name}")) for name in AGAIN} == {
        "half": "quarantined(truncated)", "wall": "quarantined(consent_wall)", "blank": "quarantined(empty)",
    }  # fmt: skip
    with closing(web.crawl.house.open()) as archive:
        for name in AGAIN:
            article = lookup.article_of(archive.catalog, web.url("again.test", f"/news/{name}"))
            assert article is not None
            assert len(versions.versions_of(archive.catalog, article.id)) == 1
