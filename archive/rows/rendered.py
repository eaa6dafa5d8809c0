"""Where lies what a browser made of a page: a row of the catalog, re-exported by `archive.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRow:
    """One `conversion` record of a capture in `derived/`: its DOM after scripts ran, or a picture of it."""

    table: ClassVar[str] = "rendered"
    capture_id: str  # the raw response that was rendered
    part: str  # dom, screenshot
    at: datetime  # when it was taken
    engine: str  # the browser, such as `Chromium 139.0.7258.5`
    mime: str
    sha256: str
    size: int
    segment: str
    offset: int
    length: int
