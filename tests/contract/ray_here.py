"""A Ray cluster of this machine alone, and a pool on it."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.cluster_settings import ClusterSettings
from config.errors import ServiceUnreachable
from config.settings import Settings
from crawler.engines.ray import WORDS, ray_environment, start_words
from crawler.engines.ray_pool import RayPool

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds


@contextmanager
def ray_pool(settings: Settings, folder: Path) -> Iterator[RayPool]:
    """`dateline cluster up` by its own words, with the settings in a file as a machine has them."""
    token, config = folder / "token", folder / "dateline.yaml"
    token.write_text(secrets.token_hex(32))
    token.chmod(0o600)
    config.write_text(f"store: {settings.store}\ncatalog: {settings.catalog}\nspool: {settings.spool}\n")
    cluster = ClusterSettings(address="127.0.0.1:26379", node="127.0.0.1", token_file=token, ports=26400)
    environment = {
        **os.environ,
        **ray_environment(cluster),
        WORDS: f"--config\n{config}",
        "PYTHONPATH": str(REPOSITORY),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(start_words(cluster, head=True), env=environment, stdout=log, stderr=log)
    try:
        pool = _connected(cluster, process)
        try:
            yield pool
        finally:
            pool.close()
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _connected(cluster: ClusterSettings, process: subprocess.Popen[bytes]) -> RayPool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return RayPool(cluster, 2)
        except ServiceUnreachable:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(1)
