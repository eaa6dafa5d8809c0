"""Stands for the crawl of a run: takes its lease, tells the test that it is there, and ends as it is told.

Arguments: store, catalog, spool, run id, present moment, port of the test's listener. Words it understands:
`done`, and `die` (at once, with spool, lease and account left open). SIGTERM ends it as it ends a crawl:
acknowledged, interrupted.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

from archive.catalog import leases, runs
from archive.catalog.catalog import Catalog
from archive.clock import ShiftedClock, parse_z
from archive.commit import Committer
from archive.journal import JournalWriter
from archive.spool import Spool
from archive.stores.open import open_store


class Stopped(Exception):  # noqa: N818 - named for what it says
    """SIGTERM came."""


def main(arguments: list[str]) -> None:
    store_address, catalog_address, spool_root, run_id, moment, port = arguments

    def stop(_number: int, _frame: object) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    clock = ShiftedClock(parse_z(moment))
    store, catalog = open_store(store_address), Catalog.open(catalog_address)
    spool = Spool.create(Path(spool_root), clock.now())
    committer = Committer(store, catalog, JournalWriter(store, spool.writer, clock), clock)
    # A lease for days stands for one that is renewed: the test's clock jumps, and this one's does not.
    assert leases.acquire(catalog, [f"run:{run_id}"], spool.writer, 1e6, clock)
    run = runs.run_by_id(catalog, run_id)
    assert run is not None
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=300) as test:
            test.sendall(f"{run_id}\n".encode())
            if test.recv(16) == b"die":
                os._exit(7)
        committer.commit_rows([replace(run, status="done", finished_at=clock.now())])
    except Stopped:
        committer.commit_rows([replace(run, status="interrupted")])
    leases.release(catalog, spool.writer)
    spool.remove()


if __name__ == "__main__":
    main(sys.argv[1:])
