"""Catalog and configuration in one file, so that a restore need not replay years of journal.

A tar with `backup.json` first: format, moment, schema, newest journal entry, and for every other member its
SHA-256. Members are `config/dateline.yaml` (secrets masked), `config/defaults.yaml`,
`config/sources/<name>.yaml`, for each file that the settings name `config/files/<key>`, and for each table
`catalog/<table>.jsonl.zst`. The archive itself is the object store, which is not in it.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import zstandard

from archive.catalog import dump
from archive.catalog.dump import Snapshot
from archive.catalog.migrate import HEAD
from archive.clock import Clock, isoformat_z
from archive.opening import Archive
from archive.whole_file import whole_file
from config.version import dateline_version

NAME, FORMAT = "dateline-backup", 1
MANIFEST, SETTINGS, DEFAULTS = "backup.json", "config/dateline.yaml", "config/defaults.yaml"
SOURCES, FILES = "config/sources/", "config/files/"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was configured.

    Attributes:
        settings: `dateline.yaml` without its secrets; None if there was no such file.
        sources: the source files, by file name.
        files: the files that `settings` names, by key (`network.ca_file`).
        defaults: `defaults.yaml` beside the folder of sources; None if there was none.
    """

    settings: bytes | None = None
    sources: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    defaults: bytes | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written; `size` in bytes."""

    rows: int
    tables: int
    newest_entry: str | None
    size: int


def table_member(table: str) -> str:
    """The member that holds a table."""
    return f"catalog/{table}.jsonl.zst"


def back_up(
    archive: Archive,
    out: Path,
    configuration: Configuration,
    *,
    clock: Clock,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Backup:
    """Write `out` with the catalog as it is now and with the configuration; crawls may go on.

    `progress(done, total)` counts rows. Raises CatalogUnreachable, or ConfigError for an `out` that cannot
    be written; what was at `out` is then still there.
    """
    now = clock.now()
    with whole_file(out) as stream, ExitStack() as open_files:

        def aside() -> IO[bytes]:
            return open_files.enter_context(TemporaryFile(dir=out.parent))

        with dump.snapshot(archive.catalog) as snapshot:
            newest = snapshot.newest_entry()
            tables = _dump(snapshot, aside, progress)
        files: dict[str, IO[bytes]] = {table_member(name): file for name, (file, _) in tables.items()}
        files |= {f"{SOURCES}{name}": io.BytesIO(data) for name, data in configuration.sources.items()}
        files |= {f"{FILES}{key}": io.BytesIO(data) for key, data in configuration.files.items()}
        if configuration.settings is not None:
            files[SETTINGS] = io.BytesIO(configuration.settings)
        if configuration.defaults is not None:
            files[DEFAULTS] = io.BytesIO(configuration.defaults)
        rows = {name: count for name, (_, count) in tables.items()}
        manifest = {
            "format": NAME,
            "version": FORMAT,
            "created": isoformat_z(now),
            "software": f"dateline/{dateline_version()}",
            "schema": HEAD,
            "newest_entry": newest,
            "rows": rows,
            "sha256": {name: _digest(file) for name, file in sorted(files.items())},
        }
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, MANIFEST, io.BytesIO(json.dumps(manifest, indent=2).encode() + b"\n"), now)
            for name, file in sorted(files.items(), reverse=True):  # the configuration first
                _add(tar, name, file, now)
        return Backup(sum(rows.values()), len(rows), newest, stream.tell())


def _dump(
    snapshot: Snapshot, aside: Callable[[], IO[bytes]], progress: Callable[[int, int], None]
) -> dict[str, tuple[IO[bytes], int]]:
    """Each table's rows, compressed, and their number. In files of their own: a tar tells sizes first."""
    counts = {table: snapshot.count(table) for table in dump.tables()}
    total, done = sum(counts.values()), 0
    files = {}
    for table, count in counts.items():
        file = aside()
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as compressed:
            for line in snapshot.lines(table):
                compressed.write(line)
        done += count
        progress(done, total)
        files[table] = (file, count)
    return files


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any file will do


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], now: datetime) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = file.seek(0, io.SEEK_END), int(now.timestamp()), 0o644
    file.seek(0)
    tar.addfile(info, file)
