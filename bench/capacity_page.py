"""Draws the tables of docs/capacity.md anew: `python -m bench.capacity_page`."""

from __future__ import annotations

from pathlib import Path

from crawler.capacity.constants import read_constants
from crawler.capacity.page import blocks, with_blocks

PAGE = Path(__file__).resolve().parents[1] / "docs" / "capacity.md"

if __name__ == "__main__":
    PAGE.write_text(with_blocks(PAGE.read_text(), blocks(read_constants())))
