"""Style sheet, scripts and signs of the pages: ours alone, under names that change with their content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from archive.digest import sha256_hex

FOLDER = "/assets"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NAMES = ("style.css", "pages.css", "theme.js", "pages.js", "sign.svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of ours; `path` has a digest of its bytes, so that browsers may keep it for ever."""

    path: str
    media_type: str
    data: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its file's name."""
    return {name: _asset(name) for name in NAMES}


def asset_at(path: str) -> Asset | None:
    """The asset under a path; None if there is none, or none with this content."""
    return next((each for each in assets().values() if each.path == path), None)


def _asset(name: str) -> Asset:
    data = files("web.pages").joinpath("static", name).read_bytes()
    ending = name[name.rindex(".") :]
    return Asset(f"{FOLDER}/{sha256_hex(data)[:12]}/{name}", _TYPES[ending], data)
