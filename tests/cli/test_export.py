from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest

from archive.catalog.cdx_reads import count_captures
from archive.warc import read_records
from cli.demo_site import NIGHTS, DemoSite
from tests.cli.conftest import Dateline, DemoArchive

Line = dict[str, Any]
INDEX = ["export", "--format", "parquet", "--index"]
BARE = "tagblatt-am-see"  # its pages name neither language nor author in a way made for machines


@pytest.fixture(scope="session")
def lines(demo_archive: DemoArchive, tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    out = tmp_path_factory.mktemp("export") / "all.jsonl"
    command = [sys.executable, "-m", "cli", "--config", str(demo_archive.config), "export", str(out)]
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    return [json.loads(line) for line in out.read_bytes().splitlines()]


def planted_versions(site: DemoSite) -> dict[tuple[str, int], tuple[int, set[str]]]:
    """{(address, version): (night, event kinds)} that the three nights should have made."""
    planted: dict[tuple[str, int], tuple[int, set[str]]] = {}
    newest: Counter[str] = Counter()
    for night in NIGHTS:
        expected = site.expected(night)
        made = dict.fromkeys(expected.new, frozenset()) | expected.changed
        made |= dict.fromkeys(expected.removed, frozenset({"removed"}))
        for url, kinds in made.items():
            newest[url] += 1
            planted[url, newest[url]] = (night, {str(kind) for kind in kinds})
    return planted


def test_each_planted_state_is_one_line_with_its_events(demo_archive: DemoArchive, lines: list[Line]) -> None:
    exported = {(line["url"], line["version"]): {event["kind"] for event in line["events"]} for line in lines}
    planted = {key: kinds for key, (_, kinds) in planted_versions(demo_archive.site).items()}
    assert exported == planted
    assert len(lines) == len(planted)


def test_each_line_says_what_the_page_said_that_night(demo_archive: DemoArchive, lines: list[Line]) -> None:
    planted = planted_versions(demo_archive.site)
    for line in lines:
        night, kinds = planted[line["url"], line["version"]]
        if "removed" in kinds:
            continue
        truth = demo_archive.site.planted_text(line["url"], night)
        assert (line["title"], line["text"]) == (truth.title, "\n\n".join(truth.paragraphs))
        assert len(line["images"]) == len(truth.pictures)
        if line["source"] == BARE:
            continue
        assert (line["byline"], line["language"]) == (list(truth.byline), truth.language)
        assert datetime.fromisoformat(line["published_at"]) == truth.published
        assert line["captured_at"].startswith(f"2026-03-{19 + night}T02:00")
        assert line["outcome"] == "archived"


def test_every_line_has_the_fields_of_the_contract(lines: list[Line]) -> None:
    for line in lines:
        assert {
            "url", "source", "captured_at", "version", "events", "outcome", "title", "text", "byline",
            "published_at", "language", "canonical_url", "cluster", "duplicate_of", "images", "capture",
        } <= line.keys()  # fmt: skip
        assert {"segment", "offset", "length", "sha256"} <= line["capture"].keys()
        for image in line["images"]:
            assert {"url", "caption", "credit", "sha256", "phash"} <= image.keys()
            assert len(image["phash"]) == 16


def test_a_tombstone_is_a_line_with_its_evidence(demo_archive: DemoArchive, lines: list[Line]) -> None:
    [tombstone] = [line for line in lines if line["outcome"] == "removed"]
    assert {tombstone["url"]} == set(demo_archive.site.expected(3).removed)
    assert tombstone["last_seen_at"] < tombstone["first_missing_at"] < tombstone["captured_at"]
    assert (tombstone["text"], tombstone["missing_how"]) == (None, "http_404")


def test_a_text_on_two_sites_is_a_cluster_and_its_copy_names_the_first(
    demo_archive: DemoArchive, lines: list[Line]
) -> None:
    [(copy, original)] = demo_archive.site.expected(3).copies.items()
    shared = {line["url"]: line for line in lines if line["cluster"]}
    assert shared.keys() == {copy, original}
    assert len({line["cluster"] for line in shared.values()}) == 1
    first, second = sorted(shared.values(), key=lambda line: (line["captured_at"], line["url"]))
    assert first["duplicate_of"] is None
    assert second["duplicate_of"] == {name: first[name] for name in ("url", "captured_at", "source")}


def test_lines_are_in_order_of_time_then_address(lines: list[Line]) -> None:
    order = [(line["captured_at"], line["url"], line["version"]) for line in lines]
    assert order == sorted(order)


def test_stdout_has_the_same_lines_and_notes_go_to_stderr(reading: Dateline, lines: list[Line]) -> None:
    done = reading("export", "-")
    assert (done.status, [json.loads(line) for line in done.data.splitlines()]) == (0, lines)
    assert f"{len(lines)} versions (1 tombstone) in stdout" in done.notes


@pytest.mark.parametrize(
    ("options", "days", "sources"),
    [
        pytest.param(["--since", "2026-03-21"], {21, 22}, None, id="since a date: from its start"),
        pytest.param(["--until", "2026-03-21"], {20, 21}, None, id="until a date: to its end"),
        pytest.param(["--until", "2026-03-21T00:00"], {20}, None, id="until a moment: not included"),
        pytest.param(["--since", "2026-03-21T03:00+02:00", "--until", "2026-03-21"], {21}, None, id="zones"),
        pytest.param(["--source", "el-mirador"], {20, 21, 22}, {"el-mirador"}, id="one source"),
        pytest.param(["--source", "el-mirador", "--since", "2026-03-22"], {22}, {"el-mirador"}, id="both"),
    ],
)
def test_a_selection_is_what_was_asked_for(
    reading: Dateline, lines: list[Line], options: list[str], days: set[int], sources: set[str] | None
) -> None:
    done = reading("export", "-", *options)
    chosen = [
        line
        for line in lines
        if int(line["captured_at"][8:10]) in days and (sources is None or line["source"] in sources)
    ]
    assert chosen
    assert [json.loads(line) for line in done.data.splitlines()] == chosen


def test_a_selection_without_versions_is_an_empty_file(reading: Dateline, tmp_path: Path) -> None:
    done = reading("export", tmp_path / "none.jsonl", "--source", "nobody")
    assert (done.status, (tmp_path / "none.jsonl").read_bytes()) == (0, b"")
    assert "0 versions" in done.notes


def test_the_warc_file_stands_alone(reading: Dateline, lines: list[Line], tmp_path: Path) -> None:
    out = tmp_path / "export.warc.gz"
    done = reading("export", "--format", "warc", out)
    assert done.status == 0
    with out.open("rb") as stream:
        records = list(read_records(stream))
    assert records[0].kind == "warcinfo"
    ids = [record.id for record in records]
    assert len(ids) == len(set(ids))
    assert {line["capture"]["id"] for line in lines} <= set(ids)
    infos = {record.headers["WARC-Record-ID"] for record in records if record.kind == "warcinfo"}
    named = {record.headers.get("WARC-Warcinfo-ID") for record in records if record.kind != "warcinfo"}
    assert named <= infos
    pictures = {image["url"] for line in lines for image in line["images"]}
    assert pictures <= {record.headers.get("WARC-Target-URI") for record in records}
    assert f"{len(records)} records, {out.stat().st_size:,} bytes" in done.notes


def test_other_tools_read_the_warc_file(reading: Dateline, tmp_path: Path) -> None:
    out = tmp_path / "export.warc.gz"
    reading("export", "--format", "warc", "--source", "harbour-courier", out)
    warcio = Path(sys.executable).with_name("warcio")
    checked = subprocess.run([warcio, "check", out], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
    gzip.decompress(out.read_bytes())


def test_records_are_copied_byte_for_byte(
    reading: Dateline, demo_archive: DemoArchive, lines: list[Line], tmp_path: Path
) -> None:
    out = tmp_path / "export.warc.gz"
    reading("export", "--format", "warc", out)
    exported = out.read_bytes()
    with demo_archive.open() as archive:
        for line in lines:
            place = line["capture"]
            stored = archive.store.read(place["segment"], place["offset"], place["length"])
            assert exported.count(stored) == 1
            assert next(read_records(BytesIO(stored))).id == place["id"]


def test_the_parquet_file_has_a_row_for_each_line(
    reading: Dateline, lines: list[Line], tmp_path: Path
) -> None:
    done = reading("export", "--format", "parquet", tmp_path / "export.parquet")
    assert done.status == 0
    assert f"{len(lines)} versions (1 tombstone)" in done.notes
    with duckdb.connect() as database:
        found = database.execute(
            "SELECT url, version, text, capture.id FROM read_parquet(?)", [str(tmp_path / "export.parquet")]
        ).fetchall()
    assert found == [(line["url"], line["version"], line["text"], line["capture"]["id"]) for line in lines]


def test_the_wacz_file_is_valid_and_has_the_pages(
    reading: Dateline, lines: list[Line], tmp_path: Path
) -> None:
    out = tmp_path / "export.wacz"
    done = reading("export", "--format", "wacz", out)
    assert done.status == 0
    assert f"{len(lines)} versions: {len(lines) - 1} pages" in done.notes  # a tombstone is none
    wacz = Path(sys.executable).with_name("wacz")
    checked = subprocess.run([wacz, "validate", "-f", out], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    with ZipFile(out) as package:
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]
        index = {
            (entry["url"], stamp)
            for stamp, entry in (
                (parts[1], json.loads(parts[2]))
                for parts in (
                    line.split(" ", 2) for line in package.read("indexes/index.cdxj").decode().splitlines()
                )
            )
        }
    assert [page["text"] for page in pages] == [line["text"] for line in lines if line["text"]]
    stamps = {(page["url"], "".join(c for c in page["ts"] if c.isdigit())) for page in pages}
    assert stamps <= index


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(["export", "--format", "wacz", "-"], 2, "such as export.wacz", id="wacz to stdout"),
        pytest.param(["export", "--format", "parquet", "-"], 2, "export.parquet", id="parquet to stdout"),
        pytest.param(["export", "--format", "warc", "-"], 2, "name it in place of -", id="warc to stdout"),
        pytest.param(["export", "--format", "zip", "x"], 2, "'zip' is not one of", id="unknown format"),
        pytest.param(["export", "nowhere/x.jsonl"], 2, "cannot write nowhere/x.jsonl", id="missing folder"),
        pytest.param(["export", "."], 2, "cannot write .", id="a folder"),
        pytest.param(["export", "x", "--since", "soon"], 2, "--since 'soon' is no time", id="no time"),
        pytest.param(["export"], 2, "OUT", id="no file named"),
        pytest.param(["export", "--index", "x"], 2, "--index goes with --format parquet", id="no parquet"),
        pytest.param(["export", "--workers", "2", "x"], 2, "--workers goes with --index", id="workers"),
        pytest.param([*INDEX, "-"], 2, "name a folder such as index", id="an index to stdout"),
        pytest.param([*INDEX, "--source", BARE, "x"], 2, "leave --source out", id="an index of one source"),
    ],
)
def test_a_wrong_export_says_why_and_leaves_nothing(
    reading: Dateline, arguments: list[str], status: int, said: str
) -> None:
    done = reading(*arguments)
    assert (done.status, done.data) == (status, b"")
    assert said in done.notes
    assert list(Path.cwd().iterdir()) == []


def test_a_broken_export_leaves_what_was_there(
    dateline: Dateline, demo_archive: DemoArchive, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    with demo_archive.open() as archive:
        for info in archive.store.list():
            path = store / info.key
            path.parent.mkdir(parents=True, exist_ok=True)
            data = archive.store.read(info.key)
            hurt = info.key.startswith("captures/2026/03/21") and info.key.endswith(".warc.gz")
            path.write_bytes(data[: len(data) // 2] if hurt else data)
    config = tmp_path / "damaged.yaml"
    catalog = demo_archive.config.parent / "catalog.db"
    config.write_text(f"store: file://{store}\ncatalog: sqlite:///{catalog}\n")
    Path("old.warc.gz").write_text("what was there before")
    done = dateline("export", "--format", "warc", "old.warc.gz", config=config)
    assert done.status == 1
    assert "dateline verify" in done.notes
    assert [path.read_text() for path in Path.cwd().iterdir()] == ["what was there before"]


def test_where_no_archive_is_none_is_made(dateline: Dateline) -> None:
    done = dateline("export", "x.jsonl")
    assert done.status == 2
    assert "there is no archive at" in done.notes
    assert list(Path.cwd().iterdir()) == []


def test_an_empty_catalog_beside_a_full_store_is_not_taken_for_an_empty_archive(
    dateline: Dateline, demo_archive: DemoArchive
) -> None:
    config = Path("other.yaml")
    config.write_text(f"store: file://{demo_archive.config.parent}/archive\ncatalog: sqlite:///new.db\n")
    done = dateline("export", "x.jsonl", config=config.absolute())
    assert done.status == 1
    assert "dateline rebuild" in done.notes


def test_the_index_has_a_row_for_each_capture_and_is_written_once(
    reading: Dateline, demo_archive: DemoArchive, lines: list[Line], tmp_path: Path
) -> None:
    out = tmp_path / "index"
    done = reading(*INDEX, out)
    assert (done.status, done.data) == (0, b""), done.notes
    with demo_archive.open() as archive:
        captures = count_captures(archive.catalog)
    index = f"read_parquet('{out}/*/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"SELECT count(*) FROM {index}").fetchall() == [(captures,)]
    assert f"{captures:,} captures in 1 month: 1 written" in done.notes
    shown = f"SELECT url, count(*) FROM {index} WHERE version IS NOT NULL GROUP BY url"
    assert dict(duckdb.sql(shown).fetchall()) == Counter(line["url"] for line in lines)
    again = reading(*INDEX, out)
    assert (again.status, again.notes) == (0, f"nothing was archived since; {out} is up to date\n")
