"""How long steps took, told as few numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.phases import Phases


def test_what_is_counted() -> None:
    moments = iter([0.0, 0.5, 1.0, 4.0])
    phases = Phases(lambda: next(moments))
    with phases.timed("put"):
        pass
    with pytest.raises(ValueError, match="broken"), phases.timed("put"):
        raise ValueError("broken")
    phases.add("fetch", -1)  # a clock that went back
    [fetch, put] = phases.rows("run-1")
    assert (fetch.name, fetch.count, fetch.total, fetch.median, fetch.longest) == ("fetch", 1, 0, 0, 0)
    assert (put.run_id, put.count, put.total, put.longest) == ("run-1", 2, 3_500_000, 3_000_000)
    assert 500_000 <= put.median <= 600_000
    assert put.p95 == put.longest


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200))
def test_quantiles_are_a_fifth_too_long_at_most(micros: list[int]) -> None:
    phases = Phases()
    for each in micros:
        phases.add("read", each / 1e6)
    [row] = phases.rows("run-1")
    ordered = sorted(micros)
    for share, told in ((0.5, row.median), (0.95, row.p95)):
        true = ordered[-(-len(ordered) * int(share * 100) // 100) - 1]
        assert true - 1 <= told <= true * 1.2 + 1
    assert row.longest == ordered[-1]
    assert row.total == pytest.approx(sum(micros), abs=len(micros))
