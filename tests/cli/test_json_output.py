"""JSON that is printed while it is read says what `json.dumps` says of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import json_pieces, plain, print_json

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS | st.frozensets(st.text()) | st.dates() | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
)


class Colour(StrEnum):
    RED = "red"


@dataclass
class Row:
    name: str
    at: datetime
    values: Any


@dataclass
class Counted:
    """Rows that are read anew each time."""

    count: int

    def __iter__(self) -> Iterator[Row]:
        return (Row(f"{n}\n", datetime(2026, 3, n + 1, tzinfo=UTC), {n}) for n in range(self.count))


def said(value: Any) -> str:
    return "".join(json_pieces(value))


@given(VALUES)
def test_it_is_the_same_text(value: Any) -> None:
    assert said(value) == json.dumps(plain(value), ensure_ascii=False, indent=2)


def test_what_can_be_iterated_is_a_list() -> None:
    rows = Counted(2)
    wanted = {"rows": list(rows), "none": [], "day": date(2026, 3, 1), "red": Colour.RED, "path": Path("a/b")}
    lazy = {**wanted, "rows": rows, "none": iter(())}
    assert said(lazy) == said(wanted) == json.dumps(plain(wanted), ensure_ascii=False, indent=2)
    assert said(lazy["rows"]) == said(wanted["rows"])


def test_bytes_are_no_list() -> None:
    with pytest.raises(TypeError):
        said({"body": b"ab"})


def test_a_document_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(Row("é", datetime(2026, 3, 1, tzinfo=UTC), []))
    assert capsys.readouterr().out == (
        '{\n  "name": "é",\n  "at": "2026-03-01T00:00:00.000000Z",\n  "values": []\n}\n'
    )
