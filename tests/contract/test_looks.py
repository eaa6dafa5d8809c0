"""What is asked for many pages at once: the answers are those of the questions for one."""

from __future__ import annotations

from typing import Any

from archive.catalog import frontier, looks, lookup, versions
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex, url_key
from archive.rows import AddressRow, ArticleRow, PictureRow
from tests.archive.material import NOON, ledger_row
from tests.contract.catalog_rows import MINUTE, capture, page, segment, version

URLS = [f"https://news.example/{name}" for name in "abcdé"]
KEYS = [url_key(url) for url in URLS]
ABSENT = url_key("https://news.example/absent")


def picture(article: str, number: int, position: int) -> PictureRow:
    return PictureRow(
        article_id=article, number=number, position=position, url=f"{position}.jpg", caption=None,
        credit=None, alt=None, sha256=None,
    )  # fmt: skip


def test_pages_and_the_captures_that_their_validators_came_with(catalog: Catalog, put: Any) -> None:
    put(*(page(url, capture_id=f"c{number}") for number, url in enumerate(URLS)))
    put(*(capture(f"c{number}", url=url) for number, url in enumerate(URLS)))
    asked = [*KEYS[1:], KEYS[1], ABSENT]
    assert looks.pages_of(catalog, asked) == frontier.pages(catalog, asked)
    assert looks.pages_of(catalog, []) == {}
    found = looks.captures_with(catalog, ["c1", "c3", "absent"])
    assert found == {name: lookup.capture_by_id(catalog, name) for name in ("c1", "c3")}


def test_retention_classes(catalog: Catalog, put: Any) -> None:
    for days in (None, 30):
        put(segment(f"captures/{days}", keep_days=days))
    keys = ["captures/None", "captures/30", "captures/absent"]
    found = looks.keep_days_of(catalog, keys)
    assert [found.get(key) for key in keys] == [lookup.keep_days(catalog, key) for key in keys]


def test_the_last_whole_page_before_a_moment(catalog: Catalog, put: Any) -> None:
    put(
        capture("a1", url=URLS[0], at=NOON - MINUTE),
        capture("a2", url=URLS[0], at=NOON),
        capture("a3", url=URLS[0], at=NOON),  # of the same moment, the greater id
        capture("a4", url=URLS[0], at=NOON + MINUTE, status=304),
        capture("b1", url=URLS[1], at=NOON - MINUTE, status=404),
        capture("c1", url=URLS[2], at=NOON + MINUTE),
        capture("d1", url=URLS[3], at=NOON - MINUTE, kind="revisit", truncated="length"),
    )
    for moment in (NOON - MINUTE, NOON, NOON + MINUTE, NOON + 2 * MINUTE):
        one = {key: lookup.capture_before(catalog, url, moment) for key, url in zip(KEYS, URLS, strict=True)}
        assert looks.captures_before(catalog, KEYS, moment) == {key: row for key, row in one.items() if row}
    assert looks.captures_before(catalog, KEYS, NOON + MINUTE)[KEYS[0]].id == "a3"


def test_how_earlier_looks_ended(catalog: Catalog, put: Any) -> None:
    before = [capture(f"c{n}", url=url, run_id=f"run-{n % 2}") for n, url in enumerate(URLS)]
    put(
        *(
            ledger_row(row.url, number, run_id=run, capture=row, outcome=run)
            for run in ("run-0", "run-1", "run-2")
            for number, row in enumerate(before[:4])
        )
    )
    one = {row.url_key: frontier.row_of(catalog, row.run_id, row.url_key) for row in before}
    assert looks.looks_at(catalog, before) == {key: row for key, row in one.items() if row}
    assert looks.looks_at(catalog, before)[KEYS[1]].outcome == "run-1"


def test_articles_with_their_newest_versions_and_pictures(catalog: Catalog, put: Any) -> None:
    for name, urls in (("one", URLS[:2]), ("two", URLS[2:3])):
        put(ArticleRow(id=name, source="example", url=urls[0], first_captured_at=NOON, versions=2))
        put(*(AddressRow(url_key=url_key(url), article_id=name, url=url, since=NOON) for url in urls))
        put(*(version(name, number, removed=number == 10) for number in (1, 2, 10)))
        put(*(picture(name, number, position) for number in (2, 10) for position in (1, 0)))
    put(
        AddressRow(url_key=KEYS[3], article_id="lost", url=URLS[3], since=NOON)
    )  # an address without its article
    one = {key: lookup.article_of(catalog, url) for key, url in zip(KEYS, URLS, strict=True)}
    assert looks.articles_at(catalog, [*KEYS, ABSENT]) == {key: row for key, row in one.items() if row}
    newest = looks.newest_versions(catalog, ["one", "two", "absent"])
    assert newest == {name: versions.newest_version(catalog, name) for name in ("one", "two")}
    pictures = looks.pictures_of(catalog, newest.values())
    assert pictures == {name: versions.pictures_of(catalog, name, 10) for name in ("one", "two")}
    assert looks.pictures_of(catalog, []) == {}


def test_where_payloads_lie(catalog: Catalog, put: Any) -> None:
    digests = [sha256_hex(name.encode()) for name in "xyz"]
    for days in (None, 30):
        put(segment(f"captures/{days}", keep_days=days))
    put(
        capture("x1", at=NOON, payload_sha256=digests[0], segment="captures/None", offset=1),
        capture("x0", at=NOON, payload_sha256=digests[0], segment="captures/None", offset=2),
        capture("x2", at=NOON - MINUTE, payload_sha256=digests[0], segment="captures/30", offset=3),
        capture("y1", payload_sha256=digests[1], segment="captures/30", offset=4),
        capture("y2", payload_sha256=digests[1], segment="captures/None", kind="revisit"),
        capture("y3", payload_sha256=digests[1], segment="captures/None", truncated="length"),
        capture("z1", payload_sha256=digests[2], segment="captures/None", status=404),
    )
    for days in (None, 90, 30, 7):
        one = {digest: lookup.known_payload(catalog, digest, days) for digest in digests}
        found = looks.known_payloads(catalog, digests, days)
        assert found == {digest: place for digest, place in one.items() if place}
    assert looks.known_payloads(catalog, digests, None)[digests[0]].offset == 2
