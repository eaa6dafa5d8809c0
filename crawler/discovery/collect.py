"""Gathering what a document names: each URL once, in order, refusals counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from crawler.candidate import Candidate, FoundBy
from crawler.discovery.document import Discovered, DocumentKind, DocumentRef
from crawler.links.place import Place, better
from crawler.urls import Refusal, clean_url

_MAX_TITLE = 500  # characters; a hint, not the headline itself


class Collector:
    """Collects candidates, further documents and notes out of one document at `url`."""

    def __init__(self, found_by: FoundBy, url: str, *, base: str | None = None) -> None:
        """Start with nothing.

        Args:
            found_by: kind of the document.
            url: its address.
            base: what relative links are relative to, if not `url` itself.
        """
        self._found_by = found_by
        self._url = url
        self._base = base or url
        self._candidates: dict[str, Candidate] = {}
        self._documents: dict[str, DocumentRef] = {}
        self._notes: dict[str, None] = {}
        self._next_page: str | None = None
        self._refused: Counter[Refusal] = Counter()

    def __len__(self) -> int:
        return len(self._candidates)

    def add(
        self,
        href: str,
        *,
        title: str | None = None,
        published: datetime | None = None,
        modified: datetime | None = None,
        place: Place | None = None,
    ) -> None:
        """Take a link as a candidate; of one found twice, the fuller title, first dates, best place stay."""
        link = clean_url(self._base, href)
        if isinstance(link, Refusal):
            self._refused[link] += 1
            return
        title = " ".join(title.split())[:_MAX_TITLE] if title else None
        known = self._candidates.get(link)
        if known is not None:
            title = max(known.title or "", title or "", key=len) or None
            published, modified = known.published or published, known.modified or modified
            place = better(place, Place(known.place)) if place and known.place else place
        self._candidates[link] = Candidate(
            link, self._found_by, self._url, published, modified, title, str(place) if place else None
        )

    def add_document(self, href: str, kind: DocumentKind, depth: int) -> None:
        """Take a link as a further document."""
        link = clean_url(self._base, href)
        if isinstance(link, Refusal):
            self._refused[link] += 1
            return
        self._documents.setdefault(link, DocumentRef(link, kind, depth))

    def lead_to(self, href: str) -> None:
        """Take a link as the page's own next one; the first counts."""
        link = clean_url(self._base, href)
        if not isinstance(link, Refusal) and link != self._url:
            self._next_page = self._next_page or link

    def note(self, text: str) -> None:
        """Note what was wrong or left out; the same words are noted once."""
        self._notes.setdefault(text)

    def result(self) -> Discovered:
        """What was collected so far."""
        refused = (f"{count} links refused: {why.value}" for why, count in self._refused.items())
        return Discovered(
            candidates=tuple(self._candidates.values()),
            documents=tuple(self._documents.values()),
            notes=(*self._notes, *refused),
            next_page=self._next_page,
        )
