"""Which keys an object may have: the same rule for every store, so that an archive can move between them."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_KEY_BYTES: Final = 1024  # S3's own limit, in UTF-8
MAX_PART_BYTES: Final = 255  # the longest file name of the common file systems
RESERVED: Final = ".tmp"  # the local store's folder for what is not yet an object


def check_key(key: str) -> str:
    """Give `key` back if it names an object inside the store, else raise ValueError.

    A key is `/`-separated parts, none of them empty, `.` or `..`; without backslash, NUL, control
    characters or lone surrogates; at most 1024 bytes in UTF-8 and 255 a part.
    """
    problem = _problem(key)
    if problem:
        raise ValueError(f"object key {key!r} {problem}")
    return key


def is_key(name: str) -> bool:
    """Whether an object could have this name; not so what others left in the folder or the bucket."""
    return _problem(name) is None


def check_prefix(prefix: str) -> str:
    """Give `prefix` back if keys of this store can start with it, else raise ValueError."""
    if not is_key(prefix):
        check_key(f"{prefix}x")  # a prefix may be empty, or end at a slash or in the middle of a part
    return prefix


def _problem(key: str) -> str | None:
    try:
        size = len(key.encode("utf-8"))
    except UnicodeEncodeError:
        return "has a lone surrogate; keys are valid UTF-8"
    if size > MAX_KEY_BYTES:
        return f"is {size} bytes long; at most {MAX_KEY_BYTES} are allowed"
    if "\\" in key or any(unicodedata.category(char) == "Cc" for char in key):
        return "has a backslash or a control character; neither is allowed"
    return _problem_of_parts(key.split("/"))


def _problem_of_parts(parts: list[str]) -> str | None:
    if any(part in {"", ".", ".."} for part in parts):
        return "must be parts joined by '/', none of them empty, '.' or '..'"
    if any(len(part.encode("utf-8")) > MAX_PART_BYTES for part in parts):
        return f"has a part of more than {MAX_PART_BYTES} bytes"
    if parts[0] == RESERVED:
        return f"starts with {RESERVED}/, which the store keeps for itself"
    return None
