"""What a page says against the version before: the same extractor on both, less noise and wavering."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from archive.rows import FlapRow, ReadingRow
from archive.version import Event, EventKind
from pipelines.fetched import SeenArticle
from pipelines.history import CatalogHistory, Past
from pipelines.reread import Reread
from pipelines.state import State, state_of
from pipelines.versions.compare import Change, compare
from pipelines.versions.noise import Value, counted, key_of, learnable, noisy, stale
from pipelines.versions.presence import wavering


@dataclass(frozen=True, slots=True)
class Compared:
    """What a page says against the version before.

    Attributes:
        change: with the events less noise; none means: no new version.
        flaps: what was learned of noise from it.
        kept: the earlier capture as read again, if that is new.
    """

    change: Change = field(default_factory=Change)
    flaps: tuple[FlapRow, ...] = ()
    kept: tuple[ReadingRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares a page with its article's past; raises what store and catalog raise."""

    history: CatalogHistory
    reread: Reread

    async def __call__(self, seen: SeenArticle, past: Past | None) -> Compared:
        """What led from the past to what is seen; nothing for a new article."""
        before = past.state if past else None
        if past is None or before is None or past.base is None or past.content is None:
            return Compared()
        if past.content.variant != seen.article.variant and not past.newest.removed:
            moved = _from_twin(past, seen)
            if moved is not None:
                return moved
        after = state_of(seen.article)
        kept: tuple[ReadingRow, ...] = ()
        if before.extractor != after.extractor:
            again = await self.reread(past.base, before, seen.page.source, seen.page.capture.at)
            kept = (again.row,) if again.row else ()
            before = replace(again.state, walled=before.walled)
        # A version's own address is the one that it was captured at; the article's may be another by now.
        before = replace(before, url=past.article.url)
        change, flaps = await self._less_noise(seen, past, before, after)
        if past.newest.removed:
            event = Event(EventKind.RESTORED, past.newest.missing_how, seen.article.url)
            change = replace(change, events=(event, *change.events))
        return Compared(change, flaps, kept)

    async def _less_noise(
        self, seen: SeenArticle, past: Past, before: State, after: State
    ) -> tuple[Change, tuple[FlapRow, ...]]:
        """What changed without what changes by itself, and what this look teaches of the latter."""
        change = compare(before, after)
        values = learnable(change.values)
        if not values:
            return change, ()
        source, article_id, at = seen.page.source.name, past.article.id, seen.page.capture.at
        keys = {key_of(value, article_id) for value in values}
        known = await asyncio.to_thread(self.history.flaps, source, keys)
        noise = noisy(values, known, article_id, at)
        if noise:
            change = compare(before, after, noise)
        if any(event.kind is EventKind.TEXT for event in change.events):
            noise |= await self._wavering(seen, past, before, after)
            change = compare(before, after, noise)
        flaps = counted(values, known, article_id, source, at)
        return change, flaps if change.events else stale(flaps, known)

    async def _wavering(self, seen: SeenArticle, past: Past, before: State, after: State) -> frozenset[Value]:
        if past.base is None:
            return frozenset()
        earlier = await self.reread.words_of(past.base)
        later = await self.reread.words_in(seen.body, seen.page.urls[-1], seen.page.source.name)
        if earlier is None or later is None:
            return frozenset()
        return wavering(before, after, earlier, later)


def _from_twin(past: Past, seen: SeenArticle) -> Compared | None:
    """What an AMP or print page says in other words is no change; its version gives way to the page's own.

    None where the address is the same: then the page itself has become of another kind, and is compared.
    """
    here, content = seen.page.urls[-1], past.content
    if here == past.article.url or content is None:
        return None
    own = content.variant is not None and seen.article.variant is None
    return Compared(Change((Event(EventKind.MOVED, past.article.url, here),) if own else ()))
