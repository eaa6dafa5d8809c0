"""A survey from beginning to end: walk the site, propose a file, try a handful of articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.clock import Clock
from config.settings import Settings
from config.source import Source
from crawler.survey.fetching import Fetcher, with_fetcher
from crawler.survey.found import Findings
from crawler.survey.propose import Proposal, propose
from crawler.survey.tryout import Trial, try_pages
from crawler.survey.walk import Survey
from pipelines.workers import Workers


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a survey gives: its findings, and, if anything was found, a proposal and how articles fared."""

    findings: Findings
    proposal: Proposal | None = None
    trials: tuple[Trial, ...] = ()


async def survey(
    source: Source, settings: Settings, clock: Clock, *, stopping: Callable[[], bool] = lambda: False
) -> Surveyed:
    """Survey the site at `source.homepage`; must run inside the asyncio reactor.

    Asks for at most thirty documents, archives nothing, and never raises for what a site does.
    """
    limits = settings.crawl
    with Workers(1, limits.worker_memory, limits.extract_timeout) as workers:
        return await with_fetcher(
            lambda fetcher: survey_with(fetcher, workers, source, clock),
            settings.network,
            clock,
            stopping=stopping,
        )


async def survey_with(fetcher: Fetcher, workers: Workers, source: Source, clock: Clock) -> Surveyed:
    """The same with a fetcher and workers that are there already."""
    findings = await Survey(fetcher, workers, source, clock).walk()
    proposal = propose(findings, clock.now())
    if proposal is None:
        return Surveyed(findings)
    told = "timezone" in source.model_fields_set and not proposal.zone.sure  # by the defaults
    zone = source.timezone if told else proposal.zone.timezone
    there = source.model_copy(update={"homepage": proposal.home, "timezone": zone})
    trials = await try_pages([link.url for link in proposal.trials], there, fetcher, workers)
    asked = replace(findings, requests=fetcher.used)
    return Surveyed(asked, with_trials(proposal, trials), trials)


def with_trials(proposal: Proposal, trials: tuple[Trial, ...]) -> Proposal:
    """The proposal after its articles were tried: whether a browser is needed, and what the articles say."""
    shells = sum(trial.shell for trial in trials)
    said = {trial.article.language for trial in trials if trial.article and trial.article.language}
    if shells * 2 > len(trials):
        why = f"{shells} of {len(trials)} articles show no text without scripts"
        proposal = replace(proposal, render=True, warnings=(*proposal.warnings, why))
    if (
        proposal.language is None
        and len(said) == 1
        and len(trials) > 1
        and "several" not in proposal.language_why
    ):
        return replace(
            proposal, language=said.pop().partition("-")[0], language_why="the articles tried are in it"
        )
    return proposal
