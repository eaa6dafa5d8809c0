"""Prove by doing that a store keeps the promises of its Protocol."""

from __future__ import annotations

import secrets
from typing import Final

from archive.digest import sha256_hex
from archive.stores.store import ObjectCollision, ObjectStore, StoreUnreachable

PROBE_PREFIX: Final = ".dateline-probe/"


def probe(store: ObjectStore) -> None:
    """Write, read back, try to overwrite (must be refused), delete, under a fresh key.

    Raises StoreUnreachable with one line that says which of them the store did not do. Some
    S3-compatible servers have ignored `If-None-Match` (SeaweedFS before 4.17, floci #1328): such a
    store would lose what two writers put under one name, so it is refused.
    """
    key = PROBE_PREFIX + secrets.token_hex(16)
    first, second = b"first " + key.encode(), b"second " + key.encode()
    store.put(key, first, sha256=sha256_hex(first), content_type="text/plain")
    try:
        if store.read(key) != first:
            raise StoreUnreachable(f"{store.address} gives back other bytes than were put (probe {key})")
        _expect_refusal(store, key, second)
    finally:
        store.delete(key)
    if store.stat(key) is not None:
        raise StoreUnreachable(f"{store.address} still has {key} after it was deleted")


def _expect_refusal(store: ObjectStore, key: str, other: bytes) -> None:
    try:
        store.put(key, other, sha256=sha256_hex(other), content_type="text/plain")
    except ObjectCollision:
        return
    raise StoreUnreachable(
        f"{store.address} let an object be overwritten: it does not honour If-None-Match; "
        "use a store that does (S3, or SeaweedFS 4.17 or later)"
    )
