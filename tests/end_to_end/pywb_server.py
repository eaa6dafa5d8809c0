"""pywb, from the environment of the foreign readers, over capture segments of ours."""

from __future__ import annotations

import http.client
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.house import REPOSITORY

READERS = REPOSITORY / ".venv-readers" / "bin"
_ACCEPTED = "gzip, deflate, br"  # pywb takes content codings off for clients that do not accept them


@dataclass(frozen=True)
class Answered:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@contextmanager
def wayback_over(folder: Path, segment_files: Sequence[Path]) -> Iterator[int]:
    """A running pywb with one collection, `news`; the value is its port."""
    manager = READERS / "wb-manager"
    subprocess.run([manager, "init", "news"], cwd=folder, check=True, capture_output=True)
    subprocess.run([manager, "add", "news", *segment_files], cwd=folder, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [READERS / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the port answers; connecting is tried again and again, each try waits for its answer."""
    while server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        with closing(connection), suppress(ConnectionRefusedError):
            connection.connect()
            return
    raise RuntimeError(f"pywb ended with status {server.returncode} before it answered")


def replayed(port: int, digits: str, url: str) -> Answered:
    """The capture of a URL and moment (14 digits) as pywb gives it unrewritten."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=300)) as connection:
        connection.request("GET", f"/news/{digits}id_/{url}", headers={"Accept-Encoding": _ACCEPTED})
        answer = connection.getresponse()
        return Answered(answer.status, answer.headers, answer.read())
