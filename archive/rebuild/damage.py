"""What a bucket has lost, said in terms of what that costs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.journal import JournalError
from archive.journal_lines import split_lines


@dataclass(frozen=True, slots=True)
class Damage:
    """An object that is not whole.

    Attributes:
        object: its key.
        what: how it is not whole, and what that costs.
        lost: whether something that was acknowledged is lost with it.
    """

    object: str
    what: str
    lost: bool = True

    def __str__(self) -> str:
        return f"{self.object}: {self.what}"


def gaps(keys: Sequence[str]) -> Iterator[Damage]:
    """The entries that each writer must have put before its newest one, and that are not there."""
    numbers: dict[str, dict[int, str]] = {}
    for key in keys:
        writer, _, number = key.rpartition("/")[2].removesuffix(".jsonl").rpartition("-")
        numbers.setdefault(writer, {})[int(number)] = key
    for writer in sorted(numbers):
        there = sorted(numbers[writer])
        for before, after in zip([0, *there], there, strict=False):
            if after > before + 1:
                names = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
                what = f"before it the entries {names} of writer {writer} are missing, with all their rows"
                yield Damage(numbers[writer][after], what)


def not_whole(data: bytes, key: str, error: JournalError) -> Damage:
    """What a journal object costs that cannot be read: all rows of its transaction."""
    try:
        header = json.loads(split_lines(data)[0])
        rows = f"the {int(header['rows'])} rows of a transaction of {header['at']} are lost"
    except (ValueError, TypeError, KeyError):
        rows = "the rows of a transaction are lost, nobody knows how many"
    return Damage(key, f"{rows}: {str(error).removeprefix(f'{key} ').removeprefix(f'{key}: ')}")
