"""What seven nights take: `make bench-storage`.

Posts of `versions_18f` and how they changed, on two sites of ours whose templates show other furniture at
each look, are fetched on seven nights into a real archive, with the outcomes that a crawl gives. Then, of
the same archive: what the captures take under `keep: changed`, compacted (`dateline compact`), and both,
beside what they take as a crawl writes them, each a gzip member of its own; and beside one stream of
`zstd -19 --long` over all records, of which none can be read alone.

Two ways to lay a chain over seven nights: `edited` shows what stood after so many days, by the hours between
the edits; `squeezed` has every state of a chain within the week, as no site does. Exit status 1 only if a
capture that is there does not read back as it came.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import zstandard

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.erasure.keep import Keep
from archive.erasure.let_go import let_all_go
from archive.erasure.takedown import Request
from archive.opening import Archive, check_format
from archive.reader import ArchiveDamaged, read_exchange
from archive.rewrite.compact import Compaction, compact
from archive.rewrite.opening import rewriting
from archive.stores.local import LocalStore
from archive.warc import read_records
from bench.corpus import corpus_or_none
from bench.figures import note
from bench.posts import Post, posts
from bench.storage_nights import FIRST_NIGHT, NIGHTS, SITES, HandClock, Look, fetch_night

MOST_CHANGED, MOST_ALL = 0.25, 0.60  # of the baseline: the aims
BY = Request("benchmark", "what seven nights take")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class House:
    """An archive in a folder."""

    folder: Path

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.folder / "store")

    def open(self) -> Catalog:
        return Catalog.open(f"sqlite:///{self.folder / 'catalog.db'}")

    def copy(self, name: str) -> House:
        """Another one that is the same."""
        shutil.copytree(self.folder, self.folder.parent / name)
        return House(self.folder.parent / name)


@dataclass(frozen=True, slots=True)
class Taken:
    """Captures, and the bytes of their segments."""

    captures: int
    bytes: int


def states(post: Post, way: str) -> list[int]:
    """Which version of a post stands on each night."""
    last = len(post.versions) - 1
    if way == "squeezed":
        return [
            min(night * (last + 1) // NIGHTS if last >= NIGHTS else night, last) for night in range(NIGHTS)
        ]
    ages = list(accumulate((gap for _, gap in post.edits), initial=0.0))
    return [sum(age <= 24 * night for age in ages) - 1 for night in range(NIGHTS)]


def build(house: House, chosen: Sequence[Post], way: str, *, coded: bool) -> None:
    """Seven nights of both sites."""
    house.folder.mkdir()
    store = house.store
    check_format(store)
    shown = {post.url: states(post, way) for post in chosen}
    with closing(house.open()) as catalog:
        for night in range(NIGHTS):
            looks = [
                Look(site, post, post.versions[shown[post.url][night]], night, coded)
                for site in SITES
                for post in chosen
            ]
            fetch_night(store, catalog, house.folder / "spool", night, looks)


def let_go(house: House) -> None:
    """`keep: changed` for both sites."""
    with closing(house.open()) as catalog:
        archive = Archive(house.store, catalog)
        with rewriting(archive, house.folder / "spool", _later()) as engine:
            let_all_go(engine, {site: Keep() for site in SITES}, BY)


def pack(house: House) -> None:
    """`dateline compact`."""
    with closing(house.open()) as catalog:
        archive = Archive(house.store, catalog)
        with rewriting(archive, house.folder / "spool", _later()) as engine:
            compact(engine, Compaction(after=timedelta(0)), BY)


def _later() -> HandClock:
    return HandClock(FIRST_NIGHT + timedelta(days=NIGHTS))


def taken(house: House) -> Taken:
    """What the captures take; raises ArchiveDamaged if one does not read back as it came."""
    store = house.store
    with closing(house.open()) as catalog:
        rows = [row for row in segments.every(catalog) if row.kind == "captures"]
        found = 0
        for row in rows:
            for capture in segments.captures_in(catalog, row.key):
                read_exchange(store, capture)
                found += 1
        sizes = {row.key: row.size for row in rows}
    lying = {info.key: info.size for info in store.list("captures/") if not info.key.endswith(".cdxj")}
    if lying != sizes:
        raise ArchiveDamaged("the store has other segments than the catalog")
    return Taken(found, sum(sizes.values()))


def solid(house: House) -> int:
    """Bytes of all records of the captures in one stream, as `zstd -19 --long` writes it."""
    parameters = zstandard.ZstdCompressionParameters.from_level(19, window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    store, size = house.store, 0
    with closing(house.open()) as catalog:
        for row in segments.every(catalog):
            if row.kind == "captures":
                with store.open(row.key) as stream:
                    for block in _blocks(stream):
                        size += len(packer.compress(block))
    return size + len(packer.flush())


def _blocks(stream: object) -> Iterator[bytes]:
    for record in read_records(stream):  # type: ignore[arg-type]
        head = "".join(f"{name}: {value}\r\n" for name, value in record.headers.items())
        yield f"WARC/1.1\r\n{head}\r\n".encode() + record.block + b"\r\n\r\n"


def measure(folder: Path, chosen: Sequence[Post], way: str, *, coded: bool) -> bool:
    """One way of laying chains over nights; whether the aims are met."""
    whole = House(folder / way)
    build(whole, chosen, way, coded=coded)
    base = taken(whole)
    print(
        f"\n{way}: {len(chosen):,} posts on {len(SITES)} sites, {NIGHTS} nights, {base.captures:,} captures"
    )
    print(f"  {'':34}{'captures':>10}{'bytes':>15}{'of baseline':>13}")
    _line("every capture a gzip member", base, base)
    changed = whole.copy(f"{way}-changed")
    let_go(changed)
    _line("keep: changed, gzip", taken(changed), base)
    pack(changed)
    ours = _line("keep: changed, compacted", taken(changed), base, f"aim {MOST_CHANGED:.2f}")
    packed = whole.copy(f"{way}-all")
    pack(packed)
    every = _line("keep: all, compacted", taken(packed), base, f"aim {MOST_ALL:.2f}")
    one = Taken(base.captures, solid(whole))
    least = _line("one solid stream, zstd -19 --long", one, base)
    note(f"storage/{way}-changed", ours, unit="of gzip a record", beside="gzip", theirs=1.0, ratio=ours)
    note(f"storage/{way}-all", every, unit="of gzip a record", beside="gzip", theirs=1.0, ratio=every)
    note(f"storage/{way}-all-solid", every, beside="zstd -19 --long", theirs=least, ratio=every / least)
    return ours <= MOST_CHANGED and every <= MOST_ALL


def _line(what: str, found: Taken, base: Taken, aim: str = "") -> float:
    ratio = found.bytes / base.bytes
    print(f"  {what:34}{found.captures:>10,}{found.bytes:>15,}{ratio:>13.3f}  {aim}", flush=True)
    return ratio


def main() -> int:
    """Measure both ways and print them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--chains", type=int, default=None, metavar="N", help="the first N posts only")
    options.add_argument("--way", choices=("edited", "squeezed"), default=None, help="one way only")
    options.add_argument("--coded", action="store_true", help="servers send pages packed with gzip")
    chosen = options.parse_args()
    corpus = corpus_or_none()
    if corpus is None:
        return 0
    material = list(posts(corpus))[: chosen.chains]
    met = True
    with tempfile.TemporaryDirectory(prefix="dateline-storage-") as folder:
        for way in ("edited", "squeezed") if chosen.way is None else (chosen.way,):
            try:
                met &= measure(Path(folder), material, way, coded=chosen.coded)
            except ArchiveDamaged as error:
                print(f"DAMAGED: {error}")
                return 1
    print("\nthe aims are met" if met else "\nan aim is missed", f"({datetime.now(UTC):%Y-%m-%d})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
