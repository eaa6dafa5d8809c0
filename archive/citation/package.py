"""The file of a citation: a WACZ whose every byte follows from its parts, so that none can differ unseen."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.wacz import DATAPACKAGE, WaczWriter
from config.errors import DatelineError

WARC, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdxj", "pages/pages.jsonl"
_ABOUT = ("title", "description", "software")
_DIGEST = "datapackage-digest.json"


class CitationBroken(DatelineError):  # noqa: N818 - named for what it says
    """A file is no citation, or not as it was written."""


@dataclass(frozen=True, slots=True)
class Package:
    """Parts by their paths, in their order, and what the package says of itself."""

    parts: Mapping[str, bytes]
    created: datetime
    about: Mapping[str, str]

    def encode(self) -> bytes:
        """The package: nothing compressed, so that `unzip -p` and a hex viewer show the same."""
        stream = io.BytesIO()
        with WaczWriter(stream, self.created, plain=True) as writer:
            for path, data in self.parts.items():
                with writer.part(path, stored=True) as member:
                    member.write(data)
            writer.finish(self.about)
        return stream.getvalue()


def decode_package(data: bytes) -> Package:
    """Read what `Package.encode` wrote, and nothing else; raises CitationBroken with what differs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            there = {name: package.read(name) for name in package.namelist()}
        listed = json.loads(there[DATAPACKAGE])
        created = datetime.strptime(listed["created"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        paths = [str(each["path"]) for each in listed["resources"]]
        found = Package(
            {path: there[path] for path in paths}, created, {name: str(listed[name]) for name in _ABOUT}
        )
        same = found.encode()
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, TypeError, ValueError, IndexError, EOFError,
        NotImplementedError, RuntimeError, OSError, AttributeError,
    ) as error:  # fmt: skip
        # All that zipfile says to a container that is none of ours.
        raise CitationBroken(f"this is no whole citation: {str(error) or type(error).__name__}") from error
    if same != data:
        raise CitationBroken(_difference(same, data, there))
    return found


def _difference(same: bytes, data: bytes, there: Mapping[str, bytes]) -> str:
    listed = {each["path"]: each["hash"] for each in json.loads(there[DATAPACKAGE])["resources"]}
    with zipfile.ZipFile(io.BytesIO(same)) as package:
        made = {each["path"]: each["hash"] for each in json.loads(package.read(DATAPACKAGE))["resources"]}
    wrong = [path for path in made if listed.get(path) != made[path]]
    strangers = sorted(there.keys() - made.keys() - {DATAPACKAGE, _DIGEST})
    if wrong:
        return f"altered: {', '.join(wrong)} (the SHA-256 is not the one in {DATAPACKAGE})"
    if strangers:
        return f"altered: {', '.join(strangers)} was put in"
    at = next(
        (n for n, (a, b) in enumerate(zip(same, data, strict=False)) if a != b), min(len(same), len(data))
    )
    return f"altered: the package is not as it was written, at byte {at}"
