"""What a run made, asked of both databases: its versions one by one, and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.changes import Change, changes_of
from archive.catalog.nights import versions_counted
from archive.catalog.watch import NewArticles, new_articles
from archive.rows import EventRow, PictureRow, TextRow
from tests.archive.material import NOON
from tests.contract.catalog_rows import MINUTE, RUN, URL, version

ENDED = replace(RUN, finished_at=NOON + 5 * MINUTE)


def event(article: str, number: int, position: int, kind: str) -> EventRow:
    return EventRow(article_id=article, number=number, position=position, kind=kind, before=None, after=None)


def test_the_versions_of_a_run_in_order_of_capture(catalog: Catalog, put: Any) -> None:
    put(
        version("a", 2, url=f"{URL}2", captured_at=NOON + MINUTE, title=None),
        version("b", 1, url=f"{URL}1", captured_at=NOON + MINUTE),
        version("c", 3, url=f"{URL}3", source="other", removed=True),
        version("d", 1, run_id="run-2"),
        version("e", 1, captured_at=NOON - MINUTE),  # a run's captures are no older than it
        event("a", 2, 1, "text"),
        event("a", 2, 0, "title"),
        event("a", 2, 2, "text"),
        event("a", 1, 0, "image"),
        event("c", 3, 0, "removed"),
    )
    assert list(changes_of(catalog, ENDED)) == [
        Change(f"{URL}3", "other", 3, "T", ("removed",)),
        Change(f"{URL}1", "example", 1, "T", ()),
        Change(f"{URL}2", "example", 2, None, ("title", "text")),
    ]
    assert versions_counted(catalog, [ENDED]) == {
        ("example", "edited"): 1,
        ("example", "new"): 1,
        ("other", "removed"): 1,
    }


@pytest.mark.parametrize("count", [0, 499, 500, 1001])
def test_none_of_many_versions_is_missed(catalog: Catalog, put: Any, count: int) -> None:
    put(*(version(f"{n:05}", 1, url=f"{URL}{n:05}") for n in range(count)))
    assert [change.url for change in changes_of(catalog, ENDED)] == [f"{URL}{n:05}" for n in range(count)]


def test_what_was_new_is_counted_by_length(catalog: Catalog, put: Any) -> None:
    long, short = "a" * 64, "b" * 64
    put(
        TextRow(sha256=long, characters=2000, segment="derived/s", offset=0, length=9),
        TextRow(sha256=short, characters=900, segment="derived/s", offset=9, length=9),
        version("a", 1, text_sha256=long, published_at=NOON - MINUTE),
        version("b", 1, text_sha256=long, captured_at=NOON + 2 * MINUTE, published_at=NOON),
        version("c", 1, text_sha256=long, captured_at=NOON + MINUTE, title=""),
        # It claims to come from tomorrow: when it was seen first tells more.
        version("d", 1, text_sha256=short, captured_at=NOON + MINUTE, published_at=NOON + 9 * MINUTE),
        version("e", 1, source="other", title=None),
        version("f", 2, text_sha256=long),
        version("g", 1, text_sha256=long, removed=True),
        version("h", 1, text_sha256=long, run_id="run-2"),
        *(
            PictureRow(
                article_id="b",
                number=1,
                position=n,
                url=URL,
                caption=None,
                credit=None,
                alt=None,
                sha256=None,
            )
            for n in range(2)
        ),
    )
    found = sorted(new_articles(catalog, ENDED), key=lambda alike: (alike.source, alike.count))
    assert found == [
        NewArticles("example", 900, 1, titled=1, dated=1, pictured=0, newest_at=NOON + MINUTE),
        NewArticles("example", 2000, 3, titled=2, dated=2, pictured=1, newest_at=NOON + MINUTE),
        NewArticles("other", None, 1, titled=0, dated=0, pictured=0, newest_at=NOON),
    ]
