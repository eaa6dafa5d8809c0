"""Two misses on different nights make a tombstone, and nothing else does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from archive.rows import VersionRow
from pipelines.versions.removal import is_removed, tombstone
from tests.archive.material import NOON

FIRST, SECOND = date(2026, 3, 28), date(2026, 3, 29)
SHOWN = VersionRow(
    article_id="art",
    number=4,
    source="example",
    url="https://news.example/a",
    captured_at=NOON,
    run_id="r1",
    capture_id="c1",
    extractor="x",
    title="A headline",
    byline=("A",),
    published_at=NOON,
    language="en",
    text_sha256="t",
    canonical_url="https://news.example/a",
    site_name="News",
    description="D",
)
GONE = VersionRow(
    article_id="art",
    number=5,
    source="example",
    url="https://news.example/a",
    captured_at=NOON + timedelta(2),
    run_id="r2",
    capture_id="c2",
    extractor=None,
    title="A headline",
    language="en",
    removed=True,
    last_seen_at=NOON,
    first_missing_at=NOON + timedelta(1),
    missing_how="http_404",
)


@pytest.mark.parametrize(
    ("newest", "first", "tonight", "removed"),
    [
        pytest.param(SHOWN, None, SECOND, False, id="the first miss"),
        pytest.param(SHOWN, SECOND, SECOND, False, id="again in the same night"),
        pytest.param(SHOWN, FIRST, SECOND, True, id="the next night"),
        pytest.param(SHOWN, FIRST, FIRST + timedelta(40), True, id="much later"),
        pytest.param(SHOWN, SECOND, FIRST, False, id="a night before, as when the clock went back"),
        pytest.param(GONE, FIRST, SECOND, False, id="removed already"),
        pytest.param(None, FIRST, SECOND, False, id="never an article"),
    ],
)
def test_when_an_article_is_removed(
    newest: VersionRow | None, first: date | None, tonight: date, removed: bool
) -> None:
    day = timedelta(days=1)
    found = is_removed(newest, first_missing_night=first, tonight=tonight, missing_for=day)
    assert found == removed


@pytest.mark.parametrize(("hours", "removed"), [(1, False), (11.9, False), (12, True), (24, True)])
def test_one_outage_over_midnight_removes_nothing(hours: float, removed: bool) -> None:
    missing_for = timedelta(hours=hours)
    found = is_removed(SHOWN, first_missing_night=FIRST, tonight=SECOND, missing_for=missing_for)
    assert found == removed


def test_a_tombstone_says_what_is_known_and_shows_nothing() -> None:
    made = tombstone(
        SHOWN,
        capture_id="c2",
        run_id="r2",
        at=NOON + timedelta(2),
        last_seen_at=NOON,
        first_missing_at=NOON + timedelta(1),
        how="http_404",
    )
    assert made == GONE
