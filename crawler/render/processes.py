"""The processes of a browser, as Linux's /proc shows them: how much memory they take, and their end.

Elsewhere nothing is seen and nothing is limited but by `--max-old-space-size`.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def process_with(word: str) -> int | None:
    """The process among whose arguments `word` is."""
    wanted = word.encode()
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or is another user's
            if wanted in (folder / "cmdline").read_bytes().split(b"\0"):
                return int(folder.name)
    return None


def memory_of(root: int) -> int:
    """Bytes that a process and its descendants hold for themselves; 0 if it is gone."""
    parents: dict[int, int] = {}
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # The second field is a name in brackets, which may have spaces and brackets itself.
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    if root not in parents:
        return 0
    family = {root}
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return sum(_own_bytes(each) for each in family)


def _own_bytes(process: int) -> int:
    try:
        _, resident, shared, *_ = (_PROC / str(process) / "statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def end(process: int) -> None:
    """Kill a browser's first process; the others end with it."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
