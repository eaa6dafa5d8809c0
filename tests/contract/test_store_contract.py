"""What every ObjectStore promises, run against a real folder and a real S3 server."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.digest import sha256_hex
from archive.stores.local import LocalStore
from archive.stores.open import open_store
from archive.stores.probe import PROBE_PREFIX
from archive.stores.s3 import S3Store
from archive.stores.store import ObjectCollision, ObjectCorrupted, ObjectInfo, ObjectNotFound, ObjectStore
from tests.conftest import S3Address

TEXT = "text/plain"


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "local":
        return open_store(request.getfixturevalue("local_store_address"))
    place: S3Address = request.getfixturevalue("s3_address")
    return open_store(place.address, endpoint=place.endpoint, region=place.region)


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, data, sha256=sha256_hex(data), content_type=TEXT)


def keys(store: ObjectStore, prefix: str = "") -> list[str]:
    return [info.key for info in store.list(prefix)]


def test_what_was_put_is_given_back(store: ObjectStore) -> None:
    put(store, "captures/2026/a.warc.gz", b"0123456789")
    assert store.read("captures/2026/a.warc.gz") == b"0123456789"
    assert store.stat("captures/2026/a.warc.gz") == ObjectInfo("captures/2026/a.warc.gz", 10)
    with store.open("captures/2026/a.warc.gz") as stream:
        assert (stream.read(3), stream.read(3), stream.read()) == (b"012", b"345", b"6789")


def test_a_file_is_stored_from_disk(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "segment"
    source.write_bytes(b"sealed segment")
    store.put("segment", source, sha256=sha256_hex(b"sealed segment"), content_type=TEXT)
    assert store.read("segment") == b"sealed segment"
    assert source.read_bytes() == b"sealed segment"


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 4, b"0123"),
        (3, 4, b"3456"),
        (3, None, b"3456789"),
        (9, 1, b"9"),
        (8, 99, b"89"),
        (0, 0, b""),
        (5, 0, b""),
        (10, None, b""),
        (10, 5, b""),
        (11, None, b""),
        (99, 1, b""),
    ],
)
def test_a_range_is_cut_to_the_object(
    store: ObjectStore, offset: int, length: int | None, expected: bytes
) -> None:
    put(store, "digits", b"0123456789")
    assert store.read("digits", offset, length) == expected


@pytest.mark.parametrize(("offset", "length"), [(-1, None), (0, -1), (-5, 2)])
def test_a_negative_range_is_refused(store: ObjectStore, offset: int, length: int | None) -> None:
    put(store, "digits", b"0123456789")
    with pytest.raises(ValueError, match="must not be negative"):
        store.read("digits", offset, length)


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    put(store, "empty", b"")
    assert store.read("empty") == b""
    assert store.stat("empty") == ObjectInfo("empty", 0)
    with store.open("empty") as stream:
        assert stream.read() == b""


def test_put_twice_with_the_same_content_is_success(store: ObjectStore) -> None:
    put(store, "same", b"content")
    put(store, "same", b"content")
    assert store.read("same") == b"content"


def test_put_with_other_content_is_refused_and_changes_nothing(store: ObjectStore) -> None:
    put(store, "taken", b"first")
    with pytest.raises(ObjectCollision, match="taken already exists") as caught:
        put(store, "taken", b"second")
    assert (caught.value.expected, caught.value.actual) == (sha256_hex(b"second"), sha256_hex(b"first"))
    assert store.read("taken") == b"first"


def test_bytes_that_changed_since_they_were_hashed_are_never_stored(store: ObjectStore) -> None:
    promised = sha256_hex(b"as captured")
    with pytest.raises(ObjectCorrupted, match=promised):
        store.put("rotten", b"as c4ptured", sha256=promised, content_type=TEXT)
    assert store.stat("rotten") is None
    assert keys(store) == []


def test_absent_is_said_clearly(store: ObjectStore) -> None:
    assert store.stat("nothing") is None
    assert keys(store) == []
    with pytest.raises(ObjectNotFound, match="object nothing is not in"):
        store.read("nothing")
    with pytest.raises(ObjectNotFound):
        store.read("nothing", 3, 0)
    with pytest.raises(ObjectNotFound):
        store.open("nothing")
    store.delete("nothing")


def test_a_folder_is_no_object(store: ObjectStore) -> None:
    put(store, "folder/object", b"1")
    assert store.stat("folder") is None
    with pytest.raises(ObjectNotFound):
        store.read("folder")
    assert store.stat("folder/object/below") is None
    with pytest.raises(ObjectNotFound):
        store.read("folder/object/below")
    store.delete("folder/object/below")
    assert keys(store) == ["folder/object"]


def test_deleted_is_gone_and_may_be_put_again(store: ObjectStore) -> None:
    put(store, "a/gone", b"first")
    store.delete("a/gone")
    assert store.stat("a/gone") is None
    put(store, "a/gone", b"second")
    assert store.read("a/gone") == b"second"


BAD_KEYS = {
    "empty": "",
    "parent": "../outside",
    "parent inside": "a/../../outside",
    "only parent": "..",
    "here": "./a",
    "absolute": "/etc/passwd",
    "ends in slash": "a/",
    "double slash": "a//b",
    "backslash": "..\\outside",
    "NUL": "a\0b",
    "line feed": "a\nb",
    "delete": "a\x7fb",
    "C1 control": "a\x85b",
    "lone surrogate": "a\udc80b",
    "long": "a/" * 512 + "a",
    "long part": "a" * 256,
    "long part in UTF-8": "é" * 128,
    "the store's own": ".tmp/a",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_key_that_would_leave_the_store_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="object key"):
        put(store, key, b"x")
    with pytest.raises(ValueError, match="object key"):
        store.replace(key, b"x", sha256=sha256_hex(b"x"), content_type=TEXT)
    for method in (store.read, store.open, store.stat, store.delete, store.erase, store.locked_until):
        with pytest.raises(ValueError, match="object key"):
            method(key)


@pytest.mark.parametrize("prefix", ["../", "/", "a/../b", "a//", "a\0"])
def test_a_prefix_that_would_leave_the_store_is_refused_at_once(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(ValueError, match="object key"):
        store.list(prefix)


ODD_KEYS = [
    "日本/新聞.warc.gz",
    "caf\u00e9",  # NFC
    "cafe\u0301",  # NFD: another key, although it looks the same
    "sp ace/pl+us/per%20cent",
    "am&p=eq;se,mi/(brackets)/'quote'\"",
    "q?uestion#hash",
    "..dots",
    "-dash/--x",
    "~/*",
    "a\u202eb",
    "😀",
    "x" * 255,
]


def test_keys_may_be_of_any_script(store: ObjectStore) -> None:
    for key in ODD_KEYS:
        put(store, key, key.encode())
    assert keys(store) == sorted(ODD_KEYS)
    for key in ODD_KEYS:
        assert store.read(key) == key.encode()
        assert keys(store, key) == [key]


# In byte order: "-" and "." stand before the slash, digits and letters behind it.
LISTED = ["a-b", "a.c/1", "a/1", "a/b-c", "a/b/c", "a/b/d", "a/bb", "a0", "b", "captures/2026/x", "é", "日"]


def test_a_list_is_in_byte_order_of_keys(store: ObjectStore) -> None:
    shuffled = LISTED.copy()
    Random(1).shuffle(shuffled)
    for key in shuffled:
        put(store, key, b"12345"[: 1 + len(key) % 5])
    assert list(store.list()) == [ObjectInfo(key, 1 + len(key) % 5) for key in LISTED]
    assert sorted(LISTED, key=lambda key: key.encode()) == LISTED


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", LISTED),
        ("a", LISTED[:8]),
        ("a/", ["a/1", "a/b-c", "a/b/c", "a/b/d", "a/bb"]),
        ("a/b", ["a/b-c", "a/b/c", "a/b/d", "a/bb"]),
        ("a/b/", ["a/b/c", "a/b/d"]),
        ("a/b/c", ["a/b/c"]),
        ("captures/20", ["captures/2026/x"]),
        ("日", ["日"]),
        ("nothing/", []),
        ("b/", []),
        ("z", []),
    ],
)
def test_a_prefix_is_a_prefix_of_the_key(store: ObjectStore, prefix: str, expected: list[str]) -> None:
    for key in LISTED:
        put(store, key, b"x")
    assert keys(store, prefix) == expected


def test_sixteen_writers_with_one_content_all_succeed(store: ObjectStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: put(store, "deep/er/same", b"content"), range(16)))
    assert store.read("deep/er/same") == b"content"
    assert keys(store) == ["deep/er/same"]


def test_an_object_of_seventy_megabytes(store: ObjectStore, tmp_path: Path) -> None:
    size = 70_000_001
    content = Random(7).randbytes(1 << 20) * 67
    source = tmp_path / "large"
    source.write_bytes(content[:size])
    sha256 = sha256_hex(content[:size])
    store.put("large", source, sha256=sha256, content_type=TEXT)
    store.put("large", source, sha256=sha256, content_type=TEXT)
    assert store.stat("large") == ObjectInfo("large", size)
    border = 16 << 20
    assert store.read("large", border - 3, 7) == content[border - 3 : border + 4]
    assert store.read("large", size - 5) == content[size - 5 : size]
    with store.open("large") as stream:
        assert sha256_hex(stream.read()) == sha256
    with pytest.raises(ObjectCollision):
        store.put("large", content[: size - 1], sha256=sha256_hex(content[: size - 1]), content_type=TEXT)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), offset=st.integers(0, 310), length=st.none() | st.integers(0, 310))
def test_any_bytes_and_any_range_come_back(
    store: ObjectStore, data: bytes, offset: int, length: int | None
) -> None:
    key = f"data/{sha256_hex(data)}"
    put(store, key, data)
    assert store.read(key, offset, length) == data[offset : None if length is None else offset + length]


def test_check_proves_and_leaves_nothing(store: ObjectStore) -> None:
    store.check()
    assert keys(store, PROBE_PREFIX) == []
    assert keys(store) == []


@pytest.mark.parametrize("implementation", [LocalStore, S3Store])
@pytest.mark.parametrize(
    "name",
    [
        *("put", "read", "open", "stat", "list", "delete", "replace", "erase", "locked_until", "check"),
        *("abort_unfinished", "unfinished"),
    ],
)
def test_signatures_are_those_of_the_protocol(implementation: type, name: str) -> None:
    promised = inspect.signature(getattr(ObjectStore, name))
    assert inspect.signature(getattr(implementation, name)) == promised


def test_the_address_opens_the_same_store(store: ObjectStore) -> None:
    assert store.address.startswith(("file:///", "s3://dateline-"))
    assert store.address == store.address.rstrip("/")
