"""`dateline reprocess`: today's extractor and rules over archived captures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.actor import user_name
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, moment, print_json
from cli.printable import printable
from cli.watching import Step, steps_shown

if TYPE_CHECKING:
    from archive.catalog.reprocess_reads import Span
    from archive.opening import Archive
    from config.settings import Settings
    from config.source import Source
    from pipelines.reprocess.progress import ReprocessProgress
    from pipelines.reprocess.report import Named, Report, Sample

_MOST_SHOWN = 10  # pages of a kind named for a person; --json names up to a hundred
_AROUND = 60  # characters of unchanged text around a change


def reprocess(
    context: typer.Context,
    *,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="NAME", help="Only of this source; repeatable.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only of captures from then on.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only of captures up to then (the day included).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report and change nothing, as without --apply.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Let the archive's versions say what today's extractor reads.")
    ] = False,
    samples: Annotated[int, typer.Option(min=0, max=100, help="How many changes are shown.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Read archived captures again with today's extractor, and report what would change; --apply promotes it.

    An article is taken whole, with all of its versions, if any of them is in the selection. Versions keep
    their numbers; their events are computed again, and none comes from the extractor. What cannot be read
    stays as it is and is counted. A run that was cut goes on with the articles that are left.
    """
    from cli.moments import end, start

    if dry_run and apply:
        raise typer.BadParameter("--dry-run changes nothing and --apply does; name one of them")
    from archive.catalog.reprocess_reads import Span

    span = Span(
        sources=tuple(source or ()),
        since=start(since, "--since") if since else None,
        until=end(until, "--until") if until else None,
    )
    settings = settings_of(context)
    from pipelines.worker_start import warm_up

    warm_up()
    with archive_to_read(context) as archive:
        report = _carry_out(settings, archive, span, apply=apply)
    if as_json:
        shown = replace(report, samples=report.samples[:samples])
        print_json({"applied": apply, "span": span, "report": shown})
    else:
        _print(report, apply=apply, samples=samples)


def _carry_out(settings: Settings, archive: Archive, span: Span, *, apply: bool) -> Report:
    from archive.clock import SystemClock
    from archive.erasure.takedown import Request
    from pipelines.reprocess.progress import ReprocessProgress
    from pipelines.reprocess.run import Job
    from pipelines.reprocess.run import reprocess as read_again

    progress = ReprocessProgress()
    by = Request(user_name(), "today's extractor over archived captures") if apply else None
    job = Job(settings, archive, _sources(settings, span), span, SystemClock(), by)
    with steps_shown(partial(_steps, progress), partial(_line, progress)):
        return read_again(job, progress)


def _sources(settings: Settings, span: Span) -> dict[str, Source]:
    """All sources by name; a name that the selection gives must be one of them, or of captures by hand."""
    from cli.choose import choose_sources
    from config.load_sources import load_sources

    found = list(load_sources(settings.sources)) if settings.sources.exists() else []
    listed = [name for name in span.sources if name not in _UNLISTED]
    if listed:
        choose_sources(found, listed, settings.sources)
    return {source.name: source for source in found}


_UNLISTED = frozenset({"by-hand", "imported"})  # sources of captures that no file describes


def _print(report: Report, *, apply: bool, samples: int) -> None:
    out = console()
    out.print(
        f"{counted(report.articles, 'article')} with {counted(report.versions, 'version')}: "
        f"{report.read:,} read again, {report.current:,} read by today's extractor before",
        soft_wrap=True,
    )
    would = "" if apply else "would "
    changes = ", ".join(f"{number:,} in {word}" for word, number in report.changed.most_common())
    out.print(
        f"  {would}change: {changes or 'nothing'}; {report.same:,} say the same as before", soft_wrap=True
    )
    if report.words_added or report.words_removed:
        out.print(f"  texts: {report.words_added:,} words more, {report.words_removed:,} words less")
    before, after = report.events_before.total(), report.events.total()
    out.print(
        f"  events: {before:,} before, {after:,} under today's extractor{_fewer(report)}", soft_wrap=True
    )
    if report.unmatched:
        fields = ", ".join(f"{field} on {number:,}" for field, number in report.unmatched.most_common())
        out.print(f"  rules that found nothing: {fields}", soft_wrap=True)
    _named("could not be read and stay as they are", report.unread, report.unreadable)
    _named(
        "are no article to today's extractor and stay as they are", report.quarantined, report.now_quarantined
    )
    if not apply:
        refused = Counter({"quarantined before": report.articles_new})
        _named(f"of {report.refused:,} that were no article are one today; no version is made of them",
               refused, report.now_articles)  # fmt: skip
    if report.let_go:
        looks = counted(report.let_go, "capture")
        out.print(f"  let go (policy.keep), so nobody reads them again: {looks} that showed no change")
    if report.busy:
        out.print(f"  {counted(report.busy, 'article')} left, as a crawl is at their host: start this again")
    for sample in report.samples[:samples]:
        _print_sample(sample)
    if apply:
        out.print(f"{counted(report.promoted, 'version')} promoted")
        _print_copies(report)
    elif report.read:
        out.print("Nothing was changed; --apply lets the archive's versions say this.")


def _print_copies(report: Report) -> None:
    out = console()
    if report.compared is None:
        out.print("Another process links copies now: `dateline link`, or the next run, takes these texts up.")
    elif report.compared:
        out.print(
            f"{counted(report.compared, 'article')} compared with others again: {report.unlinked:,} with a "
            "copy before and none now; `dateline clusters` shows what is linked",
            soft_wrap=True,
        )


def _fewer(report: Report) -> str:
    gone = report.events_before - report.events
    return f" ({', '.join(f'{number:,} {kind} less' for kind, number in gone.most_common())})" if gone else ""


def _named(what: str, counts: Counter[str], pages: list[Named]) -> None:
    if not counts.total():
        return
    out = console()
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in counts.most_common())
    out.print(f"  {counts.total():,} {what}: {reasons}", soft_wrap=True)
    for page in pages[:_MOST_SHOWN]:
        out.print(f"    {printable(page.url)} of {moment(page.captured_at)}: {page.reason}", soft_wrap=True)


def _print_sample(sample: Sample) -> None:
    """A version's change, word by word, with a little of what stands around."""
    from rich.text import Text

    out = console()
    out.print(f"\n{printable(sample.url)} version {sample.number}: {', '.join(sample.changed)}", style="bold",
              soft_wrap=True)  # fmt: skip
    for before, after in ((sample.title_before, sample.title_after), (sample.before, sample.after)):
        if before != after:
            line = Text()
            for kind, words in _pieces(before or "", after or ""):
                opening, closing, style = _MARKS[kind]
                line.append(f"{opening}{printable(words)}{closing}", style=style)
            out.print(line, soft_wrap=True)


_MARKS = {"same": ("", "", ""), "removed": ("[-", "-]", "red"), "added": ("{+", "+}", "green")}


def _pieces(before: str, after: str) -> Iterator[tuple[str, str]]:
    from archive.wording.word_diff import word_diff

    for kind, words in word_diff(before, after):
        if kind == "same" and len(words) > 2 * _AROUND:
            yield kind, f"{words[:_AROUND]} … {words[-_AROUND:]}"
        else:
            yield kind, words


def _steps(progress: ReprocessProgress) -> tuple[Step, ...]:
    return (
        Step("reading articles again", progress.articles_done, progress.articles_total),
        Step("reading what was no article", progress.refused_done, progress.refused_total),
    )


def _line(progress: ReprocessProgress) -> str:
    done = f"{progress.articles_done:,} of {counted(progress.articles_total, 'article')}"
    return f"reprocess: {done} read again"
