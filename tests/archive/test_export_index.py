"""The index answers as the catalog does, is sorted, and is written again only where something changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from archive.catalog import schema, segments
from archive.catalog.index_reads import Known
from archive.erasure.keep import Keep
from archive.erasure.let_go import let_all_go
from archive.erasure.takedown import Request, take_down
from archive.export import index as indexing
from archive.export.columns import COLUMNS, sort_key, table, values_of
from archive.export.index import FILE, NOTE, IndexExport, Month, export_index
from archive.place import Place
from archive.reader import read_record
from archive.rewrite.opening import rewriting
from config.errors import ConfigError
from tests.archive.material import NOON, house
from tests.archive.newsroom import FIRST_NIGHT, Newsroom, Story
from tests.contract.catalog_rows import capture

BY = Request("tester", "a reason")
WIRE = Story(
    "https://www.news.example.co.uk:8443/wire?a=1&b=%C3%BC", "Wire", "A wire story. " * 9, "ever",
    {"https://img.example/p.png": b"pixels" * 99}, by="https://news.example.co.uk/old",
)  # fmt: skip
OTHER = Story("https://192.0.2.7/story", "Other", "Another story. " * 9, "other")


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """Looks at two stories in January, February and April, for tests that change nothing."""
    yield from _newsroom(tmp_path_factory.mktemp("still"))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """The same, to be changed."""
    yield from _newsroom(tmp_path)


def _newsroom(folder: Path) -> Iterator[Newsroom]:
    home = house(folder)
    home.die()
    made = Newsroom(home.store, home.catalog, folder / "spool")
    made.night(0, WIRE, OTHER)
    made.night(1, replace(WIRE, frame="1"), replace(OTHER, title="Changed"))
    made.night(40, replace(WIRE, frame="2"))
    made.night(100, replace(WIRE, frame="1"), f"{OTHER.url} for good")
    yield made
    made.catalog.close()


def ask(out: Path, query: str) -> list[tuple[Any, ...]]:
    table = f"read_parquet('{out}/*/*.parquet', hive_partitioning = true)"
    return duckdb.sql(query.replace("INDEX", table)).fetchall()


def test_it_answers_as_the_catalog_does(still: Newsroom, tmp_path: Path) -> None:
    out = tmp_path / "index"
    done = export_index(still.archive, out)
    assert (done.months, done.written, done.removed) == (3, 3, 0)
    assert done.size == sum(path.stat().st_size for path in out.glob("*/*.parquet"))
    with still.catalog.read() as connection:
        rows = connection.execute(sa.select(schema.capture)).all()
        outcomes = connection.execute(
            sa.select(schema.ledger.c.outcome, sa.func.count()).group_by(schema.ledger.c.outcome)
        ).all()
        shown = connection.execute(
            sa.select(schema.version.c.capture_id, schema.version.c.article_id, schema.version.c.number)
        ).all()
    assert done.captures == len(rows)
    said = ask(
        out,
        "SELECT warc_record_id, url, fetch_time, fetch_status, content_digest, content_mime_type, "
        "warc_filename, warc_record_offset, warc_record_length, payload_warc_filename, "
        "payload_record_offset, payload_sha256, source, run FROM INDEX",
    )
    assert sorted((*row[:2], row[2].astimezone(UTC), *row[3:]) for row in said) == sorted(
        (
            row.id, row.url, row.at, row.status, row.payload_sha1.removeprefix("sha1:"), row.mime,
            row.segment, row.offset, row.length, row.payload_segment, row.payload_offset,
            row.payload_sha256, row.source, row.run_id,
        )
        for row in rows
    )  # fmt: skip
    counts = "SELECT outcome, count(*) FROM INDEX WHERE outcome IS NOT NULL GROUP BY outcome"
    assert dict(ask(out, counts)) == dict(map(tuple, outcomes))
    versions = "SELECT warc_record_id, article_id, version FROM INDEX WHERE version IS NOT NULL"
    assert sorted(ask(out, versions)) == sorted(map(tuple, shown))
    months = "SELECT month, count(*) FROM INDEX GROUP BY month ORDER BY month"
    assert [name for name, _ in ask(out, months)] == ["2026-01", "2026-02", "2026-04"]
    hosts = "SELECT DISTINCT url_host_registered_domain, url_host_tld FROM INDEX ORDER BY ALL"
    assert ask(out, hosts) == [("example.co.uk", "uk"), (None, "example"), (None, None)]
    unread = "SELECT count(*) FROM INDEX WHERE outcome = 'unchanged' AND article_id IS NULL"
    assert ask(out, unread) == [(0,)]


def test_a_place_is_one_range_request(still: Newsroom, tmp_path: Path) -> None:
    export_index(still.archive, tmp_path / "index")
    places = "SELECT warc_filename, warc_record_offset, warc_record_length, warc_record_id, url FROM INDEX"
    for segment, offset, length, key, url in ask(tmp_path / "index", places):
        record = read_record(still.store, Place(segment, offset, length))
        assert (record.id, record.headers["WARC-Target-URI"]) == (key, url)


def test_files_are_sorted_and_say_so(
    still: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_LINES", 2)
    monkeypatch.setattr(indexing, "_ROWS", 3)
    export_index(still.archive, tmp_path / "index")
    file = pq.ParquetFile(tmp_path / "index" / "month=2026-01" / FILE)
    rows = file.read().to_pylist()
    keys = [(row["url_surtkey"], row["fetch_time"], row["warc_record_id"]) for row in rows]
    assert keys == sorted(keys)
    assert file.num_row_groups == -(-len(rows) // 3)
    assert [one.column_index for one in file.metadata.row_group(0).sorting_columns] == [0, 11]
    assert [name for name, _ in COLUMNS][11] == "fetch_time"


def test_only_months_that_changed_are_written_again(room: Newsroom, tmp_path: Path) -> None:
    out = tmp_path / "index"
    export_index(room.archive, out)
    assert export_index(room.archive, out) == IndexExport(current=True)
    first = {path: path.stat().st_ino for path in out.glob("*/*.parquet")}
    room.night(101, replace(WIRE, frame="3"))
    assert export_index(room.archive, out, until=FIRST_NIGHT + timedelta(days=60)).written == 0
    done = export_index(room.archive, out)
    assert (done.months, done.written) == (3, 1)
    again = {path: path.stat().st_ino for path in out.glob("*/*.parquet")}
    assert [path.parent.name for path in out.glob("*/*.parquet") if again[path] != first[path]] == [
        "month=2026-04"
    ]
    (out / "month=2026-02" / FILE).write_bytes(b"PAR1 cut")  # is written again, once it is looked at
    assert export_index(room.archive, out).current
    (out / NOTE).write_text("{}")
    assert export_index(room.archive, out).written == 1


def test_what_goes_is_in_it_no_more(room: Newsroom, tmp_path: Path) -> None:
    out = tmp_path / "index"
    export_index(room.archive, out)
    room.clock.moment = FIRST_NIGHT + timedelta(days=110)
    with rewriting(room.archive, tmp_path / "spool", room.clock) as engine:
        assert let_all_go(engine, {"ever": Keep()}, BY).captures == 1
    done = export_index(room.archive, out)
    assert done.written > 0
    looks = f"SELECT count(*) FROM INDEX WHERE url = '{WIRE.url}'"
    before = ask(out, looks)[0][0]
    assert before == len(
        [
            row
            for one in segments.every(room.catalog)
            for row in segments.captures_in(room.catalog, one.key)
            if row.url == WIRE.url
        ]
    )
    take_down(room.catalog, room.committer(), room.clock, WIRE.url, BY)
    done = export_index(room.archive, out)
    assert ask(out, looks) == [(0,)]
    assert (done.months, done.removed) == (2, 1)  # February had nothing else
    assert not (out / "month=2026-02").exists()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://www.News.example.co.uk/a/b.html?q=1",
            (
                "uk,co,example,news)/a/b.html?q=1",
                "www.news.example.co.uk",
                "example.co.uk",
                "/a/b.html",
                "q=1",
            ),
            id="plain",
        ),
        pytest.param("http://[2001:db8::1]:80/x", (None, "2001:db8::1", None, "/x", None), id="numbers"),
        pytest.param("http://[broken/x", (None, None, None, None, None), id="what nobody can take apart"),
        pytest.param("https://a.example/\ud800", (None, "a.example", None, "/\ufffd", None), id="no text"),
    ],
)
def test_addresses(url: str, expected: tuple[str | None, ...]) -> None:
    values = values_of(capture("c", url), Known())
    named = dict(zip((name for name, _ in COLUMNS), values, strict=True))
    shown = ("url_host_name", "url_host_registered_domain", "url_path", "url_query")
    assert tuple(named[name] for name in shown) == expected[1:]
    assert expected[0] in {None, named["url_surtkey"]}
    assert named["url_surtkey"] == sort_key(url.replace("\ud800", "\ufffd"))
    assert table([values]).to_pylist()[0]["fetch_time"] == NOON


@pytest.mark.parametrize(
    ("at", "name", "until"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-12", datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), "2028-02", datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
def test_months(at: datetime, name: str, until: datetime) -> None:
    month = Month.of(at)
    assert (month.name, month.until) == (name, until)
    assert month.since <= at < month.until


def test_a_folder_of_something_else_is_left_alone(still: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"thesis\.txt"):
        export_index(still.archive, tmp_path / "mine")
    with pytest.raises(ConfigError, match="can be made"):
        export_index(still.archive, tmp_path / "none" / "index")


def test_one_that_broke_off_is_gone_on_with(still: Newsroom, tmp_path: Path) -> None:
    out = tmp_path / "index"

    def break_off(_done: int) -> None:
        if (out / "month=2026-01" / FILE).exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_index(still.archive, out, progress=break_off)
    assert "state" not in json.loads((out / NOTE).read_text())
    done = export_index(still.archive, out)
    assert (done.months, done.written) == (3, 2)
    assert not list(out.rglob("*.part"))
