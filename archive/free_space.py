"""How much room is left where the archive writes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """The place with the least room, and its free bytes."""

    place: Path
    free: int


def least_free(spool: Path, store: str) -> FreeSpace | None:
    """The fuller one of the spool's disk and a local store's; None if neither can be looked at."""
    places = [spool, *([Path(store.removeprefix("file://"))] if store.startswith("file://") else [])]
    found = [FreeSpace(place, free) for place in places if (free := _free(place)) is not None]
    return min(found, key=lambda one: one.free, default=None)


def _free(place: Path) -> int | None:
    """Free bytes where a folder is, or will be."""
    for folder in (place, *place.parents):
        try:
            return shutil.disk_usage(folder).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
