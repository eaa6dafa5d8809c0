"""Workers come from one warm process, which ends with the program, or by themselves where it cannot be."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from pipelines.worker_start import warm_up, worker_context
from pipelines.workers import TaskFailure, Workers

ROOT = Path(__file__).parents[2]
# Two pools, one after the other; each tells its worker's parent and whether it found the reader imported.
# The second is not closed, as after a second Ctrl-C: the program must end all the same.
_PROGRAM = """
IMPORTED = "{'pipelines.extract', 'scipy.fftpack', 'colorsys'} <= {*__import__('sys').modules}"
import asyncio, os
from pipelines.worker_start import warm_up
from pipelines.workers import Workers

def main():
    warm_up("colorsys")
    found = []
    for close in (True, False):
        workers = Workers(1, 1 << 31, 60.0)
        found.append(asyncio.run(workers.run(os.getppid)))
        found.append(asyncio.run(workers.run(eval, IMPORTED)))
        if close:
            workers.close()
    print(found, os.getpid())

if __name__ == "__main__":
    main()
"""


def test_workers_are_forked_from_one_process_that_ends_with_the_program(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(_PROGRAM)
    ran = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    parents, own = ran.stdout.rsplit("] ", 1)
    first, warm, second, warm_again = parents.strip("[").split(", ")
    assert (warm, warm_again) == ("True", "True")
    assert first == second != own.strip()
    assert ran.stderr == ""
    assert not Path(f"/proc/{first}").exists()  # it was waited for


def test_the_loop_goes_on_while_the_first_worker_starts() -> None:
    """The process that it is forked from stands still until the loop has done something else."""
    warm_up()
    server: Any = forkserver._forkserver  # its process has no public name
    warm: int = server._forkserver_pid

    async def ask() -> int | TaskFailure:
        with Workers(1, 1 << 31, 60.0) as workers:
            os.kill(warm, signal.SIGSTOP)
            rescue = threading.Timer(
                20.0, os.kill, (warm, signal.SIGCONT)
            )  # of a loop that stands still, too
            rescue.start()
            task = asyncio.create_task(workers.run(os.getppid))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not task.done()
            assert rescue.is_alive()
            rescue.cancel()
            os.kill(warm, signal.SIGCONT)
            return await task

    assert asyncio.run(ask()) == warm


@pytest.mark.usefixtures("_spawned_workers")
@pytest.mark.parametrize(
    ("folder", "method"), [("/tmp", "forkserver"), ("/" + "t" * 80, "spawn")], ids=["short", "too long"]
)
def test_a_folder_that_no_socket_fits_in_is_done_without(
    monkeypatch: pytest.MonkeyPatch, folder: str, method: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", folder)

    assert worker_context().get_start_method() == method


@pytest.mark.skipif(not hasattr(fcntl, "F_GETPIPE_SZ"), reason="Linux alone tells the size of a pipe")
def test_a_pipe_to_a_worker_has_room_for_a_whole_page() -> None:
    reader, writer = worker_context().Pipe(duplex=False)
    with reader, writer:
        assert fcntl.fcntl(writer.fileno(), fcntl.F_GETPIPE_SZ) >= 1 << 20


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="Linux alone has pipes of another size")
def test_a_pipe_that_may_not_be_larger_works_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(errno.EPERM, "pipe-user-pages-soft is used up")

    monkeypatch.setattr(fcntl, "fcntl", refused)
    reader, writer = worker_context().Pipe(duplex=False)
    with reader, writer:
        writer.send("small")
        assert reader.recv() == "small"
