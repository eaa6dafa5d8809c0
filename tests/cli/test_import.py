"""`dateline import`: the demo's nights through a WARC file and back; what a person is told."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.lookup import captures_at
from archive.opening import open_archive
from config.settings import load_settings
from tests.cli.conftest import Dateline, DemoArchive
from tests.pipelines.imports.made import http, page, record


def lines(dateline: Dateline, config: Path, out: Path) -> dict[tuple[str, int], Any]:
    """The exported versions by address and number, without their run and their capture's place."""
    assert dateline("export", out, config=config).status == 0
    found = [json.loads(line) for line in out.read_text().splitlines()]
    return {
        (line["url"], line["version"]): line | {"capture": line["capture"]["sha256"], "run": None}
        for line in found
    }


def same_second(demo: DemoArchive, found: dict[tuple[str, int], Any]) -> dict[tuple[str, int], Any]:
    """The lines with all payloads that their address showed in that second.

    A page reached over two addresses is fetched twice, and WARC-Date tells whole seconds: which of the two
    came first is known to the run alone, not to its files.
    """
    with demo.open() as archive:
        for line in found.values():
            looks = captures_at(archive.catalog, line["url"], datetime.fromisoformat(line["captured_at"]))
            payloads = sorted(look.payload_sha256 for look in looks)
            assert line["capture"] in payloads
            line["capture"] = payloads
    return found


@pytest.fixture
def empty(demo_archive: DemoArchive, tmp_path: Path) -> Path:
    """The settings of an empty archive with the demo's sources."""
    config = tmp_path / "dateline.yaml"
    config.write_text(
        "store: file://./archive\ncatalog: sqlite:///catalog.db\nspool: spool\ncrawl: {workers: 1}\n"
        f"sources: {demo_archive.config.parent / 'sources'}\nlog: {{level: warning}}\n"
    )
    return config


def test_an_exported_warc_file_gives_the_same_versions(
    dateline: Dateline, demo_archive: DemoArchive, empty: Path, tmp_path: Path
) -> None:
    warc = tmp_path / "nights.warc.gz"
    assert dateline("export", "--format", "warc", warc, config=demo_archive.config).status == 0
    done = dateline("import", warc, "--json", config=empty)
    assert (done.status, done.json["refused"]) == (0, [])
    here = lines(dateline, empty, tmp_path / "here.jsonl")
    there = lines(dateline, demo_archive.config, tmp_path / "there.jsonl")
    # A tombstone needs the first night without the article too, which no version stands on.
    tombstones = {key for key, line in there.items() if line["outcome"] == "removed"}
    assert len(tombstones) == 1
    assert here == {key: line for key, line in there.items() if key not in tombstones}
    again = dateline("import", warc, "--json", config=empty).json
    assert (again["captures"], again["versions"]) == (0, 0)
    assert lines(dateline, empty, tmp_path / "again.jsonl") == here
    assert dateline("verify", config=empty).status == 0


def test_all_captures_of_an_archive_give_all_of_its_versions(
    dateline: Dateline, demo_archive: DemoArchive, empty: Path, tmp_path: Path
) -> None:
    with demo_archive.open() as archive:
        segments = {
            info.key: archive.store.read(info.key)
            for info in archive.store.list("captures/")
            if info.key.endswith(".warc.gz")
        }
    files = []
    for number, data in enumerate(segments.values()):
        files.append(tmp_path / f"{number}.warc.gz")
        files[-1].write_bytes(data)
    assert dateline("import", *files, config=empty).status == 0
    here = lines(dateline, empty, tmp_path / "here.jsonl")
    there = lines(dateline, demo_archive.config, tmp_path / "there.jsonl")
    assert same_second(demo_archive, here) == same_second(demo_archive, there)


def test_what_is_refused_is_named_and_ends_with_status_1(
    dateline: Dateline, empty: Path, tmp_path: Path
) -> None:
    good, bad = record(block=http(page())), record(block=b"no http")
    path = tmp_path / "mixed.warc.gz"
    path.write_bytes(gzip.compress(good) + gzip.compress(bad))
    done = dateline("import", path, config=empty)
    assert done.status == 1
    assert "1 new capture from 1 WARC file" in done.text
    assert "1 archived" in done.text
    assert f"mixed.warc.gz at {len(gzip.compress(good))}: its block begins with" in done.text
    report = dateline("import", path, "--json", config=empty)
    assert report.status == 1
    assert [one["offset"] for one in report.json["refused"]] == [len(gzip.compress(good))]
    assert (report.json["known"], report.json["run"]["kind"]) == (1, "backfill")


def test_a_missing_file_is_wrong_usage_and_begins_no_run(dateline: Dateline, empty: Path) -> None:
    done = dateline("import", "missing.warc", config=empty)
    assert done.status == 2
    assert "missing.warc" in done.notes
    archive = open_archive(load_settings(empty))
    archive.close()
    assert dateline("runs", "--json", config=empty).json == {"runs": []}
