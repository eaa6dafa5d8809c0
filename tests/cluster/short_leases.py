"""The command as always, but with leases that end within a test's patience: `short_leases.py SECONDS …`."""

from __future__ import annotations

import sys

from archive.held_leases import CLOCKS, HostLeases
from cli.main import run
from crawler.parts import carry

if __name__ == "__main__":
    seconds = float(sys.argv[1])
    HostLeases.__init__.__defaults__ = (seconds, CLOCKS)
    carry.SECONDS = seconds  # type: ignore[misc] # of the claim, as of all that is renewed after it
    sys.exit(run(sys.argv[2:]))
