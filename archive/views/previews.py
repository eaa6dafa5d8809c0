"""A preview that somebody asked for: whether it is there yet, and what a crawl would archive and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from archive.catalog import previews, takedowns
from archive.catalog.previews import ANSWERED, KEPT
from archive.digest import url_key
from archive.preview import PreviewResult, file_digest, read_back
from archive.views.notebook import shown
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer


@shown
@dataclass(frozen=True, slots=True)
class PreviewView:
    """The newest preview of a source.

    Attributes:
        status: `to_preview` while it waits or is being made (`begun_at`), `answered`, or `failed`: `note`
            says why.
        changed: the source's file is another now than when it was read.
        result: what was seen; None until it is answered. What may not be shown is left out of its lists, and
            counts in its sums.
    """

    source: str
    status: str
    asked_at: datetime
    begun_at: datetime | None
    answered_at: datetime | None
    note: str | None
    changed: bool
    result: PreviewResult | None


def preview_view(viewer: Viewer, name: str, files: SourceFiles) -> PreviewView | None:
    """The newest preview of a source; None if there is none, or it is older than a week."""
    request = previews.of(viewer.catalog, name)
    if request is None or request.asked_at < viewer.clock.now() - KEPT:
        return None
    body = previews.result_of(viewer.catalog, request) if request.status == ANSWERED else None
    result = None if body is None else _visible(viewer, name, read_back(body))
    file = files.file(name)
    return PreviewView(
        source=name,
        status=request.status,
        asked_at=request.asked_at,
        begun_at=request.begun_at,
        answered_at=request.answered_at,
        note=request.note,
        changed=result is not None and (file is None or file_digest(file.text) != result.file_sha256),
        result=result,
    )


def _visible(viewer: Viewer, source: str, result: PreviewResult) -> PreviewResult:
    """Without the addresses that were taken down, or that the rules hide from this reader."""
    lists = (result.pages, result.addresses, result.documents)
    hidden = _hidden(viewer, source, {one.url for each in lists for one in each})
    return replace(
        result,
        pages=tuple(one for one in result.pages if one.url not in hidden),
        addresses=tuple(one for one in result.addresses if one.url not in hidden),
        documents=tuple(one for one in result.documents if one.url not in hidden),
        warnings=tuple(said for said in result.warnings if not any(url in said for url in hidden)),
    )


def _hidden(viewer: Viewer, source: str, urls: Iterable[str]) -> set[str]:
    named = {url_key(url): url for url in urls}
    down = takedowns.among(viewer.catalog, list(named))
    now = viewer.clock.now()
    return {url for key, url in named.items() if key in down or not viewer.sight.sees(source, url, now)}
