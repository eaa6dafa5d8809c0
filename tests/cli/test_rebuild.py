"""`rebuild` as a person runs it: from whole and damaged buckets, and interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.catalog import rebuilding
from archive.opening import Archive, open_archive
from config.settings import load_settings
from tests.archive.material import NOON, everything
from tests.cli.conftest import Dateline, DemoArchive


@pytest.fixture
def config(mine: DemoArchive) -> Path:
    return mine.config


def opened(config: Path) -> Archive:
    return open_archive(load_settings(config), unfinished=True)


def test_a_catalog_that_is_gone_is_made_again(dateline: Dateline, config: Path) -> None:
    archive = opened(config)
    before = everything(archive.catalog)
    archive.close()
    for file in config.parent.glob("catalog.db*"):
        file.unlink()
    done = dateline("rebuild", "--yes", config=config)
    assert (done.status, "The catalog is rebuilt: " in done.text) == (0, True)
    archive = opened(config)
    assert everything(archive.catalog) == before
    archive.close()


def test_while_it_is_half_done_only_rebuild_status_and_doctor_take_the_catalog(
    dateline: Dateline, config: Path
) -> None:
    archive = opened(config)
    rebuilding.begin(archive.catalog, archive.store.address, NOON)
    archive.close()
    for command in (("runs",), ("verify",), ("versions", "https://a.example/"), ("crawl",), ("serve",)):
        done = dateline(*command, config=config)
        assert (done.status, "`dateline rebuild` goes on with it" in done.notes) == (1, True), command
    status = dateline("status", config=config)
    assert (status.status, "The catalog is half rebuilt" in status.text) == (0, True)
    assert (
        dateline("status", "--json", config=config).json["rebuilding"]["started_at"].startswith("2026-03-29")
    )
    doctor = dateline("doctor", "--json", config=config)
    [catalog] = [check for check in doctor.json["checks"] if check["name"] == "catalog"]
    assert (catalog["level"], "is not done" in catalog["found"]) == ("fail", True)
    done = dateline("rebuild", "--yes", config=config)
    assert done.status == 0
    assert "Going on with the rebuild that began at 2026-03-29 12:00 UTC" in done.notes
    assert dateline("verify", config=config).status == 0


def test_what_is_lost_is_named_and_ends_with_status_1(dateline: Dateline, config: Path) -> None:
    segment = next((config.parent / "archive" / "captures").rglob("*.warc.gz"))
    segment.unlink()
    done = dateline("rebuild", "--yes", config=config)
    key = segment.relative_to(config.parent / "archive")
    assert done.status == 1
    assert f"lost: {key}: it is missing: " in done.text
    done = dateline("rebuild", "--yes", "--anew", "--json", config=config)
    assert (done.status, done.json["ok"]) == (1, False)
    assert [each["object"] for each in done.json["rebuilt"]["damage"]] == [str(key)]


def test_it_asks_before_it_empties_anything(dateline: Dateline, config: Path) -> None:
    done = dateline("rebuild", config=config)
    assert (done.status, "say --yes to do it" in done.notes) == (2, True)
