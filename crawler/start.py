"""Decides which runs a command carries out, and carries them out in this process's reactor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from archive.catalog import leases, runs
from archive.catalog.catalog import Catalog
from archive.clock import Clock
from archive.journal import new_writer
from archive.opening import Archive
from archive.recovery import Recovered, recover
from archive.rows import RunRow
from config.errors import ConfigError
from config.settings import Settings
from config.source import Source
from config.web_address import check_web_address
from crawler.candidate import FoundBy
from crawler.plan import BY_HAND, RunPlan
from crawler.progress import Progress
from crawler.reactor import run_in_reactor
from crawler.run import Job, execute
from crawler.run_end import RunBusy, RunSummary, Stop
from crawler.urls import Refusal, clean_url

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Started:
    """What a command did: what it mended first, and the runs it carried out."""

    recovered: Recovered
    summaries: tuple[RunSummary, ...]


def new_run(
    kind: str,
    sources: Sequence[str],
    clock: Clock,
    *,
    night: str | None = None,
    since: str | None = None,
) -> RunRow:
    """A run that begins now; ids sort by age."""
    now = clock.now()
    return RunRow(
        id=f"run-{new_writer(now)}",
        kind=kind,
        sources=tuple(sorted(sources)),
        started_at=now,
        night=night,
        since=since,
    )


def crawl_plans(
    catalog: Catalog,
    sources: dict[str, Source],
    clock: Clock,
    *,
    known: Collection[str],
    kind: str = "manual",
    night: str | None = None,
    since: str | None = None,
) -> list[RunPlan]:
    """Interrupted runs of these sources first, then a new one.

    A run that was interrupted resumes under its id, also one that saved pages by hand. Sources that are not
    among all those `known` were removed since; what waits of them is closed when their run goes on. A run
    that did the same night (or went back as far, for a backfill) for all the sources asked for makes a new
    run needless, unless it saves pages by hand.
    """
    plans = []
    for run in runs.unfinished_runs(catalog):
        asked_for = all(name in sources or name not in known for name in run.sources)
        # A run without sources is an import's, which cannot be taken up.
        if run.sources and asked_for and not leases.works_on(catalog, run.id, clock):
            plans.append(_resumed(catalog, run, sources))
    same = any(
        not plan.asked
        and (plan.run.night, plan.run.since) == (night, since)
        and set(plan.sources) == set(sources)
        for plan in plans
    )
    if not same:
        plans.append(RunPlan(new_run(kind, list(sources), clock, night=night, since=since), sources))
    return plans


def _resumed(catalog: Catalog, run: RunRow, sources: dict[str, Source]) -> RunPlan:
    """A run that goes on, with those of its sources that are still there."""
    here = {name: sources[name] for name in run.sources if name in sources}
    first = runs.first_url(catalog, run.id)
    if first is None or first.found_by != FoundBy.HAND:
        return RunPlan(run, here, resumed=True)
    asked = tuple((row.url, row.source) for row in runs.ledger_of(catalog, run.id))
    here |= {name: _by_hand(url) for url, name in reversed(asked) if name == BY_HAND}
    return RunPlan(run, here, asked, resumed=True)


def _by_hand(url: str) -> Source:
    parts = urlsplit(url)
    return Source(name=BY_HAND, homepage=f"{parts.scheme}://{parts.netloc}/")


def _page_address(url: str) -> str:
    link = clean_url(url, url)
    try:
        if not isinstance(link, Refusal):
            parts = urlsplit(link)
            check_web_address(f"{parts.scheme}://{parts.netloc}/")
            return link
        why = link.value
    except ValueError as error:
        why = str(error)
    raise ConfigError(
        f"cannot archive {url!r}: expected an address such as https://example.org/story ({why})"
    )


def page_plan(sources: dict[str, Source], urls: Sequence[str], clock: Clock) -> RunPlan:
    """One run that saves these pages now, each under the source that owns its host, else `by-hand`.

    Raises ConfigError for what is no address of a page: not http or https, malformed, with credentials.
    """
    used: dict[str, Source] = {}
    asked = []
    for url in urls:
        link = _page_address(url)
        parts = urlsplit(link)
        owner = next((s for s in sources.values() if urlsplit(s.homepage).hostname == parts.hostname), None)
        source = owner or _by_hand(link)
        used.setdefault(source.name, source)
        asked.append((link, source.name))
    return RunPlan(new_run("manual", list(used), clock), used, tuple(asked))


def carry_out(
    plans: Sequence[RunPlan] | Callable[[], Sequence[RunPlan]],
    settings: Settings,
    archive: Archive,
    clock: Clock,
    *,
    progress: Progress,
    elsewhere: Callable[[Job], Awaitable[bool]] | None = None,
) -> Started:
    """Mend what dead processes left, then carry out the runs one after the other.

    `elsewhere` has other processes crawl; pages that were named by hand are fetched here.

    Blocks until they end; raises what the first failing one raised. A callable `plans` is asked after the
    mending, when the catalog knows what was interrupted.
    """
    recovered = recover(archive.store, archive.catalog, settings.spool, clock, replica=archive.replica)
    chosen = plans() if callable(plans) else plans
    stop = Stop()

    async def main() -> list[RunSummary]:
        summaries = []
        for plan in chosen:
            if stop.asked:
                break
            progress.begin(plan.run.id)
            try:
                others = None if plan.asked else elsewhere
                summary = await execute(
                    plan, settings, archive, clock, progress=progress, stop=stop, elsewhere=others
                )
                summaries.append(summary)
            except RunBusy as busy:
                if not plan.resumed:
                    raise
                log.info("a run is another process's now", run=plan.run.id, why=str(busy))
        return summaries

    return Started(recovered, tuple(run_in_reactor(main, on_stop=stop)))
