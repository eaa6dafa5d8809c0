"""Writes the pictures of a version into a folder, with what the page said about them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.catalog import takedowns, versions
from archive.catalog.export_reads import captures_by_id, images_by_sha256
from archive.catalog.picture_uses import PictureUse, uses_of
from archive.catalog.standing import Standing
from archive.digest import sha256_hex, url_key
from archive.export.json_lines import first_use
from archive.opening import Archive
from archive.reader import ArchiveDamaged
from archive.rows import ImageRow, PictureRow
from archive.whole_file import whole_file
from cli.payload import read_decoded
from config.errors import ConfigError
from pipelines.images import MAX_DECODED

INDEX = "index.json"
_LONGEST_NAME = 60  # characters
_ENDINGS = {"image/jpeg": "jpg", "image/svg+xml": "svg", "image/x-icon": "ico"}  # others are their subtype


def folder_name(title: str | None, number: int) -> str:
    """A folder's name out of a headline, in any script: letters and digits with `-` between words."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", title or "").lower().replace("_", " "))
    return f"{'-'.join(words)[:_LONGEST_NAME].rstrip('-') or 'article'}-v{number}"


def save_pictures(archive: Archive, version: Standing, folder: Path) -> Iterator[str]:
    """Write each archived picture as `<position>.<type>`, and `index.json`; gives a line for each.

    Raises ConfigError if the folder has something in it already or cannot be made, ArchiveDamaged if a
    picture's bytes are not what they were.
    """
    pictures = versions.pictures_of(archive.catalog, version.article_id, version.number)
    images = images_by_sha256(archive.catalog, [row.sha256 for row in pictures if row.sha256])
    captures = captures_by_id(archive.catalog, [image.capture_id for image in images.values()])
    uses = uses_of(archive.catalog, list(images), most=1)
    down = takedowns.among(archive.catalog, [url_key(row.url) for row in pictures])
    _make(folder)
    index = []
    for row in pictures:
        image = images.get(row.sha256 or "")
        name = None
        if image is not None and url_key(row.url) not in down:
            name = f"{row.position + 1:02d}.{file_ending(image.mime)}"
            data = read_decoded(archive, captures[image.capture_id], MAX_DECODED)
            if sha256_hex(data) != image.sha256:
                raise ArchiveDamaged(f"picture {row.url}: its bytes have changed; run `dateline verify`")
            with whole_file(folder / name) as stream:
                stream.write(data)
        first = next(iter(uses.get(row.sha256 or "", [])), None)
        earlier = first if first is not None and first.article_id != version.article_id else None
        index.append(_entry(name, row, image, earlier))
        yield f"{folder / name if name else 'not archived'}: {row.caption or row.alt or row.url}"
        if earlier is not None:
            yield f"  first ran on {earlier.captured_at:%Y-%m-%d} in {earlier.url} ({earlier.source})"
    about = {"url": version.url, "version": version.number, "title": version.title, "pictures": index}
    with whole_file(folder / INDEX) as stream:
        stream.write((json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace"))
    yield f"{folder / INDEX}: captions, credits and digests of {len(pictures)}"


def file_ending(mime: str) -> str:
    """The usual ending of a picture's file, without the dot."""
    subtype = re.sub(r"[^a-z0-9]", "", mime.partition("/")[2].lower())
    return _ENDINGS.get(mime, subtype or "bin")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"{folder} is not empty; name a new folder with --out")
    except OSError as error:
        raise ConfigError(
            f"cannot make the folder {folder}: {error.strerror}; name one with --out"
        ) from error


def _entry(
    name: str | None, row: PictureRow, image: ImageRow | None, first: PictureUse | None
) -> dict[str, Any]:
    return {
        "file": name,
        "url": row.url,
        "caption": row.caption,
        "credit": row.credit,
        "alt": row.alt,
        "sha256": row.sha256,
        "phash": image.phash if image else None,
        "mime": image.mime if image else None,
        "width": image.width if image else None,
        "height": image.height if image else None,
        "first_use": first_use(first),
    }
