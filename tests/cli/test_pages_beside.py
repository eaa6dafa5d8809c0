"""The pages' process beside `serve`: begun again when it fails, ended with it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from cli import pages_beside as module
from cli.pages_beside import pages_beside

# Says that it lives; ends with an error the first time, and then when its standard input does.
CHILD = """
import pathlib, signal, sys
marks = pathlib.Path(sys.argv[1])
count = len(list(marks.iterdir()))
(marks / str(count)).touch()
if count == 0:
    sys.exit(3)
signal.signal(signal.SIGTERM, lambda *_: ((marks / "told").touch(), sys.exit(0)))
(marks / "ready").touch()
sys.stdin.buffer.read()
"""


def test_a_child_that_fails_is_begun_again_and_told_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    with pages_beside([sys.executable, "-S", "-c", CHILD, str(tmp_path)], {}):
        deadline = time.monotonic() + 60
        while not (tmp_path / "ready").exists() and time.monotonic() < deadline:
            time.sleep(0.02)  # a child that is awaited
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "ready", "told"]


def test_a_program_that_is_not_there_holds_nothing_up(tmp_path: Path) -> None:
    with pages_beside([str(tmp_path / "none")], {}):
        pass
