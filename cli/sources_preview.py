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
    from archive.clock import Clock
    from cli.golden_check import GoldenResult
    from config.settings import Settings
    from config.source import Source
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
    answer: Annotated[str | None, typer.Option(hidden=True, metavar="REQUEST")] = None,
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

    settings, time = settings_of(context), clock_at(clock)
    if answer is not None:
        _answer(settings, name, answer, time)
        return
    source = load_source_file(source_file(settings.sources, name))
    shown, memory = _looked_at(
        settings, source, time, urls=_addresses(url or []), pages=pages, use_memory=not no_memory
    )
    kept = run_golden(settings.sources, [source])
    if as_json:
        print_json(_described(source, shown, kept, memory))
    else:
        _show(source, shown, kept, memory)
    if not shown.articles and (shown.trials or not shown.due == 0 or not shown.found):
        raise typer.Exit(1)


def _looked_at(
    settings: Settings, source: Source, clock: Clock, *, urls: list[str], pages: int, use_memory: bool
) -> tuple[Preview, KnownMemory | None]:
    """What a crawl would do, and the memory that its pages were read with."""
    from crawler.reactor import run_in_reactor
    from crawler.survey.known import NOTHING_KNOWN, known_of
    from crawler.survey.preview import preview as look
    from pipelines.guidance import guidance_of

    stop = Event()
    with archive_if_any(settings) as archive:
        known = known_of(archive.catalog, settings, source, clock) if archive else NOTHING_KNOWN
        memory = memory_in(archive, source.name) if archive and use_memory else None
        shown = run_in_reactor(
            lambda: look(
                source,
                settings,
                clock,
                urls=urls,
                pages=pages,
                stopping=stop.is_set,
                guidance=guidance_of(source, memory=memory.memory) if memory else None,
                known=known,
            ),
            on_stop=stop.set,
        )
    if stop.is_set():
        raise KeyboardInterrupt
    return shown, memory


def _answer(settings: Settings, name: str, request_id: str, clock: Clock) -> None:
    """Answer what a page has asked for; `serve` starts this as a child."""
    from archive.catalog import previews
    from cli.options import archive_of
    from crawler.reactor import run_in_reactor
    from crawler.survey.answering import answer

    stop = Event()
    with archive_of(settings) as archive:
        request = previews.of(archive.catalog, name)
        if request is None or request.id != request_id:
            return  # another has taken its place meanwhile
        run_in_reactor(
            lambda: answer(request, archive, settings, clock, stopping=stop.is_set), on_stop=stop.set
        )


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
        "addresses": [{"url": url, "left": why} for url, why in shown.addresses],
        "pages": [trial_json(trial) for trial in shown.trials],
        "warnings": shown.warnings,
        "golden": {"cases": kept.cases, "failed": [str(problem) for problem in kept.failed]},
    }
