"""Files that are read again only when they are others: told by their stamps, which these tests set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.known_files import KnownFiles
from config.problems import ConfigProblems

THEN, LATER = 1_700_000_000_000_000_000, 1_700_000_000_000_000_001


def write(path: Path, text: str, at: int = THEN) -> None:
    path.write_text(text)
    os.utime(path, ns=(at, at))


def replace(path: Path, text: str) -> None:
    """Another file in its place, which was there while the first one was, so that it has another number."""
    write(path.with_suffix(".new"), text)
    path.with_suffix(".new").replace(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(tmp_path / "a.yaml", "one: 1\n")
    return tmp_path / "a.yaml"


def test_what_is_the_same_is_not_read_again(path: Path) -> None:
    files = KnownFiles()
    first = files.read(path)
    write(path, "two: 2\n")  # of the same stamp: nobody can tell but by reading
    assert files.read(path) is first
    files.forget(but=[path])
    assert files.read(path) is first
    files.forget(but=[])
    assert files.read(path).data == {"two": 2}


@pytest.mark.parametrize("changed", ["moment", "size", "number"])
def test_each_part_of_the_stamp_counts(path: Path, changed: str) -> None:
    files = KnownFiles()
    files.read(path)
    match changed:
        case "moment":
            write(path, "two: 2\n", LATER)
        case "size":
            write(path, "two: 222\n")
        case _:
            replace(path, "two: 2\n")
    assert list(files.read(path).data) == ["two"]


def test_what_is_wrong_or_gone_says_so_each_time(path: Path) -> None:
    files = KnownFiles()
    write(path, "one: [\n")
    for _ in range(2):
        with pytest.raises(ConfigProblems, match=r"a\.yaml:"):
            files.read(path)
    path.unlink()
    with pytest.raises(ConfigProblems, match="does not exist"):
        files.read(path)
