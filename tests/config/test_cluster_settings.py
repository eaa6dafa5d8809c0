"""What many machines must share, and what is said where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError
from config.settings import load_settings

SHARED = {
    "engine": "ray",
    "store": "s3://bucket/archive",
    "catalog": "postgresql+psycopg://d@db.example/d",
    "cluster": "{address: '10.0.0.1:6379', token_file: secret/token}",
}


def written(folder: Path, **changes: str | None) -> Path:
    lines = {**SHARED, **changes}
    path = folder / "dateline.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in lines.items() if value is not None))
    return path


def test_the_token_file_starts_at_the_settings(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path))
    assert settings.cluster.token_file == tmp_path / "secret" / "token"
    assert (settings.engine, settings.cluster.shards, settings.cluster.fetchers) == ("ray", 32, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"catalog": "sqlite:///catalog.db"},
            r"catalog.* is a file of one machine; allowed: a PostgreSQL",
            id="SQLite",
        ),
        pytest.param(
            {"store": "file:archive"}, r"store.* is a folder of one machine; allowed: an S3", id="a folder"
        ),
        pytest.param(
            {"cluster": "{token_file: x}"}, r"cluster\.address.*is missing; allowed: host:port", id="nowhere"
        ),
        pytest.param(
            {"cluster": "{address: 'a:1'}"},
            r"cluster\.token_file.*is missing; allowed: a file",
            id="no token",
        ),
        pytest.param(
            {"cluster": "{address: head}"}, r"is no address of a cluster; allowed: host:port", id="no port"
        ),
        pytest.param({"engine": "dask"}, r"engine.*'dask'.*local.*ray", id="another engine"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_settings(written(tmp_path, **changes))


def test_one_machine_needs_none_of_it(tmp_path: Path) -> None:
    path = written(tmp_path, engine="local", catalog="sqlite:///c.db", store="file:a", cluster=None)
    assert load_settings(path).cluster.address is None
