"""The pages over a catalog of a million article versions: how long each takes, alone and beside a crawl.

    python -m bench.pages FOLDER [--versions N] [--count N] [--beside N] [--postgres [URL]]

FOLDER gets the catalog at the first call, which takes some minutes, and keeps it. Requests go to the service
in process, as an ASGI server would call it, without a socket. With `--postgres` the catalog is a PostgreSQL:
URL names an empty database, or one that was filled by a call before; without URL it is a server of our own.
Exit status 1 if a page was an error, or a request said that the database was locked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.schema import version
from bench.figures import note
from bench.pages_archive import PagesArchive, fill
from bench.pages_beside import measure_beside
from bench.pages_peer import beside_columns
from bench.pages_questions import AIM, SEARCH, SEARCH_AIM, TIMED, Known, known_in, questions, search_path
from bench.pages_rounds import Figures, at, figures_of, measure, service
from tests.services.postgres import postgres

MOST_OF_MONTH, MOST_OF_IDLE = 1.2, 2.0  # the aims
LONE = "the same, that month alone"


def main() -> int:
    """Parse the arguments, build, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a scratch folder; 8 GB for a million versions")
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--count", type=int, default=200, help="requests of each kind")
    parser.add_argument("--beside", type=int, default=10_000, help="requests beside a writer; 0: none")
    parser.add_argument("--postgres", nargs="?", const="", metavar="URL")
    options = parser.parse_args()
    archive = PagesArchive(options.folder.resolve(), options.versions)
    try:
        archive.build()
    except FileExistsError as error:
        parser.error(str(error))
    with TemporaryDirectory() as scratch, _catalogs(archive, options.postgres, Path(scratch)) as catalogs:
        wrong = _measure_pages(archive, catalogs, options.count)
        if options.beside:
            wrong += _measure_beside(archive, catalogs[0], Path(scratch), options.beside)
    return 1 if wrong else 0


@contextmanager
def _catalogs(archive: PagesArchive, address: str | None, scratch: Path) -> Iterator[tuple[Catalog, Catalog]]:
    """The whole catalog, and the one that holds a month alone."""
    if address is None:
        whole, lone = archive.catalog, archive.lone
    elif address:
        whole, lone = address, archive.lone
        _fill_postgres(archive, whole, f"sqlite:///{scratch / 'month.db'}")
    else:
        with postgres(scratch / "logs") as server:
            whole, lone = server.create_database(), server.create_database()
            fill(archive.versions, whole, lone)
            with _opened(whole, lone) as catalogs:
                yield catalogs
        return
    with _opened(whole, lone) as catalogs:
        yield catalogs


@contextmanager
def _opened(whole: str, lone: str) -> Iterator[tuple[Catalog, Catalog]]:
    catalogs = Catalog.open(whole), Catalog.open(lone)
    try:
        yield catalogs
    finally:
        for catalog in catalogs:
            catalog.close()


def _fill_postgres(archive: PagesArchive, address: str, lone: str) -> None:
    catalog = Catalog.open(address)
    with catalog.read() as connection:
        empty = connection.execute(sa.select(version.c.article_id).limit(1)).first() is None
    catalog.close()
    if empty:
        fill(archive.versions, address, lone)


def _measure_pages(archive: PagesArchive, catalogs: tuple[Catalog, Catalog], count: int) -> int:
    whole, lone = catalogs
    known = known_in(whole, archive.lone_month)
    rounds = measure(service(whole, archive.folder), questions(known), count)
    # The same searches, in turn with nothing else, over both catalogs.
    search = {SEARCH: lambda chance: search_path(known, chance)}
    of_month = measure(service(lone, archive.folder), search, count, seed=23)
    of_whole = measure(service(whole, archive.folder), search, count, seed=23)
    print(f"{archive.versions:,} versions, {whole.backend}; {count} requests of each kind; ms\n")
    print(f"{'':<28}{'p50':>9}{'p95':>9}{'CPU p50':>9}{'CPU p95':>9}{'KB':>7}   aim, p95")
    for kind in (*TIMED, SEARCH):
        note(f"pages/{kind}, p95", rounds.figures(kind).p95, unit="ms")
        note(f"pages/{kind}, p95 of processor time", rounds.figures(kind).cpu95, unit="ms")
    for kind in rounds.took:
        _print(kind, rounds.figures(kind), AIM if kind in TIMED else SEARCH_AIM if kind == SEARCH else None)
    month, every = of_month.figures(SEARCH), of_whole.figures(SEARCH)
    note(
        "pages/search, p95", every.p95, unit="ms", beside="that month alone", theirs=month.p95,
        ratio=every.p95 / month.p95,
    )  # fmt: skip
    _print(LONE, month, None)
    print(
        f"\nsearch over everything ÷ over the month alone: p50 {every.p50 / month.p50:.2f}, "
        f"p95 {every.p95 / month.p95:.2f}, CPU p95 {every.cpu95 / month.cpu95:.2f} (aim: {MOST_OF_MONTH:g})"
    )
    if whole.backend == "sqlite":
        _print_peer(whole, archive, known, count)
    wrong = [*rounds.wrong(), *of_month.wrong(), *of_whole.wrong()]
    for one in wrong[:10]:
        print(f"{one.status} {one.path}: {one.body[:300]!r}", file=sys.stderr)
    return len(wrong)


def _print(kind: str, figures: Figures, aim: float | None) -> None:
    values = (figures.p50, figures.p95, figures.cpu50, figures.cpu95)
    written = "" if aim is None else f"   under {aim:g}: {'yes' if figures.p95 < aim else 'NO'}"
    print(
        f"{kind:<28}" + "".join(f"{value:>9.1f}" for value in values) + f"{figures.size // 1000:>7}{written}"
    )


def _print_peer(catalog: Catalog, archive: PagesArchive, known: Known, count: int) -> None:
    ours, theirs = beside_columns(catalog, archive.folder / "peer.db", known, count)
    pairs = [(at(each, 50), at(each, 95)) for each in (ours, theirs)]
    print(
        f"the query alone: a table a month p50 {pairs[0][0]:.2f}, p95 {pairs[0][1]:.2f}; "
        f"FTS5 filtered by column p50 {pairs[1][0]:.2f}, p95 {pairs[1][1]:.2f}; "
        f"column ÷ month {pairs[1][0] / pairs[0][0]:.1f}, {pairs[1][1] / pairs[0][1]:.1f}"
    )


def _measure_beside(archive: PagesArchive, catalog: Catalog, scratch: Path, requests: int) -> int:
    known = known_in(catalog, archive.lone_month)
    drawn = {kind: draw for kind, draw in questions(known).items() if kind in {*TIMED, SEARCH}}
    with catalog.read() as connection:
        address = connection.engine.url.render_as_string(hide_password=False)
    found = measure_beside(service(catalog, archive.folder), address, scratch, draw=drawn, requests=requests)
    idle, beside = figures_of(found.idle), figures_of(found.beside)
    note(
        "pages/p95 beside a writer", beside.p95, unit="ms", beside="idle", theirs=idle.p95,
        ratio=beside.p95 / idle.p95,
    )  # fmt: skip
    note("pages/locked or failed beside a writer", found.locked + found.failed)
    print(
        f"\nbeside a writer that committed {found.written:,} versions in {found.seconds:.0f} s, "
        f"{beside.count:,} requests (without it {idle.count:,}):\n"
        f"p50 {idle.p50:.1f} → {beside.p50:.1f} ms, p95 {idle.p95:.1f} → {beside.p95:.1f} ms, "
        f"p95 {beside.p95 / idle.p95:.2f} times the idle one's (aim: at most {MOST_OF_IDLE:g}), "
        f"CPU p95 {beside.cpu95 / idle.cpu95:.2f} times\n"
        f'"database is locked": {found.locked}; answers that are no page: {found.failed}'
    )
    return found.locked + found.failed


if __name__ == "__main__":
    sys.exit(main())
