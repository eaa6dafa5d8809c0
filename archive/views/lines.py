"""An article in a line: what lists of articles are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import takedowns
from archive.catalog.export_reads import events_of_versions, images_by_sha256, pictures_of_versions
from archive.digest import url_key
from archive.rows import EventRow, ImageRow, PictureRow, VersionRow
from archive.views.notebook import shown
from archive.views.viewer import Viewer

Key = tuple[str, int]  # article id and number of the version


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its place in a version.

    Attributes:
        url: its address when it was published.
        sha256: of its bytes, by which it is shown; None if it could not be archived, or was taken down.
        width, height: in pixels; 0 without bytes.
        mime: type of its bytes, one of five; empty without.
        caption, credit, alt: as the page had them.
        embedded_caption, embedded_credit: as the file itself says (EXIF, IPTC).
    """

    url: str
    sha256: str | None
    width: int
    height: int
    mime: str
    caption: str | None
    credit: str | None
    alt: str | None
    embedded_caption: str | None = None
    embedded_credit: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One typed event of a version, with what stood there before and after; texts by their digest."""

    kind: str
    before: str | None
    after: str | None


def kinds_of(changes: Iterable[Change]) -> tuple[str, ...]:
    """The kinds of some changes, each once."""
    return tuple(dict.fromkeys(change.kind for change in changes))


@shown
@dataclass(frozen=True, slots=True)
class ArticleLine:
    """A version of an article in a line.

    Attributes:
        summary: the standfirst, or what the page says of itself.
        events: what changed against the version before; empty for a first version.
        edit: grade of a text event, `minor` or `major`.
        silent: headline or text changed, and the page does not say so.
        removed: a tombstone. walled: only the beginning, the rest is paid for.
        picture: the first one that is archived.
    """

    article_id: str
    number: int
    source: str
    url: str
    title: str | None
    summary: str | None
    language: str | None
    captured_at: datetime
    published_at: datetime | None
    byline: tuple[str, ...]
    section: str | None
    events: tuple[Change, ...]
    edit: str | None
    words_added: int
    words_removed: int
    sentences_moved: int
    silent: bool
    removed: bool
    walled: bool
    picture: Picture | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its events, each once."""
        return kinds_of(self.events)


def lines_of(viewer: Viewer, versions: Sequence[VersionRow]) -> list[ArticleLine]:
    """A line for each version that may be seen, in the order given; five queries however many there are."""
    seen = viewer.seen(versions)
    keys = [(row.article_id, row.number) for row in seen]
    events = events_of_versions(viewer.catalog, keys)
    pictures = _first_pictures(viewer, keys)
    return [_line(row, events.get(key, ()), pictures.get(key)) for row, key in zip(seen, keys, strict=True)]


def pictures_shown(viewer: Viewer, keys: Sequence[Key]) -> dict[Key, tuple[Picture, ...]]:
    """The pictures of versions, in order, those that were taken down without their bytes."""
    rows = pictures_of_versions(viewer.catalog, keys)
    every = [row for each in rows.values() for row in each]
    down = takedowns.among(viewer.catalog, [url_key(row.url) for row in every])
    images = images_by_sha256(viewer.catalog, [row.sha256 for row in every if row.sha256])
    return {key: tuple(_picture(row, images, down) for row in each) for key, each in rows.items()}


def _first_pictures(viewer: Viewer, keys: Sequence[Key]) -> dict[Key, Picture]:
    """The first picture of each version that may be shown; what is known of the others is not read."""
    kept = {
        key: [row for row in each if row.sha256]
        for key, each in pictures_of_versions(viewer.catalog, keys).items()
    }
    down = takedowns.among(viewer.catalog, [url_key(row.url) for each in kept.values() for row in each])
    first = {
        key: row
        for key, each in kept.items()
        if (row := next((row for row in each if url_key(row.url) not in down), None)) is not None
    }
    images = images_by_sha256(viewer.catalog, [row.sha256 for row in first.values() if row.sha256])
    found = {key: _picture(row, images, down) for key, row in first.items() if row.sha256 in images}
    if len(found) < len(first):  # bytes that went with an expiry: the next picture stands in
        others = pictures_shown(viewer, [key for key in first if key not in found])
        found |= {key: one for key, each in others.items() if (one := next(filter(_has_bytes, each), None))}
    return found


def _has_bytes(picture: Picture) -> bool:
    return picture.sha256 is not None


def changes_of(events: Sequence[EventRow]) -> tuple[Change, ...]:
    """Events without their keys."""
    return tuple(Change(row.kind, row.before, row.after) for row in events)


def _picture(row: PictureRow, images: Mapping[str, ImageRow], down: Mapping[str, object]) -> Picture:
    image = None if url_key(row.url) in down else images.get(row.sha256 or "")
    return Picture(
        row.url,
        image.sha256 if image else None,
        image.width if image else 0,
        image.height if image else 0,
        image.mime if image else "",
        row.caption,
        row.credit,
        row.alt,
        row.embedded_caption,
        row.embedded_credit,
    )


def _line(row: VersionRow, events: Sequence[EventRow], picture: Picture | None) -> ArticleLine:
    return ArticleLine(
        article_id=row.article_id,
        number=row.number,
        source=row.source,
        url=row.url,
        title=row.title,
        summary=row.standfirst or row.description,
        language=row.language,
        captured_at=row.captured_at,
        published_at=row.published_at,
        byline=row.byline,
        section=row.section,
        events=changes_of(events),
        edit=row.edit,
        words_added=row.words_added,
        words_removed=row.words_removed,
        sentences_moved=row.sentences_moved,
        silent=row.silent,
        removed=row.removed,
        walled=row.walled,
        picture=picture,
    )
