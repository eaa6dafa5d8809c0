"""The commands that report, over the demo's three nights: JSON, text, and what they say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.watch import SourceWatch
from archive.rows import AlarmRow
from cli.account import RunAccount
from cli.health import NightLine, health_of
from cli.status_print import sparkline
from config.source import Source

Dateline = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["runs"], {"runs"}),
        (["runs", "last"], {"id", "status", "outcomes", "changes", "discovered", "urls"}),
        (["runs", "last", "--urls"], {"id", "urls"}),
        (["status"], {"sources"}),
        (["verify"], {"store", "ok", "report"}),
        (["doctor"], {"ok", "checks"}),
        (["sources", "list"], {"folder", "sources"}),
        (["sources", "check"], {"ok", "sources", "problems"}),
        (["sources", "check", "el-mirador"], {"ok", "sources", "problems"}),
        (["sources", "schema"], {"$schema", "properties"}),
        (["sources", "recall", "el-mirador"], {"recall", "share"}),
        (["rebuild", "--yes"], {"store", "entries", "set_aside"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_json_is_one_document_and_nothing_else(
    reading: Dateline, arguments: list[str], keys: set[str]
) -> None:
    done = reading(*arguments, "--json")
    assert (done.status, done.notes) == (0, "")
    assert done.json.keys() >= keys


def test_the_ledger_goes_down_to_each_address_and_reason(reading: Dateline, demo_archive: Any) -> None:
    listed = reading("runs", "--json").json["runs"]
    assert [run["discovered"] for run in listed] == [30, 26, 21]
    third = reading("runs", listed[1]["id"], "--urls", "--json").json
    ended = {line["url"]: (line["outcome"], line["reason"]) for line in third["urls"]}
    expected = demo_archive.site.expected(2)
    [gone], [walled], [disallowed] = expected.gone, expected.quarantined, expected.disallowed
    assert ended[gone] == ("gone", "http_404")
    assert ended[walled] == ("quarantined", "consent_wall")
    assert ended[disallowed] == ("skipped", "robots")
    assert len(ended) == 26
    text = reading("runs", listed[1]["id"], "--urls").text
    assert f"  quarantined (consent_wall)  {walled}\n" in text


def test_a_run_that_is_not_there(reading: Dateline) -> None:
    [newest, *_] = reading("runs", "--json").json["runs"]
    done = reading("runs", newest["id"][:-1])
    assert (done.status, done.text) == (2, "")
    assert f"did you mean {newest['id']!r}?" in done.notes


def test_what_discovery_missed_of_what_a_site_lists(reading: Dateline) -> None:
    told = reading("sources", "recall", "el-mirador", "--json").json
    found = told["recall"]
    assert (found["source"], found["measure"]) == ("el-mirador", "sitemap")
    assert found["listed"] == found["reached"] + sum(found["missed"].values()) > 0
    assert told["share"] == found["reached"] / found["listed"]
    text = reading("sources", "recall", "el-mirador").text
    assert f"reached {found['reached']} of {found['listed']} addresses that its sitemap lists" in text
    done = reading("sources", "recall", "el-mirado")
    assert (done.status, "el-mirado" in done.notes) == (2, True)


def test_what_each_night_changed_is_what_was_planted(reading: Dateline, demo_archive: Any) -> None:
    for night, run in zip((3, 2, 1), reading("runs", "--json").json["runs"], strict=True):
        expected = demo_archive.site.expected(night)
        events = {change["url"]: set(change["events"]) for change in run["changes"]}
        planted: dict[str, set[str]] = {url: set() for url in expected.new}
        planted |= {url: {str(kind) for kind in kinds} for url, kinds in expected.changed.items()}
        planted |= {url: {"removed"} for url in expected.removed}
        assert events == planted, night


def test_status_at_breakfast(reading: Dateline) -> None:
    found = {row["source"]: row for row in reading("status", "--json").json["sources"]}
    assert {name: (row["new"], row["edited"], row["removed"]) for name, row in found.items()} == {
        "el-mirador": (2, 1, 0),
        "harbour-courier": (1, 1, 1),
        "tagblatt-am-see": (1, 0, 0),
    }
    assert all(row["breaches"] == [] and row["last_success"] for row in found.values())
    assert [len(row["nights"]) for row in found.values()] == [3, 3, 3]
    assert all(row["alarms"] == [] and row["next_at"] for row in found.values())
    assert "harbour-courier   2026-03-22 02:00   done" in reading("status").text
    assert reading("alarms").text == "No alarm is open.\n"
    assert reading("alarms", "--all", "--json").json == {"alarms": []}


def test_alarms_are_tried_out(reading: Dateline, monkeypatch: pytest.MonkeyPatch) -> None:
    done = reading("alarms", "test")
    assert (done.status, done.text) == (2, "")
    assert "alarms.to names nobody" in done.notes
    monkeypatch.setenv("DATELINE_ALARMS__TO", "${ALARM_NOBODY}")
    done = reading("alarms", "test")
    assert done.status == 3
    assert done.text == "${ALARM_NOBODY}: the variable ALARM_NOBODY is not set\n"


def test_doctor_says_what_to_do(reading: Dateline) -> None:
    done = reading("doctor")
    assert done.status == 0
    lines = {line.split()[1]: line for line in done.text.splitlines() if not line.startswith(" ")}
    assert list(lines) == [
        *("python", "sqlite", "clock", "spool", "store", "replica", "catalog", "proxy", "contact", "sources"),
    ]
    assert lines["contact"].startswith("warn ")
    assert "→ set network.contact to a page or mail address" in done.text
    assert "and honours If-None-Match" in lines["store"]


@pytest.mark.parametrize(
    ("settings", "status", "levels"),
    [
        ("network: {proxy: 'http://user:hunter2@127.0.0.1:9'}", 3, {"proxy": "unreachable"}),
        ("catalog: postgresql+psycopg://me:hunter2@127.0.0.1:9/news", 3, {"catalog": "unreachable"}),
        ("spool: dateline.yaml/spool", 1, {"spool": "fail"}),
        ("sources: nowhere", 1, {"sources": "fail"}),
        ("store: file:dateline.yaml", 3, {"store": "unreachable"}),
        ("crawl: {segment_bytes: 900TB}", 0, {"spool": "warn"}),
    ],
)
def test_doctor_finds_what_is_wrong(
    dateline: Dateline, tmp_path: Path, settings: str, status: int, levels: dict[str, str]
) -> None:
    lines = {
        "store": "file:archive",
        "catalog": "sqlite:///c.db",
        "spool": "spool",
        "sources": "sources",
        "network": "{contact: 'mailto:desk@example.org'}",
    }
    key, _, value = settings.partition(": ")
    config = tmp_path / "dateline.yaml"
    config.write_text("".join(f"{name}: {text}\n" for name, text in (lines | {key: value}).items()))
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "site.yaml").write_text("name: site\nhomepage: https://example.org/\n")
    done = dateline("doctor", "--json", config=config)
    found = {check["name"]: check["level"] for check in done.json["checks"]}
    contact = {"contact": "warn"} if key == "network" else {}
    assert {name: level for name, level in found.items() if level != "ok"} == levels | contact
    assert done.status == status
    assert "hunter2" not in done.text + done.notes


def test_verify_names_what_is_not_as_promised(dateline: Dateline, demo_archive: Any, tmp_path: Path) -> None:
    config = copied(demo_archive, tmp_path)
    segment = min((tmp_path / "archive" / "captures").rglob("*.warc.gz"))
    segment.chmod(0o644)
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    done = dateline("verify", config=config)
    assert done.status == 1
    assert f"digest: captures/{segment.relative_to(tmp_path / 'archive' / 'captures')}: sha256" in done.text
    assert dateline("verify", "--json", config=config).json["ok"] is False


def test_rebuild_makes_a_damaged_catalog_again_and_keeps_the_old_one(
    dateline: Dateline, demo_archive: Any, tmp_path: Path
) -> None:
    config = copied(demo_archive, tmp_path)
    before = dateline("runs", "--json", config=config).json
    for name in ("catalog.db-wal", "catalog.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "catalog.db").write_text("dear diary, " * 999)
    assert dateline("runs", config=config).status == 1
    done = dateline("rebuild", "--yes", "--json", config=config)
    assert done.status == 0
    assert Path(done.json["set_aside"]).read_text().startswith("dear diary, ")
    assert done.json["entries"] > 0
    assert dateline("runs", "--json", config=config).json == before
    assert dateline("verify", config=config).status == 0


def copied(demo_archive: Any, folder: Path) -> Path:
    """The demo's archive once more, to be broken."""
    for name in ("archive", "sources"):
        shutil.copytree(demo_archive.config.parent / name, folder / name)
    for path in demo_archive.config.parent.iterdir():
        if path.is_file():
            shutil.copy2(path, folder / path.name)
    return folder / "dateline.yaml"


def test_sources_check_gives_problems_as_data(dateline: Dateline, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("name: site\nhomepage: example.org\n")
    config = tmp_path / "settings.yml"
    config.write_text("sources: .\n")
    config = config.rename(tmp_path.parent / f"{tmp_path.name}.yaml")
    config.write_text(f"sources: {tmp_path}\n")
    done = dateline("sources", "check", "--json", config=config)
    assert done.status == 2
    assert done.json["ok"] is False
    [problem] = done.json["problems"]
    assert (problem["problem"]["line"], problem["problem"]["key"]) == (2, "homepage")
    done = dateline("sources", "check", "sight", config=config)
    assert "no source is named 'sight'; did you mean 'site'?" in done.notes


def test_the_schema_is_written_to_a_file(dateline: Dateline, tmp_path: Path) -> None:
    assert dateline("sources", "schema", "--out", tmp_path / "schema.json").text == ""
    assert json.loads((tmp_path / "schema.json").read_text())["properties"].keys() >= {"name", "homepage"}


NIGHT = datetime(2026, 3, 20, 2, tzinfo=UTC)


def account(
    outcomes: dict[str, dict[str, int]], new: int = 0, status: str = "done", documents: int = 3
) -> RunAccount:
    finished = None if status in {"running", "interrupted"} else NIGHT
    return RunAccount(
        *("run-1", "scheduled", status, "2026-03-20", ("site",), NIGHT, finished),
        discovered=sum(sum(reasons.values()) for reasons in outcomes.values()),
        outcomes={"site": outcomes},
        versions={"site": {"new": new}} if new else {},
        changes=(),
        documents=documents,
        documents_failed={},
    )


FIVE = {"archived": {"": 5}}
SILENT = AlarmRow(
    id="1", subject="site", kind="silent", severity="error", message="no new article for 3 nights",
    raised_at=NIGHT,
)  # fmt: skip
HEALTH: dict[str, tuple[list[RunAccount], tuple[AlarmRow, ...], list[str], bool]] = {
    "never crawled": ([], (), [], False),
    "a good night": ([account(FIVE, new=5)], (), [], True),
    "nothing found": ([account({})], (), ["nothing was discovered"], False),
    "an alarm": ([account(FIVE)], (SILENT,), ["no new article for 3 nights"], True),
    "nothing was due": ([account({"skipped": {"not_due": 9}})], (), [], False),
    "broken sums": (
        [account({"waiting": {"": 1}}, status="broken")],
        (),
        ["the sums of the newest run don't match"],
        False,
    ),
    "interrupted": (
        [account({}, status="interrupted")],
        (),
        ["the newest run was interrupted; the next crawl goes on with it"],
        False,
    ),
    "given up": (
        [replace(account({}, status="interrupted"), finished_at=NIGHT)],
        (),
        ["the newest run was interrupted; nobody went on with it"],
        False,
    ),
    "success is older": ([account({"failed": {"dns": 2}}), account(FIVE)], (), [], True),
    "a page saved by hand is no night": (
        [account({"unchanged": {"": 1}}, documents=0), account(FIVE, new=5)],
        (),
        [],
        True,
    ),
}


@pytest.mark.parametrize("case", HEALTH)
def test_health(case: str) -> None:
    runs, alarms, breaches, succeeded = HEALTH[case]
    source = Source.model_validate({"name": "site", "homepage": "https://example.org/"})
    health = health_of(source, runs, SourceWatch("site", (), alarms))
    assert list(health.breaches) == breaches
    assert (health.last_success is not None) == succeeded


def test_the_last_two_weeks_at_a_glance() -> None:
    first = date(2026, 3, 2)
    nights = [
        NightLine(first + timedelta(days=n), articles, None) for n, articles in enumerate((0, 1, 40, 80))
    ]
    assert sparkline(nights) == " " * 10 + "▁▂▅█"
    missed = [nights[0], nights[3]]
    assert sparkline(missed) == " " * 10 + "▁  █"
    assert sparkline([]) == ""
    assert sparkline([NightLine(first, 0, 5)]) == " " * 13 + "▁"
