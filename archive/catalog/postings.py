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
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from archive.catalog.schema_links import fingerprint_run as run
from archive.catalog.sketches import (
    AT,
    FACTS,
    HALF,
    HIGH_ID,
    LOW,
    LOW_ID,
    NAME,
    NUMBER,
    SIZE,
    Numbers,
    Signed,
    names,
    together,
)
from archive.digest import is_key

Truths = NDArray[np.bool_]

MOST_KEPT = 256 << 20  # bytes of runs that one reader keeps: some 32 million postings, of 600,000 texts
_FAN = 4  # runs of a level
_FULL = 1 << 20  # postings of a run that is merged no more
_COMMON = 32  # postings of a key in a run that make it a formula, as "said in a statement on", …
_OF_KEYS = 4  # … if it is one of a few: at most one key of so many
_SAME_KEY = 1000  # postings that are read of a key: more is one text again and again
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_LOCK = 0x706F7374696E6773
_ON_DISK = "<u8"


class Run(NamedTuple):
    """Postings, sorted, and facts of the texts in them: an array of `FACTS` rows, by name."""

    postings: Numbers
    facts: Numbers

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.postings.nbytes + self.facts.nbytes


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
        ids = np.stack((self.facts[HIGH_ID], self.facts[LOW_ID]), axis=1).astype(">u8").tobytes().hex()
        return [ids[begin : begin + 32] for begin in range(0, len(ids), 32)]

    def numbers(self) -> list[int]:
        """The number of the version of each."""
        found: list[int] = (self.facts[NUMBER] >> HALF).tolist()
        return found


Promise = Callable[
    [NDArray[np.int64], Sizes, Sizes], Truths
]  # keys shared, asked, found → which are promising


class Question(NamedTuple):
    """Texts of which is asked who shares keys with them.

    The keys of each are looked for in its periods, no further than `within` from its own time; `keys` are
    others to look for in their place.
    """

    texts: Signed
    periods: Sequence[tuple[int, ...]]
    within: timedelta | None
    keys: Sequence[Numbers] | None = None


def lock(connection: sa.Connection) -> None:
    """Be the only one who writes to the index until this transaction ends; SQLite has one anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def add(connection: sa.Connection, period: int, texts: Signed, kept: Kept) -> dict[int, Run]:
    """Enter texts as a run of their own, and merge what has become many; `lock` is held.

    Those that are in are left as they are. What is new, by its id.
    """
    found, places = np.unique(texts.facts[NAME], return_index=True)  # sorted
    new, level = _as_run(texts, places[~kept.known(connection, period, found)]), 0
    if not new.facts.size:
        return {}
    while new.postings.size < _FULL:
        alike = sa.and_(run.c.period == period, run.c.level == level, run.c.size < _FULL)
        there = list(connection.execute(sa.select(run.c.id).where(alike)).scalars())
        if len(there) < _FAN - 1:
            break
        new = _merged([new, *kept.take(connection, there)])
        connection.execute(sa.delete(run).where(run.c.id.in_(there)))
        level += 1
    return {_insert(connection, period, level, new): new}


def forget(connection: sa.Connection, versions: Collection[tuple[str, int]]) -> None:
    """Leave nothing of versions, given as (article, number), in the index."""
    versions = [one for one in versions if is_key(one[0])]  # nothing else is in
    lock(connection)
    there = list(connection.execute(sa.select(run.c.id).order_by(run.c.id)).scalars())
    if not there or not versions:
        return
    gone = np.sort(names(list(versions)))
    for name in there:
        about = connection.execute(sa.select(run.c.facts).where(run.c.id == name)).scalar_one()
        stays = ~_among(_facts_of(about)[NAME], gone)
        if stays.all():
            continue
        row = connection.execute(sa.select(run).where(run.c.id == name)).one()
        old, places = _read(row.postings, row.facts), np.cumsum(stays, dtype=np.uint64) - np.uint64(1)
        kept = old.postings[stays[old.postings & LOW]]
        connection.execute(sa.delete(run).where(run.c.id == name))
        left = Run(kept & ~LOW | places[kept & LOW], old.facts[:, stays])
        if left.facts.size:
            _insert(connection, row.period, row.level, left)


def _insert(connection: sa.Connection, period: int, level: int, new: Run) -> int:
    about, blobs = new.facts.astype(_ON_DISK, copy=False), new.postings.astype(_ON_DISK, copy=False)
    values = {"period": period, "level": level, "texts": about.shape[1], "size": blobs.size}
    values |= {"postings": blobs.tobytes(), "facts": about.tobytes()}
    name: int = connection.execute(sa.insert(run).values(values).returning(run.c.id)).scalar_one()
    return name


def _read(blob: bytes, about: bytes) -> Run:
    return Run(np.frombuffer(blob, _ON_DISK).astype(np.uint64, copy=False), _facts_of(about))


def _facts_of(about: bytes) -> Numbers:
    return np.frombuffer(about, _ON_DISK).astype(np.uint64, copy=False).reshape(FACTS, -1)


def _as_run(texts: Signed, chosen: NDArray[np.int64]) -> Run:
    """Some of the texts, which are sorted by their names."""
    places = np.full(texts.counts.size, -1)
    places[chosen] = np.arange(chosen.size)
    return Run(_postings(places, texts.keys, texts.counts), texts.facts[:, chosen])


def _merged(runs: Sequence[Run]) -> Run:
    about = np.concatenate([each.facts for each in runs], axis=1)
    order = np.argsort(about[NAME], kind="stable")
    places = np.empty(order.size, np.uint64)
    places[order] = np.arange(order.size, dtype=np.uint64)
    firsts = np.cumsum([0, *(each.facts.shape[1] for each in runs)])
    parts = [
        each.postings & ~LOW | places[int(first) :][each.postings & LOW]
        for each, first in zip(runs, firsts, strict=False)
    ]
    together = np.concatenate(parts)
    together.sort()
    return Run(together, about[:, order])


def _postings(places: NDArray[np.int64], keys: Numbers, counts: NDArray[np.int64]) -> Numbers:
    """Those of texts at `places`, given the keys of each; a text at -1 is left out."""
    of = np.repeat(places, counts)
    if (places < 0).any():
        keys, of = keys[of >= 0], of[of >= 0]
    made: Numbers = keys << HALF | of.astype(np.uint64)
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

    def known(self, connection: sa.Connection, period: int, asked: Numbers) -> Truths:
        """Which versions, given by their names, are in the index."""
        found = np.zeros(asked.size, np.bool_)
        about = sa.case((run.c.id.not_in(list(self._runs)), run.c.facts))
        query = sa.select(run.c.id, about).where(run.c.period == period)
        for name, read in connection.execute(query.execution_options(yield_per=1)):
            there = self._runs[name].facts if read is None else _facts_of(read)
            found |= _among(asked, there[NAME])
        return found

    def sharing(
        self, connection: sa.Connection, question: Question, is_promising: Promise
    ) -> Iterator[Sharing]:
        """Texts of other articles that share keys with asked ones: the promising ones, and of one source."""
        about, keys, counts = question.texts
        if question.keys is not None:
            keys, counts = together(question.keys)
        group = {periods: number for number, periods in enumerate(dict.fromkeys(question.periods))}
        of, every = np.array([group[each] for each in question.periods]), np.arange(len(question.periods))
        wanted = {
            periods: _postings(np.where(of == number, every, -1), keys, counts)
            for periods, number in group.items()
        }
        for period, there in self._read(connection, {one for periods in wanted for one in periods}):
            for periods, asked in wanted.items():
                if period in periods and asked.size and there.postings.size:
                    yield _sharing(asked, about, there, question.within, is_promising)

    def _read(self, connection: sa.Connection, periods: Collection[int]) -> Iterator[tuple[int, Run]]:
        """The runs of some periods; one statement, so that no run is missed that is merged meanwhile."""
        kept, self._runs = self._runs, {}
        data = [sa.case((run.c.id.not_in(list(kept)), column)) for column in (run.c.postings, run.c.facts)]
        query = sa.select(run.c.id, run.c.period, *data).where(run.c.period.in_(periods)).order_by(run.c.id)
        for name, period, *read in connection.execute(query.execution_options(yield_per=1)):
            there = kept[name] if read[0] is None else _read(*read)
            self.keep({name: there})
            yield period, there

    def take(self, connection: sa.Connection, names: Collection[int]) -> list[Run]:
        """Some runs by their ids, which are kept no longer: they are about to be merged."""
        missing = [name for name in names if name not in self._runs]
        query = sa.select(run.c.postings, run.c.facts).where(run.c.id.in_(missing))
        read = [_read(*row) for row in connection.execute(query)] if missing else []
        return read + [self._runs.pop(name) for name in names if name in self._runs]

    def keep(self, runs: dict[int, Run]) -> None:
        """Keep runs that are in the catalog, while there is room."""
        for name, one in runs.items():
            if one.nbytes <= self.most - sum(each.nbytes for each in self._runs.values()):
                self._runs[name] = one


def _sharing(
    asked: Numbers, about: Numbers, there: Run, within: timedelta | None, is_promising: Promise
) -> Sharing:
    pairs = _pairs(asked, there.postings)
    pairs.sort()
    ends = np.flatnonzero(np.append(pairs[1:] != pairs[:-1], pairs.size > 0))
    shared, pairs = np.diff(ends, prepend=-1), pairs[ends]
    texts, places = (pairs >> HALF).astype(np.intp), (pairs & LOW).astype(np.intp)
    sizes = (about[SIZE, texts], there.facts[SIZE, places])
    promising = is_promising(shared, *(Sizes(each >> HALF, each & LOW) for each in sizes))
    same_source = ((about[NUMBER, texts] ^ there.facts[NUMBER, places]) & LOW) == 0
    # Most pairs share a key by chance: what costs more is asked of the few others.
    few = np.flatnonzero(promising | same_source)
    found = Sharing(texts[few], shared[few], promising[few], there.facts[:, places[few]])
    one = about[:, found.asked]
    near = (one[HIGH_ID] != found.facts[HIGH_ID]) | (one[LOW_ID] != found.facts[LOW_ID])
    if within is not None:
        near &= np.abs((one[AT] - found.facts[AT]).view(np.int64)) <= within // _MICROSECOND
    return found.where(near)


def _pairs(asked: Numbers, there: Numbers) -> Numbers:
    """Each text of `asked` with each text that has one of its keys, once for each key.

    Keys that are common here are formulas and tell nothing, unless much of a text is that common.
    """
    begin = np.searchsorted(there, asked & ~LOW)
    hit = (there[np.minimum(begin, there.size - 1)] ^ asked) <= LOW
    all_keys = np.bincount((asked & LOW).astype(np.intp))
    asked, begin = asked[hit], begin[hit]
    texts, counts = (asked & LOW).astype(np.intp), np.ones(begin.size, np.intp)
    more = np.flatnonzero((there[np.minimum(begin + 1, there.size - 1)] ^ asked) <= LOW)
    counts[more] = np.searchsorted(there, asked[more] | LOW, "right") - begin[more]
    common = counts > _COMMON
    formulas = np.bincount(texts[common], minlength=all_keys.size) <= all_keys // _OF_KEYS
    telling = ~(common & formulas[texts])
    texts, begin, counts = texts[telling], begin[telling], np.minimum(counts[telling], _SAME_KEY)
    places = np.arange(counts.sum()) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    found: Numbers = np.repeat(texts.astype(np.uint64) << HALF, counts) | (there[places] & LOW)
    return found
