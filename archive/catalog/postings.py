"""Which texts have a key: sorted runs in the catalog, merged as they become many.

A posting is one number of 64 bits: the low half of a key above the place of a text in the run. A batch of
texts makes one run, a BLOB of sorted postings and one of facts, so that entering is an append and looking up
is a merge of two sorted lists. When `_FAN` runs of one level have come together they become one run of the
next level: a posting is written anew a few times in its life, and there are never many runs (the
log-structured merge-tree of O'Neil et al. 1996, in tiers). A run is never changed in place and its id never
comes again, so whoever has read it may keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from archive.catalog.schema_links import fingerprint_run as run

Numbers = NDArray[np.uint64]
Truths = NDArray[np.bool_]

MOST_KEPT = 256 << 20  # bytes of runs that one reader keeps: some 32 million postings, of 600,000 texts
_FAN = 4  # runs of a level
_FULL = 1 << 20  # postings of a run that is merged no more
_COMMON = 32  # postings of a key in a run that make it a formula, as "said in a statement on", …
_OF_KEYS = 4  # … if it is one of a few: at most one key of so many
_SAME_KEY = 1000  # postings that are read of a key: more is one text again and again
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_NAME, _HIGH_ID, _LOW_ID, _NUMBER, _SIZE, _AT, _FACTS = range(7)  # the rows of an array of facts
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_FACTORS = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_LOCK = 0x706F7374696E6773
_ON_DISK = "<u8"


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


class Run(NamedTuple):
    """Postings, sorted, and facts of the texts in them: an array of `_FACTS` rows, by name."""

    postings: Numbers
    facts: Numbers


class Sizes(NamedTuple):
    """How many shingles texts have, and how many keys were sampled of them."""

    shingles: Numbers
    keys: Numbers


class Sharing(NamedTuple):
    """Texts of an index that share keys with asked ones, and are worth more than a look."""

    asked: NDArray[np.int64]  # which of the texts
    shared: NDArray[np.int64]  # keys
    promising: Truths
    facts: Numbers

    def where(self, chosen: Truths | NDArray[np.int64]) -> Sharing:
        """Those at some places."""
        return Sharing(self.asked[chosen], self.shared[chosen], self.promising[chosen], self.facts[:, chosen])

    def articles(self) -> list[str]:
        """The article of each."""
        ids = np.stack((self.facts[_HIGH_ID], self.facts[_LOW_ID]), axis=1).astype(">u8").tobytes().hex()
        return [ids[begin : begin + 32] for begin in range(0, len(ids), 32)]

    def numbers(self) -> list[int]:
        """The number of the version of each."""
        found: list[int] = (self.facts[_NUMBER] >> _HALF).tolist()
        return found


Promise = Callable[
    [NDArray[np.int64], Sizes, Sizes], Truths
]  # keys shared, asked, found → which are promising


class Question(NamedTuple):
    """Texts of which is asked who shares keys with them.

    `keys` are looked for, those of each in its periods, no further than `within` from its own time.
    """

    texts: Sequence[Sketched]
    keys: Sequence[Numbers]
    periods: Sequence[tuple[int, ...]]
    within: timedelta | None


def lock(connection: sa.Connection) -> None:
    """Be the only one who writes to the index until this transaction ends; SQLite has one anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def add(connection: sa.Connection, period: int, texts: Sequence[Sketched]) -> None:
    """Enter texts as a run of their own, and merge what has become many; `lock` is held."""
    new, level = _as_run(texts), 0
    while new.postings.size < _FULL:
        alike = sa.and_(run.c.period == period, run.c.level == level, run.c.size < _FULL)
        there = list(connection.execute(sa.select(run.c.id).where(alike)).scalars())
        if len(there) < _FAN - 1:
            break
        query = sa.select(run.c.postings, run.c.facts).where(run.c.id.in_(there))
        new = _merged([new, *(_read(*row) for row in connection.execute(query))])
        connection.execute(sa.delete(run).where(run.c.id.in_(there)))
        level += 1
    _insert(connection, period, level, new)


def forget(connection: sa.Connection, versions: Collection[tuple[str, int]]) -> None:
    """Leave nothing of versions, given as (article, number), in the index."""
    lock(connection)
    there = list(connection.execute(sa.select(run.c.id).order_by(run.c.id)).scalars())
    if not there:
        return
    gone = np.sort(_names(*_ids([article for article, _ in versions]), [number for _, number in versions]))
    for name in there:
        about = connection.execute(sa.select(run.c.facts).where(run.c.id == name)).scalar_one()
        stays = ~_among(_facts_of(about)[_NAME], gone)
        if stays.all():
            continue
        row = connection.execute(sa.select(run).where(run.c.id == name)).one()
        old, places = _read(row.postings, row.facts), np.cumsum(stays, dtype=np.uint64) - np.uint64(1)
        kept = old.postings[stays[old.postings & _LOW]]
        connection.execute(sa.delete(run).where(run.c.id == name))
        left = Run(kept & ~_LOW | places[kept & _LOW], old.facts[:, stays])
        _insert(connection, row.period, row.level, left)


def _insert(connection: sa.Connection, period: int, level: int, new: Run) -> None:
    if new.facts.size:
        about, blobs = new.facts.astype(_ON_DISK, copy=False), new.postings.astype(_ON_DISK, copy=False)
        values = {"period": period, "level": level, "texts": about.shape[1], "size": blobs.size}
        connection.execute(sa.insert(run), values | {"postings": blobs.tobytes(), "facts": about.tobytes()})


def _read(blob: bytes, about: bytes) -> Run:
    return Run(np.frombuffer(blob, _ON_DISK).astype(np.uint64, copy=False), _facts_of(about))


def _facts_of(about: bytes) -> Numbers:
    return np.frombuffer(about, _ON_DISK).astype(np.uint64, copy=False).reshape(_FACTS, -1)


def _as_run(texts: Sequence[Sketched]) -> Run:
    about = facts(texts)
    order = np.argsort(about[_NAME], kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(order.size)
    return Run(_postings(places, [text.keys for text in texts]), about[:, order])


def _merged(runs: Sequence[Run]) -> Run:
    about = np.concatenate([each.facts for each in runs], axis=1)
    order = np.argsort(about[_NAME], kind="stable")
    places = np.empty(order.size, np.uint64)
    places[order] = np.arange(order.size, dtype=np.uint64)
    firsts = np.cumsum([0, *(each.facts.shape[1] for each in runs)])
    parts = [
        each.postings & ~_LOW | places[int(first) :][each.postings & _LOW]
        for each, first in zip(runs, firsts, strict=False)
    ]
    together = np.concatenate(parts)
    together.sort()
    return Run(together, about[:, order])


def facts(texts: Sequence[Sketched]) -> Numbers:
    """What is kept of texts beside their keys, one column each."""
    high, low = _ids([text.article_id for text in texts])
    found = np.empty((_FACTS, len(texts)), np.uint64)
    numbers = [text.number for text in texts]
    found[_NAME], found[_HIGH_ID], found[_LOW_ID] = _names(high, low, numbers), high, low
    found[_NUMBER] = [text.number << 32 | _source(text.source) for text in texts]
    found[_SIZE] = [text.shingles << 32 | text.keys.size for text in texts]
    found[_AT] = np.array([(text.at - _EPOCH) // _MICROSECOND for text in texts], np.int64).view(np.uint64)
    return found


def _ids(articles: Sequence[str]) -> tuple[Numbers, Numbers]:
    halves = np.frombuffer(bytes.fromhex("".join(articles)), ">u8").reshape(-1, 2).astype(np.uint64)
    return halves[:, 0], halves[:, 1]


def _names(high: Numbers, low: Numbers, numbers: Sequence[int]) -> Numbers:
    """A number for each version, by which it is known in the index."""
    mixed = high * _FACTORS[0] + low * _FACTORS[1] + np.array(numbers, np.uint64) * _FACTORS[2]
    found: Numbers = mixed ^ (mixed >> _HALF)
    return found


@lru_cache(maxsize=4096)
def _source(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little")


def _postings(places: NDArray[np.int64], keys: Sequence[Numbers]) -> Numbers:
    made = np.concatenate(keys) << _HALF
    made |= np.repeat(places.astype(np.uint64), [each.size for each in keys])
    made.sort()
    return made


def _among(some: Numbers, others: Numbers) -> Truths:
    """Which of some numbers are among others, which are sorted."""
    if not others.size:
        return np.zeros(some.size, np.bool_)
    found: Truths = others[np.minimum(np.searchsorted(others, some), others.size - 1)] == some
    return found


@dataclass
class Kept:
    """Runs that a reader has read, up to a bound of memory; those beyond it are read each time."""

    most: int = MOST_KEPT  # bytes
    _runs: dict[int, Run] = field(default_factory=dict)

    def known(self, connection: sa.Connection, period: int, versions: Sequence[tuple[str, int]]) -> Truths:
        """Which versions, given as (article, number), are in the index."""
        asked = _names(*_ids([article for article, _ in versions]), [number for _, number in versions])
        found = np.zeros(asked.size, np.bool_)
        about = sa.case((run.c.id.not_in(list(self._runs)), run.c.facts))
        query = sa.select(run.c.id, about).where(run.c.period == period)
        for name, read in connection.execute(query.execution_options(yield_per=1)):
            there = self._runs[name].facts if read is None else _facts_of(read)
            found |= _among(asked, there[_NAME])
        return found

    def sharing(
        self, connection: sa.Connection, question: Question, is_promising: Promise
    ) -> Iterator[Sharing]:
        """Texts of other articles that share keys with asked ones: the promising ones, and of one source."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for number, periods in enumerate(question.periods):
            groups.setdefault(periods, []).append(number)
        about = facts(question.texts)
        wanted = {
            periods: _postings(np.array(texts), [question.keys[number] for number in texts])
            for periods, texts in groups.items()
        }
        for period, there in self._read(connection, {one for periods in groups for one in periods}):
            for periods, asked in wanted.items():
                if period in periods and asked.size and there.postings.size:
                    yield _sharing(asked, about, there, question.within, is_promising)

    def _read(self, connection: sa.Connection, periods: Collection[int]) -> Iterator[tuple[int, Run]]:
        """The runs of some periods; one statement, so that no run is missed that is merged meanwhile."""
        kept, self._runs = self._runs, {}
        data = [sa.case((run.c.id.not_in(list(kept)), column)) for column in (run.c.postings, run.c.facts)]
        query = sa.select(run.c.id, run.c.period, *data).where(run.c.period.in_(periods)).order_by(run.c.id)
        room = self.most
        for name, period, *read in connection.execute(query.execution_options(yield_per=1)):
            there = kept[name] if read[0] is None else _read(*read)
            if (size := there.postings.nbytes + there.facts.nbytes) <= room:
                self._runs[name] = there
                room -= size
            yield period, there


def _sharing(
    asked: Numbers, about: Numbers, there: Run, within: timedelta | None, is_promising: Promise
) -> Sharing:
    pairs = _pairs(asked, there.postings)
    pairs.sort()
    ends = np.flatnonzero(np.append(pairs[1:] != pairs[:-1], pairs.size > 0))
    shared, pairs = np.diff(ends, prepend=-1), pairs[ends]
    texts = (pairs >> _HALF).astype(np.int64)
    one, other = about[:, texts], there.facts[:, pairs & _LOW]
    near = (one[_HIGH_ID] != other[_HIGH_ID]) | (one[_LOW_ID] != other[_LOW_ID])
    if within is not None:
        near &= np.abs((one[_AT] - other[_AT]).view(np.int64)) <= within // _MICROSECOND
    sizes = [Sizes(each[_SIZE] >> _HALF, each[_SIZE] & _LOW) for each in (one, other)]
    promising = near & is_promising(shared, *sizes)
    same_source = near & ((one[_NUMBER] & _LOW) == (other[_NUMBER] & _LOW))
    return Sharing(texts, shared, promising, other).where(promising | same_source)


def _pairs(asked: Numbers, there: Numbers) -> Numbers:
    """Each text of `asked` with each text that has one of its keys, once for each key.

    Keys that are common here are formulas and tell nothing, unless much of a text is that common.
    """
    begin = np.searchsorted(there, asked & ~_LOW)
    hit = (there[np.minimum(begin, there.size - 1)] ^ asked) <= _LOW
    texts, begin = (asked[hit] & _LOW).astype(np.intp), begin[hit]
    counts = np.searchsorted(there, asked[hit] | _LOW, "right") - begin
    common = counts > _COMMON
    all_keys = np.bincount((asked & _LOW).astype(np.intp))
    formulas = np.bincount(texts[common], minlength=all_keys.size) <= all_keys // _OF_KEYS
    telling = ~(common & formulas[texts])
    texts, begin, counts = texts[telling], begin[telling], np.minimum(counts[telling], _SAME_KEY)
    places = np.arange(counts.sum()) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    found: Numbers = np.repeat(texts.astype(np.uint64) << _HALF, counts) | (there[places] & _LOW)
    return found
