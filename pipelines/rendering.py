"""What a browser makes of a page before it is read: the boundary to whoever drives one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import segments
from archive.catalog.catalog import Catalog
from archive.exchange import Exchange
from archive.open_batch import RENDERED
from archive.reader import read_rendered
from archive.rows import CaptureRow
from archive.stores.store import ObjectStore
from config.source import Source

DOM_TYPE = RENDERED["dom"][1]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A page after its scripts ran.

    Attributes:
        dom: the document, as UTF-8.
        screenshot: a PNG of it, if one was asked for and could be had.
        engine: the browser, such as `Chromium 139.0.7258.5`.
        at: when it was taken, UTC.
    """

    dom: bytes
    screenshot: bytes | None
    engine: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotRendered:
    """A page that could not be rendered.

    Attributes:
        reason: `render_timeout`, `render_crashed`, `render_memory` or `render_too_large`.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Body:
    """What is read as the page: its bytes, and the header fields that say how."""

    data: bytes
    content_type: str | None
    content_encoding: str | None


# (raw page, its capture, its source) → what the browser made of it, archived; None: it is read as it came.
RenderPage = Callable[[Exchange, CaptureRow, Source], Awaitable[Rendering | NotRendered | None]]


def body_of(exchange: Exchange, dom: bytes | None) -> Body:
    """The DOM where there is one, else the response as it came."""
    if dom is not None:
        return Body(dom, DOM_TYPE, None)
    return Body(exchange.body, exchange.header("Content-Type"), exchange.header("Content-Encoding"))


def dom_of(store: ObjectStore, catalog: Catalog, capture: CaptureRow) -> bytes | None:
    """The archived DOM of a capture; None if no browser rendered it.

    Raises ArchiveDamaged if it cannot be read back, ObjectNotFound if its segment is gone.
    """
    row = segments.rendered_of(catalog, capture.id, "dom")
    return None if row is None else read_rendered(store, row)
