from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.catalog.export_reads import Selection
from archive.catalog.picture_uses import PictureUse
from archive.clock import isoformat_z
from archive.export.json_lines import export_lines, first_use
from archive.export.parquet import as_row, export_parquet, schema
from archive.rows import VersionRow
from config.errors import ConfigError
from pipelines.duplicates.link import Linker
from tests.archive.test_export import BEGIN, Workshop, workshop_over


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with workshop_over(f"sqlite:///{tmp_path}/catalog.db", tmp_path) as made:
        yield made


def filled(workshop: Workshop) -> None:
    image = workshop.picture("https://a.example/p.png", b"\x89PNG")
    pictures = (("https://a.example/p.png", image), ("https://a.example/lost.png", None))
    text = "Grüße 東京 " + " ".join(f"word{n}" for n in range(30))
    workshop.version("https://a.example/1", text, pictures=pictures)
    workshop.version("https://b.example/1", text, seconds=5, source="other")
    workshop.commit()
    Linker(workshop.home.catalog, workshop.home.committer, workshop.home.clock, 30).link()


def as_json(value: Any) -> Any:
    match value:
        case datetime():
            return isoformat_z(value)
        case dict():
            return {key: as_json(item) for key, item in value.items()}
        case list():
            return [as_json(item) for item in value]
    return value


def test_rows_are_the_lines_of_the_jsonl_export(workshop: Workshop, tmp_path: Path) -> None:
    filled(workshop)
    done = export_parquet(workshop.archive, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert as_json(table.to_pylist()) == list(export_lines(workshop.archive))
    assert (done.versions, done.removed, done.row_groups) == (2, 0, 1)
    assert done.size == (tmp_path / "out.parquet").stat().st_size


def names_of(kind: pa.DataType) -> Any:
    """The shape of a type: nested names, without what they hold."""
    if pa.types.is_list(kind):
        return names_of(kind.value_type)
    if pa.types.is_struct(kind):
        return {field.name: names_of(field.type) for field in kind}
    return None


def shape(value: Any) -> Any:
    """The same of a line; a list has the shape of its first item, an empty one that of a string."""
    if isinstance(value, list):
        return shape(value[0]) if value else None
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return None


def test_no_field_of_a_line_is_without_a_column(workshop: Workshop) -> None:
    """Arrow leaves out, without a word, what a schema does not name."""
    filled(workshop)
    copy = list(export_lines(workshop.archive))[1]
    line = next(export_lines(workshop.archive)) | {"byline": [""]}
    line |= {name: copy[name] for name in ("duplicate_of", "likeness")}
    moment = datetime(2026, 3, 20, tzinfo=UTC)
    url = "https://a.example/1"
    use = PictureUse("a", 1, "s", url, moment, f"{url}.png", "0" * 64, None, None)
    line["images"][0]["first_use"] = first_use(use)
    assert {field.name: names_of(field.type) for field in schema()} == shape(line)


def test_duckdb_reads_lists_structs_and_moments(workshop: Workshop, tmp_path: Path) -> None:
    filled(workshop)
    out = tmp_path / "out.parquet"
    export_parquet(workshop.archive, out)
    with duckdb.connect() as database:
        found = database.execute(
            "SELECT url, epoch_us(captured_at), images[1].mime, len(images), capture.payload.length > 0, "
            "duplicate_of.url, events[1].kind FROM read_parquet(?) ORDER BY captured_at",
            [str(out)],
        ).fetchall()
    at = [int((BEGIN + timedelta(seconds=n)).timestamp()) * 1_000_000 for n in (0, 5)]
    assert found == [
        ("https://a.example/1", at[0], "image/png", 2, True, None, "text"),
        ("https://b.example/1", at[1], None, 0, True, "https://a.example/1", "text"),
    ]


def test_it_is_compressed_in_row_groups_that_fit_in_memory(workshop: Workshop, tmp_path: Path) -> None:
    capture = workshop.capture("https://a.example/", b"one page for all")
    for n in range(8200):
        workshop.rows.append(
            VersionRow(
                article_id=f"{n:032}",
                number=1,
                source="s",
                url=f"https://a.example/{n:05}",
                captured_at=capture.at,
                run_id="run-1",
                capture_id=capture.id,
                extractor="x",
                title=None,
            )
        )
    workshop.commit()
    done = export_parquet(workshop.archive, tmp_path / "out.parquet")
    file = pq.ParquetFile(tmp_path / "out.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(done.row_groups)] == [8192, 8]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.schema_arrow.field("captured_at").type == pa.timestamp("us", tz="UTC")
    assert file.read(["url"]).column(0).to_pylist() == [f"https://a.example/{n:05}" for n in range(8200)]


def test_an_empty_selection_has_its_columns(workshop: Workshop, tmp_path: Path) -> None:
    export_parquet(workshop.archive, tmp_path / "out.parquet", Selection(source="nobody"))
    table = pq.read_table(tmp_path / "out.parquet")
    assert (table.num_rows, table.schema) == (0, schema())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("2026-03-20T02:00:00.000000Z", "2026-03-20T02:00:00.000000Z"),
        ([{"caption": "\udc00"}], [{"caption": "\ufffd"}]),
        (
            {"captured_at": "2026-03-20T02:00:00.000001Z"},
            {"captured_at": datetime(2026, 3, 20, 2, 0, 0, 1, UTC)},
        ),
        (None, None),
        (7, 7),
    ],
)
def test_values_as_parquet_can_hold_them(value: Any, expected: Any) -> None:
    assert as_row({"title": value}) == {"title": expected}


def test_without_pyarrow_the_extra_is_named(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as the import system says that there is none
    with pytest.raises(ConfigError, match=r"pip install 'dateline\[parquet\]'"):
        export_parquet(workshop.archive, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
