"""How many looks a run may take: a number or a share."""

from __future__ import annotations

import pytest

from config.units import parse_looks


@pytest.mark.parametrize(
    ("written", "meant"),
    [(0, 0), (200, 200), ("12", 12), ("50%", 0.5), (" 1 % ", 0.01), ("100%", 1.0), (0.25, 0.25)],
)
def test_what_is_written_is_meant(written: object, meant: float) -> None:
    found = parse_looks(written)
    assert (found, type(found)) == (meant, type(meant))


@pytest.mark.parametrize("written", [-1, True, 1.5, 0.0, "0%", "101%", "half", "", None, [3]])
def test_anything_else_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is no number of looks"):
        parse_looks(written)
