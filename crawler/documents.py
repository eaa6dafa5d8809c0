"""The discovery documents of a run: which are asked for, what they named, how each went."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from archive.catalog import fronts, takedowns
from archive.digest import url_key
from archive.exchange import Exchange
from archive.outcome import Outcome
from archive.rows import CaptureRow, DocumentRow, FrontRow
from config.source import Source
from crawler.candidate import Candidate
from crawler.discovery.archives import list_of
from crawler.discovery.document import Discovered, DocumentKind, DocumentRef
from crawler.discovery.front import Headline
from crawler.discovery.scope import Scope
from crawler.fronts import LEAST_HEADLINES, front_rows
from crawler.history import history_of
from crawler.holdings import Holdings
from crawler.intake import Intake
from crawler.reading import read_document
from crawler.revisits import Revisits
from crawler.services import Services
from pipelines.turns import Turn
from pipelines.workers import TaskFailure

_ENTERED_AT_ONCE = 5_000  # addresses of a document; a sitemap may name 50,000 (its protocol)
_FRONTS = frozenset({DocumentKind.SECTION, DocumentKind.FRONT})


class Documents:
    """Feeds, sitemaps, section pages and robots.txt files; each once a run and source."""

    def __init__(
        self,
        run_id: str,
        services: Services,
        intake: Intake,
        revisits: Revisits,
        *,
        holdings: Holdings,
        commit: Callable[[], Awaitable[None]],
        since: datetime | None = None,
    ) -> None:
        self._run_id, self._services, self._intake, self._revisits = run_id, services, intake, revisits
        self._since, self._holdings, self._commit = since, holdings, commit
        self._scopes: dict[str, Scope] = {}
        self._walked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (source, list) → links
        self._asked: set[tuple[str, str]] = set()  # (source, address)
        self._waiting: deque[tuple[DocumentRef, Source]] = deque()
        self.open = 0  # asked for and not yet read or failed, those that wait included

    def ask_for(self, document: DocumentRef, source: Source) -> None:
        """Want a document, unless it was asked for by this process, or is a feed not to be polled yet."""
        if document.kind is DocumentKind.FEED and not self._revisits.polls(
            source.name, document.url, self._services.clock.now()
        ):
            return
        if (source.name, document.url) not in self._asked:
            self._asked.add((source.name, document.url))
            self.open += 1
            self._waiting.append((document, source))

    def next(self) -> tuple[DocumentRef, Source] | None:
        """The next document to fetch; None if none waits for which there is room."""
        if self._holdings.full:
            return None
        for _ in range(len(self._waiting)):
            document, source = self._waiting.popleft()
            if self._holdings.has_room(_holder(source)):
                self._holdings.asked(_holder(source), document.url)
                return document, source
            self._waiting.append((document, source))
        return None

    def left(self, document: DocumentRef, source: Source, why: str) -> None:
        """A document is not asked for in this run, as nothing more of its source is."""
        self._note(document, source, reason=why)

    async def read(self, meta: Mapping[str, Any]) -> None:
        """Enter what a fetched document names, and ask for the documents it leads to."""
        document: DocumentRef = meta["document"]
        source: Source = meta["source_object"]
        exchange: Exchange = meta["exchange"]
        self._holdings.came(_holder(source), document.url, len(exchange.body))
        if exchange.status >= 400:  # noqa: PLR2004 - client and server errors
            self._note(document, source, reason=f"http_{exchange.status}")
            return
        found = await self._services.workers.run_in_turn(
            Turn(source.name, urgent=True),
            read_document,
            document,
            exchange,
            source,
            self._services.clock.now(),
            await self.scope(source),
        )
        if isinstance(found, TaskFailure):
            self._note(document, source, reason=f"read_{found.what}")
            return
        if document.kind is DocumentKind.FEED:
            seen = await asyncio.to_thread(self._intake.seen, found.candidates)
            self._services.acknowledger.add(
                [
                    self._revisits.polled(
                        source.name,
                        document.url,
                        self._services.clock.now(),
                        entries=len(found.candidates),
                        seen=seen,
                    )
                ]
            )
        fresh = await self._enter(found.candidates, source.name)
        ended = self._since is not None and self._list_ends(document, source, found)
        for further in found.documents:
            if not (ended and further.page > 1):
                self.ask_for(further, source)
        if document.kind in _FRONTS and document.page == 1:
            await self._keep_front(found, source, meta["recorded"])
        self._note(document, source, found=found, fresh=fresh)

    async def _enter(self, candidates: Sequence[Candidate], source: str) -> int:
        """Take candidates into the run, so that few rows wait to be committed; how many are new to it."""
        fresh = 0
        for first in range(0, len(candidates), _ENTERED_AT_ONCE):
            some = candidates[first : first + _ENTERED_AT_ONCE]
            fresh += await asyncio.to_thread(self._intake.take, some, source)
            if self._intake.crowded:
                await self._commit()
        return fresh

    async def _keep_front(self, found: Discovered, source: Source, capture: CaptureRow) -> None:
        """Keep what a home or section page led with, where it shows other stories than before."""
        if len(found.headlines) < LEAST_HEADLINES:
            return
        rows = await asyncio.to_thread(self._front_rows, found.headlines, capture, source.name)
        if rows:
            self._services.acknowledger.add(rows)

    def _front_rows(
        self, stories: Sequence[Headline], capture: CaptureRow, source: str
    ) -> tuple[FrontRow, ...]:
        """The rows of a list, without what was taken down."""
        catalog = self._services.archive.catalog
        down = takedowns.among(catalog, [url_key(story.link) for story in stories])
        standing = [story for story in stories if url_key(story.link) not in down]
        return front_rows(standing, capture, source, fronts.front_at(catalog, capture.url))

    async def scope(self, source: Source) -> Scope:
        """How far back discovery looks for a source, and how its addresses ended in earlier runs."""
        if source.name not in self._scopes:
            history = await asyncio.to_thread(history_of, self._services.archive.catalog, source.name)
            self._scopes[source.name] = Scope(history, self._since)
        return self._scopes[source.name]

    def _list_ends(self, document: DocumentRef, source: Source, found: Discovered) -> bool:
        """Whether a page of a list names nothing that the list's pages before did not, so goes no further."""
        links = {candidate.url for candidate in found.candidates}
        walked = self._walked[source.name, list_of(document.url)]
        fresh = bool(links - walked)
        walked |= links
        return not fresh and document.page > 1

    def failed(self, meta: Mapping[str, Any], outcome: Outcome) -> None:
        """Keep why a document could not be had or read."""
        self._note(meta["document"], meta["source_object"], reason=outcome.reason)

    def _note(
        self,
        document: DocumentRef,
        source: Source,
        *,
        reason: str | None = None,
        found: Discovered | None = None,
        fresh: int = 0,
    ) -> None:
        """The document is done with."""
        self.open -= 1
        self._holdings.let_go(_holder(source), document.url)
        row = DocumentRow(
            run_id=self._run_id,
            url_key=url_key(document.url),
            url=document.url,
            source=source.name,
            kind=str(document.kind),
            status="ok" if found else "failed",
            reason=reason,
            found=len(found.candidates) if found else 0,
            fresh=fresh,
            notes=found.notes if found else (),
            at=self._services.clock.now(),
        )
        self._services.acknowledger.add([row])
        self._services.progress.document(source.name, ok=found is not None)


def _holder(source: Source) -> tuple[str, str]:
    """Documents are counted apart from pages: they are as large as those hardly ever are."""
    return source.name, "documents"
