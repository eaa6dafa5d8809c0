"""Dictionaries of segments that were read, kept for the next record of the same one.

A segment's name is made from its content and never stands for another, so what is kept is never out of date.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from archive.zstd_frames import Dictionary

_MOST: Final = 64 << 20  # bytes of dictionaries, unpacked


@dataclass(slots=True)
class KeptDictionaries:
    """By key of the segment, the least lately used forgotten first. May be used from any thread."""

    most: int
    _kept: OrderedDict[str, Dictionary | None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, segment: str) -> tuple[bool, Dictionary | None]:
        """Whether it is known, and the dictionary; None for a segment without one."""
        with self._lock:
            if segment not in self._kept:
                return False, None
            self._kept.move_to_end(segment)
            return True, self._kept[segment]

    def put(self, segment: str, dictionary: Dictionary | None) -> None:
        """Keep one, however large it is, and forget others."""
        with self._lock:
            self._kept[segment] = dictionary
            self._kept.move_to_end(segment)
            while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > self.most:
                self._kept.popitem(last=False)


def _size(dictionary: Dictionary | None) -> int:
    return 1024 + (len(dictionary.data) if dictionary else 0)


KEPT: Final = KeptDictionaries(_MOST)  # of this process
