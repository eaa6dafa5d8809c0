"""A machine's place in a cluster: kept, and left in peace."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 300.0
_KEEPER = (
    "import os, sys; from crawler.engines.keeper import Keeper; Keeper(sys.argv[1:], os.environ, 0.0).run()"
)
# Ends at once the first time. Then it starts a fetcher of its own group, and leaves it when it is stopped.
_PROGRAM = """
import os, pathlib, signal, subprocess, sys
folder = pathlib.Path(sys.argv[1])
with (folder / "starts").open("a") as stream:
    stream.write("started\\n")
if (folder / "starts").read_text().count("\\n") == 1:
    sys.exit(3)
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]], process_group=0)
signal.sigwait({signal.SIGTERM})
"""
_FETCHER = """
import pathlib, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
folder = pathlib.Path(sys.argv[1])
(folder / "fetching").touch()
signal.sigwait({signal.SIGTERM})
(folder / "acknowledged").touch()
"""


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_what_ends_is_started_again_and_who_stops_waits_for_fetchers(tmp_path: Path) -> None:
    program = [sys.executable, "-c", _PROGRAM, str(tmp_path), _FETCHER]
    keeper = subprocess.Popen([sys.executable, "-c", _KEEPER, *program], stdout=subprocess.DEVNULL)
    try:
        until((tmp_path / "fetching").exists)
        assert (tmp_path / "starts").read_text().count("started") == 2
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(PATIENCE) == 0
    finally:
        keeper.kill()
    assert (tmp_path / "acknowledged").exists()
    assert (tmp_path / "starts").read_text().count("started") == 2
