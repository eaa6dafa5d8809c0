"""`dateline sources preview`: what a crawl of a source would do now."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.choose import source_file
from cli.known_memory import KnownMemory, NoMemory, archive_if_any, memory_in
from cli.options import settings_of
from cli.output import AsJson, counted, print_json
from cli.printable import printable
from cli.sources_add import print_trial, trial_json
from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.clock import Clock
    from archive.opening import Archive
    from cli.golden_check import GoldenResult
    from config.settings import Settings
    from config.source import Source
    from crawler.candidate import Candidate
    from crawler.survey.preview import Preview

_MOST_PAGES = 20


def preview(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source.")],
    *,
    url: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Try this page only; may be given again.")
    ] = None,
    pages: Annotated[
        int, typer.Option(min=1, max=_MOST_PAGES, metavar="N", help="How many pages are tried.")
    ] = 5,
    clock: Annotated[str | None, typer.Option(hidden=True, metavar="MOMENT")] = None,
    no_memory: NoMemory = False,
    as_json: AsJson = False,
) -> None:
    """Show what a crawl of a source would find and archive now, and what not and why; archives nothing.

    Reads the feeds, sitemaps and pages that a crawl reads, tells which addresses are due, and takes a few of
    them through the extractor, with what the archive has learned of the source. Warns of feeds without
    entries, patterns that match nothing, and what robots.txt forbids. Ends with status 1 if no page that was
    tried is an article.
    """
    from cli.carry import clock_at
    from cli.golden_check import run_golden
    from config.load_sources import load_source_file
    from crawler.reactor import run_in_reactor
    from crawler.survey.preview import preview as look
    from pipelines.guidance import guidance_of

    time = clock_at(clock)
    settings = settings_of(context)
    source = load_source_file(source_file(settings.sources, name))
    urls = _addresses(url or [])
    stop = Event()
    with archive_if_any(settings) as archive:
        known = _known(archive, settings, source, time) if archive else {}
        memory = memory_in(archive, name) if archive and not no_memory else None
        shown = run_in_reactor(
            lambda: look(
                source,
                settings,
                time,
                urls=urls,
                pages=pages,
                stopping=stop.is_set,
                guidance=guidance_of(source, memory=memory.memory) if memory else None,
                **known,
            ),
            on_stop=stop.set,
        )
    if stop.is_set():
        raise KeyboardInterrupt
    kept = run_golden(settings.sources, [source])
    if as_json:
        print_json(_described(source, shown, kept, memory))
    else:
        _show(source, shown, kept, memory)
    if not shown.articles and (shown.trials or not shown.due == 0 or not shown.found):
        raise typer.Exit(1)


def _known(archive: Archive, settings: Settings, source: Source, clock: Clock) -> dict[str, Any]:
    """What the archive knows of the source's addresses."""
    from functools import partial

    from archive.catalog import takedowns
    from crawler.history import history_of

    return {
        "decide": partial(_decide, archive, settings, source, clock),
        "history": history_of(archive.catalog, source.name),
        "taken_down": partial(takedowns.keys, archive.catalog),
    }


def _decide(
    archive: Archive, settings: Settings, source: Source, clock: Clock, candidates: Sequence[Candidate]
) -> list[str | None]:
    """For each candidate why it is not due now, in the words of the ledger; None if it is."""
    from archive.catalog import frontier
    from archive.digest import url_key
    from archive.rows import RunRow
    from crawler.due import due
    from crawler.known_page import known_page
    from crawler.plan import RunPlan
    from crawler.revisits import Revisits

    now = clock.now()
    run = RunRow(id="preview", kind="manual", sources=(source.name,), started_at=now)
    pace = Revisits(archive.catalog, RunPlan(run, {source.name: source}), settings, now).paces[source.name]
    rows = frontier.pages(archive.catalog, [url_key(link.url) for link in candidates])
    decided = (due(known_page(rows.get(url_key(c.url))), c, now=now, pace=pace) for c in candidates)
    return [None if decision.fetch else str(decision.why) for decision in decided]


def _addresses(urls: list[str]) -> list[str]:
    """The pages asked for, as they go over the wire. Raises ConfigError for what is no address."""
    from crawler.urls import Refusal, clean_url

    found = []
    for url in urls:
        link = clean_url("", url)
        if isinstance(link, Refusal):
            raise ConfigError(
                f"--url {url!r}: {link.value}; expected an address such as https://example.org/story"
            )
        found.append(link)
    return found


def _show(source: Source, shown: Preview, kept: GoldenResult, memory: KnownMemory | None) -> None:
    print(f"{source.name}: {counted(shown.requests, 'request')}, nothing archived")
    for look in shown.documents:
        came = look.reason or f"{look.named} links, {look.kept} may be articles"
        print(f"  {look.kind:8} {printable(look.url)}: {came}")
        for note in look.notes:
            print(f"           {printable(note)}")
    if shown.documents:
        left = "".join(f", {number} {why}" for why, number in shown.left)
        print(f"{counted(shown.found, 'article')} found, {shown.due} due now{left}\n")
    if memory is not None and shown.trials:
        print(f"Pages are read with {memory}; --no-memory reads without.\n")
    for trial in shown.trials:
        print_trial(trial)
    for warning in shown.warnings:
        print(f"Please note: {printable(warning)}")
    for problem in kept.failed:
        print(printable(str(problem)))
    if kept.cases:
        failed = len({problem.file for problem in kept.failed})
        print(
            f"{counted(kept.cases, 'golden case')} read again, without memory: {failed} otherwise than "
            "expected."
        )


def _described(
    source: Source, shown: Preview, kept: GoldenResult, memory: KnownMemory | None
) -> dict[str, Any]:
    return {
        "source": source.name,
        "memory": memory.row if memory else None,
        "requests": shown.requests,
        "documents": shown.documents,
        "found": shown.found,
        "due": shown.due,
        "left": dict(shown.left),
        "pages": [trial_json(trial) for trial in shown.trials],
        "warnings": shown.warnings,
        "golden": {"cases": kept.cases, "failed": [str(problem) for problem in kept.failed]},
    }
