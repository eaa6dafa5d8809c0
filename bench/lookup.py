"""Look-up by address and time in a large archive, beside a bare primary-key select and pywb.

    python -m bench.lookup FOLDER [--captures N] [--rounds N] [--size N] [--postgres [URL]]

FOLDER gets an archive of invented captures at the first call, which takes some minutes, and keeps it. Rounds
are interleaved, and each figure is the median of the rounds' own. With `--postgres` the catalog is a
PostgreSQL: an empty database at URL, filled from the archive's journal, or without URL a server of our own.
Exit status 1 if our answers and pywb's differ, or a page costs more than one statement and one range request.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.catalog.catalog import Catalog
from archive.catalog.cdx_reads import count_captures
from archive.catalog.lookup import closest_capture
from archive.opening import Archive
from archive.rebuild.run import catch_up
from archive.timeline import timeline_of
from bench import lookup_whole
from bench.figures import note
from bench.lookup_archive import LookupArchive, load
from bench.lookup_material import LONG, LONG_VERSIONS
from bench.lookup_queries import BARE, CLOSEST, POOLED, STANDING, Query, contenders, queries
from bench.lookup_rounds import Pywb, Results, interleaved, pywb
from tests.services.postgres import postgres

READERS = Path(__file__).resolve().parents[1] / ".venv-readers" / "bin" / "python"
PYWB = "pywb, in process"
_ORDER = [BARE, CLOSEST, STANDING, BARE + POOLED, CLOSEST + POOLED, STANDING + POOLED, PYWB]
MOST_OF_BARE, LEAST_OF_PYWB, MOST_VERSIONS_MS = 3.0, 4.0, 50.0  # the aims


def main() -> int:
    """Parse the arguments, build, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a scratch folder; 2 GB for a million captures")
    parser.add_argument("--captures", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--size", type=int, default=2000, help="look-ups of each contender in a round")
    parser.add_argument("--postgres", nargs="?", const="", metavar="URL")
    options = parser.parse_args()
    if not READERS.is_file():
        parser.error(f"pywb is not in {READERS.parent}: `make readers` installs it")
    archive = LookupArchive(options.folder.resolve(), options.captures)
    try:
        archive.build()
    except FileExistsError as error:
        parser.error(str(error))
    with _catalog(archive, options.postgres) as catalog:
        return _measure(archive, catalog, options.rounds, options.size)


@contextmanager
def _catalog(archive: LookupArchive, address: str | None) -> Iterator[Catalog]:
    """The archive's SQLite, or a PostgreSQL with the same rows."""
    if address is None:
        catalog = Catalog.open(archive.catalog)
    elif address:
        catalog = Catalog.open(address)
        _fill(archive, catalog)
    else:
        with TemporaryDirectory() as logs, postgres(Path(logs)) as server:
            with _catalog(archive, server.create_database()) as catalog:
                yield catalog
            return
    try:
        yield catalog
    finally:
        catalog.close()


def _fill(archive: LookupArchive, catalog: Catalog) -> None:
    present = count_captures(catalog)
    if present == archive.captures:
        return
    if present:
        raise SystemExit(f"{catalog.address} has {present:,} captures already: name an empty database")
    load(catalog, archive.captures, lambda _row: None)
    catch_up(archive.store, catalog)  # the sample, from its journal


def _measure(archive: LookupArchive, catalog: Catalog, rounds: int, size: int) -> int:
    asked = queries(catalog, (rounds + 1) * size)
    written = archive.folder / "queries.jsonl"
    written.write_text("".join(json.dumps([one.url, f"{one.at:%Y%m%d%H%M%S}"]) + "\n" for one in asked))
    for path in (archive.index, archive.folder / "catalog.db"):
        _read_once(path)
    with catalog.read() as connection, pywb(READERS, archive.index, written) as theirs:
        results = interleaved({**contenders(catalog, connection, asked), PYWB: theirs}, rounds, size)
    print(f"{archive.captures:,} captures, {catalog.backend}; {rounds} rounds of {size:,} look-ups")
    _print_lookups(results)
    different = _different(catalog, asked, theirs)
    print(f"\nanswers that differ from pywb's: {different} of {len(asked):,}")
    costs = lookup_whole.costs(archive.store, catalog)
    print(f"(statements, range requests) of a page: {', '.join(map(str, sorted(costs)))}")
    whole = lookup_whole.measure(Archive(archive.store, catalog), rounds)
    for name in (lookup_whole.WHOLE, lookup_whole.READ):
        print(f"{name:<44}" + "".join(f"{figure:>10.1f}" for figure in whole.medians(name)))
    _print_versions(catalog, rounds)
    return 0 if not different and costs == {(1, 1)} else 1


def _print_versions(catalog: Catalog, rounds: int) -> None:
    """What `dateline versions` asks of a page with a thousand versions, with all their events."""
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter_ns()
        found = timeline_of(catalog, LONG)
        took.append((time.perf_counter_ns() - began) / 1e6)
        if found is None or len(found.versions) != LONG_VERSIONS:
            raise RuntimeError(f"{LONG} has not its {LONG_VERSIONS} versions; build the archive anew")
    milliseconds = statistics.median(took[1:])
    note("lookup/versions of a page with 1,000", milliseconds, unit="ms", spread=took[1:])
    print(
        f"\nversions of a page with {LONG_VERSIONS:,} of them: {milliseconds:.1f} ms "
        f"(aim: at most {MOST_VERSIONS_MS:g})"
    )


def _read_once(path: Path) -> None:
    """Bring a file into memory, so that no contender waits for the disk on behalf of the others."""
    with path.open("rb") as stream:
        while stream.read(1 << 20):
            pass


def _print_lookups(results: Results) -> None:
    heads = ("p50 µs", "p99 µs", "mean µs")
    print(
        f"\n{'':<44}"
        + "".join(f"{head:>10}" for head in heads)
        + "  ÷ bare (the same)      pywb ÷ (the same)"
    )
    for name in sorted(results.p50, key=_ORDER.index):
        bare = BARE + POOLED if name.endswith(POOLED) else BARE
        row = "".join(f"{figure:>10.1f}" for figure in results.medians(name))
        above = "".join(f"{ratio:>8.2f}" for ratio in results.ratios(name, bare))
        below = "".join(f"{ratio:>8.2f}" for ratio in results.ratios(PYWB, name))
        print(f"{name:<44}{row}{above}{below}")
    print()
    for name in (CLOSEST, STANDING):
        p99, times = results.ratios(name, BARE)[1], results.ratios(PYWB, name)
        of_rounds = [slow / fast for slow, fast in zip(results.p99[name], results.p99[BARE], strict=True)]
        note(
            f"lookup/{name}, p99", results.medians(name)[1], unit="µs", beside="bare primary-key select",
            theirs=results.medians(BARE)[1], ratio=p99, spread=of_rounds,
        )  # fmt: skip
        note(f"lookup/{name}, pywb's p50 as a multiple", times[0], beside="pywb")
        print(f"{name}: p99 {p99:.2f} times the bare select's (aim: at most {MOST_OF_BARE:g})")
        print(
            f"    pywb takes {times[0]:.1f} (p50), {times[1]:.1f} (p99), {times[2]:.1f} (mean) times as long "
            f"(aim: at least {LEAST_OF_PYWB:g})"
        )


def _different(catalog: Catalog, asked: list[Query], theirs: Pywb) -> int:
    """How many of pywb's answers are of another second than ours."""
    different = 0
    for number, digits in theirs.answers.items():
        row = closest_capture(catalog, asked[number].url, asked[number].at)
        different += digits != (f"{row.at:%Y%m%d%H%M%S}" if row else None)
    return different


if __name__ == "__main__":
    sys.exit(main())
