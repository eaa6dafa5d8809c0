"""What the pages of documentation say, taken apart: fenced blocks, inline code, links, headings, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^ *```(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?P<ticks>`+)(?P<text>.+?)(?P=ticks)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the line (from 1) of its first line."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """One page of documentation, by its path in the repository."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(
            Block(found["kind"], found["text"], self.text.count("\n", 0, found.start()) + 2)
            for found in _FENCE.finditer(self.text)
        )

    @cached_property
    def prose(self) -> str:
        """The page without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """Inline code, of prose alone."""
        return codes_in(" ".join(self.prose.split("\n")))

    @cached_property
    def links(self) -> tuple[str, ...]:
        return tuple(found["target"] for found in _LINK.finditer(self.prose))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The headings as a forge names them in addresses."""
        headings = (found["text"].lower() for found in _HEADING.finditer(self.prose))
        return frozenset(re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in headings)

    def table(self, *header: str) -> list[list[str]]:
        """The cells of each row of the table that has this header."""
        head = "| " + " | ".join(header) + " |"
        lines = self.text.partition(head)[2].lstrip("\n").splitlines()[1:]
        rows = []
        for line in lines:
            if not line.startswith("|"):
                break
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        return rows

    def table_rows(self) -> Iterator[list[str]]:
        """The cells of each row of each table."""
        for line in self.prose.splitlines():
            if line.startswith("|") and not set(line) <= set("|-: "):
                yield [cell.strip() for cell in line.strip("|").split("|")]


def codes_in(text: str) -> tuple[str, ...]:
    """The inline code in a piece of Markdown."""
    return tuple(found["text"].strip() for found in _CODE.finditer(text))


def all_pages() -> list[Page]:
    """README, CONTRIBUTING, CHANGELOG and everything under docs/."""
    names = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    names += sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
    return [Page(name) for name in names]
