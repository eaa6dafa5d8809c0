"""Digests, in the two spellings of the field: sha256 in hex for objects, sha1 in Base32 for WARC records."""

from __future__ import annotations

import base64
import hashlib
import re

_KEY = re.compile(r"[0-9a-f]{32}")


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits, as `sha256sum` prints it."""
    return hashlib.sha256(data).hexdigest()


def warc_sha1(data: bytes) -> str:
    """`sha1:` and Base32, the labelled digest that every WARC tool writes and compares (WARC 1.1, 5.8)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def url_key(url: str) -> str:
    """The key of an exact URL: the first 128 bits of its SHA-256 in hex.

    URLs that differ in one character (`#!`, case, NFC or NFD, a slash) have different keys: what is
    the same page is decided by content and canonical address, never by a shared key.
    """
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def is_key(text: str) -> bool:
    """Whether a text has the shape of `url_key`, as ids of articles have that a release of ours has made.

    A journal that somebody else has written may have others.
    """
    return _KEY.fullmatch(text) is not None
