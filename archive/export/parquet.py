"""The archive as one Parquet file: the columns of the JSON Lines, lists and objects as Arrow has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from archive.catalog.export_reads import EVERYTHING, Selection
from archive.clock import parse_z
from archive.export.json_lines import Line, export_lines
from archive.opening import Archive
from archive.whole_file import whole_file
from config.errors import ConfigError

# A row group ends at whichever comes first: readers hold one in memory, and so do we.
_ROWS = 8192
_CHARACTERS = 16 << 20

_MOMENTS = frozenset(
    {"captured_at", "published_at", "modified_at", "last_seen_at", "first_missing_at"},
)
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ParquetExport:
    """What was written; `size` in bytes."""

    versions: int
    removed: int
    row_groups: int
    size: int


def export_parquet(
    archive: Archive,
    out: Path,
    chosen: Selection = EVERYTHING,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> ParquetExport:
    """Write `out` (Parquet, zstd) with a row for each line of `export_lines`, in their order.

    Moments are `timestamp[us, UTC]`. Halves of surrogate pairs, which Parquet's UTF-8 cannot hold, become
    U+FFFD. `progress` is told the number of versions done.

    Raises ConfigError without pyarrow, or if `out` cannot be written; what was at `out` is then still there.
    """
    arrow = _pyarrow("pyarrow")
    parquet = _pyarrow("pyarrow.parquet")
    done = removed = groups = characters = 0
    rows: list[Line] = []
    with whole_file(out) as stream:
        shape = schema()
        with parquet.ParquetWriter(stream, shape, compression="zstd") as writer:
            for line in export_lines(archive, chosen):
                rows.append(as_row(line))
                done += 1
                removed += line["outcome"] == "removed"
                characters += len(line["text"] or "")
                if len(rows) >= _ROWS or characters >= _CHARACTERS:
                    writer.write_table(arrow.Table.from_pylist(rows, shape))
                    rows, characters, groups = [], 0, groups + 1
                    progress(done)
            if rows:
                writer.write_table(arrow.Table.from_pylist(rows, shape))
                groups += 1
        progress(done)
        return ParquetExport(done, removed, groups, stream.tell())


def schema() -> Any:
    """The `pyarrow.Schema` of the file. Raises ConfigError without pyarrow."""
    arrow = _pyarrow("pyarrow")
    text, number, moment = arrow.string(), arrow.int64(), arrow.timestamp("us", tz="UTC")
    place = {"segment": text, "offset": number, "length": number}

    def strings(*names: str) -> dict[str, Any]:
        return dict.fromkeys(names, text)

    def struct(fields: dict[str, Any]) -> Any:
        return arrow.struct(list(fields.items()))

    image = {
        **strings("url", "caption", "credit", "alt", "sha256", "phash"),
        "width": number,
        "height": number,
        **strings("mime", "embedded_caption", "embedded_credit"),
        "first_use": struct({"captured_at": moment, **strings("url", "source", "picture", "sha256", "kind")}),
    }
    capture = place | strings("sha256", "id", "kind") | {"status": number, "payload": struct(place)}
    columns = {
        **strings("url", "source"),
        "captured_at": moment,
        "version": number,
        "events": arrow.list_(struct(strings("kind", "before", "after"))),
        **strings("outcome", "title", "text", "text_sha256"),
        "byline": arrow.list_(text),
        "agency": arrow.list_(text),
        "published_at": moment,
        **strings("published_raw", "published_confidence"),
        "modified_at": moment,
        **strings("language", "canonical_url", "site_name", "description", "standfirst", "section"),
        "tags": arrow.list_(text),
        "paywalled": arrow.bool_(),
        "notes": arrow.list_(text),
        "asides": arrow.list_(text),
        **strings("variant", "amp_url", "charset", "cluster"),
        "duplicate_of": struct({"url": text, "captured_at": moment, "source": text}),
        "likeness": struct({"kind": text, "jaccard": arrow.float64(), "containment": arrow.float64()}),
        "images": arrow.list_(struct(image)),
        "capture": struct(capture),
        "parts": arrow.list_(text),
        **strings("article", "run", "extractor", "edit"),
        **dict.fromkeys(("words_added", "words_removed", "sentences_moved"), number),
        "silent": arrow.bool_(),
        "returns_to": number,
        "walled": arrow.bool_(),
        "last_seen_at": moment,
        "first_missing_at": moment,
        "missing_how": text,
    }
    return arrow.schema(list(columns.items()))


def as_row(line: Line) -> Line:
    """A line with its moments as moments and its text as UTF-8 can hold it."""
    return {
        key: parse_z(value) if key in _MOMENTS and isinstance(value, str) else _fit(value)
        for key, value in line.items()
    }


def _fit(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATES.sub("\ufffd", value)
        case list():
            return [_fit(item) for item in value]
        case dict():
            return as_row(value)
    return value


def _pyarrow(module: str) -> Any:
    """pyarrow, which only this export needs."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"--format parquet needs pyarrow ({error}): install it with pip install 'dateline[parquet]'"
        ) from error
