"""The whole archive as an index for DuckDB and its like: Parquet, a file a month, a row a capture.

    OUT/month=2026-03/captures.parquet
    OUT/index.json

A month is sorted by SURT, time and id in pieces on disk, so that memory does not grow with it. Each file
knows the fingerprint of its rows: one whose rows are the same is not written again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha256
from importlib import import_module
from itertools import islice
from pathlib import Path
from socket import gethostname
from typing import Any

from archive.catalog import index_reads
from archive.catalog.catalog import Catalog
from archive.export.columns import COLUMNS, Values, schema, table, values_of
from archive.opening import Archive
from archive.pools.pool import Alone, Pool
from archive.sorted_lines import SortedLines
from archive.whole_file import whole_file
from config.errors import ConfigError

FORMAT = 1  # of files and columns: with another one, all is written again
FILE, NOTE = "captures.parquet", "index.json"

_FINGERPRINT = b"dateline.rows"
_FOLDER = "month="
_ROWS = 16_384  # a row group: readers hold one in memory, and so do we
_AT_ONCE = 2_048  # of these, that are Python's objects
_LINES = 20_000  # of a month that are in memory while it is sorted
_RUNS = 8  # whose redirects are remembered
_WRAP = 1 << 256
_UNDER_WAY = json.dumps({"dateline_index": FORMAT}) + "\n"


@dataclass(frozen=True, slots=True)
class IndexExport:
    """What was written.

    Attributes:
        captures: in all months that were looked at.
        months: that were looked at, with captures.
        written: of these, new or not what they were.
        removed: files of months of which nothing is there any more.
        size: of the files that were written, in bytes.
        current: nothing was committed since the last time, so that nothing was looked at.
    """

    captures: int = 0
    months: int = 0
    written: int = 0
    removed: int = 0
    size: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month, `2026-03`, from its first moment to that of the next one (UTC)."""

    name: str
    since: datetime
    until: datetime

    @classmethod
    def of(cls, at: datetime) -> Month:
        """The month of a moment."""
        at = at.astimezone(UTC)
        following = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
        return cls(f"{at:%Y-%m}", datetime(at.year, at.month, 1, tzinfo=UTC), following)


def export_index(
    archive: Archive,
    out: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Callable[[int], None] = lambda _: None,
    pool: Pool | None = None,
) -> IndexExport:
    """Bring the index in the folder `out` up to date: the months from `since` on and before `until`.

    Whole months are taken. Each file is put in place of the one before when it is whole; files of months
    without captures go. `progress` is told how many captures were looked at, after each month. On another
    machine of the `pool`, `out` must be the same folder; without a pool this process does it alone.

    Raises ConfigError without pyarrow, or if `out` is a folder of something else or cannot be written.
    """
    _pyarrow("pyarrow")
    catalog, pool, out = archive.catalog, pool or Alone(archive), out.absolute()
    said = _folder_of(out)
    whole = since is None and until is None
    stand = index_reads.state(catalog)
    note = json.dumps({"dateline_index": FORMAT, "state": stand}) + "\n"
    if whole and said == note:
        return IndexExport(current=True)
    _say(out, _UNDER_WAY)  # until all of it is current
    tasks = [
        _MonthTask(out, month, tuple(sources)) for month, sources in _months(catalog, since, until).items()
    ]
    done: list[_Done] = []
    for one in pool.map(_bring_up_to_date, tasks):
        done.append(one)
        progress(sum(each.captures for each in done))
    there = {one.month for one in done if one.captures}
    old = {path.name.removeprefix(_FOLDER): path for path in out.glob(f"{_FOLDER}*")}
    gone = [old[name] for name in sorted(old.keys() - there) if _within(name, since, until)]
    for folder in gone:
        (folder / FILE).unlink(missing_ok=True)
        folder.rmdir()
    if whole:
        _say(out, note)
    return IndexExport(
        captures=sum(one.captures for one in done),
        months=len(there),
        written=sum(one.size is not None for one in done),
        removed=len(gone),
        size=sum(one.size or 0 for one in done),
    )


@dataclass(frozen=True, slots=True)
class _MonthTask:
    """One month's file, for one task of a pool: where it lies, and whose captures may be in it."""

    out: Path
    month: Month
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """What a month has, and the size in bytes of its file if that was written."""

    month: str
    captures: int
    size: int | None = None


def _bring_up_to_date(archive: Archive, wanted: _MonthTask) -> _Done:
    """Write the file of a month, unless it has these rows already."""
    if not (wanted.out / NOTE).exists():
        raise ConfigError(
            f"--index {wanted.out} on {gethostname()} is not the folder that this command has begun: with "
            "`engine: ray` name one that all machines share, or say --workers 1"
        )
    fingerprint = rows = 0
    with SortedLines(wanted.out, _LINES) as lines:
        for line in _lines(archive.catalog, wanted.month, wanted.sources):
            lines.add(line)
            rows += 1
            fingerprint = (fingerprint + int.from_bytes(sha256(line.encode()).digest())) % _WRAP
        path = wanted.out / f"{_FOLDER}{wanted.month.name}" / FILE
        said = {_FINGERPRINT: f"{FORMAT} {rows} {fingerprint:064x}".encode()}
        if not rows or _fingerprint_of(path) == said[_FINGERPRINT]:
            return _Done(wanted.month.name, rows)
        path.parent.mkdir(exist_ok=True)
        return _Done(wanted.month.name, rows, _write(path, iter(lines), said))


def _lines(catalog: Catalog, month: Month, sources: Iterable[str]) -> Iterator[str]:
    redirected = lru_cache(_RUNS)(partial(index_reads.outcomes_elsewhere, catalog))
    for source in sources:
        for rows in index_reads.captures_between(catalog, source, month.since, month.until):
            elsewhere: dict[str, str] = {}
            for run in {row.run_id for row in rows}:
                elsewhere |= redirected(run)
            known = index_reads.known_of(catalog, rows, elsewhere)
            for row in rows:
                yield _as_line(values_of(row, known[row.id]))


def _as_line(values: Values) -> str:
    """A line whose byte order is that of address, time and id; tabs come before all that stands in these."""
    named = dict(zip((name for name, _ in COLUMNS), values, strict=True))
    key = "\t".join(str(named[name]) for name in ("url_surtkey", "fetch_time", "warc_record_id"))
    return f"{key}\t{json.dumps(values)}"


def _write(path: Path, lines: Iterator[bytes], said: dict[bytes, bytes]) -> int:
    """Write a month's file; its size in bytes."""
    arrow, parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
    shape = schema(arrow).with_metadata(said)
    order = [parquet.SortingColumn(shape.get_field_index(name)) for name in ("url_surtkey", "fetch_time")]
    with whole_file(path) as stream:
        writer = parquet.ParquetWriter(
            stream, shape, compression="zstd", sorting_columns=order, write_page_index=True
        )
        with writer:
            while pieces := list(_pieces(islice(lines, _ROWS))):
                writer.write_table(arrow.concat_tables(pieces).replace_schema_metadata(said))
        return stream.tell()


def _pieces(lines: Iterator[bytes]) -> Iterator[Any]:
    """Tables of some rows each: as Python's objects a row takes many times the room."""
    while rows := [_values(line) for line in islice(lines, _AT_ONCE)]:
        yield table(rows)


def _values(line: bytes) -> Values:
    return tuple(json.loads(line[line.index(b"\t[") + 1 :]))


def _fingerprint_of(path: Path) -> bytes | None:
    """What the file of a month says of its rows; None if there is none, or none that can be read."""
    parquet, arrow = _pyarrow("pyarrow.parquet"), _pyarrow("pyarrow")
    if not path.exists():
        return None
    try:
        said: bytes | None = (parquet.read_schema(path).metadata or {}).get(_FINGERPRINT)
    except (arrow.ArrowException, OSError):
        return None
    return said


def _months(catalog: Catalog, since: datetime | None, until: datetime | None) -> dict[Month, list[str]]:
    """By month, oldest first, the sources that may have captures in it."""
    found: dict[Month, list[str]] = {}
    for source, (first, last) in sorted(index_reads.span(catalog).items()):
        month = Month.of(first)
        while month.since <= last:
            if _within(month.name, since, until):
                found.setdefault(month, []).append(source)
            month = Month.of(month.until)
    return dict(sorted(found.items(), key=lambda item: item[0].since))


def _within(month: str, since: datetime | None, until: datetime | None) -> bool:
    """Whether some of a month is from `since` on and before `until`."""
    span = Month.of(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC))
    return (since is None or span.until > since) and (until is None or span.since < until)


def _say(out: Path, note: str) -> None:
    with whole_file(out / NOTE) as stream:
        stream.write(note.encode())


def _folder_of(out: Path) -> str | None:
    """What the folder says of itself; None for a new one. Raises ConfigError for one of something else."""
    try:
        out.mkdir(exist_ok=True)
        if (out / NOTE).exists():
            return (out / NOTE).read_text("utf-8")
        others = [path.name for path in out.iterdir()]
    except OSError as error:
        raise ConfigError(
            f"--index {out}: {error.strerror or error}; name a folder that can be made or written"
        ) from error
    if others:
        raise ConfigError(
            f"--index {out} holds {others[0]!r} and no {NOTE}: name a new folder, or one that --index made"
        )
    return None


def _pyarrow(module: str) -> Any:
    """pyarrow, which only Parquet needs."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"--index needs pyarrow ({error}): install it with pip install 'dateline[parquet]'"
        ) from error
