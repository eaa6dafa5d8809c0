"""pywb's look-up over a CDXJ, timed inside its own process; runs in the environment of the foreign readers.

    python lookup_pywb.py INDEX.cdxj QUERIES.jsonl

Queries are `[url, 14 digits]`. Each line `from to` on stdin has these queries carried out; the answer is one
line of JSON: the nanoseconds of each and the 14 digits that it found.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from pywb.warcserver.index.aggregator import SimpleAggregator
from pywb.warcserver.index.indexsource import FileIndexSource


def main(index: str, queries: Path) -> None:
    """Answer orders until stdin ends."""
    aggregator = SimpleAggregator({"archive": FileIndexSource(index)})

    def closest(url: str, digits: str) -> Any:
        # One result, no filter: the least that pywb can be asked for.
        found, _ = aggregator({"url": url, "closest": digits, "limit": 1})
        return next(iter(found), None)

    with queries.open(encoding="utf-8") as lines:
        asked = [json.loads(line) for line in lines]
    for order in sys.stdin:
        first, last = map(int, order.split())
        took, answers = [], []
        for url, digits in asked[first:last]:
            began = time.perf_counter_ns()
            found = closest(url, digits)
            took.append(time.perf_counter_ns() - began)
            answers.append(found and found["timestamp"])
        print(json.dumps({"took": took, "answers": answers}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
