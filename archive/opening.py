"""Opens an archive: its store, its catalog, and the note in the bucket that says which format it has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.digest import sha256_hex
from archive.place import ZSTD_END
from archive.rebuild.unfinished import refuse_unfinished
from archive.stores.open import open_store
from archive.stores.store import ObjectNotFound, ObjectStore
from config.errors import ConfigError
from config.settings import Settings

FORMAT_KEY = "FORMAT.json"
_NOTE_TYPE = "application/json"
FORMAT = {
    "format": "dateline-archive",
    "version": 1,
    "captures": "WARC 1.1 (ISO 28500:2017), one gzip member a record, with a CDXJ file beside each segment",
    "derived": "WARC 1.1 conversion and metadata records that refer to captures",
    "journal": "JSON Lines; replayed in order of moment, writer and number, it gives the catalog",
}
_ZSTD = "; in .warc.zst files one zstd frame, with the file's dictionary (IIPC WARC-Zstandard 1.0)"
_READ = (1, 2)
COMPACTED = FORMAT | {"version": 2, "captures": f"{FORMAT['captures']}{_ZSTD}"}


@dataclass(frozen=True, slots=True)
class Archive:
    """What every command works on; `replica` is the second store, if the settings name one."""

    store: ObjectStore
    catalog: Catalog
    replica: ObjectStore | None = None

    def to_read(self, *, replica: bool) -> ObjectStore:
        """The replica or the store; raises ConfigError if the settings name no replica."""
        if not replica:
            return self.store
        if self.replica is None:
            raise ConfigError(
                "no replica is set: name a second store, such as `replica: s3://other-bucket/dateline`, in "
                "dateline.yaml"
            )
        return self.replica

    def close(self) -> None:
        """Let go of the catalog."""
        self.catalog.close()


def open_archive(settings: Settings, *, unfinished: bool = False) -> Archive:
    """Open store and catalog as the settings say; `unfinished`: also a catalog that is half rebuilt.

    Raises ConfigError if the bucket has a format that this release does not know, CatalogUnfinished,
    StoreUnreachable or CatalogUnreachable if a service does not answer.
    """
    store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
    check_format(store)
    archive = Archive(store, Catalog.open(settings.catalog), open_replica(settings))
    if not unfinished:
        try:
            refuse_unfinished(archive.catalog)
        except BaseException:
            archive.close()
            raise
    return archive


def open_again(settings: Settings) -> Archive:
    """The archive for a process that helps one which has it open, and has looked at format and schema."""
    store = open_store(settings.store, endpoint=settings.s3.endpoint, region=settings.s3.region)
    return Archive(store, Catalog(settings.catalog), open_replica(settings))


def open_replica(settings: Settings) -> ObjectStore | None:
    """The second store that the settings name, if they do; nothing is asked of it yet."""
    if settings.replica is None:
        return None
    place = settings.replica_s3
    return open_store(settings.replica, endpoint=place.endpoint, region=place.region, profile=place.profile)


def format_note(*, compacted: bool = False) -> bytes:
    """`FORMAT.json` as this release writes it: version 2 from the first compacted segment on, else 1."""
    return (json.dumps(COMPACTED if compacted else FORMAT, indent=2) + "\n").encode()


def note_for(store: ObjectStore, catalog: Catalog) -> bytes:
    """`FORMAT.json` as it should be in an archive: as it is, if it is of a version that suffices."""
    if segments.any_like(catalog, ZSTD_END):
        return format_note(compacted=True)
    try:
        found = store.read(FORMAT_KEY)
    except ObjectNotFound:
        return format_note()
    return format_note(compacted=found == format_note(compacted=True))


def raise_format(stores: Iterable[ObjectStore]) -> None:
    """Say in `FORMAT.json` that segments may be packed with zstd, so that older releases refuse them clearly.

    A replica that was never filled is left as it is. Raises StoreUnreachable, ObjectLocked.
    """
    note = format_note(compacted=True)
    for store in stores:
        if store.stat(FORMAT_KEY) is not None and store.read(FORMAT_KEY) != note:
            store.replace(FORMAT_KEY, note, sha256=sha256_hex(note), content_type=_NOTE_TYPE)


def check_format(store: ObjectStore) -> None:
    """Read `FORMAT.json`, or write it into an empty archive."""
    try:
        found = json.loads(store.read(FORMAT_KEY))
    except ObjectNotFound:
        data = format_note()
        store.put(FORMAT_KEY, data, sha256=sha256_hex(data), content_type=_NOTE_TYPE)
        return
    except ValueError as error:
        raise ConfigError(
            f"{FORMAT_KEY} in {store.address} is not JSON ({error}); is this a Dateline archive?"
        ) from error
    if not isinstance(found, dict) or found.get("version") not in _READ:
        version = found.get("version") if isinstance(found, dict) else found
        raise ConfigError(
            f"{store.address} has archive format {version!r}; this release reads formats 1 and 2"
        )
