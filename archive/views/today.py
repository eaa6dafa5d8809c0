"""Last night: what was archived, by source; headlines that changed; pictures; what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.catalog import nights
from archive.catalog.runs import Tally
from archive.rows import RunRow
from archive.views.lines import ArticleLine, Picture, lines_of
from archive.views.notebook import shown
from archive.views.viewer import Viewer

MOST_VERSIONS = 200  # of one night that are shown: more would be no page to read, and slow
OUTCOMES = ("archived", "unchanged", "not_modified", "skipped", "failed", "quarantined", "gone", "waiting")


@shown
@dataclass(frozen=True, slots=True)
class SourceNight:
    """What a night brought of one source.

    Attributes:
        run: id of the night's last run that had it. status: of this run.
        new, edited, removed: versions of that kind which may be seen; where a night has more than are
            shown, all that were made.
        outcomes: addresses by outcome, `waiting` for those without one.
        reasons: (outcome, reason, addresses) of those that did not come, most first.
    """

    source: str
    run: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    new: int
    edited: int
    removed: int
    outcomes: dict[str, int]
    reasons: tuple[tuple[str, str, int], ...]

    @property
    def discovered(self) -> int:
        """Addresses of the source that the night met: the sum of its outcomes."""
        return sum(self.outcomes.values())

    @property
    def amiss(self) -> int:
        """Addresses that failed, stopped at a wall, or were gone."""
        return sum(self.count(outcome) for outcome in ("failed", "quarantined", "gone"))

    def count(self, outcome: str) -> int:
        """Addresses that ended so."""
        return self.outcomes.get(outcome, 0)


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline that changed, before and after."""

    article: ArticleLine
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture with the article that shows it."""

    picture: Picture
    article: ArticleLine


@shown
@dataclass(frozen=True, slots=True)
class Today:
    """One night; `night` is None where there was never a run.

    Attributes:
        before, after: the nearest other nights with a run.
        new, edited, removed: versions of the night, newest first; `new` are first versions.
        cut: the night made more versions than are shown, which are the newest.
    """

    night: str | None
    before: str | None
    after: str | None
    sources: tuple[SourceNight, ...]
    new: tuple[ArticleLine, ...]
    edited: tuple[ArticleLine, ...]
    removed: tuple[ArticleLine, ...]
    headlines: tuple[Headline, ...]
    pictures: tuple[PictureShown, ...]
    cut: bool = False

    def made(self, kind: str) -> int:
        """Versions of all sources that are `new`, `edited` or `removed`, also those beyond what is shown."""
        return sum(int(getattr(source, kind)) for source in self.sources)

    def total(self, outcome: str) -> int:
        """Addresses of all sources that ended so."""
        return sum(source.count(outcome) for source in self.sources)


def today(viewer: Viewer, night: str | None = None) -> Today:
    """A night (`YYYY-MM-DD`), the newest one if None. Raises ValueError if it is no date."""
    asked = night or nights.newest_night(viewer.catalog)
    if asked is None:
        return Today(None, None, None, (), (), (), (), (), ())
    around = nights.neighbours(viewer.catalog, asked)
    runs = nights.runs_of_night(viewer.catalog, asked)
    rows = nights.versions_of_runs(viewer.catalog, runs, MOST_VERSIONS + 1)
    lines, cut = lines_of(viewer, rows[:MOST_VERSIONS]), len(rows) > MOST_VERSIONS
    counted = Counter((line.source, kind_of(line)) for line in lines)
    kinds = {kind: tuple(line for line in lines if kind_of(line) == kind) for kind in ("new", "edited")}
    removed = tuple(line for line in lines if kind_of(line) == "removed")
    return Today(
        night=asked,
        before=around.before,
        after=around.after,
        sources=tuple(
            _sources(viewer, runs, nights.versions_counted(viewer.catalog, runs) if cut else counted)
        ),
        new=kinds["new"],
        edited=kinds["edited"],
        removed=removed,
        headlines=tuple(headlines_of(lines)),
        pictures=tuple(PictureShown(line.picture, line) for line in kinds["new"] if line.picture),
        cut=cut,
    )


def kind_of(line: ArticleLine) -> str:
    """What a version is to its article: `new`, `edited` or `removed`."""
    return "removed" if line.removed else "new" if line.number == 1 else "edited"


def headlines_of(lines: Iterable[ArticleLine]) -> Iterable[Headline]:
    """The headlines that changed, in the order of the lines."""
    for line in lines:
        for change in line.events:
            if change.kind == "title" and change.before and change.after:
                yield Headline(line, change.before, change.after)


def _sources(
    viewer: Viewer, runs: Sequence[RunRow], by_kind: Mapping[tuple[str, str], int]
) -> Iterable[SourceNight]:
    counted = nights.tallies(viewer.catalog, (run.id for run in runs))
    rows: dict[str, list[Tally]] = {name: [] for run in runs for name in run.sources}
    newest = {name: run for run in runs for name in run.sources}
    for row in (row for run in runs for row in counted[run.id]):
        rows.setdefault(row.source, []).append(row)
    for name, run in sorted(newest.items()):
        kinds = {kind: by_kind.get((name, kind), 0) for kind in ("new", "edited", "removed")}
        yield source_night(name, run, rows[name], **kinds)


def source_night(
    name: str, run: RunRow, rows: Iterable[Tally], *, new: int = 0, edited: int = 0, removed: int = 0
) -> SourceNight:
    """The sums of a source from the tallies of its runs, the last of which is `run`."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for row in rows:
        outcomes[row.outcome or "waiting"] += row.count
        if row.reason:
            reasons[row.outcome or "waiting", row.reason] += row.count
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return SourceNight(
        source=name,
        run=run.id,
        status=run.status,
        started_at=run.started_at,
        finished_at=run.finished_at,
        new=new,
        edited=edited,
        removed=removed,
        outcomes={kind: outcomes[kind] for kind in OUTCOMES if outcomes[kind]},
        reasons=tuple((outcome, reason, count) for (outcome, reason), count in ordered),
    )
