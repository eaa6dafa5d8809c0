"""Texts as the index of copies takes them: arrays of what is known of each, and of its keys.

A column of `facts` tells of one version: a number by which the index knows it, its article and number, its
source, how many shingles and keys it has, and when it was captured.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from archive.digest import is_key

Numbers = NDArray[np.uint64]

NAME, HIGH_ID, LOW_ID, NUMBER, SIZE, AT, FACTS = range(7)  # the rows of an array of facts
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_FACTORS = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


class Sketched(NamedTuple):
    """A version's text: how many shingles it has, and the keys that stand for them.

    `article_id` is 32 hexadecimal digits, `at` when the version was captured.
    """

    article_id: str
    number: int
    source: str
    at: datetime
    shingles: int
    keys: Numbers


class Signed(NamedTuple):
    """Texts as the index takes them: arrays."""

    facts: Numbers  # `FACTS` rows, one column a text
    keys: Numbers  # of one text after the other
    counts: NDArray[np.int64]  # how many keys each has


def signed(texts: Sequence[Sketched]) -> Signed:
    """Texts in arrays.

    Raises:
        ValueError: the id of an article is not 32 hexadecimal digits.
    """
    return Signed(facts(texts), *together([text.keys for text in texts]))


def facts(texts: Sequence[Sketched]) -> Numbers:
    """What is kept of texts beside their keys, one column each."""
    found = np.empty((FACTS, len(texts)), np.uint64)
    if not texts:
        return found
    articles, numbers, sources, moments, shingles, keys = zip(*texts, strict=True)
    high, low = _ids(articles)
    found[NAME], found[HIGH_ID], found[LOW_ID] = _names(high, low, numbers), high, low
    found[NUMBER] = np.array(numbers, np.uint64) << HALF | np.array(list(map(_source, sources)), np.uint64)
    found[SIZE] = np.array(shingles, np.uint64) << HALF | np.array(list(map(len, keys)), np.uint64)
    found[AT] = _microseconds(moments).view(np.uint64)
    return found


def _microseconds(moments: Sequence[datetime]) -> NDArray[np.int64]:
    """Since the epoch; a double tells each microsecond until the year 2106, and is four times as fast."""
    seconds = np.array([moment.timestamp() for moment in moments])
    return np.rint(seconds * 1e6).astype(np.int64)


def names(versions: Sequence[tuple[str, int]]) -> Numbers:
    """Of versions, given as (article, number)."""
    return _names(*_ids([article for article, _ in versions]), [number for _, number in versions])


def _ids(articles: Sequence[str]) -> tuple[Numbers, Numbers]:
    if not all(map(is_key, articles)):
        raise ValueError(f"{min(articles, key=is_key)!r} is no id of an article: not 32 hexadecimal digits")
    halves = np.frombuffer(bytes.fromhex("".join(articles)), ">u8").reshape(-1, 2).astype(np.uint64)
    return halves[:, 0], halves[:, 1]


def _names(high: Numbers, low: Numbers, numbers: Sequence[int]) -> Numbers:
    """A number for each version, by which it is known in the index."""
    mixed = high * _FACTORS[0] + low * _FACTORS[1] + np.array(numbers, np.uint64) * _FACTORS[2]
    found: Numbers = mixed ^ (mixed >> HALF)
    return found


@lru_cache(maxsize=4096)
def _source(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little")


def together(keys: Sequence[Numbers]) -> tuple[Numbers, NDArray[np.int64]]:
    """Keys of one text after the other, and how many each has."""
    counts = np.fromiter(map(len, keys), np.int64, len(keys))
    return np.concatenate(keys) if keys else np.empty(0, np.uint64), counts
