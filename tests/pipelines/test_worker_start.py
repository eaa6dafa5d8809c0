"""Workers come from one warm process, which ends with the program, or by themselves where it cannot be."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipelines.worker_start import worker_context

ROOT = Path(__file__).parents[2]
# Two pools, one after the other; each tells its worker's parent and whether it found the reader imported.
# The second is not closed, as after a second Ctrl-C: the program must end all the same.
_PROGRAM = """
import asyncio, os
from pipelines.workers import Workers

def main():
    found = []
    for close in (True, False):
        workers = Workers(1, 1 << 31, 60.0)
        found.append(asyncio.run(workers.run(os.getppid)))
        found.append(asyncio.run(workers.run(eval, "'pipelines.extract' in __import__('sys').modules")))
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


@pytest.mark.usefixtures("_spawned_workers")
@pytest.mark.parametrize(
    ("folder", "method"), [("/tmp", "forkserver"), ("/" + "t" * 80, "spawn")], ids=["short", "too long"]
)
def test_a_folder_that_no_socket_fits_in_is_done_without(
    monkeypatch: pytest.MonkeyPatch, folder: str, method: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", folder)

    assert worker_context().get_start_method() == method
