"""`dateline cluster`: tokens that nobody else reads, ports as the page names them, and what is said else."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest

from cli.cluster import see_to_token
from cli.main import run
from config.cluster_settings import PORTS, ClusterSettings
from config.errors import ConfigError
from crawler.engines.ray import ports_of, ray_environment, start_words
from tests.docs.markdown import Page

CLUSTER = ClusterSettings(address="10.0.0.1:6379", node="10.0.0.2", token_file=Path("/etc/token"), fetchers=3)


def test_a_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret" / "token"
    with pytest.raises(ConfigError, match="copy it from the cluster's first machine"):
        see_to_token(path, make=False)
    see_to_token(path, make=True)
    token = path.read_text()
    assert re.fullmatch(r"[0-9a-f]{64}", token)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    see_to_token(path, make=True)
    see_to_token(path, make=False)
    assert path.read_text() == token


@pytest.mark.parametrize(("text", "mode"), [("secret", 0o640), ("secret", 0o604), ("", 0o600)])
def test_a_token_that_others_read_is_none(tmp_path: Path, text: str, mode: int) -> None:
    path = tmp_path / "token"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(ConfigError, match="allowed: mode 600"):
        see_to_token(path, make=True)


def test_ray_is_never_started_without_a_token() -> None:
    environment = ray_environment(CLUSTER)
    assert (environment["RAY_AUTH_MODE"], environment["RAY_AUTH_TOKEN_PATH"]) == ("token", "/etc/token")
    assert environment["RAY_USAGE_STATS_ENABLED"] == "0"


def test_what_ray_is_started_with() -> None:
    _, *head = start_words(CLUSTER, head=True)
    _, *further = start_words(CLUSTER, head=False)
    assert {"--head", "--port=6379", "--include-dashboard=false", "--block"} < set(head)
    assert {"--address=10.0.0.1:6379", "--node-ip-address=10.0.0.2", "--block"} < set(further)
    (resources,) = (json.loads(word.partition("=")[2]) for word in further if word.startswith("--resources="))
    assert resources == {"dateline_fetcher": 3, "dateline_worker": len(os.sched_getaffinity(0))}


def test_the_page_names_every_port() -> None:
    ports = sorted(int(value) for value in ports_of(CLUSTER).values())
    assert ports == [6400, 6401, 6402, 6403, 6404, 6405, 6410, 6439]
    assert max(ports) - min(ports) == PORTS - 1
    named = [row[0] for row in Page("docs/cluster.md").table_rows()]
    assert [cell for cell in named if cell.startswith("+")] == [
        "+ 1",
        "+ 2",
        "+ 3, + 4",
        "+ 5",
        "+ 10 to + 39",
    ]


def test_one_machine_has_no_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["cluster", "status"]) == 2
    assert "a cluster needs engine: ray" in capsys.readouterr().err
