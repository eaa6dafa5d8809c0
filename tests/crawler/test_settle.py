"""How each outcome of a look changes the ledger and what is known of the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.outcome import NEEDS_REASON, Outcome, OutcomeKind
from archive.rows import CaptureRow, LedgerRow, PageRow
from crawler.due import DEFAULT_PACE, PATIENCE
from crawler.known_page import known_page
from crawler.settle import Look, settle
from tests.archive.material import exchange

FIRST = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://news.example/a"
ROW = LedgerRow(
    run_id="run-1", url_key="k", url=URL, source="news", found_by="feed", found_in="f", position=7
)
K = OutcomeKind


def capture(at: datetime) -> CaptureRow:
    body = exchange(URL, at=at).body
    return CaptureRow(
        id="c1", url_key="k", url=URL, at=at, source="news", run_id="run-1", kind="response", status=200,
        mime="text/html", payload_sha256="0", payload_sha1="0", payload_size=len(body), truncated=None,
        segment="", offset=0, length=1, payload_segment="", payload_offset=0, payload_length=1,
        refers_to_url=None, refers_to_at=None,
    )  # fmt: skip


def known(**more: Any) -> PageRow:
    """A page that was archived on the first night, and looked at last on the night before."""
    row = PageRow(
        url_key="k", url=URL, source="news", found_by="feed", found_in="f", found_at=FIRST, article_id="art",
        first_captured_at=FIRST, last_fetched_at=FIRST, last_changed_at=FIRST,
        etag='"e"', last_modified="Mon",
    )  # fmt: skip
    return replace(row, **more)


def outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(kind, "why" if kind in NEEDS_REASON else None)


def after(kind: OutcomeKind, page: PageRow | None, *, at: datetime = FIRST + DAY, **more: Any) -> PageRow:
    return settle(ROW, page, Look(outcome(kind), at, **more), DEFAULT_PACE)[1]


@pytest.mark.parametrize("kind", OutcomeKind)
def test_the_ledger_row_says_how_it_ended(kind: OutcomeKind) -> None:
    at = FIRST + DAY
    ended, _ = settle(ROW, None, Look(outcome(kind), at, capture(at)), DEFAULT_PACE)
    assert ended == replace(ROW, outcome=str(kind), reason=outcome(kind).reason, capture_id="c1", at=at)


def test_without_a_capture_the_ledger_names_none() -> None:
    ended, _ = settle(ROW, None, Look(outcome(K.FAILED), FIRST), DEFAULT_PACE)
    assert ended.capture_id is None


# Of a page that missed twice and was first missing yesterday: misses, still missing, removed, validator.
@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        pytest.param(K.ARCHIVED, True, (0, False, False, '"new"'), id="a new version"),
        pytest.param(K.UNCHANGED, False, (0, False, False, '"new"'), id="the same"),
        pytest.param(K.NOT_MODIFIED, False, (0, False, False, '"e"'), id="304 keeps the validators"),
        pytest.param(K.GONE, False, (3, True, False, None), id="gone again"),
        pytest.param(K.GONE, True, (3, True, True, None), id="gone, and a tombstone was made"),
        pytest.param(K.FAILED, False, (3, True, False, None), id="an outage proves nothing"),
        pytest.param(K.QUARANTINED, False, (3, True, False, None), id="a wall in front"),
        pytest.param(K.SKIPPED, False, (2, True, False, None), id="no page at all"),
    ],
)
def test_what_is_known_of_a_page_that_had_missed(
    kind: OutcomeKind, changed: bool, expected: tuple[int, bool, bool, str | None]
) -> None:
    since, now = FIRST + DAY, FIRST + 2 * DAY
    before = known(misses=2, first_missing_at=since)
    page = after(kind, before, at=now, changed=changed, etag='"new"', last_modified="Tue")
    assert page.first_missing_at in (None, since)
    assert (page.misses, page.first_missing_at == since, page.removed, page.etag) == expected
    assert (page.last_modified is None) == (page.etag is None)
    assert (page.first_captured_at, page.last_fetched_at, page.article_id) == (FIRST, now, "art")
    assert page.last_changed_at == (now if changed else FIRST)
    assert page.last_seen_at == (now if page.misses == 0 else None)


def test_only_gone_begins_to_be_missing() -> None:
    began = {kind: after(kind, known()).first_missing_at for kind in OutcomeKind}
    assert {kind for kind, at in began.items() if at is not None} == {K.GONE}
    assert began[K.GONE] == FIRST + DAY


def test_a_tombstone_stays_until_the_article_is_back() -> None:
    dead = known(removed=True, misses=3, first_missing_at=FIRST + DAY)
    kept = {kind for kind in OutcomeKind if after(kind, dead).removed}
    assert kept == {K.GONE, K.FAILED, K.QUARANTINED, K.SKIPPED}


def test_a_page_met_for_the_first_time() -> None:
    at = FIRST + DAY
    page = after(K.ARCHIVED, None, at=at, article_id="art", changed=True, etag='"n"')
    assert (page.url, page.source, page.found_by, page.found_at) == (URL, "news", "feed", at)
    assert (page.first_captured_at, page.last_fetched_at, page.last_changed_at) == (at, at, at)
    assert (page.article_id, page.etag, page.misses) == ("art", '"n"', 0)
    failed = after(K.FAILED, None, at=at)
    assert (failed.first_captured_at, failed.misses, failed.next_look_at) == (None, 1, at)


def test_next_look_climbs_the_ladder_and_begins_again_after_a_change() -> None:
    """A look is taken up to half a day early, by a nightly run."""
    at = FIRST + DAY
    assert after(K.UNCHANGED, known(), at=at).next_look_at == FIRST + 2.5 * DAY
    assert after(K.ARCHIVED, known(), at=at, changed=True).next_look_at == at + 0.5 * DAY
    assert after(K.UNCHANGED, known(), at=FIRST + 30 * DAY).next_look_at is None
    assert after(K.FAILED, known(), at=at).next_look_at == at  # the next run


def test_a_page_that_never_showed_anything_is_not_fetched_every_night_for_ever() -> None:
    """After a week of misses it is looked at on its ladder alone, which begins when it was found."""
    page: PageRow | None = None
    nights = []
    for night in range(60):
        at = FIRST + night * DAY
        if page is None or (page.next_look_at is not None and page.next_look_at <= at):
            page = after(K.FAILED, page, at=at)
            nights.append(night)
    assert nights[:PATIENCE] == list(range(PATIENCE))
    assert nights[PATIENCE:] == [7, 30]


def test_an_hourly_schedule_does_not_use_up_patience_in_a_day() -> None:
    """A tombstone needs a second night, and the page must still be looked at then."""
    page = after(K.ARCHIVED, None, at=FIRST, changed=True)
    for hour in range(1, 24 - FIRST.hour):
        page = after(K.GONE, page, at=FIRST + timedelta(hours=hour))
    assert page.misses == 1
    assert page.next_look_at == page.last_fetched_at


def test_a_document_that_is_no_page_is_looked_at_on_the_ladder() -> None:
    """A PDF in a feed is not missing."""
    page = after(K.SKIPPED, None, at=FIRST)
    assert (page.misses, page.next_look_at) == (0, FIRST + 0.5 * DAY)


def test_an_unfetched_page_is_unknown() -> None:
    assert known_page(None) is None
    assert known_page(known(last_fetched_at=None)) is None


@given(st.lists(st.sampled_from(OutcomeKind), max_size=12), st.data())
def test_whatever_happens_the_page_stays_coherent(kinds: list[OutcomeKind], data: st.DataObject) -> None:
    page: PageRow | None = None
    at, misses = FIRST, 0
    for kind in kinds:
        before = at
        at += data.draw(st.timedeltas(timedelta(minutes=1), 40 * DAY))
        again = misses > 0 and before.date() == at.date()  # a day's misses count once
        changed = kind is K.ARCHIVED
        page = after(kind, page, at=at, changed=changed, etag='"n"')
        misses = (
            0
            if kind in {K.ARCHIVED, K.UNCHANGED, K.NOT_MODIFIED}
            else misses + (kind is not K.SKIPPED and not again)
        )
        assert page.misses == misses
        assert page.last_fetched_at == at
        assert page.found_at <= at
        assert page.next_look_at is None or page.next_look_at >= at - DAY
        if misses == 0 and kind is not K.SKIPPED:
            assert page.first_missing_at is None
            assert not page.removed
