"""What a crawl of a source would do now, as far as a few pages tell; nothing is archived."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.clock import Clock
from archive.held_leases import HostLeases
from config.settings import Settings
from config.source import Articles, Source
from crawler.candidate import Candidate
from crawler.discovery.choice import Choice, choose
from crawler.discovery.document import DocumentKind
from crawler.discovery.plan import first_documents
from crawler.discovery.scope import Scope
from crawler.links.classify import History
from crawler.reading import read_document
from crawler.survey.fetching import Document, Fetcher, with_fetcher
from crawler.survey.known import NOTHING_KNOWN, Known
from crawler.survey.tryout import Trial, try_pages
from pipelines.guidance import Guidance
from pipelines.workers import TaskFailure, Workers

MOST_DOCUMENTS = 20
MOST_REQUESTS = 60
_EVERYTHING = Articles(allow=(".",))


@dataclass(frozen=True, slots=True)
class DocumentLook:
    """A feed, sitemap or page that a crawl reads, and what it names.

    Attributes:
        reason: why it could not be had or read; None if it was.
        named: links in it; `kept` of them may be articles.
        further: documents that it leads to.
    """

    url: str
    kind: str
    reason: str | None = None
    named: int = 0
    kept: int = 0
    further: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a preview shows.

    Attributes:
        found: articles that discovery would enter into the ledger.
        due: of these, those that a run would fetch now; `left` counts why not for the others.
        addresses: all that were found, each with why it is not fetched now; None: it is due.
        warnings: what will go wrong.
    """

    documents: tuple[DocumentLook, ...] = ()
    found: int = 0
    due: int = 0
    left: tuple[tuple[str, int], ...] = ()
    addresses: tuple[tuple[str, str | None], ...] = ()
    trials: tuple[Trial, ...] = ()
    warnings: tuple[str, ...] = ()
    requests: int = 0

    @property
    def articles(self) -> int:
        """Pages tried that are articles."""
        return sum(trial.article is not None for trial in self.trials)


async def preview(
    source: Source,
    settings: Settings,
    clock: Clock,
    *,
    urls: Sequence[str] = (),
    pages: int = 5,
    known: Known = NOTHING_KNOWN,
    guidance: Guidance | None = None,
    leases: HostLeases | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Preview:
    """Look; must run inside the asyncio reactor.

    With `urls` these pages are tried and nothing is discovered; otherwise `pages` of those that are due, by
    what is `known` of the source's addresses. Without `guidance` the source is read by its file alone.
    Everything else is as a crawl and `with_fetcher` have it.
    """
    limits = settings.crawl
    with Workers(1, limits.worker_memory, limits.extract_timeout) as workers:

        async def work(fetcher: Fetcher) -> Preview:
            if urls:
                trials = await try_pages(urls, source, fetcher, workers, guidance)
                return Preview(trials=trials, requests=fetcher.used)
            looks, named = await _discover(source, fetcher, workers, clock, known.history)
            verdicts = known.decide(named)
            ready = [link for link, why in zip(named, verdicts, strict=True) if why is None]
            trials = await try_pages(
                [link.url for link in _spread(ready, pages)], source, fetcher, workers, guidance
            )
            left = Counter(why for why in verdicts if why is not None)
            return Preview(
                documents=tuple(looks),
                found=len(named),
                due=len(ready),
                left=tuple(left.most_common()),
                addresses=tuple((link.url, why) for link, why in zip(named, verdicts, strict=True)),
                trials=trials,
                warnings=tuple(_warnings(source, looks, named, trials)),
                requests=fetcher.used,
            )

        return await with_fetcher(
            work,
            settings.network,
            clock,
            leases=leases,
            taken_down=known.taken_down,
            stopping=stopping,
            most=MOST_REQUESTS,
        )


async def _discover(
    source: Source, fetcher: Fetcher, workers: Workers, clock: Clock, history: History
) -> tuple[list[DocumentLook], list[Candidate]]:
    """Read what a crawl reads first, and what that leads to, within a bound."""
    everything = source.model_copy(
        update={"discover": source.discover.model_copy(update={"articles": _EVERYTHING})}
    )
    choice = Choice.of(source, Scope(history))
    waiting = deque(first_documents(source))
    seen = {document.url for document in waiting}
    looks: list[DocumentLook] = []
    named: dict[str, Candidate] = {}
    while waiting and len(looks) < MOST_DOCUMENTS:
        document = waiting.popleft()
        got = await fetcher.get(document.url, source)
        if not isinstance(got, Document):
            looks.append(DocumentLook(document.url, str(document.kind), got.reason))
            continue
        found = await workers.run(read_document, document, got.exchange, everything, clock.now())
        if isinstance(found, TaskFailure):
            looks.append(DocumentLook(document.url, str(document.kind), f"read_{found.what}"))
            continue
        kept, notes = choose(found.candidates, choice, now=clock.now())
        named |= {link.url: link for link in kept if link.url not in named}
        looks.append(
            DocumentLook(
                document.url,
                str(document.kind),
                named=len(found.candidates),
                kept=len(kept),
                further=len(found.documents),
                notes=(*found.notes, *notes),
            )
        )
        fresh = [ref for ref in found.documents if ref.url not in seen]
        waiting.extend(fresh)
        seen |= {ref.url for ref in fresh}
    return looks, list(named.values())


def _spread(links: Sequence[Candidate], number: int) -> list[Candidate]:
    """A few links, in turn from each document that names some."""
    by_place: dict[str, list[Candidate]] = {}
    for link in links:
        by_place.setdefault(link.found_in, []).append(link)
    turns = range(max(map(len, by_place.values()), default=0))
    return [group[turn] for turn in turns for group in by_place.values() if turn < len(group)][:number]


def _warning(look: DocumentLook) -> str | None:
    """What is wrong with a document that a crawl reads; None if nothing is."""
    if look.reason is not None and look.reason.startswith("robots"):
        return f"robots.txt does not allow {look.url} ({look.reason})"
    if look.reason is not None and look.kind != DocumentKind.ROBOTS:
        return f"{look.kind} {look.url} cannot be had: {look.reason}"
    empty = look.reason is None and not look.named and not look.further
    if empty and look.kind in {DocumentKind.FEED, DocumentKind.SITEMAP}:
        return f"{look.kind} {look.url} names nothing" + "".join(f"; {note}" for note in look.notes)
    return None


def _warnings(
    source: Source, looks: Sequence[DocumentLook], named: Sequence[Candidate], trials: Sequence[Trial]
) -> Iterable[str]:
    yield from filter(None, map(_warning, looks))
    for pattern in source.discover.articles.allow:
        if named and not any(re.search(pattern, link.url) for link in named):
            yield f"discover.articles.allow: {pattern!r} has none of the {len(named)} addresses found"
    if not named:
        yield "no address was found that may be an article"
    refused = [trial for trial in trials if trial.outcome.reason == "robots"]
    if refused:
        yield f"robots.txt does not allow {len(refused)} of the {len(trials)} pages tried"
    if trials and not any(trial.article for trial in trials):
        yield f"none of the {len(trials)} pages tried is an article"
    shells = sum(trial.shell for trial in trials)
    if shells * 2 > len(trials) and not source.render.enabled:
        yield f"{shells} of {len(trials)} pages show no text without scripts: `render: true` shows them"
