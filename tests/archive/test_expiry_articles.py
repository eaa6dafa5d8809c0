"""What becomes of an article's versions when segments with their captures go (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.erasure.expiry_articles import Need, fate_of
from archive.rows import VersionRow
from tests.archive.material import NOON
from tests.contract.catalog_rows import version

DAY = timedelta(days=1)
NOW = NOON + 40 * DAY
KEPT = Need(30, NOON + 35 * DAY)
FOR_EVER = Need(None, NOON)


def versions(text: str) -> list[VersionRow]:
    """`e` is a version whose capture goes, `s` one whose capture stays, upper case a tombstone."""
    return [
        replace(
            version("a", number),
            capture_id=f"{letter.lower()}{number}",
            removed=letter.isupper(),
            captured_at=NOON + number * DAY,
        )
        for number, letter in enumerate(text, 1)
    ]


@pytest.mark.parametrize(
    ("those", "seen_days_ago", "gone", "carried", "dropped"),
    [
        pytest.param("e", 5, [], {1: 30}, False, id="seen within its time"),
        pytest.param("e", 31, [1], {}, True, id="not seen for longer"),
        pytest.param("e", None, [1], {}, True, id="never seen again"),
        pytest.param("ee", 5, [1], {2: 30}, False, id="only the current one is carried over"),
        pytest.param("es", 50, [1], {}, False, id="a newer one stays"),
        pytest.param("se", 50, [], {2: 30}, False, id="the current one goes with what stays"),
        pytest.param("eS", 50, [], {1: 30}, False, id="the last words stay with their tombstone"),
        pytest.param("eeS", 50, [1], {2: 30}, False, id="and only these"),
        pytest.param("eE", 5, [1, 2], {}, True, id="what is removed is not there any more"),
        pytest.param("sE", 50, [], {2: 30}, False, id="a tombstone stays with the last words"),
    ],
)
def test_what_stays_and_what_goes(
    those: str, seen_days_ago: int | None, gone: list[int], carried: dict[int, int], *, dropped: bool
) -> None:
    rows = versions(those)
    staying = {row.capture_id: KEPT for row in rows if row.capture_id.startswith("s")}
    expired = {row.capture_id: 30 for row in rows if row.capture_id.startswith("e")}
    seen = None if seen_days_ago is None else NOW - seen_days_ago * DAY
    fate = fate_of(rows, staying, expired, seen, NOW)
    assert [row.number for row in fate.gone] == gone
    assert {int(key[1:]): need.keep_days for key, need in fate.needed.items()} == carried
    assert fate.dropped is dropped


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (KEPT, None, KEPT),
        (KEPT, FOR_EVER, Need(None, KEPT.since)),
        (FOR_EVER, KEPT, Need(None, KEPT.since)),
        (KEPT, Need(90, NOON), Need(90, KEPT.since)),
        (KEPT, Need(30, NOW), Need(30, NOW)),
    ],
)
def test_what_two_need_is_what_lasts_longer(one: Need, other: Need | None, both: Need) -> None:
    assert one.joined(other) == both
