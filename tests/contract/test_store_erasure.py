"""What every ObjectStore promises of `replace`, `erase` and `locked_until`, with versions and locks too."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from archive.checked_copy import Copy, put_back
from archive.digest import sha256_hex
from archive.stores.open import open_store
from archive.stores.store import HELD, ObjectCorrupted, ObjectInfo, ObjectLocked, ObjectStore
from tests.services.seaweedfs import REGION, SeaweedFS

TEXT = "text/plain"


@dataclass
class Bucket:
    """A store in a bucket, and a look behind its back."""

    server: SeaweedFS
    name: str
    store: ObjectStore

    def versions(self, key: str) -> list[str]:
        """Ids of every version and delete marker of the object."""
        full = f"archive/{key}"
        answer = self.server.client.list_object_versions(Bucket=self.name, Prefix=full)
        found = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        return [each["VersionId"] for each in found if each["Key"] == full]

    def put_over(self, key: str, data: bytes) -> None:
        """As another tool would: a new version in front of the one that stands there."""
        self.server.client.put_object(Bucket=self.name, Key=f"archive/{key}", Body=data)

    def retain(self, key: str, until: datetime, version: str | None = None) -> None:
        which = {"VersionId": version} if version else {}
        self.server.client.put_object_retention(
            Bucket=self.name,
            Key=f"archive/{key}",
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until},
            **which,
        )

    def hold(self, key: str, status: str) -> None:
        self.server.client.put_object_legal_hold(
            Bucket=self.name, Key=f"archive/{key}", LegalHold={"Status": status}
        )


def bucket(server: SeaweedFS, *, versions: bool = False, locks: bool = False) -> Bucket:
    name = f"dateline-{uuid4().hex}"
    server.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locks)
    if versions:
        server.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Bucket(server, name, open_store(f"s3://{name}/archive", endpoint=server.endpoint, region=REGION))


@pytest.fixture
def versioned(s3_environment: SeaweedFS) -> Bucket:
    return bucket(s3_environment, versions=True)


@pytest.fixture
def locking(s3_environment: SeaweedFS) -> Bucket:
    return bucket(s3_environment, locks=True)


@pytest.fixture(params=["local", "plain", "versioned", "locking"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "local":
        return open_store(request.getfixturevalue("local_store_address"))
    server: SeaweedFS = request.getfixturevalue("s3_environment")
    return bucket(server, versions=request.param == "versioned", locks=request.param == "locking").store


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, data, sha256=sha256_hex(data), content_type=TEXT)


def replace(store: ObjectStore, key: str, data: bytes) -> None:
    store.replace(key, data, sha256=sha256_hex(data), content_type=TEXT)


def test_replaced_is_other_content_under_the_same_key(store: ObjectStore) -> None:
    put(store, "a/object", b"rotten bytes")
    put(store, "a/object-2", b"beside it")
    replace(store, "a/object", b"right")
    assert store.read("a/object") == b"right"
    assert list(store.list()) == [ObjectInfo("a/object", 5), ObjectInfo("a/object-2", 9)]
    replace(store, "a/object", b"right")
    assert store.read("a/object") == b"right"


def test_replace_puts_what_is_missing(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "segment"
    source.write_bytes(b"from the replica")
    store.replace("deep/er/gone", source, sha256=sha256_hex(b"from the replica"), content_type=TEXT)
    assert store.read("deep/er/gone") == b"from the replica"
    assert source.exists()


def test_bytes_that_changed_since_they_were_hashed_replace_nothing(store: ObjectStore) -> None:
    put(store, "kept", b"as it was")
    with pytest.raises(ObjectCorrupted):
        store.replace("kept", b"as it w4s", sha256=sha256_hex(b"as it was, too"), content_type=TEXT)
    assert store.read("kept") == b"as it was"


def test_a_reader_sees_the_old_object_or_the_new_one(store: ObjectStore) -> None:
    contents = {letter * 40_000 for letter in (b"a", b"b")}
    put(store, "read", b"a" * 40_000)
    seen: list[bytes] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.append(store.read("read"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for content in sorted(contents) * 3:
        replace(store, "read", content)
    done.set()
    watcher.join(300)
    assert seen
    assert set(seen) <= contents


def test_erased_is_gone_and_may_be_put_again(store: ObjectStore) -> None:
    put(store, "a/gone", b"first")
    put(store, "a/gone-not", b"kept")
    replace(store, "a/gone", b"second")
    store.erase("a/gone")
    assert store.stat("a/gone") is None
    assert [info.key for info in store.list()] == ["a/gone-not"]
    store.erase("a/gone")
    put(store, "a/gone", b"third")
    assert store.read("a/gone") == b"third"


def test_nothing_is_locked_unless_someone_locked_it(store: ObjectStore) -> None:
    put(store, "free", b"1")
    assert store.locked_until("free") is None
    assert store.locked_until("absent") is None


def test_an_object_of_seventy_megabytes_is_replaced(versioned: Bucket, tmp_path: Path) -> None:
    source = tmp_path / "large"
    content = Random(7).randbytes(1 << 20) * 67
    source.write_bytes(content)
    put(versioned.store, "large", b"small and wrong")
    versioned.store.replace("large", source, sha256=sha256_hex(content), content_type=TEXT)
    assert versioned.store.stat("large") == ObjectInfo("large", len(content))
    assert len(versioned.versions("large")) == 1


def test_replace_leaves_one_version(versioned: Bucket) -> None:
    put(versioned.store, "object", b"first")
    versioned.put_over("object", b"someone else's")
    versioned.store.delete("object")
    assert len(versioned.versions("object")) == 3
    replace(versioned.store, "object", b"right")
    assert len(versioned.versions("object")) == 1
    assert versioned.store.read("object") == b"right"


def test_erase_leaves_no_version_and_no_delete_marker(versioned: Bucket) -> None:
    put(versioned.store, "object", b"first")
    put(versioned.store, "object-2", b"other")
    versioned.put_over("object", b"second")
    versioned.store.delete("object")
    versioned.store.erase("object")
    assert versioned.versions("object") == []
    assert len(versioned.versions("object-2")) == 1


def test_a_retained_object_is_neither_erased_nor_replaced(locking: Bucket) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    put(locking.store, "object", b"kept")
    locking.retain("object", until)
    assert locking.store.locked_until("object") == until
    shown = f"is locked until {until:%Y-%m-%d %H:%M} UTC"
    with pytest.raises(ObjectLocked, match=shown) as caught:
        locking.store.erase("object")
    assert caught.value.until == until
    with pytest.raises(ObjectLocked, match=shown):
        replace(locking.store, "object", b"other")
    assert locking.store.read("object") == b"kept"
    assert len(locking.versions("object")) == 1


def test_an_old_version_that_is_retained_locks_the_object(locking: Bucket) -> None:
    until = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    put(locking.store, "object", b"old")
    locking.retain("object", until)
    locking.store.delete("object")
    put(locking.store, "object", b"new")
    assert locking.store.locked_until("object") == until
    with pytest.raises(ObjectLocked):
        locking.store.erase("object")
    assert len(locking.versions("object")) == 3  # the refusal came before anything was removed


def test_a_legal_hold_locks_until_it_is_lifted(locking: Bucket) -> None:
    put(locking.store, "object", b"evidence")
    locking.hold("object", "ON")
    assert locking.store.locked_until("object") == HELD
    with pytest.raises(ObjectLocked, match="is under a legal hold; whoever placed it has to lift it first"):
        locking.store.erase("object")
    locking.hold("object", "OFF")
    assert locking.store.locked_until("object") is None
    locking.store.erase("object")
    assert locking.versions("object") == []


def test_damaged_bytes_that_are_locked_do_not_keep_the_right_ones_out(locking: Bucket) -> None:
    put(locking.store, "object", b"rotten")
    locking.retain("object", datetime.now(UTC) + timedelta(days=3))
    put_back(locking.store, Copy("object", b"right", sha256_hex(b"right"), TEXT))
    assert locking.store.read("object") == b"right"
    assert len(locking.versions("object")) == 3  # the rotten one, a delete marker, the right one


def test_a_retention_that_has_run_out_locks_nothing(locking: Bucket) -> None:
    put(locking.store, "object", b"kept")
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    locking.retain("object", soon)
    waited = threading.Event()
    while locking.store.locked_until("object") is not None:
        waited.wait(0.1)
    locking.store.erase("object")
    assert locking.versions("object") == []
