"""The services themselves: they answer, they keep what they acknowledged, and they leave nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg

from tests.conftest import S3Address
from tests.services.seaweedfs import seaweedfs

_REPOSITORY = Path(__file__).parents[2]
_HOLDER = """
import sys
from pathlib import Path
from tests.services.postgres import postgres
from tests.services.seaweedfs import seaweedfs
folder = Path(sys.argv[1])
with seaweedfs(folder / "s3") as s3, postgres(folder / "pg") as database:
    print(s3.ports["s3"], database.socket_folder, flush=True)
    sys.stdin.read()
"""


def test_every_test_has_an_empty_database(bare_postgres_url: str) -> None:
    url = bare_postgres_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        version = connection.execute("show server_version_num").fetchone()
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert version is not None
    assert int(version[0]) >= 160_000
    assert tables == (0,)


def test_every_test_has_an_empty_bucket(s3_address: S3Address) -> None:
    assert s3_address.address.startswith("s3://dateline-")
    assert s3_address.endpoint.startswith("http://127.0.0.1:")
    assert os.environ["AWS_ACCESS_KEY_ID"] == "dateline-test"


def test_an_acknowledged_object_survives_a_killed_server(tmp_path: Path) -> None:
    with seaweedfs(tmp_path) as server:
        server.client.put_object(Bucket="ready", Key="kept", Body=b"acknowledged")
        server.kill()
        server.start()
        assert server.client.get_object(Bucket="ready", Key="kept")["Body"].read() == b"acknowledged"


def test_servers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        cwd=_REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        _port, socket_folder = holder.stdout.readline().split()
        keepers = psutil.Process(holder.pid).children()
        servers = [child for keeper in keepers for child in keeper.children()]
        assert len(keepers) == len(servers) == 2
        holder.send_signal(signal.SIGKILL)
    _gone, alive = psutil.wait_procs([*keepers, *servers], timeout=300)
    assert alive == []
    assert not Path(socket_folder).exists()
