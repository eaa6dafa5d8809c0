"""The WARC files in what a person names: one that is it itself, or those under `archive/` in a WACZ file."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from config.errors import ConfigError
from pipelines.imports.framing import Refused
from pipelines.imports.pieces import GZIP, ZSTD, ZSTD_DICTIONARY

_ZIP = b"PK\x03\x04"
_ARC = b"filedesc:"
_LZ4 = b"\x04\x22\x4d\x18"
_ENDINGS = (".warc", ".warc.gz", ".warc.zst")
_MAX_PACKAGE = 16 << 20  # bytes of datapackage.json
_CHUNK = 1 << 20
_LOOKED_AT = 1024  # bytes that tell what a file is
# zipfile raises all of these for a member that is damaged, encrypted or packed in a way it does not know.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class WarcFile:
    """One WARC file.

    Attributes:
        path: the file that was named.
        member: its path inside, for a WACZ file.
        sha256: of the file that was named.
        size: bytes to be read, for those who watch.
    """

    path: Path
    member: str | None
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """What reports and records call it: `crawl.warc.gz`, `site.wacz/archive/data.warc.gz`."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for reading and seeking; raises what `ZIP_ERRORS` lists."""
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
            return
        with zipfile.ZipFile(self.path) as package, package.open(self.member) as member:
            yield cast("BinaryIO", member)


def warc_files(path: Path) -> Iterator[WarcFile | Refused]:
    """The WARC files in a file; what it is instead, if it holds none that can be read.

    Raises ConfigError if there is no such file or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            magic = _beginning(stream.read(_LOOKED_AT))
            stream.seek(0)
            sha256 = _sha256(stream)
        size = path.stat().st_size
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}; name WARC or WACZ files") from error
    if magic.startswith(_ZIP):
        yield from _members(path, sha256)
    elif (refused := _no_warc(magic)) is not None:
        yield refused
    else:
        yield WarcFile(path, None, sha256, size)


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while data := stream.read(_CHUNK):
        digest.update(data)
    return digest.hexdigest()


def _beginning(data: bytes) -> bytes:
    """What a file begins with; for gzip, what it holds if that is an ARC file's beginning."""
    try:
        inside = zlib.decompressobj(wbits=31).decompress(data, len(_ARC)) if data.startswith(GZIP) else b""
    except zlib.error:
        return data
    return inside if inside == _ARC else data


def _no_warc(magic: bytes) -> Refused | None:
    if magic.startswith(_ARC):
        return Refused("an ARC file; make a WARC file of it first, with `warcio recompress`")
    if magic.startswith(_LZ4):
        return Refused("packed with lz4; plain, gzip and zstd are read")
    if magic.startswith((b"WARC/", GZIP, ZSTD, ZSTD_DICTIONARY)):
        return None
    return Refused("neither WARC nor WACZ" if magic else "empty")


def _members(path: Path, sha256: str) -> Iterator[WarcFile | Refused]:
    """The WARC files of a WACZ file that are what its `datapackage.json` says."""
    try:
        with zipfile.ZipFile(path) as package:
            infos = [info for info in package.infolist() if _is_warc(info.filename)]
            promised = _promised(package)
            if not infos:
                yield Refused("a zip file without WARC files under archive/, so no WACZ file")
            for info in infos:
                try:
                    with package.open(info) as stream:
                        found = "sha256:" + _sha256(stream)
                except ZIP_ERRORS as error:
                    yield Refused(f"{info.filename}: cannot be unpacked: {error}")
                    continue
                if promised.get(info.filename, found) == found:
                    yield WarcFile(path, info.filename, sha256, info.file_size)
                else:
                    yield Refused(
                        f"{info.filename}: {found}, datapackage.json says {promised[info.filename]}"
                    )
    except ZIP_ERRORS as error:
        yield Refused(f"a zip file that cannot be read: {error}")


def _is_warc(name: str) -> bool:
    return PurePosixPath(name).parts[:1] == ("archive",) and name.endswith(_ENDINGS)


def _promised(package: zipfile.ZipFile) -> dict[str, str]:
    """Digests by path, as `datapackage.json` lists them (WACZ 1.1.1, 5.3); empty where it is none."""
    try:
        with package.open("datapackage.json") as stream:
            listed = json.loads(stream.read(_MAX_PACKAGE))["resources"]
        found = {str(one["path"]): str(one["hash"]) for one in listed}
    except (KeyError, TypeError, ValueError):
        return {}
    return {path: digest for path, digest in found.items() if digest.startswith("sha256:")}
