"""`dateline web` as a process of its own, on two ports, until it is told to stop."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from cli.web import check_extra
from config.errors import ConfigError
from tests.cli.conftest import ROOT, DemoArchive, clean_environment

SECONDS = 300.0


def free_ports() -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [each.getsockname()[1] for each in taken]


def start(demo: DemoArchive, ports: list[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "--config", str(demo.config), "web", "--json"],
        env=clean_environment()
        | {"PYTHONPATH": str(ROOT), "DATELINE_WEB__PORT": str(ports[0])}
        | {"DATELINE_WEB__REPLAY_PORT": str(ports[1]), "DATELINE_WEB__TOKEN": "t" * 16},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def served(demo_archive: DemoArchive) -> Iterator[subprocess.Popen[str]]:
    process = start(demo_archive, free_ports())
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)


def test_it_answers_on_both_ports_and_ends_cleanly(
    demo_archive: DemoArchive, served: subprocess.Popen[str]
) -> None:
    assert served.stdout is not None
    origins = json.loads("".join(served.stdout.readline() for _ in range(4)))
    url = demo_archive.url("night-ferry")
    with httpx.Client(headers={"Authorization": f"Bearer {'t' * 16}"}, timeout=SECONDS) as client:
        gate = client.get(f"{origins['api']}/timegate/{url}")
        assert gate.status_code == 302
        raw = client.get(gate.headers["location"])
        assert "memento-datetime" in raw.headers
        shown = client.get(
            gate.headers["location"].replace("id_", "mp_").replace(origins["api"], origins["replay"])
        )
        assert (raw.status_code, shown.status_code) == (200, 200)
        assert b"<script" in raw.content
        assert b"<script" not in shown.content
    assert httpx.get(f"{origins['api']}/cdx?url={url}").status_code == 401
    served.send_signal(signal.SIGTERM)
    assert served.wait(SECONDS) == 0


def test_a_port_that_is_taken_is_named(demo_archive: DemoArchive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(demo_archive, [free_ports()[0], port])
        _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in said
    assert "set web.replay_port" in said


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.web.NEEDED", ("no_such_server",))
    with pytest.raises(ConfigError, match=r"needs no_such_server.*`dateline\[web\]`"):
        check_extra()
