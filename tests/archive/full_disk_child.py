"""Records until the disk is full: the process may write files of so many bytes and no longer."""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, ".")

from archive.open_batch import OpenBatch
from archive.recorder import Recorder
from archive.warc import WarcError, read_records
from tests.archive.material import INFO, RUN, SetClock, exchange, nothing_known

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
recorder = Recorder(OpenBatch(folder, run_id=RUN, clock=SetClock(), known=nothing_known, info=INFO))
acknowledged, errors = [], []
for n in range(40):
    futures = [recorder.record(exchange(body=b"%d-%d" % (n, m) * 20), "example") for m in range(3)]
    for future in futures:
        if error := future.exception(20):
            errors.append(error)
        else:
            acknowledged.append(future.result().id)
after = recorder.rotate().exception(20)
recorder.close()

found = []
for path in folder.glob("*-captures.warc.gz"):
    with path.open("rb") as stream, suppress(WarcError):  # the torn tail ends it
        for record in read_records(stream):
            if record.kind == "response":
                found.append(record.id)  # noqa: PERF401 - keeps what came before the tail
print(
    json.dumps(
        {
            "acknowledged": acknowledged,
            "found": found,
            "failed": len(errors),
            "errors": sorted({type(error).__name__ for error in errors}),
            "message": str(errors[0]) if errors else "",
            "after": type(after).__name__,
        }
    ),
    flush=True,
)
