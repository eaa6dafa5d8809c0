"""Work over a whole archive on two processes beside one: `verify`, `rebuild`, `reprocess`.

    python -m bench.workers FOLDER [--pages N] [--rounds N] [--only verify,rebuild] [--postgres]

FOLDER gets the archive at the first call and keeps it: pages of the corpus with words of their own, crawled
on two nights by the normal command. Then each command runs with one and with two workers, in turn; its ratio
is taken within a round, of wall time, since processor time does not grow less. With `--postgres` the catalog
is in a PostgreSQL server of our own, filled by a `rebuild` that is not counted.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.schema import version
from bench.built_once import building, is_built
from bench.corpus import corpus_or_none
from bench.crawl_archive import ROOT, BenchArchive, Limits, shown, source_of
from bench.crawl_pages import CHANGED, FEED, FIRST, write_pages
from bench.figures import note
from bench.measured_process import Measured, measure
from bench.page_server import free_port, serving
from tests.services.postgres import postgres

AIM = 1.7
_SEGMENT_BYTES = 8_000_000  # some dozens a night, as many nights leave them
_PROGRAM = "import sys; from cli.main import main; sys.exit(main())"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "verify": ("verify", "--json"),
    "rebuild": ("rebuild", "--yes", "--json"),
    "reprocess": ("reprocess", "--json"),
}


@dataclass(frozen=True, slots=True)
class WorkersArchive:
    """The archive that is worked on; `catalog` in place of its own SQLite one."""

    folder: Path
    pages: int

    @property
    def archive(self) -> BenchArchive:
        return BenchArchive(self.folder / "house")

    def build(self, corpus: Path) -> None:
        """Crawl two nights, the second in other furniture, unless that was done."""
        what = {"pages": self.pages}
        if is_built(self.folder, what):
            return
        with building(self.folder, what), TemporaryDirectory() as scratch:
            port = free_port()
            served = Path(scratch)
            hosts = sorted({page.host for page in write_pages(corpus, served, self.pages, port)[FIRST]})
            feeds = {host: [f"http://{host}:{port}/{FEED}"] for host in hosts}
            self.archive.furnish(
                [source_of(host, port, feeds=feeds[host]) for host in hosts],
                Limits(at_once=16, workers=2),
                segment_bytes=_SEGMENT_BYTES,
            )
            for day, pages in enumerate((FIRST, CHANGED)):
                with serving(served / pages, port):
                    taken = self.archive.crawl(float(day))
                print(f"  night {day + 1}: {taken.wall:.0f} s, {shown(self.archive.outcomes())}", flush=True)

    def run(self, name: str, workers: int, catalog: str) -> Measured:
        """One of the commands over this catalog."""
        house = self.archive.folder
        command = [sys.executable, "-c", _PROGRAM, "--config", str(house / "dateline.yaml"), *COMMANDS[name]]
        if name != "reprocess":
            command += ["--workers", str(workers)]
        environment = {
            "PYTHONPATH": str(ROOT),
            "DATELINE_CATALOG": catalog,
            "DATELINE_CRAWL__WORKERS": str(workers),
        }
        return measure(command, folder=house, environment=environment)


def read_by_another(address: str) -> None:
    """Let every version say that an extractor of another day has read it."""
    catalog = Catalog.open(address)
    try:
        with catalog.write() as connection:
            connection.execute(sa.update(version).values(extractor="another"))
    finally:
        catalog.close()


@contextmanager
def catalogs(built: WorkersArchive, scratch: Path, *, server: bool) -> Iterator[tuple[str, str]]:
    """The catalog, and one whose versions another extractor has read."""
    with ExitStack() as stack:
        if server:
            running = stack.enter_context(postgres(scratch / "logs"))
            whole, older = running.create_database(), running.create_database()
            for address in (whole, older):
                built.run("rebuild", 1, address)
        else:
            for name in ("whole.db", "older.db"):
                shutil.copy(built.archive.folder / "catalog.db", scratch / name)
            whole, older = f"sqlite:///{scratch / 'whole.db'}", f"sqlite:///{scratch / 'older.db'}"
        read_by_another(older)
        yield whole, older


def main() -> int:
    """Parse the arguments, build, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a scratch folder; 200 KB a page")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(COMMANDS), help="these commands, with commas between")
    parser.add_argument("--postgres", action="store_true", help="the catalog in a PostgreSQL server")
    options = parser.parse_args()
    names = options.only.split(",")
    if unknown := set(names) - set(COMMANDS):
        parser.error(f"--only {', '.join(unknown)}: there are {', '.join(COMMANDS)}")
    if (corpus := corpus_or_none()) is None:
        return 0
    built = WorkersArchive(options.folder.resolve(), options.pages)
    try:
        built.build(corpus)
    except FileExistsError as error:
        parser.error(str(error))
    with (
        TemporaryDirectory() as scratch,
        catalogs(built, Path(scratch), server=options.postgres) as (
            whole,
            older,
        ),
    ):
        for name in names:
            measure_command(built, name, older if name == "reprocess" else whole, options.rounds)
    return 0


def measure_command(built: WorkersArchive, name: str, catalog: str, rounds: int) -> None:
    """One command with one worker and with two, in turn."""
    took: defaultdict[int, list[Measured]] = defaultdict(list)
    for number in range(rounds):
        for workers in (1, 2) if number % 2 == 0 else (2, 1):
            took[workers].append(built.run(name, workers, catalog))
    ratios = [one.wall / two.wall for one, two in zip(took[1], took[2], strict=True)]
    one, two = (statistics.median(each.wall for each in took[workers]) for workers in (1, 2))
    cpu = [statistics.median(each.cpu for each in took[workers]) for workers in (1, 2)]
    note(
        f"workers/{name}", two, unit="s", beside="one worker", theirs=one,
        ratio=statistics.median(ratios), spread=ratios,
    )  # fmt: skip
    print(
        f"{name:<10} one {one:7.1f} s wall {cpu[0]:7.1f} s CPU   two {two:7.1f} s wall {cpu[1]:7.1f} s CPU   "
        f"{statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f}; aim {AIM})",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
