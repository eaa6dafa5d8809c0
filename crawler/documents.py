"""The discovery documents of a run: which are asked for, what they named, how each went."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from archive.digest import url_key
from archive.exchange import Exchange
from archive.outcome import Outcome
from archive.rows import DocumentRow
from config.source import Source
from crawler.discovery.document import Discovered, DocumentRef
from crawler.intake import Intake
from crawler.reading import read_document
from crawler.services import Services
from pipelines.workers import TaskFailure


class Documents:
    """Feeds, sitemaps, section pages and robots.txt files; each once a run and source."""

    def __init__(self, run_id: str, services: Services, intake: Intake) -> None:
        self._run_id, self._services, self._intake = run_id, services, intake
        self._asked: set[tuple[str, str]] = set()  # (source, address)
        self._waiting: deque[tuple[DocumentRef, Source]] = deque()
        self.open = 0  # asked for and not yet read or failed, those that wait included

    def ask_for(self, document: DocumentRef, source: Source) -> None:
        """Want a document, unless this process has asked for it already."""
        if (source.name, document.url) not in self._asked:
            self._asked.add((source.name, document.url))
            self.open += 1
            self._waiting.append((document, source))

    def next(self) -> tuple[DocumentRef, Source] | None:
        """The next document to fetch; None if none waits."""
        return self._waiting.popleft() if self._waiting else None

    async def read(self, meta: Mapping[str, Any]) -> None:
        """Enter what a fetched document names, and ask for the documents it leads to."""
        document: DocumentRef = meta["document"]
        source: Source = meta["source_object"]
        exchange: Exchange = meta["exchange"]
        if exchange.status >= 400:  # noqa: PLR2004 - client and server errors
            self._note(document, source, reason=f"http_{exchange.status}")
            return
        found = await self._services.workers.run(
            read_document, document, exchange, source, self._services.clock.now()
        )
        if isinstance(found, TaskFailure):
            self._note(document, source, reason=f"read_{found.what}")
            return
        fresh = await asyncio.to_thread(self._intake.take, found.candidates, source.name)
        for further in found.documents:
            self.ask_for(further, source)
        self._note(document, source, found=found, fresh=fresh)

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
