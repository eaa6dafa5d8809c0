"""Addresses: which store each opens, and what is said about those that open none."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.stores.local import LocalStore
from archive.stores.open import open_store
from archive.stores.s3 import S3Store
from config.errors import ConfigError


@pytest.mark.parametrize(
    ("address", "implementation", "canonical"),
    [
        ("file:///var/lib/dateline", LocalStore, "file:///var/lib/dateline"),
        ("file://localhost/var/lib/dateline/", LocalStore, "file:///var/lib/dateline"),
        ("file:///with%20space", LocalStore, "file:///with%20space"),
        ("s3://news-archive", S3Store, "s3://news-archive"),
        ("s3://news-archive/", S3Store, "s3://news-archive"),
        ("s3://news-archive/a/b/", S3Store, "s3://news-archive/a/b"),
    ],
)
@pytest.mark.usefixtures("no_credentials")
def test_an_address_opens_its_store(address: str, implementation: type, canonical: str) -> None:
    store = open_store(address, endpoint="http://127.0.0.1:1", region="eu-north-1")
    assert isinstance(store, implementation)
    assert store.address == canonical


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "is no store; allowed are file:///absolute/folder and s3://bucket/prefix"),
        ("/var/lib/dateline", "is no store"),
        ("gs://bucket", "is no store"),
        ("file://relative/folder", "must name an absolute folder"),
        ("file:relative", "is no store"),
        ("file://", "must name an absolute folder"),
        ("file:///a%00b", "has a NUL"),
        ("file:///a?b", "must have no"),
        ("s3://", "is no bucket name"),
        ("s3://B", "is no bucket name"),
        ("s3://Upper-Case", "is no bucket name"),
        ("s3://bucket/../other", "must be parts joined by"),
        ("s3://bucket/a#b", "must have no"),
        ("s3://key:hunter2@bucket/a", "must have no"),
        ("ftp://key:hunter2@host/a", "is no store"),
    ],
)
def test_an_address_that_opens_nothing_is_explained(address: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        open_store(address)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["localhost:8333", "", "ftp://host", "http://key:hunter2@host"])
def test_an_endpoint_that_is_no_url_is_explained(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"s3\.endpoint: .* must be http\(s\)://") as caught:
        open_store("s3://bucket", endpoint=endpoint)
    assert "hunter2" not in str(caught.value)


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Opening asks no network and needs no credentials."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
