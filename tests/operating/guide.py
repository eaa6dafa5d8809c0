"""docs/operating.md as a machine reads it: the files that people are to write, the commands to give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.docs.markdown import Page

GUIDE = Page("docs/operating.md")

_FILE = re.compile(r"# (?P<path>/etc/\S+)\n")
_HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a command to give, or (with a `path`) a file to write.

    Attributes:
        heading: the section in which it stands.
        text: the command, or the file's text.
    """

    heading: str
    text: str
    path: str | None = None


def steps() -> Iterator[Step]:
    """Every step of the guide, in its order."""
    lines = GUIDE.text.splitlines(keepends=True)
    for block in GUIDE.blocks:
        before = "".join(lines[: block.line - 1])
        heading = [found["text"] for found in _HEADING.finditer(_without_blocks(before))][-1]
        if file := _FILE.match(block.text):
            yield Step(heading, block.text, file["path"])
        elif block.kind == "sh":
            for command in block.text.splitlines():
                if command.strip():
                    yield Step(heading, command)


def _without_blocks(text: str) -> str:
    """Text in which no comment of a file or of a command can be taken for a heading."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
