"""Labelled digests (WARC 1.1, 5.8) as writers spell them: Base32, hex in either case, Base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

_ALGORITHMS = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}  # digest sizes in bytes


def read_digest(label: str | None) -> str | None:
    """A digest in one spelling, `sha1:<hex>`, so that two can be compared; None for what is none we know."""
    name, _, value = (label or "").strip().partition(":")
    algorithm = name.lower().replace("-", "")
    size = _ALGORITHMS.get(algorithm)
    if size is None:
        return None
    for decode in (bytes.fromhex, _base32, _base64):
        try:
            digest = decode(value.strip())
        except (ValueError, binascii.Error):
            continue
        if len(digest) == size:
            return f"{algorithm}:{digest.hex()}"
    return None


def fits(digest: str, blocks: Iterable[bytes]) -> bool:
    """Whether a digest, as `read_digest` gives it, is that of one of the blocks."""
    algorithm, _, value = digest.partition(":")
    return any(hashlib.new(algorithm, block, usedforsecurity=False).hexdigest() == value for block in blocks)


def sha1_of(payload: bytes) -> str:
    """The digest that most writers give a payload, as `read_digest` gives it."""
    return "sha1:" + hashlib.sha1(payload, usedforsecurity=False).hexdigest()


def _base32(value: str) -> bytes:
    return base64.b32decode(value.upper() + "=" * (-len(value) % 8))


def _base64(value: str) -> bytes:
    standard = value.replace("-", "+").replace("_", "/")
    return base64.b64decode(standard + "=" * (-len(value) % 4), validate=True)
