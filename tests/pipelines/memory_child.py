"""Reads one page with less and less memory, each time in a child; prints what came of it, once each.

python -m tests.pipelines.memory_child
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

from pipelines.page import Unreadable, read_page

PAGE = b"<html><body><p>" + b"word " * 2_000_000
ENDS = ("read", "not_html", "memory")


def read(page: bytes) -> int:
    try:
        found = read_page(page, url="http://x.example/", content_type="text/html", content_encoding=None)
    except MemoryError:
        return 2
    return int(isinstance(found, Unreadable))


def within(more: int) -> int:
    """How reading ends where a process may map so many bytes more than it has."""
    if (child := os.fork()) == 0:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + more, mapped + more))
        os._exit(read(PAGE))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    read(b"<p>what is imported at the first page")
    print(*sorted({ENDS[within(megabytes << 20)] for megabytes in range(16, 136, 5)}))
