"""A second store, kept by `replicate`, looked at by `doctor`, and what `verify --repair` takes from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import schema_audit
from tests.cli.conftest import Dateline, DemoArchive
from tests.conftest import S3Address


def objects(mine: DemoArchive, kind: str) -> list[Path]:
    with mine.open() as archive:
        root = Path(archive.store.address.removeprefix("file://"))
        return sorted(root / info.key for info in archive.store.list() if info.key.endswith(kind))


def test_without_a_replica_it_says_how_to_name_one(dateline: Dateline, mine: DemoArchive) -> None:
    for words in (["replicate"], ["verify", "--replica"]):
        done = dateline(*words, config=mine.config)
        assert (done.status, done.text) == (2, "")
        assert "no replica is set" in done.notes
        assert "dateline.yaml" in done.notes


def test_a_replica_in_s3_repairs_the_folder_and_the_other_way_round(
    dateline: Dateline, mine: DemoArchive, s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_REPLICA", s3_address.address)
    monkeypatch.setenv("DATELINE_REPLICA_S3__ENDPOINT", s3_address.endpoint)
    monkeypatch.setenv("DATELINE_REPLICA_S3__REGION", s3_address.region)
    done = dateline("replicate", "--json", config=mine.config)
    assert (done.status, done.json["ok"], done.json["replica"]) == (0, True, s3_address.address)
    count = done.json["replicated"]["copied"]
    assert count == len(objects(mine, ""))
    again = dateline("replicate", config=mine.config)
    assert f"0 objects copied, 0 replaced (0 bytes), 0 erased, {count:,} there already" in again.text
    assert dateline("verify", "--replica", config=mine.config).status == 0

    segment, index, entry = (objects(mine, kind)[0] for kind in (".warc.gz", ".cdxj", ".jsonl"))
    before = {path: path.read_bytes() for path in (segment, index, entry)}
    segment.write_bytes(before[segment][:-1])
    index.unlink()
    entry.write_bytes(before[entry].replace(b"{", b"[", 1))
    found = dateline("verify", config=mine.config)
    assert found.status == 1
    assert "→ put the object back from a copy" in found.text
    mended = dateline("verify", "--repair", config=mine.config)
    assert (mended.status, mended.notes) == (0, "")
    assert mended.text.count(f"from {s3_address.address}") == 3
    assert "3 repaired, all as promised" in mended.text
    assert {path: path.read_bytes() for path in before} == before
    with mine.open() as archive, archive.catalog.read() as connection:
        assert len(connection.execute(sa.select(schema_audit.audit)).all()) == 3


def test_a_damaged_object_is_named_and_ends_with_1(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_REPLICA", (tmp_path / "copy").as_uri())
    wrong = objects(mine, ".warc.gz")[0]
    wrong.write_bytes(b"rotten")
    done = dateline("replicate", config=mine.config)
    assert done.status == 1
    assert wrong.name in done.text
    assert "1 problem" in done.text
    report = dateline("verify", "--repair", "--json", config=mine.config)
    assert (report.status, report.json["ok"], report.json["repaired"]) == (1, False, [])
    assert {problem["object"] for problem in report.json["report"]["problems"]} >= {
        wrong.relative_to(wrong.parents[4]).as_posix()
    }


def test_a_replica_that_does_not_answer_ends_with_3(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DATELINE_REPLICA", (tmp_path / "file" / "copy").as_uri())
    done = dateline("replicate", config=mine.config)
    assert (done.status, done.text) == (3, "")
    assert str(tmp_path / "file") in done.notes
    checks = dateline("doctor", "--json", config=mine.config).json["checks"]
    assert {check["name"]: check["level"] for check in checks}["replica"] == "unreachable"


def test_doctor_tries_the_replica_out(
    dateline: Dateline, mine: DemoArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_REPLICA", (tmp_path / "copy").as_uri())
    checks = dateline("doctor", "--json", config=mine.config).json["checks"]
    [check] = [check for check in checks if check["name"] == "replica"]
    assert (check["level"], "honours If-None-Match" in check["found"]) == ("ok", True)
