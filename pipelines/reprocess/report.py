"""What today's extractor would change, or has changed, in counts and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime

from archive.rows import PictureRow, VersionRow

MOST_NAMED = 100  # pages of one kind that a report names; it counts all

# What a version says, by the word under which a change of it is counted.
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("text", ("text_sha256",)),
    ("title", ("title",)),
    ("byline", ("byline", "agency")),
    ("date", ("published_at", "published_raw", "published_confidence", "modified_at")),
)
_OF_PICTURE = ("position", "url", "caption", "credit", "alt", "sha256")


@dataclass(frozen=True, slots=True)
class Sample:
    """A version that reads otherwise now; `before` and `after` are its texts, where these differ."""

    url: str
    number: int
    captured_at: datetime
    changed: tuple[str, ...]
    title_before: str | None
    title_after: str | None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A page, and what is the matter with it."""

    url: str
    captured_at: datetime | None
    reason: str


@dataclass(slots=True)
class Report:
    """Counts of one reprocessing. Versions are counted, unless another thing is named.

    Attributes:
        articles: that were looked at.
        versions: their versions; tombstones are not read and not counted.
        current: what today's extractor, with today's rules, has read already.
        read: read again.
        same: of those, with nothing else in them than before.
        changed: how many read otherwise in `text`, `title`, `byline`, `date`, `pictures` or `other` fields.
        words_added, words_removed: of all texts together.
        unread: how many could not be read, by reason; named in `unreadable`.
        quarantined: how many today's extractor takes for no article; they stay as they are.
        let_go: captures of these sources and of that time that showed no change and whose bytes were let go.
        refused: captures of pages that were no articles; read only for a report.
        articles_new: of those, such as are articles today; no versions are made of them.
        events_before, events: of the versions of these articles, by kind.
        unmatched: by field, how often rules found nothing in a page.
        extractors: by id, how many versions it has read.
        promoted: versions that the catalog shows as today's extractor reads them.
        busy: articles that were left because a crawl fetches from their host.
        compared: articles whose copies were looked for again, since they, or others of their clusters, read
            otherwise; None if another process was linking, which leaves them to the next that links.
        unlinked: of those, such as had a copy before and have none any more.
    """

    articles: int = 0
    versions: int = 0
    current: int = 0
    read: int = 0
    same: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    words_added: int = 0
    words_removed: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    let_go: int = 0
    refused: int = 0
    articles_new: int = 0
    events_before: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    unmatched: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    promoted: int = 0
    busy: int = 0
    compared: int | None = 0
    unlinked: int = 0
    samples: list[Sample] = field(default_factory=list)
    unreadable: list[Named] = field(default_factory=list)
    now_quarantined: list[Named] = field(default_factory=list)
    now_articles: list[Named] = field(default_factory=list)

    def details(self) -> tuple[str, ...]:
        """The counts, for an audit row."""
        counts = {
            "articles": self.articles,
            "versions": self.versions,
            "current": self.current,
            "read": self.read,
            "same": self.same,
            **{f"changed_{name}": number for name, number in sorted(self.changed.items())},
            "unread": self.unread.total(),
            "quarantined": self.quarantined.total(),
            "promoted": self.promoted,
            "events_before": self.events_before.total(),
            "events": self.events.total(),
        }
        extractors = (
            f"extractor={name} versions={number}" for name, number in sorted(self.extractors.items())
        )
        return (*(f"{name}={number}" for name, number in counts.items()), *extractors)


def join(whole: Report, part: Report) -> None:
    """Add the counts, and as many of the names as there is room for, of one report to another."""
    for field_ in fields(whole):
        mine, more = getattr(whole, field_.name), getattr(part, field_.name)
        if isinstance(mine, Counter):
            mine.update(more)
        elif isinstance(mine, list):
            mine += more[: max(0, MOST_NAMED - len(mine))]
        else:
            setattr(whole, field_.name, mine + more)


def name(those: list[Named], one: Named) -> None:
    """Name a page, as long as there are not too many."""
    if len(those) < MOST_NAMED:
        those.append(one)


def differences(
    before: VersionRow, after: VersionRow, shown: Iterable[PictureRow], shows: Iterable[PictureRow]
) -> tuple[str, ...]:
    """In what two readings of one version differ, in a fixed order; the extractor's name does not count."""
    found = [
        word
        for word, names in _FIELDS
        if any(getattr(before, name) != getattr(after, name) for name in names)
    ]
    if [_picture(row) for row in shown] != [_picture(row) for row in shows]:
        found.append("pictures")
    known = {"extractor", *(name for _, names in _FIELDS for name in names)}
    others = (name for name in VersionRow.__dataclass_fields__ if name not in known and name != "table")
    if any(getattr(before, name) != getattr(after, name) for name in others):
        found.append("other")
    return tuple(found)


def _picture(row: PictureRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _OF_PICTURE)
