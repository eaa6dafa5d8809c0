"""Reads a backup: its configuration, and its catalog into an empty one."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import zstandard

from archive.backup import (
    DEFAULTS,
    FILES,
    FORMAT,
    MANIFEST,
    NAME,
    SETTINGS,
    SOURCES,
    Configuration,
    table_member,
)
from archive.catalog import dump, search_index
from archive.catalog.catalog import Catalog
from archive.catalog.migrate import HEAD
from archive.rebuild.run import INDEX_AT_ONCE, catch_up
from archive.stores.store import ObjectStore
from config.errors import ConfigError, DatelineError

_MANIFEST_BYTES = 16 << 20
_FILE_NAME = re.compile(r"(?:golden/[a-z0-9-]+/)?[^./\\\0][^/\\\0]*")  # golden cases lie in folders


class BackupDamagedError(DatelineError):
    """A backup is not what was written."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put into the catalog: rows of the backup, and journal entries that came after it."""

    rows: int
    entries: int


class BackupFile:
    """An open backup, every member compared with its digest."""

    def __init__(self, tar: tarfile.TarFile, path: Path) -> None:
        self._tar, self._path = tar, path
        self._manifest = self._read_manifest()
        for name, digest in self._manifest["sha256"].items():
            if hashlib.file_digest(self._open(name), "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                raise self._damaged(f"{name} is not what was written")

    def configuration(self) -> Configuration:
        """The configuration that is in it."""
        settings, defaults = (
            self._open(name).read() if name in self._manifest["sha256"] else None
            for name in (SETTINGS, DEFAULTS)
        )
        return Configuration(settings, self._folder(SOURCES), self._folder(FILES), defaults)

    def restore(self, store: ObjectStore, catalog: Catalog, progress: Callable[[int, int], None]) -> Restored:
        """Fill an empty catalog, then bring it to the journal's newest entry; `progress` counts rows.

        Raises ConfigError if the catalog is not empty, if `store` is not the one that the backup belongs
        to, or if this release has another schema: then nothing was changed.
        """
        self._check_schema()
        newest = self._manifest["newest_entry"]
        if newest is not None and store.stat(newest) is None:
            raise ConfigError(
                f"{store.address} is not the store of {self._path}: it has no {newest}; correct `store`, or "
                "put the store back first"
            )
        done, total = 0, sum(self._manifest["rows"].values())
        with dump.loading(catalog) as loading:
            if filled := loading.filled():
                raise ConfigError(
                    f"catalog {catalog.address} is not empty ({', '.join(filled)}): restore into an empty "
                    "one, or run `dateline rebuild`"
                )
            for table, count in self._manifest["rows"].items():
                with self._decompressed(table) as lines:
                    done += self._checked(table, count, loading.load(table, lines))
                progress(done, total)
            loading.done()
        caught_up = catch_up(store, catalog)
        search_index.fill(catalog, at_once=INDEX_AT_ONCE)
        return Restored(done, caught_up)

    def _folder(self, prefix: str) -> dict[str, bytes]:
        names = [name.removeprefix(prefix) for name in self._manifest["sha256"] if name.startswith(prefix)]
        for name in names:
            if not _FILE_NAME.fullmatch(name):
                raise self._damaged(f"{name!r} is no name of a file")
        return {name: self._open(prefix + name).read() for name in names}

    def _read_manifest(self) -> dict[str, Any]:
        try:
            found = json.loads(self._open(MANIFEST).read(_MANIFEST_BYTES))
        except ValueError as error:
            raise self._damaged(f"{MANIFEST} is no JSON: {error}") from error
        if not isinstance(found, dict) or found.get("format") != NAME:
            raise ConfigError(f"{self._path} is no backup made by `dateline backup`")
        if found.get("version") != FORMAT:
            raise ConfigError(
                f"{self._path} has backup format {found.get('version')!r}; this release reads {FORMAT}"
            )
        digests, rows, newest = (found.get(name) for name in ("sha256", "rows", "newest_entry"))
        if not (
            isinstance(digests, dict)
            and isinstance(rows, dict)
            and all(isinstance(count, int) for count in rows.values())
            and isinstance(newest, str | None)
        ):
            raise self._damaged(f"{MANIFEST} does not say what is in it")
        return found

    def _check_schema(self) -> None:
        made = self._manifest.get("schema")
        unknown = self._manifest["rows"].keys() - set(dump.tables())
        if made != HEAD or unknown:
            raise ConfigError(
                f"{self._path} is of a catalog with schema {made!r}; this release has {HEAD!r}: restore it "
                f"with {self._manifest.get('software')}, or make the catalog again with `dateline rebuild`"
            )

    @contextmanager
    def _decompressed(self, table: str) -> Iterator[IO[bytes]]:
        member = self._open(table_member(table))
        try:
            with zstandard.ZstdDecompressor().stream_reader(member) as reader:
                yield io.BufferedReader(reader)
        except (ValueError, zstandard.ZstdError) as error:
            raise self._damaged(f"{table_member(table)}: {error}") from error

    def _checked(self, table: str, expected: int, found: int) -> int:
        if found != expected:
            raise self._damaged(f"{table_member(table)} has {found} rows, expected {expected}")
        return found

    def _open(self, name: str) -> IO[bytes]:
        try:
            member = self._tar.getmember(name)
        except KeyError:
            raise self._damaged(f"it has no {name}") from None
        file = self._tar.extractfile(member) if member.isreg() else None
        if file is None:
            raise self._damaged(f"{name} is no file")
        return file

    def _damaged(self, what: str) -> BackupDamagedError:
        return BackupDamagedError(f"backup {self._path} is damaged: {what}; use another one")


@contextmanager
def open_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup and read it through once.

    Raises ConfigError if `path` cannot be read or is no backup that this release knows, BackupDamagedError
    if a member differs from its digest.
    """
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    except tarfile.TarError as error:
        raise ConfigError(f"{path} is no backup made by `dateline backup`: {error}") from error
    with tar:
        try:
            yield BackupFile(tar, path)
        except tarfile.TarError as error:
            raise BackupDamagedError(f"backup {path} is damaged: {error}; use another one") from error
