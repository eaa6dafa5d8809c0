from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sorted_lines import SortedLines

LINES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=5))


@given(LINES, st.integers(1, 4))
def test_lines_come_in_byte_order_however_few_fit_in_memory(lines: list[str], in_memory: int) -> None:
    with SortedLines(Path.cwd(), in_memory) as found:
        for line in lines:
            found.add(line)
        assert list(found) == sorted(line.encode() + b"\n" for line in lines)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broken off"), SortedLines(tmp_path, 1) as found:  # noqa: PT012
        found.add("a")
        found.add("b")
        raise RuntimeError("broken off")
    assert list(tmp_path.iterdir()) == []
