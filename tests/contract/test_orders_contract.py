"""What people tell the schedule, in either kind of catalog: pauses, and runs that are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.catalog import migrate, orders
from archive.catalog.catalog import Catalog
from archive.catalog.engine import open_engine
from archive.rows.orders import EVERY_SOURCE, PauseRow, RunRequestRow
from tests.contract.catalog_rows import Numbers

NIGHT = datetime(2026, 3, 20, 22, 15, 30, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAUSE = PauseRow(
    source="news", since=NIGHT, until=NIGHT + 9 * HOUR, actor="desk", reason="„they“ asked · 搬家"
)
ALL = PauseRow(source=EVERY_SOURCE, since=NIGHT, until=None, actor="root", reason="")


def request(number: int, minute: int, *sources: str) -> RunRequestRow:
    asked = NIGHT + timedelta(minutes=minute)
    return RunRequestRow(id=f"request-{number}", sources=sources, asked_at=asked, actor="desk")


def test_a_pause_is_what_was_said_last_of_its_source(catalog: Catalog, put: Any) -> None:
    assert orders.pauses(catalog) == []
    put(PAUSE, ALL)
    assert orders.pauses(catalog) == [ALL, PAUSE]
    assert orders.pause_of(catalog, "other") is None
    lifted = replace(PAUSE, lifted_at=NIGHT + HOUR)
    put(lifted)
    assert orders.pauses(catalog) == [ALL, lifted]
    found = orders.pause_of(catalog, "news")
    assert found == lifted
    assert found is not None
    assert (found.covers(NIGHT), found.covers(NIGHT + HOUR)) == (True, False)


def test_requests_wait_in_the_order_of_asking_until_they_are_answered(catalog: Catalog, put: Any) -> None:
    late, early, tied = request(1, 7, "news"), request(2, 3, "b", "a"), request(3, 7, "a")
    put(late, tied, early)
    assert orders.waiting_requests(catalog) == [early, late, tied]
    started = replace(early, status="started", run_id="run-1", answered_at=NIGHT + HOUR)
    refused = replace(late, status="refused", note="there is no source news", answered_at=NIGHT + HOUR)
    put(started, refused)
    assert orders.waiting_requests(catalog) == [tied]
    assert orders.newest_requests(catalog) == [tied, refused, started]
    assert orders.newest_requests(catalog, limit=1) == [tied]
    assert orders.request_by_id(catalog, "request-2") == started
    assert orders.request_by_id(catalog, "request-9") is None


def test_a_catalog_from_before_there_were_orders_takes_them(unmigrated: str) -> None:
    before = open_engine(unmigrated)
    migrate.upgrade(before, "0009")
    before.dispose()
    catalog = Catalog.open(unmigrated)
    try:
        catalog.apply(Numbers().entry(PAUSE, request(1, 0, "news")), {})
        assert orders.pauses(catalog) == [PAUSE]
        assert orders.waiting_requests(catalog) == [request(1, 0, "news")]
    finally:
        catalog.close()
