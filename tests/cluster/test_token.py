"""A real cluster of one machine: whoever has another token stays outside, and is told why."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.house import COMMAND, REPOSITORY
from tests.services.seaweedfs import free_ports

PATIENCE = 900.0


@dataclass(frozen=True)
class Machine:
    """Settings of a machine; no store and no catalog answers it."""

    config: Path
    ray: Path

    @property
    def environment(self) -> dict[str, str]:
        # Ray's sockets stand below this folder: their paths must stay under 108 bytes.
        own = {"DATELINE_CONFIG": str(self.config), "RAY_TMPDIR": str(self.ray)}
        return {**os.environ, **own, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "cluster", *words], env=self.environment, cwd=REPOSITORY,
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip


@pytest.fixture
def ray_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dl-ray-", dir="/tmp") as folder:
        yield Path(folder)


def machine(folder: Path, ray: Path, ports: dict[str, int], token: str) -> Machine:
    config = folder / f"{token}.yaml"
    (folder / "sources").mkdir(exist_ok=True)
    config.write_text(
        f"store: s3://nowhere/x\ncatalog: postgresql+psycopg://nobody@127.0.0.1:1/none\n"
        f"spool: {folder}/spool\nsources: {folder}/sources\nengine: ray\n"
        "s3: {endpoint: 'http://127.0.0.1:1', region: none}\n"
        f"cluster: {{address: '127.0.0.1:{ports['head']}', node: 127.0.0.1, ports: {ports['node']},"
        f" fetchers: 0, token_file: {folder}/{token}}}\n"
    )
    return Machine(config, ray)


@contextmanager
def head(of: Machine, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stream:
        running = subprocess.Popen(
            [*COMMAND, "cluster", "up"], env=of.environment, cwd=REPOSITORY,
            stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip
    try:
        limit = time.monotonic() + PATIENCE
        while b"Ray runtime started" not in log.read_bytes():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.1)
        yield running
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(PATIENCE)


def test_whoever_has_another_token_is_told_so(tmp_path: Path, ray_folder: Path) -> None:
    ports = free_ports("head", "node", "other")
    right = machine(tmp_path, ray_folder, ports, "token")
    (tmp_path / "wrong").write_text("0" * 64)
    (tmp_path / "wrong").chmod(0o600)
    wrong = machine(tmp_path, ray_folder, ports | {"node": ports["other"]}, "wrong")
    with head(right, tmp_path / "log") as running:
        known = right.run("status")
        assert (known.returncode, "s3://nowhere/x" in known.stderr) == (3, True)  # it got as far as that
        for words in (["status"], ["up", "--join"]):
            refused = wrong.run(*words)
            assert refused.returncode == 3
            assert f"wants another token than that in {tmp_path}/wrong" in refused.stderr
    assert running.returncode == 0
    nobody = right.run("status")
    assert nobody.returncode == 3
    assert "does not answer: is `dateline cluster up` running there" in nobody.stderr
