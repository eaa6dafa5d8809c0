"""The tables of docs/capacity.md are those that follow from the constants."""

from __future__ import annotations

import pytest

from crawler.capacity.constants import read_constants
from crawler.capacity.page import blocks, with_blocks
from tests.docs.markdown import ROOT

PAGE = (ROOT / "docs" / "capacity.md").read_text()


def test_the_tables_are_as_the_constants_say() -> None:
    assert with_blocks(PAGE, blocks(read_constants())) == PAGE, "run: python -m bench.capacity_page"


@pytest.mark.parametrize("name", ["plans", "costs", "constants"])
def test_every_table_stands_once_on_the_page(name: str) -> None:
    made = blocks(read_constants())
    assert PAGE.count(made[name]) == 1
