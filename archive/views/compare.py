"""Two versions of an article beside each other: fields by words, the text by sentences, pictures by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.catalog import versions
from archive.rows import VersionRow
from archive.timeline import timeline_of_article
from archive.views.article import shown_versions
from archive.views.lines import Picture, pictures_shown
from archive.views.notebook import shown
from archive.views.viewer import Viewer
from archive.wording.edit import measure
from archive.wording.sentence_diff import SentenceRow, sentence_diff
from archive.wording.word_diff import Kind, phrases, word_diff

Pieces = tuple[tuple[Kind, str], ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field besides the text that differs, by words: title, standfirst, byline, published, ..."""

    name: str
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class PictureChange:
    """A picture that came, went, or got other words; None on the side where it is not."""

    before: Picture | None
    after: Picture | None
    caption: Pieces


@dataclass(frozen=True, slots=True)
class TextEdit:
    """How much the text changed; `grade` is minor or major."""

    grade: str
    words_added: int
    words_removed: int
    sentences_moved: int


@shown
@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two versions.

    Attributes:
        numbers: of the versions with content that may be chosen.
        rows: the whole text, sentence by sentence; empty if it is the same.
        edit: None if the text is the same.
    """

    article_id: str
    source: str
    url: str
    language: str | None
    title: str | None
    before: VersionRow
    after: VersionRow
    numbers: tuple[VersionRow, ...]
    fields: tuple[FieldChange, ...]
    rows: tuple[SentenceRow, ...]
    edit: TextEdit | None
    pictures: tuple[PictureChange, ...]

    @property
    def same(self) -> bool:
        """Whether the two say the same."""
        return not (self.fields or self.rows or self.pictures)


def compare(
    viewer: Viewer, article_id: str, before: int | None = None, after: int | None = None
) -> Comparison | None:
    """Two versions of an article by their numbers: the newest with content, and the one before it, if None.

    None if there is no such article or version with content, or only one. Raises Withheld.
    """
    timeline = timeline_of_article(viewer.catalog, article_id)
    if timeline is None:
        return None
    contents = {row.number: row for row in shown_versions(viewer, timeline) if not row.removed}
    newer = after if after is not None else max(contents, default=0)
    older = before if before is not None else max((n for n in contents if n < newer), default=0)
    if newer not in contents or older not in contents:
        return None
    return _comparison(viewer, contents[older], contents[newer], tuple(contents.values()))


def _comparison(
    viewer: Viewer, before: VersionRow, after: VersionRow, numbers: tuple[VersionRow, ...]
) -> Comparison:
    one, other = _text(viewer, before), _text(viewer, after)
    keys = [(row.article_id, row.number) for row in (before, after)]
    pictures = pictures_shown(viewer, keys)
    edit = None
    if one != other:
        measured = measure(one, other)
        edit = TextEdit(str(measured.grade), measured.words_added, measured.words_removed, measured.moved)
    return Comparison(
        article_id=after.article_id,
        source=after.source,
        url=after.url,
        language=after.language or before.language,
        title=after.title,
        before=before,
        after=after,
        numbers=numbers,
        fields=tuple(_fields(before, after)),
        rows=tuple(sentence_diff(one, other)) if one != other else (),
        edit=edit,
        pictures=tuple(_pictures(pictures.get(keys[0], ()), pictures.get(keys[1], ()))),
    )


def _text(viewer: Viewer, row: VersionRow) -> str:
    return (versions.text_by_sha256(viewer.catalog, row.text_sha256) if row.text_sha256 else None) or ""


def _fields(before: VersionRow, after: VersionRow) -> Iterator[FieldChange]:
    for name in ("title", "standfirst", "byline", "published", "modified", "section", "url", "asides"):
        one, other = _said(before, name), _said(after, name)
        if one != other:
            yield FieldChange(name, tuple(phrases(word_diff(one, other))))


def _said(row: VersionRow, name: str) -> str:
    match name:
        case "byline":
            return ", ".join(row.byline)
        case "asides":
            return "\n\n".join(row.asides)
        case "published":
            return f"{row.published_at:%Y-%m-%d %H:%M} UTC" if row.published_at else ""
        case "modified":
            return f"{row.modified_at:%Y-%m-%d %H:%M} UTC" if row.modified_at else ""
        case _:
            return getattr(row, name) or ""


def _pictures(before: Sequence[Picture], after: Sequence[Picture]) -> Iterator[PictureChange]:
    """Pictures by their bytes, or by address where they have none."""
    old, new = ({each.sha256 or each.url: each for each in side} for side in (before, after))
    for key, picture in old.items():
        if key not in new:
            yield PictureChange(picture, None, _captions(picture, None))
        elif _words(picture) != _words(new[key]):
            yield PictureChange(picture, new[key], _captions(picture, new[key]))
    yield from (
        PictureChange(None, each, _captions(None, each)) for key, each in new.items() if key not in old
    )


def _captions(before: Picture | None, after: Picture | None) -> Pieces:
    return tuple(phrases(word_diff(_words(before), _words(after))))


def _words(picture: Picture | None) -> str:
    return "" if picture is None else " · ".join(part for part in (picture.caption, picture.credit) if part)
