"""At the end of a run: its figures, and which alarms they raise and clear; all in the run's last entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.catalog import frontier, runs, watch
from archive.catalog.catalog import Catalog
from archive.catalog.nights import versions_counted
from archive.catalog.usage import came_in_run
from archive.night_figures import nights_of
from archive.rows import AlarmRow, FigureRow, Row, RunRow
from config.source import Source
from crawler.schedule.slots import next_slot
from crawler.watch.alarm import Condition, Severity, changes
from crawler.watch.figures import Brought, figures
from crawler.watch.learned import learned, usual_of
from crawler.watch.quotas import QUOTA
from crawler.watch.stated import stated
from crawler.watch.usual import REACH
from crawler.watch.verdict import Findings, Past

# Of what has one cause one alarm is enough: that which is open, else the first.
_ONE_CAUSE = (("unreachable", "silent", "few_articles", "stale"), ("quarantined", "text"))
_OF_NIGHTS = frozenset(
    {*(kind for group in _ONE_CAUSE for kind in group), "many_articles", "title", "date", "picture", "failed"}
    | {"short_texts"}
)
_NOTHING_COMES = frozenset({"silent", "few_articles", "stale"})
_WHY_NOTHING_COMES = frozenset({"quarantined", "text"})
_UNREACHABLE_TOO = ("failed", "failures_")


def judge_run(catalog: Catalog, sources: Mapping[str, Source], run: RunRow, now: datetime) -> list[Row]:
    """The rows that say how the sources of a run fared: figures, and alarms to raise and clear.

    Args:
        catalog: has the run's ledger, documents and versions.
        sources: those of the run that are still there.
        run: as it ended; `finished_at` is set.
        now: aware.
    """
    open_alarms = watch.open_alarms(catalog, {"", *sources})
    rows: list[Row] = [*_sums(run, open_alarms, now)]
    for name, brought in _brought(catalog, sources, run).items():
        source = sources[name]
        row = figures(
            name, run.id, brought, night=night_of(run, source), at=now, whole=_is_whole(source, run, now)
        )
        history = watch.figures_of(catalog, name, REACH)
        rows += judge(source, [*(old for old in history if old.run_id != run.id), row], open_alarms, now)
    return rows


def judge(
    source: Source, rows: Sequence[FigureRow], open_alarms: Iterable[AlarmRow], now: datetime
) -> list[FigureRow | AlarmRow]:
    """The newest figures with what was judged of them, and the alarms to raise and to clear (pure).

    Args:
        source: says what it expects.
        rows: its figures; the last are those to judge.
        open_alarms: of this source or others.
        now: aware.
    """
    row = rows[-1]
    ours = [alarm for alarm in open_alarms if alarm.subject == source.name]
    nights = nights_of(rows)
    if nights[-1].last is not row:  # of a night that is past: another run has told of a later one
        return [row]
    past = Past(tuple(nights), frozenset(alarm.kind for alarm in ours))
    found = one_cause(_both(learned(source.expect, past), stated(source.expect, past)), past.open)
    alarms = changes(
        ours,
        [Condition(kind, told, source.name, severity) for kind, (told, severity) in found.amiss.items()],
        {(source.name, kind) for kind in found.judged},
        now,
        over=_as_it_is(row),
        night=row.night,
        run_id=row.run_id,
    )
    cleared = {alarm.kind for alarm in alarms if alarm.cleared_at is not None}
    still = (past.open - cleared) | found.amiss.keys()
    usual = usual_of(nights[:-1], nights[-1].night)
    return [replace(row, usual=usual, breaches=tuple(sorted(still))), *alarms]


def is_of_nights(kind: str) -> bool:
    """Whether an alarm of this kind is raised and cleared by the nights, or the runs, of its source."""
    return kind in _OF_NIGHTS or kind == QUOTA or kind.startswith("failures_")


def one_cause(found: Findings, is_open: frozenset[str]) -> Findings:
    """`found` without what another kind tells already (pure)."""
    amiss = dict(found.amiss)
    for cause in _WHY_NOTHING_COMES & is_open - amiss.keys():
        if _NOTHING_COMES & amiss.keys():  # it is not over yet, if only because there is nothing to see it by
            amiss[cause] = ("", Severity.WARNING)
    told = amiss.keys() - is_open
    hidden = {kind for group in _ONE_CAUSE for kind in _told_by_another(group, amiss, is_open)}
    if _WHY_NOTHING_COMES & amiss.keys():
        hidden |= _NOTHING_COMES
    if _NOTHING_COMES & is_open & amiss.keys():
        hidden |= _WHY_NOTHING_COMES
    if "unreachable" in amiss:
        hidden |= {kind for kind in told if kind.startswith(_UNREACHABLE_TOO)}
    if any(kind.startswith("failures_") for kind in amiss):
        hidden.add("failed")
    return Findings({kind: amiss[kind] for kind in amiss if kind not in hidden & told}, found.judged)


def _told_by_another(group: Sequence[str], amiss: Collection[str], is_open: frozenset[str]) -> set[str]:
    """All of a group but the one that is told: that which is open, else the first."""
    holding = [kind for kind in group if kind in amiss]
    told = next((kind for kind in holding if kind in is_open), holding[0] if holding else None)
    return set(holding) - {told}


def night_of(run: RunRow, source: Source) -> date:
    """The night that a run counts for: that of its slot, else the local date of its start."""
    if run.night is not None:
        return date.fromisoformat(run.night)
    return run.started_at.astimezone(ZoneInfo(source.timezone)).date()


def _is_whole(source: Source, run: RunRow, now: datetime) -> bool:
    """Whether no further slot of the schedule falls in the run's night."""
    following = next_slot(source.schedule, source.timezone, now, source=source.name)
    return following is None or following.night > night_of(run, source)


def _brought(catalog: Catalog, sources: Mapping[str, Source], run: RunRow) -> dict[str, Brought]:
    tallies, documents, new = defaultdict(list), defaultdict(list), defaultdict(list)
    for tally in runs.tally(catalog, run.id):
        tallies[tally.source].append(tally)
    for document in frontier.read_documents(catalog, run.id):
        documents[document.source].append(document)
    for alike in watch.new_articles(catalog, run):
        new[alike.source].append(alike)
    made = versions_counted(catalog, [run])
    return {
        name: Brought(
            tallies[name],
            documents[name],
            new[name],
            made[name, "edited"],
            made[name, "removed"],
            bytes=came_in_run(catalog, name, run),
        )
        for name in sorted(sources)
        if name in run.sources
    }


def _both(one: Findings, other: Findings) -> Findings:
    """What either found; the second has the last word."""
    amiss = {kind: told for kind, told in one.amiss.items() if kind not in other.judged}
    return Findings(amiss | other.amiss, one.judged | other.judged)


def _sums(run: RunRow, open_alarms: Sequence[AlarmRow], now: datetime) -> list[AlarmRow]:
    """A run whose sums do not match; the next one that ends well clears it."""
    told = f"the sums of run {run.id} do not match: `dateline runs {run.id} --urls` shows what has no outcome"
    amiss = [Condition("run_broken", told, severity=Severity.ERROR)] if run.status == "broken" else []
    over = f"run {run.id} ended as it should"
    return changes(open_alarms, amiss, {("", "run_broken")}, now, over=over, run_id=run.id)


def _as_it_is(row: FigureRow) -> str:
    articles = f"{row.articles:,} new article{'' if row.articles == 1 else 's'}"
    return f"over: {articles}, {row.archived + row.unchanged:,} pages read, {row.quarantined:,} quarantined"
