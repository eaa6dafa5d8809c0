"""How fast texts are entered in the index of copies and asked for, beside other indexes."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from archive.catalog import fingerprints
from archive.catalog.catalog import Catalog
from archive.catalog.postings import Kept, Question
from archive.catalog.sketches import Sketched, signed
from bench.figures import note
from pipelines.duplicates.shingles import shingles
from pipelines.duplicates.sketch import is_promising, sketch

_AT = datetime(2026, 3, 1, tzinfo=UTC)
_RATE, _MEMORY = 0.5, 0.2  # of rensa's, of datasketch's
_ROUNDS = 5
_BATCH = 2000  # texts a transaction, as when they are linked


class Measured(NamedTuple):
    """What a way needs for texts."""

    texts: int
    sign: float  # CPU seconds: text → words → shingles → signature
    index: float  # CPU seconds: look up, and enter
    memory: float  # bytes a text
    disk: float  # bytes a text


def rates(stories: list[str]) -> list[str]:
    """Texts a second of CPU, and memory a million texts; each way in a process of its own.

    Each gets the same stories, makes its shingles and signatures of them, enters these in its index and asks
    it for each text. Ours writes to the disk, 2,000 texts a durable transaction as `Linker` does, and answers
    with candidates that are chosen by how much they share; the others keep everything in memory and answer
    with names. A text is signed when it is as the index takes it. Rounds take turns, and the median of each
    way stands. Memory is what the second half of the texts adds.
    """
    print(f"{len(stories):,} texts{'':21}{'texts a second of CPU':^36}{'MB a million texts':^20}")
    print(f"{'':32}{'sign':>10}{'query+insert':>14}{'both':>10}{'RSS':>12}{'disk':>8}")
    ways: dict[str, Callable[[list[str]], Measured]] = {
        "ours, SQLite": ours,
        "rensa, in memory": rensa,
        "datasketch, in memory": datasketch,
    }
    context = multiprocessing.get_context("spawn")
    rounds: list[list[Measured]] = []
    for _ in range(_ROUNDS):
        rounds.append([])
        for way in ways.values():
            with context.Pool(1) as pool:
                rounds[-1].append(pool.apply(way, (stories,)))
    for name, told in zip(ways, zip(*rounds, strict=True), strict=True):
        count, sign, index, memory, disk = (statistics.median(each) for each in zip(*told, strict=True))
        print(f"{name:32}{count / sign:10,.0f}{count / index:14,.0f}{count / (sign + index):10,.0f}", end="")
        print(f"{memory:12,.0f}{disk:8,.0f}")
    shares = [
        (
            fast.index / mine.index,
            (fast.sign + fast.index) / (mine.sign + mine.index),
            mine.memory / full.memory,
        )
        for mine, fast, full in rounds
    ]
    index, both, memory = (statistics.median(each) for each in zip(*shares, strict=True))
    spread = f"{min(shares)[0]:.2f} to {max(shares)[0]:.2f}"
    print(f"ours: {index:.2f} ({spread}) of rensa's rate, {both:.2f} signing too", end="")
    print(f"; {memory:.3f} of datasketch's memory\n")
    note("duplicates/index", index, beside="rensa", ratio=index, spread=[each[0] for each in shares])
    note(
        "duplicates/signing and index", both, beside="rensa", ratio=both, spread=[each[1] for each in shares]
    )
    note("duplicates/memory", memory, beside="datasketch", ratio=memory, spread=[each[2] for each in shares])
    broken = [
        f"{what} at {share:.2f} of rensa's rate < {_RATE}"
        for what, share in (("query and insert", index), ("signing, query and insert", both))
        if share < _RATE
    ]
    return broken + ([f"memory {memory:.2f} of datasketch's > {_MEMORY}"] if memory > _MEMORY else [])


def ours(stories: list[str]) -> Measured:
    """Enter batches and look each text up, as `Linker` does."""
    sign = index = 0.0
    kept = Kept()
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(f"sqlite:///{folder}/catalog.db")
        empty, before = (Path(folder) / "catalog.db").stat().st_size, _rss()
        for start in range(0, len(stories), _BATCH):
            before = _rss() if start == _half(stories) else before
            begun = time.process_time()
            told = [shingles(story) for story in stories[start : start + _BATCH]]
            keys = [sketch(text).copy() for text in told]
            texts = signed(
                [
                    Sketched(f"{n:032x}", 1, f"source-{n % 60}", _AT, text.size, of)
                    for n, (text, of) in enumerate(zip(told, keys, strict=True), start)
                ]
            )
            ready = time.process_time()
            fingerprints.put(catalog, 1, texts, kept)
            question = Question(texts, [(0, 1, 2)] * len(told), timedelta(days=30))
            fingerprints.candidates(catalog, question, is_promising, kept)
            sign, index = sign + ready - begun, index + time.process_time() - ready
        used = (_rss() - before) / (len(stories) - _half(stories))
        with catalog.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        disk = (Path(folder) / "catalog.db").stat().st_size - empty
        catalog.close()
    return Measured(len(stories), sign, index, used, disk / len(stories))


def rensa(stories: list[str]) -> Measured:
    """`RMinHash` with 128 permutations, bands for a threshold of .5; the signatures are kept to compare."""
    from rensa import RMinHash, RMinHashLSH

    sign = index = 0.0
    before = _rss()
    there, kept = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), []
    for number, story in enumerate(stories):
        before = _rss() if number == _half(stories) else before
        begun = time.process_time()
        one = RMinHash(num_perm=128, seed=7)
        one.update(joined(story.lower().split()))
        ready = time.process_time()
        there.query(one)
        there.insert(number, one)
        kept.append(one)
        sign, index = sign + ready - begun, index + time.process_time() - ready
    return Measured(len(stories), sign, index, (_rss() - before) / (len(stories) - _half(stories)), 0)


def datasketch(stories: list[str]) -> Measured:
    """`MinHash` with 128 permutations, bands for a threshold of .5."""
    from datasketch import MinHash, MinHashLSH

    sign = index = 0.0
    before = _rss()
    there = MinHashLSH(threshold=0.5, num_perm=128)
    for number, story in enumerate(stories):
        before = _rss() if number == _half(stories) else before
        begun = time.process_time()
        one = MinHash(num_perm=128)
        one.update_batch([shingle.encode() for shingle in joined(story.lower().split())])
        ready = time.process_time()
        there.query(one)
        there.insert(str(number), one)
        sign, index = sign + ready - begun, index + time.process_time() - ready
    return Measured(len(stories), sign, index, (_rss() - before) / (len(stories) - _half(stories)), 0)


def _half(stories: Sequence[str]) -> int:
    """From where on memory is measured: what is needed once, or for a batch, is there by then."""
    return len(stories) // 2 // _BATCH * _BATCH


def _rss() -> float:
    """Resident memory of this process, bytes: now, and not its highest, which holds the texts' arrival."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * resource.getpagesize())


def joined(text: list[str]) -> list[str]:
    """Shingles of five words as the peers take them."""
    return [" ".join(text[at : at + 5]) for at in range(len(text) - 4)]
