"""`dateline reprocess` over the demo's three nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.catalog.fetch import fetch, select
from archive.clock import SystemClock
from archive.commit import Committer
from archive.journal import JournalWriter, new_writer
from archive.opening import open_archive
from archive.rows import DroppedRow, VersionRow
from config.settings import load_settings
from tests.cli.conftest import Dateline, DemoArchive

RULE = "extract: [{drop: ['article p:last-of-type']}]\n"


@pytest.fixture
def copied(mine: DemoArchive) -> Path:
    """The demo's archive, a rule added to one of its sources: the settings file of a copy."""
    folder = mine.config.parent
    path = min((folder / "sources").glob("*.yaml"))
    path.write_text(path.read_text() + RULE)
    _let_one_go(folder)
    return mine.config


def _let_one_go(folder: Path) -> None:
    """A look at the oldest article that showed no change; its bytes are gone."""
    clock = SystemClock()
    archive = open_archive(load_settings(folder / "dateline.yaml"))
    one = min(fetch(archive.catalog, VersionRow, select(VersionRow)), key=lambda row: row.captured_at)
    row = DroppedRow(
        id="0" * 32, url_key="1" * 32, url=one.url, at=one.captured_at, source=one.source, run_id=one.run_id,
        kind="response", status=200, mime="text/html", payload_sha256="2" * 64, payload_sha1="",
        payload_size=1, dropped_at=clock.now(), instead=one.capture_id,
    )  # fmt: skip
    journal = JournalWriter(archive.store, new_writer(clock.now()), clock)
    Committer(archive.store, archive.catalog, journal, clock).commit_rows([row])
    archive.close()


def test_a_report_changes_nothing_and_says_so(copied: Path, dateline: Dateline) -> None:
    done = dateline("reprocess", "--json", config=copied)
    assert done.status == 0, done.notes
    report = done.json["report"]
    assert done.json["applied"] is False
    assert report["versions"] == report["read"] + report["current"]
    assert {change for sample in report["samples"] for change in sample["changed"]} >= {"text"}
    assert report["changed"]["text"] > 0
    assert report["words_removed"] > 0
    assert report["promoted"] == 0
    assert report["let_go"] == 1
    shown = dateline("reprocess", "--dry-run", "--samples", "1", config=copied)
    assert "Nothing was changed; --apply lets the archive's versions say this." in shown.text
    assert "would change: " in shown.text
    assert "let go (policy.keep), so nobody reads them again: 1 capture" in shown.text
    assert "[-" in shown.text
    assert shown.text.count("version ") >= 1


def test_applying_makes_no_events_and_is_done_once(copied: Path, dateline: Dateline) -> None:
    done = dateline("reprocess", "--apply", "--json", config=copied)
    assert done.status == 0, done.notes
    report = done.json["report"]
    assert report["promoted"] == report["read"] > 0
    assert sum(report["events"].values()) <= sum(report["events_before"].values())
    again = dateline("reprocess", "--apply", config=copied)
    assert ": 0 read again, " in again.text
    assert "0 versions promoted" in again.text
    assert dateline("verify", config=copied).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dry-run", "--apply"], "--dry-run changes nothing and --apply does; name one of them"),
        (["--source", "none"], "no source is named 'none'"),
        (["--since", "yesterday"], "--since"),
        (["--samples", "1000"], "--samples"),
    ],
)
def test_wrong_usage(copied: Path, dateline: Dateline, arguments: list[str], said: str) -> None:
    done = dateline("reprocess", *arguments, config=copied)
    assert done.status == 2
    assert said in done.notes
