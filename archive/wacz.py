"""The WACZ container: a ZIP of WARC, index and pages, with a digest for each.

Web Archive Collection Zipped 1.1.1, https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

WACZ_VERSION = "1.1.1"
DATAPACKAGE = "datapackage.json"
_FOLDERS = frozenset({"archive", "indexes", "pages"})  # of the specification; a name is unique in them


class WaczWriter:
    """Writes the parts of one package, one after the other; `finish` adds the list of them.

    Moments are `created`'s, so that one archive exported at one moment is one file. `plain`: nothing is
    compressed and no part is over 4 GiB, so that the same parts make the same bytes with any zlib.
    """

    def __init__(self, stream: IO[bytes], created: datetime, *, plain: bool = False) -> None:
        self._zip, self._created, self._plain = ZipFile(stream, "w"), created, plain
        self._resources: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()  # while the stream is open: else ZipFile would try it when it is collected

    @contextmanager
    def part(self, path: str, *, stored: bool) -> Iterator[PartStream]:
        """A stream for one part. `stored`: not compressed, so that a range of it can be read in place."""
        with self._zip.open(self._info(path, stored=stored), "w", force_zip64=not self._plain) as member:
            counted = PartStream(member)
            yield counted
        self._resources.append(
            {
                "name": _name(path),
                "path": path,
                "hash": f"sha256:{counted.digest.hexdigest()}",
                "bytes": counted.size,
            }
        )

    def finish(self, about: Mapping[str, str]) -> None:
        """Write `datapackage.json` with `about` (title, description, software), and its digest."""
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "created": _seconds(self._created),
            **about,
            "resources": self._resources,
        }
        data = _json(package)
        self._zip.writestr(self._info(DATAPACKAGE, stored=False), data)
        digest = {"path": DATAPACKAGE, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        self._zip.writestr(self._info("datapackage-digest.json", stored=False), _json(digest))
        self._zip.close()

    def _info(self, path: str, *, stored: bool) -> ZipInfo:
        info = ZipInfo(path, self._created.timetuple()[:6])
        info.compress_type = ZIP_STORED if stored or self._plain else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


class PartStream:
    """Takes the bytes of one part, and has their size and digest."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.size, self.digest = stream, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self._stream.write(data)

    def writelines(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.write(line)


def _name(path: str) -> str:
    """A resource's name, which validators want unique and in small letters."""
    folder, _, name = path.rpartition("/")
    return name if folder in _FOLDERS else path.lower()


def pages_header() -> bytes:
    """The first line of `pages/pages.jsonl`."""
    return _line({"format": "json-pages-1.0", "id": "pages", "title": "All pages", "hasText": True})


def page_line(*, identity: str, url: str, at: datetime, title: str, text: str) -> bytes:
    """A line of `pages/pages.jsonl`; `url` and `at` (UTC) are those of the capture that shows the page."""
    return _line({"id": identity, "url": url, "ts": _seconds(at), "title": title, "text": text})


def _seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def _line(fields: Mapping[str, object]) -> bytes:
    # ASCII alone: a text may hold halves of surrogate pairs, which UTF-8 cannot.
    return json.dumps(fields).encode() + b"\n"


def _json(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, indent=2) + "\n").encode()
