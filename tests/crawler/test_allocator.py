"""What glibc is told of threads and of free memory, seen from a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_MANY_THREADS = """
import ctypes, sys, threading
from crawler.allocator import use_one_arena
if sys.argv[1] == "one":
    use_one_arena()
libc = ctypes.CDLL(None)
met = threading.Barrier(4)
libc.malloc.restype = ctypes.c_void_p
def allocate():
    met.wait()
    libc.malloc(2000)
    met.wait()
threads = [threading.Thread(target=allocate) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.fopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
"""
# Blocks too small for pages of their own; the last stays, so that the top of the arena is not free.
_FREED = """
import ctypes
from pathlib import Path
from crawler.allocator import give_back, use_one_arena
use_one_arena()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
blocks = [ctypes.c_void_p(libc.malloc(40_000)) for _ in range(400)]
for block in blocks:
    ctypes.memset(block, 1, 40_000)
for block in blocks[:-1]:
    libc.free(block)
before = resident()
give_back()
print(before - resident())
"""


def said(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(
        command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout


@pytest.mark.parametrize(("arenas", "several"), [("one", False), ("as glibc has it", True)])
def test_threads_share_an_arena(arenas: str, several: bool) -> None:
    assert (said(_MANY_THREADS, arenas).count("<heap nr=") > 1) is several


def test_what_is_free_below_the_top_goes_back() -> None:
    assert int(said(_FREED)) > 8_000_000
