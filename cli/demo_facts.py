"""What a demo shows of its archive: an edited article, a removed one, a wire copy, pictures, segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.wording.word_diff import Kind, phrases, word_diff

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.rows import VersionRow
    from archive.timeline import Timeline

Pieces = tuple[tuple[Kind, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next: its events, and the words of each part that changed."""

    number: int
    captured_at: datetime
    title: str | None
    events: tuple[str, ...]
    changes: Mapping[str, Pieces]


@dataclass(frozen=True, slots=True)
class Edited:
    """The article with the most versions."""

    url: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A tombstone's evidence."""

    url: str
    title: str | None
    last_seen_at: datetime | None
    first_missing_at: datetime | None
    how: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """The same text at two addresses; `first` was seen first."""

    title: str | None
    first_url: str
    first_source: str
    copy_url: str
    copy_source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the archive of a demo has to show; None where it has no such thing.

    Attributes:
        pictures: different pictures that were archived; `shown` counts their places in versions.
        picture_bytes: their size.
        segments: keys of the WARC files.
    """

    edited: Edited | None
    removed: Removed | None
    copy: Copy | None
    pictures: int
    shown: int
    picture_bytes: int
    segments: tuple[str, ...]


def gather(catalog: Catalog) -> Facts:
    """Read the facts out of a catalog."""
    from archive.catalog import segments, versions

    every = list(versions.every_version(catalog))
    shown = [
        row.sha256
        for version in every
        for row in versions.pictures_of(catalog, version.article_id, version.number)
        if row.sha256 is not None
    ]
    images = [versions.image_by_sha256(catalog, sha256) for sha256 in set(shown)]
    return Facts(
        edited=_edited(catalog, every),
        removed=_removed(every),
        copy=_copy(catalog, every),
        pictures=len(images),
        shown=len(shown),
        picture_bytes=sum(image.size for image in images if image is not None),
        segments=tuple(row.key for row in segments.every(catalog)),
    )


def _edited(catalog: Catalog, every: Iterable[VersionRow]) -> Edited | None:
    """The article with the most versions that is still there."""
    from archive.timeline import timeline_of

    numbered = [version for version in every if not version.removed]
    most = max(numbered, key=lambda version: (version.number, version.url), default=None)
    timeline = timeline_of(catalog, most.url) if most is not None else None
    if most is None or timeline is None:
        return None
    contents = timeline.contents
    steps = [
        _step(catalog, timeline, before, after)
        for before, after in zip([None, *contents[:-1]], contents, strict=True)
    ]
    return Edited(timeline.article.url, tuple(steps))


def _step(catalog: Catalog, timeline: Timeline, before: VersionRow | None, after: VersionRow) -> Step:
    events = tuple(dict.fromkeys(event.kind for event in timeline.events.get(after.number, ())))
    changes: dict[str, Pieces] = {}
    if before is not None:
        old, new = _parts(catalog, before), _parts(catalog, after)
        changes = {
            part: tuple(phrases(word_diff(old[part], new[part]))) for part in old if old[part] != new[part]
        }
    return Step(after.number, after.captured_at, after.title, events, changes)


def _parts(catalog: Catalog, version: VersionRow) -> dict[str, str]:
    from archive.catalog.versions import text_by_sha256

    text = text_by_sha256(catalog, version.text_sha256) if version.text_sha256 else None
    return {"title": version.title or "", "byline": ", ".join(version.byline), "text": text or ""}


def _removed(every: Iterable[VersionRow]) -> Removed | None:
    for version in every:
        if version.removed:
            return Removed(
                version.url,
                version.title,
                version.last_seen_at,
                version.first_missing_at,
                version.missing_how,
            )
    return None


def _copy(catalog: Catalog, every: Iterable[VersionRow]) -> Copy | None:
    from archive.catalog.versions import first_with_text

    for version in every:
        first = first_with_text(catalog, version.text_sha256) if version.text_sha256 else None
        if first is not None and first.source != version.source:
            return Copy(version.title, first.url, first.source, version.url, version.source)
    return None


def facts_as_data(facts: Facts) -> dict[str, Any]:
    """Facts for `--json`, with words as objects."""
    from cli.output import plain

    data: dict[str, Any] = plain(facts)
    for step in (data["edited"] or {}).get("steps", ()):
        for part, words in step["changes"].items():
            step["changes"][part] = [{"kind": kind, "text": text} for kind, text in words]
    return data


def changed_paragraphs(pieces: Iterable[tuple[Kind, str]]) -> list[list[tuple[Kind, str]]]:
    """The paragraphs in which something changed; a long text's others need not be shown."""
    paragraphs: list[list[tuple[Kind, str]]] = [[]]
    for kind, text in pieces:
        for number, part in enumerate(text.split("\n\n")):
            if number:
                paragraphs.append([])
            if part:
                paragraphs[-1].append((kind, part))
    return [words for words in paragraphs if any(kind != "same" for kind, _ in words)]
