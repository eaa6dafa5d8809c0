"""`dateline web` as a child of `serve`: started again if it fails, ended with it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds before another try, doubled each time
GRACE = 15.0  # seconds that answers under way may take at the end

log = structlog.get_logger()
Start = Callable[[], "subprocess.Popen[bytes]"]


@contextmanager
def pages_beside(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """Have the pages served by a child while the block runs.

    A child that fails is started again, after a minute at most; one that ended well is not. The child's
    standard input is a pipe of ours: it ends when that is closed, whatever becomes of this process.
    """

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            arguments,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # its addresses are printed by `serve`
            process_group=0,  # Ctrl-C in a terminal reaches us alone
        )

    keeper = _Keeper(start)
    keeper.begin()
    try:
        yield
    finally:
        keeper.end()


class _Keeper:
    """Keeps one child going, from a thread of its own."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="pages", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask the child to end, and see that it does."""
        with self._lock:
            self._stopping.set()
            if self._child is not None:
                self._child.terminate()
        self._thread.join(GRACE)
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._thread.join()

    def _keep(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                with self._lock:
                    if self._stopping.is_set():
                        return
                    self._child = self._start()
                status = self._child.wait()
                if self._child.stdin is not None:
                    self._child.stdin.close()
            except OSError as error:
                log.error("the pages cannot be started", problem=str(error), again_in=wait)  # noqa: TRY400
            else:
                if self._stopping.is_set() or status == 0:
                    return
                log.error("the pages ended; they are started again", status=status, again_in=wait)
            if self._stopping.wait(wait):
                return
            wait = min(LONGEST_WAIT, 2 * wait)
