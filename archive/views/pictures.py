"""Pictures: what ran on a day, and everywhere that one picture ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from archive.catalog import lookup, takedowns, versions
from archive.catalog.article_reads import nearest_version, versions_between
from archive.catalog.picture_uses import MOST_USES, PictureUse, uses_of
from archive.rows import CaptureRow, ImageRow
from archive.views.lines import ArticleLine, Picture, lines_of, pictures_shown
from archive.views.notebook import shown
from archive.views.viewer import Viewer, Withheld

MOST_VERSIONS = 400  # of one day that are looked at
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hung:
    """A picture on the wall, with the article that showed it last that day."""

    picture: Picture
    article: ArticleLine


@shown
@dataclass(frozen=True, slots=True)
class Wall:
    """The pictures of a day (UTC), each once, newest first; `day` is None where there never was one.

    Attributes:
        before, after: the nearest other days with an article.
        cut: the day has more versions than are looked at.
    """

    day: date | None
    before: date | None
    after: date | None
    source: str | None
    pictures: tuple[Hung, ...]
    cut: bool = False


@shown
@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture, and the articles that may be seen which ran it, the first first.

    Attributes:
        cut: more ran it than are looked at, which are the earliest.
    """

    image: ImageRow
    uses: tuple[PictureUse, ...]
    cut: bool = False

    @property
    def caption(self) -> str | None:
        """What it was captioned with first."""
        return next((use.caption for use in self.uses if use.caption), None)


def wall(viewer: Viewer, day: date | None = None, source: str | None = None) -> Wall:
    """The pictures of a day, of one source if it is named; of the newest day if None."""
    newest = nearest_version(viewer.catalog, None, source)
    if newest is None:
        return Wall(day, None, None, source, ())
    shown = day or newest.date()
    begin = datetime.combine(shown, time(), UTC)
    rows = versions_between(viewer.catalog, begin, begin + _DAY, source, MOST_VERSIONS + 1)
    lines = {(line.article_id, line.number): line for line in lines_of(viewer, rows[:MOST_VERSIONS])}
    shown_by: dict[str, Hung] = {}
    for key, pictures in _in_order(viewer, list(lines)):
        for picture in pictures:
            if picture.sha256 is not None:
                shown_by.setdefault(picture.sha256, Hung(picture, lines[key]))
    before = nearest_version(viewer.catalog, begin, source)
    after = nearest_version(viewer.catalog, begin + _DAY, source, later=True)
    return Wall(
        shown,
        before.date() if before else None,
        after.date() if after else None,
        source,
        tuple(shown_by.values()),
        len(rows) > MOST_VERSIONS,
    )


def _in_order(
    viewer: Viewer, keys: Sequence[tuple[str, int]]
) -> list[tuple[tuple[str, int], tuple[Picture, ...]]]:
    found = pictures_shown(viewer, keys)
    return [(key, found[key]) for key in keys if key in found]


def picture(viewer: Viewer, sha256: str) -> PictureView | None:
    """A picture by its digest; None if it is not archived. Raises Withheld."""
    image = versions.image_by_sha256(viewer.catalog, sha256)
    if image is None:
        return None
    capture = lookup.capture_by_id(viewer.catalog, image.capture_id)
    if capture is not None and not _shown(viewer, image, capture):
        return None
    uses = uses_of(viewer.catalog, [sha256], MOST_USES + 1)[sha256]
    shown = [use for use in uses[:MOST_USES] if viewer.sight.sees(use.source, use.url, use.captured_at)]
    return PictureView(image, tuple(shown), cut=len(uses) > MOST_USES)


def picture_capture(viewer: Viewer, sha256: str) -> tuple[ImageRow, CaptureRow] | None:
    """A picture with the capture that has its bytes; None if it is not archived. Raises Withheld."""
    image = versions.image_by_sha256(viewer.catalog, sha256)
    capture = lookup.capture_by_id(viewer.catalog, image.capture_id) if image else None
    if image is None or capture is None:
        return None
    return (image, capture) if _shown(viewer, image, capture) else None


def _shown(viewer: Viewer, image: ImageRow, capture: CaptureRow) -> bool:
    """Whether a picture may be seen; raises Withheld if not, and that is told.

    A takedown names the addresses of pictures that only the article showed; one that ran elsewhere too, in
    the same bytes at another address, is shown on.
    """
    down = takedowns.of(viewer.catalog, capture.url)
    if down is None and viewer.sight.sees(capture.source, capture.url, capture.at):
        return True
    uses = uses_of(viewer.catalog, [image.sha256])[image.sha256]
    same = (use for use in uses if use.sha256 == image.sha256)
    if any(viewer.sight.sees(use.source, use.url, use.captured_at) for use in same):
        return True
    if down is not None:
        raise Withheld(f"this was taken down on {down.at:%Y-%m-%d}: {down.reason}", down)
    if hidden := viewer.nothing(capture.source, capture.url):
        raise hidden
    return False
