"""Which version stood, by one statement: the same as the article's whole timeline says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.cdx_reads import captures_around
from archive.catalog.lookup import closest_capture
from archive.catalog.standing import Removal, standing
from archive.digest import sha256_hex, url_key
from archive.rows import AddressRow, ArticleRow, TextRow, VersionRow
from archive.timeline import timeline_of
from tests.archive.counting import statements_of
from tests.archive.material import NOON
from tests.contract.catalog_rows import MINUTE, URL, capture, page, version

OLD, SHORT = "https://news.example/old", "https://news.example/s/1"
ARTICLE = url_key(URL)


def state(number: int, minutes: float, *, removed: bool = False, **changes: Any) -> VersionRow:
    evidence = {"last_seen_at": NOON, "first_missing_at": NOON + number * MINUTE, "missing_how": "404"}
    return version(
        ARTICLE,
        number,
        captured_at=NOON + minutes * MINUTE,
        capture_id=f"c{number}",
        title=f"State {number}",
        removed=removed,
        **(evidence if removed else {}),
        **changes,
    )


def moved_article(*states: VersionRow) -> list[Any]:
    """An article with two addresses, a page that leads to it, a neighbour, and these versions."""
    return [
        ArticleRow(id=ARTICLE, source="example", url=URL, first_captured_at=NOON, versions=len(states)),
        AddressRow(url_key=url_key(URL), url=URL, article_id=ARTICLE, since=NOON),
        AddressRow(url_key=url_key(OLD), url=OLD, article_id=ARTICLE, since=NOON - MINUTE),
        page(SHORT, article_id=ARTICLE),
        page(URL + "/unread"),
        version("another", 9, captured_at=NOON, capture_id="c9"),
        AddressRow(url_key=url_key(URL + "9"), url=URL + "9", article_id="another", since=NOON),
        *states,
    ]


@pytest.mark.parametrize(
    "states",
    [
        pytest.param([state(1, 0)], id="one"),
        pytest.param([state(1, 0), state(2, 10), state(3, 10), state(4, 30)], id="two at one moment"),
        pytest.param([state(1, 0), state(2, 10, removed=True)], id="removed"),
        pytest.param([state(1, 0), state(2, 10, removed=True), state(3, 20)], id="restored"),
        pytest.param(
            [state(1, 0), state(2, 10, removed=True), state(3, 20, removed=True), state(4, 30)],
            id="two tombstones in a row",
        ),
        pytest.param([state(n, n) for n in range(1, 12)], id="more than ten"),
    ],
)
@pytest.mark.parametrize("url", [URL, OLD, SHORT])
def test_it_is_what_the_timeline_says_by_one_statement(
    catalog: Catalog, put: Any, url: str, states: list[VersionRow]
) -> None:
    captures = [capture(f"c{row.number}", at=row.captured_at) for row in states]
    put(*moved_article(*states), *captures)
    timeline = timeline_of(catalog, url)
    assert timeline is not None
    moments: list[datetime | None] = [NOON + minutes * MINUTE for minutes in range(-1, 32)]
    for moment in [None, *moments, NOON + 10 * MINUTE - timedelta(microseconds=1)]:
        with statements_of(catalog._engine) as asked:
            found = standing(catalog, url, moment)
        assert len(asked) == 1
        expected, then = timeline.content_at(moment), timeline.at(moment)
        if expected is None or then is None:
            assert found is None
            continue
        assert found is not None
        assert (found.article_id, found.number, found.url) == (ARTICLE, expected.number, expected.url)
        assert (found.title, found.capture_id) == (expected.title, expected.capture_id)
        assert found.capture == captures[expected.number - 1]
        evidence = Removal(then.last_seen_at, then.first_missing_at, then.missing_how)
        assert found.removal == (evidence if then.removed else None)


def test_the_text_comes_with_the_same_statement_if_asked_for(catalog: Catalog, put: Any) -> None:
    words = "Grüße, 東京 \U0001f309"
    digest = sha256_hex(words.encode())
    row = TextRow(sha256=digest, characters=9, segment="derived/s", offset=0, length=1)
    put(
        *moved_article(state(1, 0, text_sha256=digest), state(2, 5, text_sha256="0" * 64)),
        row,
        **{digest: words},
    )
    for moment, asked_for, expected in ((NOON, True, words), (NOON, False, None), (None, True, None)):
        with statements_of(catalog._engine) as asked:
            found = standing(catalog, URL, moment, text=asked_for)
        assert len(asked) == 1
        assert found is not None
        assert found.text == expected


def test_a_capture_that_the_catalog_has_lost_is_none(catalog: Catalog, put: Any) -> None:
    put(*moved_article(state(1, 0)))
    found = standing(catalog, URL, None)
    assert found is not None
    assert (found.capture, found.capture_id) == (None, "c1")


@pytest.mark.parametrize(
    "url", [pytest.param(URL + "/unread", id="a page"), pytest.param(URL + "/x", id="nothing")]
)
def test_an_address_without_an_article_has_none(catalog: Catalog, put: Any, url: str) -> None:
    put(*moved_article(state(1, 0)))
    assert standing(catalog, url, None) is None


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda catalog, at: closest_capture(catalog, URL, at), id="the closest capture"),
        pytest.param(lambda catalog, at: captures_around(catalog, URL, at), id="a memento"),
    ],
)
def test_other_questions_by_address_and_time_are_one_statement_too(
    catalog: Catalog, put: Any, question: Callable[[Catalog, datetime], object]
) -> None:
    put(*(capture(f"c{n:02}", at=NOON + n * MINUTE) for n in range(40)))
    for minutes in (-1, 0, 20.5, 99):
        with statements_of(catalog._engine) as asked:
            assert question(catalog, NOON + minutes * MINUTE)
        assert len(asked) == 1


def test_sqlite_finds_the_closest_capture_without_sorting(tmp_path: Path) -> None:
    """The index has the captures of an address in order; a sort would grow with them."""
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    with statements_of(catalog._engine) as asked:
        closest_capture(catalog, URL, NOON)
    with catalog.read() as connection:
        marks = asked[0].count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", ("x",) * marks).all()
    catalog.close()
    steps = [str(row[3]) for row in plan]
    assert sum("USING INDEX capture_by_url (url_key=? AND at" in step for step in steps) == 2
    assert not any("TEMP B-TREE" in step for step in steps)
