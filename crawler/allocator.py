"""Memory that is free goes back to the system: what glibc's allocator keeps is not ours to use elsewhere.

glibc gives each thread an arena of its own, up to eight a processor, and hands back only what is free at an
arena's top (mallopt(3), M_ARENA_MAX; malloc_trim(3)). A crawl's threads take turns, and each commit takes
some hundred MB for a moment, in whichever arenas its threads have: of 230 MB so taken 190 were free and kept.
With one arena it is half of that, and most of the rest goes back when asked for. It costs no processor time
that can be measured, as Python's threads hardly ever allocate at the same moment. Elsewhere than in glibc
nothing is done.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # <malloc.h>


def use_one_arena() -> None:
    """Have all threads share what one frees; of use before they are started."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Let go of free memory. Takes some milliseconds for each 100 MB, without the interpreter's lock."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
