"""Tries pages through the pipeline's own gate and extractor; nothing of it is archived."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from archive.article import Article
from archive.outcome import Outcome, OutcomeKind
from config.source import Source
from crawler.survey.facts import page_facts
from crawler.survey.fetching import Document, Failed, Fetcher
from pipelines.guidance import Guidance, guidance_of
from pipelines.judge import judge
from pipelines.workers import TaskFailure, Workers


@dataclass(frozen=True, slots=True)
class Trial:
    """What a crawl would have made of a page.

    Attributes:
        url: that was asked for.
        outcome: `archived` if it is an article, else why not.
        article: what was read; None if it is none.
        shell: it shows nothing without scripts.
        document: what came; None if nothing did.
    """

    url: str
    outcome: Outcome
    article: Article | None = None
    shell: bool = False
    document: Document | None = None


async def try_pages(
    urls: Iterable[str], source: Source, fetcher: Fetcher, workers: Workers, guidance: Guidance | None = None
) -> tuple[Trial, ...]:
    """Fetch and read pages, one after the other; `guidance` as the source's own file has it if None."""
    guide = guidance or guidance_of(source)
    return tuple([await _try_page(url, source, fetcher, workers, guide) for url in urls])


async def _try_page(
    url: str, source: Source, fetcher: Fetcher, workers: Workers, guidance: Guidance
) -> Trial:
    got = await fetcher.exchange(url, source)
    if isinstance(got, Failed):
        return Trial(url, _not_had(got.reason))
    return await read_trial(got, source, workers, guidance)


def _not_had(reason: str) -> Outcome:
    """As a run words it: what robots.txt or a guard refuses is skipped, the rest failed."""
    refused = reason.startswith(("robots", "blocked", "host_busy", "retry_after", "taken_down"))
    return Outcome(OutcomeKind.SKIPPED if refused else OutcomeKind.FAILED, reason)


async def read_trial(got: Document, source: Source, workers: Workers, guidance: Guidance) -> Trial:
    """Read a page that came."""
    exchange = got.exchange
    outcome = await asyncio.to_thread(judge, exchange) or _home(got, source)
    if outcome is not None:
        return Trial(got.asked, outcome, document=got)
    read = await workers.extract(
        exchange.body,
        url=got.url,
        content_type=exchange.header("Content-Type"),
        content_encoding=exchange.header("Content-Encoding"),
        captured_at=exchange.at,
        guidance=guidance,
    )
    if read.article is not None:
        return Trial(got.asked, Outcome(OutcomeKind.ARCHIVED), read.article, document=got)
    facts = await workers.run(page_facts, got.body, url=got.url, content_type=got.content_type)
    shell = not isinstance(facts, TaskFailure) and facts.shell
    failed = read.outcome or Outcome(OutcomeKind.FAILED, "extract_error")
    return Trial(got.asked, failed, shell=shell, document=got)


def _home(got: Document, source: Source) -> Outcome | None:
    """A story's address that leads to the first page: as in a run, nothing was found there."""
    lists = {_bare(url) for url in (source.homepage, *source.discover.sections)}
    led = _bare(got.url) in lists and _bare(got.asked) != _bare(got.url)
    return Outcome(OutcomeKind.GONE, "redirected_home") if led else None


def _bare(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/")
