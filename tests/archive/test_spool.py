"""Spools: one living writer each, and what a full disk says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.segment import OpenSegment, SpoolError, seal_file
from archive.spool import Spool, SpoolBusy, abandoned
from archive.warc import WarcError
from tests.archive.material import INFO, NOON

HERE = Path(__file__).parent


def test_a_spool_has_one_writer(tmp_path: Path) -> None:
    with Spool.create(tmp_path, NOON) as spool:
        assert spool.folder.parent == tmp_path
        with pytest.raises(SpoolBusy, match="still running"):
            Spool(spool.folder)
        assert list(abandoned(tmp_path)) == []
    (found,) = abandoned(tmp_path)
    assert found.writer == spool.writer
    assert list(abandoned(tmp_path)) == []  # locked for whoever found it
    found.close()


def test_another_processs_lock_counts(tmp_path: Path) -> None:
    code = (
        "import sys; from archive.spool import Spool; from pathlib import Path; "
        "s = Spool(Path(sys.argv[1])); print('have', flush=True); sys.stdin.read()"
    )
    folder = tmp_path / "w"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "have\n"
        assert list(abandoned(tmp_path)) == []
        child.kill()
    (found,) = abandoned(tmp_path)
    found.close()


def test_a_spool_is_removed_when_everything_in_it_is(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, NOON)
    (spool.folder / "000001-captures.warc.gz").write_bytes(b"x")
    assert [path.name for path in spool.files()] == ["000001-captures.warc.gz"]
    spool.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_in_a_spool_is_left(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, NOON)
    (spool.folder / "notes.txt").write_text("mine")
    spool.remove()
    assert (tmp_path / spool.writer / "notes.txt").read_text() == "mine"


def test_files_and_no_folder_at_all_are_no_spools(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("x")
    assert list(abandoned(tmp_path)) == []
    assert list(abandoned(tmp_path / "absent")) == []


def test_a_spool_removed_by_another_recovery_is_not_made_again(tmp_path: Path) -> None:
    Spool.create(tmp_path, NOON).close()
    Spool.create(tmp_path, NOON).close()
    for one in abandoned(tmp_path):
        for other in tmp_path.iterdir():
            if other.name != one.writer:
                Spool(other).remove()  # the other recovery, meanwhile
        one.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("meanwhile", ["looked in", "removed it"])
def test_another_recovery_comes_between_the_lock_and_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    spool, remove = Spool.create(tmp_path, NOON), Path.rmdir

    def late(folder: Path) -> None:
        if meanwhile == "looked in":
            (folder / "lock").touch()
        else:
            remove(folder)
        remove(folder)

    monkeypatch.setattr(Path, "rmdir", late)
    spool.remove()
    assert spool.folder.exists() == (meanwhile == "looked in")


def test_a_place_that_cannot_be_a_spool_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        SpoolError, match=r"cannot make the spool .*file.*Not a directory; free space or fix its rights"
    ):
        Spool.create(tmp_path / "file", NOON)


def test_a_segment_never_writes_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "000001-captures.warc.gz"
    path.write_bytes(b"older")
    with pytest.raises(SpoolError, match="File exists"):
        OpenSegment(path, "captures", NOON, INFO)
    assert path.read_bytes() == b"older"


def test_sealing_what_is_not_there_or_not_whole(tmp_path: Path) -> None:
    with pytest.raises(SpoolError, match="cannot read the spool at"):
        seal_file(tmp_path / "absent.warc.gz", "captures")
    (tmp_path / "torn.warc.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(WarcError):
        seal_file(tmp_path / "torn.warc.gz", "captures")


@pytest.mark.parametrize("limit", [1, 700, 5000, 20000])
def test_a_full_disk_never_gives_a_false_acknowledgement(tmp_path: Path, limit: int) -> None:
    """The kernel refuses every byte after the first `limit` (RLIMIT_FSIZE), in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "full_disk_child.py"), str(tmp_path), str(limit)],
        capture_output=True, text=True, check=True, cwd=HERE.parent.parent, timeout=300,
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert said["failed"] > 0
    assert said["errors"] == ["SpoolError"]
    assert "File too large" in said["message"]
    assert said["acknowledged"] == said["found"][: len(said["acknowledged"])]
    assert said["after"] == "SpoolError"
