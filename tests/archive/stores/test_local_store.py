"""The folder: disks that refuse, processes that race, and the order in which things become durable."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.digest import sha256_hex
from archive.stores.local import LocalStore
from archive.stores.store import ObjectCorrupted, ObjectInfo, StoreUnreachable

TEXT = "text/plain"
_REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def put(store: LocalStore, key: str, data: bytes) -> None:
    store.put(key, data, sha256=sha256_hex(data), content_type=TEXT)


def run(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True
    )


_RACER = """
import sys
from pathlib import Path
from archive.digest import sha256_hex
from archive.stores.local import LocalStore
from archive.stores.store import ObjectCollision
store = LocalStore(Path(sys.argv[1]))
for number in range(60):
    content = f"{sys.argv[2]} {number}".encode()
    try:
        store.put(f"race/{number}", content, sha256=sha256_hex(content), content_type="text/plain")
        print(number)
    except ObjectCollision:
        pass
"""


def test_of_two_processes_one_wins_each_key(store: LocalStore, tmp_path: Path) -> None:
    writers = {name: run(_RACER, str(tmp_path / "store"), name) for name in ("one", "two")}
    won = {name: writer.communicate()[0].split() for name, writer in writers.items()}
    assert [writer.returncode for writer in writers.values()] == [0, 0]
    assert sorted(won["one"] + won["two"]) == sorted(str(number) for number in range(60))
    for name, numbers in won.items():
        assert all(store.read(f"race/{number}") == f"{name} {number}".encode() for number in numbers)
    assert list((tmp_path / "store" / ".tmp").iterdir()) == []


_LIMITED = """
import resource, sys
from pathlib import Path
from archive.digest import sha256_hex
from archive.stores.local import LocalStore
from archive.stores.store import StoreUnreachable
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store, content = LocalStore(Path(sys.argv[1])), bytes(200_000)
try:
    store.put("segment", content, sha256=sha256_hex(content), content_type="text/plain")
except StoreUnreachable as error:
    print(error)
"""


def test_a_write_that_the_system_cuts_short_is_not_acknowledged(store: LocalStore, tmp_path: Path) -> None:
    put(store, "before", b"kept")
    limited = run(_LIMITED, str(tmp_path / "store"))
    said, _ = limited.communicate()
    assert "cannot put segment in file://" in said
    assert "the file is larger than this process or file system may write" in said
    assert list(store.list()) == [ObjectInfo("before", 4)]
    assert list((tmp_path / "store" / ".tmp").iterdir()) == []


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Root may write anywhere, so a test run by root steps down for a moment."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_we_may_not_write_is_named(store: LocalStore, tmp_path: Path) -> None:
    put(store, "before", b"kept")
    (tmp_path / "store" / ".tmp").chmod(0o555)
    with an_ordinary_user():
        for attempt in (lambda: put(store, "key", b"content"), store.check):
            with pytest.raises(
                StoreUnreachable, match=r"in file:///.*/store: permission denied; give this user"
            ):
                attempt()
    (tmp_path / "store" / ".tmp").chmod(0o755)
    assert [info.key for info in store.list()] == ["before"]


@pytest.mark.parametrize(("root", "said"), [("file", "File exists"), ("file/store", "Not a directory")])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, root: str, said: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnreachable, match=f"in file:///.*/{root}: {said}"):
        put(LocalStore(tmp_path / root), "key", b"content")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EIO, "the disk reports an I/O error; check the disk"),
        (errno.EPERM, "hard links are needed"),
        (errno.ENOTCONN, "Transport endpoint is not connected"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_failing_system_call_is_never_acknowledged(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int, said: str
) -> None:
    calls: list[int] = []

    def fail(*_: object) -> None:
        calls.append(number)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(StoreUnreachable, match=f"cannot put key in file://.*: .*{said}"):
            put(store, "key", b"content")
    assert len(calls) == 1  # a failed fsync is not tried again
    assert store.stat("key") is None
    put(store, "key", b"content")
    assert store.read("key") == b"content"


def test_bytes_are_durable_before_their_name_and_the_name_before_the_answer(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    root = tmp_path / "store"
    fsync, link, mkdir = os.fsync, os.link, Path.mkdir

    def name(path: Path) -> str:
        return "temp" if path.parent.name == ".tmp" else path.relative_to(tmp_path).as_posix()

    def recording_fsync(descriptor: int) -> None:
        order.append(f"fsync {name(Path(f'/proc/self/fd/{descriptor}').readlink())}")
        fsync(descriptor)

    def recording_link(source: Path, target: Path) -> None:
        order.append(f"link {name(target)}")
        link(source, target)

    def recording_mkdir(path: Path, *, parents: bool = False, exist_ok: bool = False) -> None:
        order.append(f"mkdir {name(path)}")
        mkdir(path, parents=parents, exist_ok=exist_ok)

    monkeypatch.setattr(os, "fsync", recording_fsync)
    monkeypatch.setattr(os, "link", recording_link)
    monkeypatch.setattr(Path, "mkdir", recording_mkdir)
    put(store, "a/b/key", b"content")
    assert order == [
        *("mkdir store", "fsync ."),
        *("mkdir store/.tmp", "fsync store"),
        "fsync temp",
        *("mkdir store/a", "fsync store", "mkdir store/a/b", "fsync store/a"),
        "link store/a/b/key",
        "fsync store/a/b",
    ]
    order.clear()
    put(store, "a/b/next", b"content")
    assert order == ["fsync temp", "link store/a/b/next", "fsync store/a/b"]
    assert (root / "a/b/next").read_bytes() == b"content"


def test_bytes_that_the_disk_changed_are_found_before_they_get_a_name(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def flip_one_bit(descriptor: int) -> None:
        if os.fstat(descriptor).st_size == len(b"content"):
            os.pwrite(descriptor, b"C", 0)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", flip_one_bit)
    with pytest.raises(ObjectCorrupted, match=sha256_hex(b"Content")):
        put(store, "key", b"content")
    assert store.stat("key") is None


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a/b", "a/b/c/d")])
def test_no_key_is_another_keys_folder(store: LocalStore, first: str, second: str) -> None:
    put(store, first, b"first")
    with pytest.raises(ValueError, match="folder"):
        put(store, second, b"second")
    assert [info.key for info in store.list()] == [first]


def test_what_is_no_object_is_not_listed(store: LocalStore, tmp_path: Path) -> None:
    put(store, "ours", b"1")
    (tmp_path / "store" / ".tmp" / "half").write_bytes(b"of a killed put")
    (tmp_path / "store" / "empty" / "folder").mkdir(parents=True)
    (tmp_path / "store" / "line\nfeed").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(tmp_path / "store") + b"/latin-\xe9")).write_bytes(b"")
    assert list(store.list()) == [ObjectInfo("ours", 1)]


def test_check_removes_what_killed_puts_left_a_day_ago(store: LocalStore, tmp_path: Path) -> None:
    put(store, "ours", b"1")
    old, young = tmp_path / "store/.tmp/old", tmp_path / "store/.tmp/young"
    old.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    store.check()
    assert not old.exists()
    assert young.exists()
