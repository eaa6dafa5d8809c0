"""A writer that records, commits and says so, until somebody kills it; see test_recovery.py."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, ".")

from archive.stores.local import LocalStore
from tests.archive.material import exchange, house, ledger_row

folder = Path(sys.argv[1])
home = house(folder, LocalStore(folder / "store"))
home.committer.commit_rows([ledger_row(f"https://news.example/{n}", n) for n in range(2000)])
print("ready", home.spool.folder, flush=True)
for n in range(2000):
    url = f"https://news.example/{n}"
    row = home.record(exchange(url, b"page %d " % (n % 40) * 60))
    print("recorded", row.id, flush=True)
    if n % 50 == 49:
        home.committer.commit_segments(home.recorder, [ledger_row(url, n, capture=row)])
        print("committed", n, flush=True)
