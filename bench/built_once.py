"""A folder in which a benchmark builds its archive once, and finds it at every later call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def is_built(folder: Path, what: dict[str, int]) -> bool:
    """Whether the folder holds just what is wanted, whole."""
    mark = _mark(folder)
    return mark.is_file() and json.loads(mark.read_text()) == what


@contextmanager
def building(folder: Path, what: dict[str, int]) -> Iterator[None]:
    """An empty folder to build in; it is whole when the block has ended.

    Raises FileExistsError where the folder holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds another archive, or half of one: name a new folder")
    yield
    _mark(folder).write_text(json.dumps(what))


def _mark(folder: Path) -> Path:
    return folder / "built.json"
