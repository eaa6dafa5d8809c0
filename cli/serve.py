"""`dateline serve`: run the schedule until told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.child import child_arguments, child_environment
from cli.choose import choose_sources
from cli.options import Options, archive_of, options_of, settings_of, watched_searches
from cli.output import AsJson, print_json
from cli.schedule import as_data, print_upcoming

if TYPE_CHECKING:
    from pathlib import Path

    from archive.catalog.previews import PreviewRequest
    from archive.rows import RunRow
    from config.settings import Settings
    from config.source import Source
    from crawler.schedule.children import Command
    from crawler.schedule.timetable import Timetable
    from crawler.schedule.upcoming import Upcoming


def serve(
    context: typer.Context,
    as_json: AsJson = False,
    *,
    with_schedule: Annotated[
        bool, typer.Option("--schedule/--no-schedule", help="Crawl, or only serve pages and API.")
    ] = True,
    with_web: Annotated[
        bool, typer.Option("--web/--no-web", help="Serve pages and API too, or only crawl.")
    ] = True,
) -> None:
    """Crawl each enabled source at the times of its schedule, and serve the pages, until told to stop.

    Nights that were missed are caught up once, a run that was interrupted goes on. A source file that is
    changed, added or removed counts from the next tick on; one that is wrong keeps what it said before. Once
    a day, what is past the time that its source keeps it is deleted. SIGTERM or Ctrl-C ends cleanly: what is
    in flight is archived first. A second `serve` on the same catalog stands by, and takes over when the first
    is gone. Pages, API and metrics are those of `dateline web`.
    """
    if not with_schedule:
        _serve_pages_alone(context, as_json=as_json, with_web=with_web)
        return

    from archive.clock import SystemClock
    from archive.spool import SOURCES
    from crawler.schedule.look_ahead import look_ahead
    from crawler.schedule.service import ScheduleService
    from crawler.schedule.watched_sources import WatchedSources
    from crawler.watch.found import Watchlist
    from crawler.watch.keeper import AlarmKeeper

    settings, clock = settings_of(context), SystemClock()
    keeper = AlarmKeeper(settings.alarms, clock, settings.schedule.tick, watchlist=Watchlist.of(settings))
    watched = WatchedSources(settings.sources, settings.spool / SOURCES / "kept", keeper.door)
    timetables, searches = watched.begin(), watched_searches(settings, options_of(context))

    def changed() -> Sequence[Timetable] | None:
        keeper.follow(Watchlist.of(settings.model_copy(update={"searches": searches.now()})))
        return watched.changed()

    choose_sources(watched.sources, [], settings.sources)
    options = options_of(context)
    with archive_of(settings) as archive:
        _, ahead = look_ahead(archive.catalog, timetables, settings.schedule, clock)
        show(ahead, as_json=as_json)
        service = ScheduleService(
            archive,
            timetables,
            settings,
            clock,
            command=lambda run: crawl_command(run, options, watched.kept),
            daily=expire_command(options),
            daily_wanted=lambda: any(map(lets_go, watched.sources)),
            preview=lambda request: preview_command(request, options),
            changed=changed,
            known=lambda: {source.name for source in watched.sources},
            keeper=keeper,
        )
        with _stopped_by_signals(service.stop), _pages(settings, options, with_web=with_web, quiet=as_json):
            service.run()


def _serve_pages_alone(context: typer.Context, *, as_json: bool, with_web: bool) -> None:
    from cli.web import web
    from config.errors import ConfigError

    if not with_web:
        raise ConfigError("--no-schedule and --no-web leave nothing to do; allowed: one of them")
    web(context, as_json)


@contextmanager
def _pages(settings: Settings, options: Options, *, with_web: bool, quiet: bool) -> Iterator[None]:
    """The pages beside the schedule, if they are wanted and this installation can serve them."""
    import structlog

    from cli.pages_beside import pages_beside
    from cli.web import missing_extra

    missing = missing_extra() if with_web else []
    if missing:
        said = "no pages are served: install the extra `dateline[web]`, or say --no-web"
        structlog.get_logger().warning(said, missing=missing)
    if missing or not with_web:
        yield
        return
    from cli.web import show as show_addresses
    from web.origins import Origins

    origins = Origins.of(settings.web)  # what is wrong with the settings is said at once
    if not quiet:
        show_addresses(origins, as_json=False)
    with pages_beside(child_arguments([*_own_options(options), "web", "--beside"]), child_environment()):
        yield


def lets_go(source: Source) -> bool:
    """Whether a source's policy deletes anything."""
    return source.policy.expire is not None or source.policy.keep != "all"


def expire_command(options: Options) -> Command:
    """How the child process is started that carries the sources' policies out."""
    from crawler.schedule.children import Command

    return Command(child_arguments([*_own_options(options), "expire"]), child_environment())


def preview_command(request: PreviewRequest, options: Options) -> Command:
    """How the child process is started that answers a request for a preview."""
    from crawler.schedule.children import Command

    asked = ["sources", "preview", request.source, "--answer", request.id]
    return Command(child_arguments([*_own_options(options), *asked]), child_environment())


def _own_options(options: Options) -> list[str]:
    before = [] if options.config is None else ["--config", str(options.config)]
    return [*before, *(["--debug"] if options.debug else [])]


def crawl_command(run: RunRow, options: Options, sources: Path) -> Command:
    """How a child process is started that carries out `run`, with the sources of a folder."""
    from crawler.schedule.children import Command

    night = [] if run.night is None else ["--night", run.night]
    crawl = ["crawl", "--kind", run.kind, "--run", run.id, *night, "--", *run.sources]
    environment = child_environment() | {"DATELINE_SOURCES": str(sources)}
    return Command(child_arguments([*_own_options(options), *crawl]), environment)


def show(items: list[Upcoming], *, as_json: bool) -> None:
    """Print what will run next."""
    if as_json:
        print_json({"next": [as_data(item) for item in items]})
        sys.stdout.flush()
    else:
        print_upcoming(items)


@contextmanager
def _stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and the first Ctrl-C call `stop`; a second Ctrl-C ends this process at once.

    The children have then been told to end, and do so on their own.
    """

    def handle(number: int, _frame: object) -> None:
        del number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
