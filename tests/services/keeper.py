"""Runs one server for as long as its parent lives; started as a program, with only the standard library.

The parent holds the other end of our standard input. However the parent ends, `kill -9` included, the
kernel closes it; then the server is stopped and what it left behind is removed. (A parent-death signal
would need `preexec_fn`, which is unsafe beside the threads of pytest-xdist.)
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

GRACE_SECONDS = 5


class Order(TypedDict):
    """What `start` asks of the keeper, as JSON on its command line."""

    command: list[str]
    log: str
    cwd: str
    stop: int
    user: str | None
    remove: list[str]
    grace: float


def start(
    command: list[str],
    *,
    log: Path,
    cwd: Path,
    stop: signal.Signals,
    user: str | None = None,
    remove: Sequence[Path] = (),
    grace: float = GRACE_SECONDS,
) -> subprocess.Popen[bytes]:
    """A keeper for `command`.

    The server runs in `cwd` as `user` (root may name one) and writes to `log`. It is stopped with the
    signal `stop`, and killed if that takes longer than `grace` seconds; the files and folders in `remove`
    go after it.
    """
    order: Order = {
        "command": command,
        "log": str(log),
        "cwd": str(cwd),
        "stop": int(stop),
        "user": user,
        "remove": [str(path) for path in remove],
        "grace": grace,
    }
    words = [sys.executable, "-I", "-S", __file__, json.dumps(order)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)


def stop(keeper: subprocess.Popen[bytes], grace: float = GRACE_SECONDS) -> None:
    """Stop the server and wait for its end; `grace` as it was given to `start`."""
    if keeper.stdin is None:
        raise ValueError("this process is not a keeper made by start()")
    keeper.stdin.close()
    keeper.wait(grace * 4)


def main(order: Order) -> int:
    """Run the server until it ends or our standard input does; its exit status."""
    with Path(order["log"]).open("ab") as out:
        server = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=order["cwd"],
            user=order["user"],
            extra_groups=[] if order["user"] else None,
            start_new_session=True,
        )

    def stop_when_the_parent_is_gone() -> None:
        sys.stdin.buffer.read()
        server.send_signal(order["stop"])
        try:
            server.wait(order["grace"])
        except subprocess.TimeoutExpired:
            server.kill()

    threading.Thread(target=stop_when_the_parent_is_gone, daemon=True).start()
    status = server.wait()
    _remove(order["remove"])
    return status


def _remove(paths: list[str]) -> None:
    for path in map(Path, paths):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    ended = main(json.loads(sys.argv[1]))
    os._exit(ended & 0xFF)  # a plain exit would wait for the thread that still reads our input
