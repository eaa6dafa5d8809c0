"""Previews that people asked for, in either kind of catalog: one a source, answered once, forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.catalog import dump, migrate, previews, rebuilding
from archive.catalog.catalog import Catalog
from archive.catalog.engine import open_engine
from archive.catalog.previews import PATIENCE, PreviewRequest

NIGHT = datetime(2026, 3, 20, 22, 15, 30, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def request(number: int, source: str = "news", minute: int = 0) -> PreviewRequest:
    return PreviewRequest(source, f"preview-{number}", NIGHT + minute * MINUTE, "web")


def test_one_waits_for_each_source_in_the_order_of_asking(catalog: Catalog) -> None:
    assert previews.waiting(catalog) == []
    later, early = request(1, "b", 5), request(2, "a", 3)
    assert [previews.ask(catalog, each) for each in (later, early)] == [later, early]
    assert previews.ask(catalog, request(3, "b", 6)) == later  # which waits already
    assert previews.waiting(catalog) == [early, later]
    previews.begin(catalog, later, NIGHT)
    assert previews.of(catalog, "b") == replace(later, begun_at=NIGHT)
    assert previews.of(catalog, "none") is None


def test_one_that_nobody_took_up_makes_way(catalog: Catalog) -> None:
    previews.ask(catalog, request(1))
    fresh = replace(request(2), asked_at=NIGHT + PATIENCE + MINUTE)
    assert previews.ask(catalog, fresh) == fresh
    assert previews.waiting(catalog) == [fresh]


def test_an_answer_is_given_once_and_to_the_request_that_stands(catalog: Catalog) -> None:
    first, second = request(1), request(2, minute=1)
    previews.ask(catalog, first)
    assert previews.answer(catalog, first, '{"said": "搬家"}', NIGHT)
    assert not previews.fail(catalog, first, "too late", NIGHT)
    found = previews.of(catalog, "news")
    assert found == replace(first, status="answered", answered_at=NIGHT)
    assert previews.result_of(catalog, first) == '{"said": "搬家"}'
    previews.ask(catalog, second)
    assert previews.result_of(catalog, first) is None
    assert not previews.answer(catalog, first, "{}", NIGHT)
    assert previews.fail(catalog, second, "its file is wrong", NIGHT)
    told = previews.of(catalog, "news")
    assert told == replace(second, status="failed", note="its file is wrong", answered_at=NIGHT)
    assert previews.waiting(catalog) == []


def test_what_is_old_is_forgotten(catalog: Catalog) -> None:
    old, new = request(1, "a"), request(2, "b", 9)
    for each in (old, new):
        previews.ask(catalog, each)
    assert not previews.any_before(catalog, NIGHT)
    assert previews.any_before(catalog, NIGHT + MINUTE)
    previews.forget(catalog, NIGHT + MINUTE)
    assert previews.waiting(catalog) == [new]
    previews.forget(catalog)
    assert previews.waiting(catalog) == []


def test_they_are_in_no_backup_and_go_with_a_rebuild(catalog: Catalog) -> None:
    previews.ask(catalog, request(1))
    assert "preview" not in dump.tables()
    rebuilding.begin(catalog, "a store", NIGHT)
    assert previews.waiting(catalog) == []


def test_a_catalog_from_before_takes_them(unmigrated: str) -> None:
    before = open_engine(unmigrated)
    migrate.upgrade(before, "0017")
    before.dispose()
    catalog = Catalog.open(unmigrated)
    previews.ask(catalog, request(1))
    assert len(previews.waiting(catalog)) == 1
    catalog.close()
