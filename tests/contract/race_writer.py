"""One of the writers that race for a key: in a process of its own it puts at each key that it is told."""

from __future__ import annotations

import sys

from archive.digest import sha256_hex
from archive.stores.open import open_store
from archive.stores.store import ObjectCollision, ObjectStore


def bytes_of(writer: int) -> bytes:
    return f"writer {writer} ".encode() * 4096


def said(store: ObjectStore, key: str, writer: int) -> str:
    """Put as one of the writers: `won`, or `lost` to other content."""
    data = bytes_of(writer)
    try:
        store.put(key, data, sha256=sha256_hex(data), content_type="text/plain")
    except ObjectCollision:
        return "lost"
    return "won"


if __name__ == "__main__":
    place, number = open_store(sys.argv[1]), int(sys.argv[2])
    print("ready", flush=True)
    for line in sys.stdin:
        print(said(place, line.strip(), number), flush=True)
