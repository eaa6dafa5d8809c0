"""An article: one of its versions in full, all of them in a line, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import clusters, fronts, lookup, versions
from archive.catalog.article_reads import first_versions
from archive.catalog.picture_uses import uses_of
from archive.rows import ArticleRow, CaptureRow, VersionRow
from archive.timeline import Timeline, timeline_of, timeline_of_article
from archive.views.lines import Change, Picture, changes_of, kinds_of, pictures_shown
from archive.views.notebook import shown
from archive.views.viewer import Viewer


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the time line of its article.

    Attributes:
        events: what changed against the version before; empty for the first.
        edit, words_added, words_removed, sentences_moved: how much of the text changed.
        silent: headline or text changed, and the page does not say so.
        returns_to: an earlier version that said the same.
        removed: a tombstone; the three fields behind it have its evidence.
    """

    number: int
    captured_at: datetime
    url: str
    title: str | None
    run_id: str
    events: tuple[Change, ...]
    edit: str | None
    words_added: int
    words_removed: int
    sentences_moved: int
    silent: bool
    returns_to: int | None
    walled: bool
    removed: bool
    last_seen_at: datetime | None
    first_missing_at: datetime | None
    missing_how: str | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its events, each once."""
        return kinds_of(self.events)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the bytes lie from which a version was read, and what read them."""

    capture: CaptureRow
    extractor: str | None
    charset: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline from a moment on; `where` is the front page that had it, None for the article itself."""

    at: datetime
    title: str
    where: str | None
    number: int | None


@dataclass(frozen=True, slots=True)
class Copy:
    """An article of the same cluster.

    Attributes:
        kind: exact, near or part; None for one without a link of its own.
        share: of the shorter text's words that both have, 0 to 1.
    """

    article_id: str
    source: str
    url: str
    title: str | None
    first_captured_at: datetime
    kind: str | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Copies:
    """The cluster of an article, this one left out; `seen_first`: this one was first."""

    seen_first: bool
    agency: str | None
    others: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class PictureElsewhere:
    """Another article that ran one of this article's pictures; `kind` is exact, same or crop."""

    sha256: str
    article_id: str
    number: int
    source: str
    url: str
    captured_at: datetime
    caption: str | None
    kind: str


@shown
@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article as its page shows it.

    Attributes:
        urls: every address it has had, with the moment from which on.
        version: the one that is shown in full; never a tombstone.
        paragraphs: of its text.
        versions: all that may be seen, oldest first.
        headlines: of article and front pages, by time.
        elsewhere: of each picture the articles that ran it first; its own view says whether there are more.
        provenance: None where the catalog has lost the capture.
    """

    article_id: str
    source: str
    url: str
    removed: bool
    urls: tuple[tuple[str, datetime], ...]
    version: VersionRow
    paragraphs: tuple[str, ...]
    pictures: tuple[Picture, ...]
    versions: tuple[VersionLine, ...]
    headlines: tuple[Headline, ...]
    copies: Copies | None
    elsewhere: tuple[PictureElsewhere, ...]
    provenance: Provenance | None

    @property
    def newest(self) -> VersionLine:
        """The newest version, which may be a tombstone."""
        return self.versions[-1]

    @property
    def contents(self) -> tuple[VersionLine, ...]:
        """The versions that show the article."""
        return tuple(line for line in self.versions if not line.removed)


def article_at(
    viewer: Viewer, url: str, *, number: int | None = None, at: datetime | None = None
) -> ArticleView | None:
    """The article that an address shows or has shown; otherwise as `article`."""
    viewer.check_standing([url])
    timeline = timeline_of(viewer.catalog, url)
    return None if timeline is None else _view(viewer, timeline, number, at)


def article(
    viewer: Viewer, article_id: str, *, number: int | None = None, at: datetime | None = None
) -> ArticleView | None:
    """An article with one version in full: the one of this number, or that stood at a moment, or the newest.

    None if there is no such article or version, or none that may be told of. Raises Withheld if it was taken
    down, or the rules hide all of it and say so.
    """
    found = timeline_of_article(viewer.catalog, article_id)
    return None if found is None else _view(viewer, found, number, at)


def shown_versions(viewer: Viewer, timeline: Timeline) -> list[VersionRow]:
    """The versions of an article that may be seen; raises Withheld as `article` does."""
    viewer.check_standing(row.url for row in timeline.addresses)
    seen = [row for row in timeline.versions if viewer.sees(row)]
    if all(row.removed for row in seen):  # a tombstone alone would tell of what is hidden
        if hidden := viewer.nothing(timeline.article.source, timeline.article.url):
            raise hidden
        return []
    return seen


def _view(viewer: Viewer, timeline: Timeline, number: int | None, at: datetime | None) -> ArticleView | None:
    seen = shown_versions(viewer, timeline)
    contents = [row for row in seen if not row.removed]
    if number is not None:
        contents = [row for row in contents if row.number == number]
    elif at is not None:
        contents = [row for row in contents if row.captured_at <= at]
    if not contents:
        return None
    shown = contents[-1]
    text = versions.text_by_sha256(viewer.catalog, shown.text_sha256) if shown.text_sha256 else None
    key = (shown.article_id, shown.number)
    pictures = pictures_shown(viewer, [key]).get(key, ())
    capture = lookup.capture_by_id(viewer.catalog, shown.capture_id)
    row = timeline.article
    return ArticleView(
        article_id=row.id,
        source=row.source,
        url=row.url,
        removed=row.removed,
        urls=tuple((each.url, each.since) for each in timeline.addresses),
        version=shown,
        paragraphs=tuple(part for part in (text or "").split("\n\n") if part.strip()),
        pictures=pictures,
        versions=tuple(_version_line(each, timeline) for each in seen),
        headlines=tuple(sorted(_headlines(viewer, timeline, seen), key=lambda one: one.at)),
        copies=copies_of(viewer, row),
        elsewhere=tuple(_elsewhere(viewer, row.id, pictures)),
        provenance=Provenance(capture, shown.extractor, shown.charset, shown.parts) if capture else None,
    )


def _version_line(row: VersionRow, timeline: Timeline) -> VersionLine:
    return VersionLine(
        number=row.number,
        captured_at=row.captured_at,
        url=row.url,
        title=row.title,
        run_id=row.run_id,
        events=changes_of(timeline.events.get(row.number, ())),
        edit=row.edit,
        words_added=row.words_added,
        words_removed=row.words_removed,
        sentences_moved=row.sentences_moved,
        silent=row.silent,
        returns_to=row.returns_to,
        walled=row.walled,
        removed=row.removed,
        last_seen_at=row.last_seen_at,
        first_missing_at=row.first_missing_at,
        missing_how=row.missing_how,
    )


def _headlines(viewer: Viewer, timeline: Timeline, seen: Sequence[VersionRow]) -> Iterator[Headline]:
    """Each headline when it first stood there, in the article and on each front page."""
    said: str | None = None
    for row in seen:
        if row.title and not row.removed and row.title != said:
            said = row.title
            yield Headline(row.captured_at, row.title, None, row.number)
    stood: dict[str, str] = {}
    for teaser in fronts.teasers_of(viewer.catalog, [row.url for row in timeline.addresses]):
        shown = viewer.sight.sees(teaser.source, teaser.url, teaser.at)
        if shown and stood.get(teaser.url) != teaser.title:
            stood[teaser.url] = teaser.title
            yield Headline(teaser.at, teaser.title, teaser.url, None)


def copies_of(viewer: Viewer, row: ArticleRow) -> Copies | None:
    """The copies of an article that may be seen; None if there are none."""
    cluster = clusters.clusters_of(viewer.catalog, [row.id]).get(row.id)
    if cluster is None:
        return None
    others = [
        member
        for member in cluster.members
        if member.article.id != row.id
        and viewer.sight.sees(member.article.source, member.article.url, member.article.first_captured_at)
    ]
    if not others:
        return None
    titles = first_versions(viewer.catalog, [member.article.id for member in others])
    found = []
    for member in others:
        first = titles.get(member.article.id)
        share = member.row.containment
        found.append(
            Copy(
                member.article.id,
                member.article.source,
                member.article.url,
                first.title if first else None,
                member.article.first_captured_at,
                member.row.kind,
                None if share is None else share / 1000,
            )
        )
    return Copies(cluster.first.id == row.id, cluster.agency, tuple(found))


def _elsewhere(viewer: Viewer, article_id: str, pictures: Sequence[Picture]) -> Iterator[PictureElsewhere]:
    digests = [each.sha256 for each in pictures if each.sha256]
    for digest, uses in uses_of(viewer.catalog, digests).items():
        for use in uses:
            if use.article_id == article_id or not viewer.sight.sees(use.source, use.url, use.captured_at):
                continue
            kind = "exact" if use.sha256 == digest else (use.link.kind if use.link else None) or "same"
            yield PictureElsewhere(
                digest, use.article_id, use.number, use.source, use.url, use.captured_at, use.caption, kind
            )
