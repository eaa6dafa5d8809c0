"""A search: versions that match, each as a line with its matches marked, a page at a time."""

from __future__ import annotations

import base64
import binascii
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.catalog import search_index, search_reads
from archive.catalog.export_reads import texts_by_sha256
from archive.catalog.fetch import rows_with
from archive.catalog.search_parts import Found, Order
from archive.rows import VersionRow
from archive.search.expression import phrases_of
from archive.search.marks import Pieces, marked, snippet
from archive.search.query import Query, QueryError, parse
from archive.views.lines import ArticleLine, lines_of
from archive.views.notebook import shown
from archive.views.viewer import Unlimited, Viewer

__all__ = ["MOST", "Hit", "Order", "QueryError", "Results", "Which", "every_hit", "search"]

MOST = 100  # hits a page
_MOST_LOOKED_AT = 2_000  # matches for one page, most of which may be hidden from this reader
_AT_ONCE = 50
_LONGEST_CURSOR = 300


class Which(StrEnum):
    """Which versions of an article may be found."""

    STANDING = "standing"  # the newest with content, and what says that an article is gone
    ALL = "all"
    PAST = "past"  # the last that said it, of articles that do not say it now or are gone


@shown
@dataclass(frozen=True, slots=True)
class Hit:
    """A version that matches.

    Attributes:
        title: its headline with matches marked; empty if it has none.
        snippet: the part of its text that says most of what was searched for.
        now: whether its article has no newer content that this reader may see.
        gone: the article was removed since.
    """

    line: ArticleLine
    title: Pieces
    snippet: Pieces
    now: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits.

    Attributes:
        next: where the next page begins; None: there is no more. A page may be shorter than asked for, even
            empty, and have a next one: where nearly all that matches is hidden from this reader.
        pending: versions that are not searchable yet.
    """

    hits: tuple[Hit, ...]
    next: str | None
    pending: int


def search(
    viewer: Viewer,
    text: str,
    filters: Mapping[str, str] | None = None,
    *,
    order: Order = Order.NEWEST,
    which: Which = Which.STANDING,
    limit: int = 20,
    cursor: str | None = None,
) -> Results:
    """What matches `text` (the language is `archive.search.query`'s) and `filters`, fields given beside it.

    Raises QueryError if the query or the cursor cannot be understood.
    """
    asked = _Asked(viewer, parse(text, filters), order, which)
    after = None if cursor is None else _read_cursor(cursor, order)
    hits, last = _page(asked, min(limit, MOST), after)
    following = None if last is None else _cursor(last, order)
    return Results(tuple(hits), following, search_index.pending(viewer.catalog))


def every_hit(
    viewer: Viewer,
    text: str,
    filters: Mapping[str, str] | None = None,
    *,
    order: Order = Order.NEWEST,
    which: Which = Which.STANDING,
) -> Iterator[Hit]:
    """Every hit, page by page. Raises QueryError before the first."""
    asked = _Asked(viewer, parse(text, filters), order, which)

    def pages() -> Iterator[Hit]:
        after: Found | None = None
        while True:
            hits, after = _page(asked, MOST, after)
            yield from hits
            if after is None:
                return

    return pages()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search of one reader."""

    viewer: Viewer
    query: Query
    order: Order
    which: Which


@dataclass(frozen=True, slots=True)
class _Match:
    """A version that matches and may be seen, and what this reader may see of its article after it."""

    found: Found
    row: VersionRow
    contents: tuple[int, ...]  # numbers of later versions with content
    gone: bool

    @property
    def now(self) -> bool:
        return not self.contents


def _page(asked: _Asked, limit: int, after: Found | None) -> tuple[list[Hit], Found | None]:
    """Hits, and the last match that was looked at if there may be more."""
    kept: list[_Match] = []
    looked_at, wanted = 0, max(_AT_ONCE, limit + 1)
    # What a reader may not see makes nothing old: only who sees all can leave that to the database.
    standing = asked.which is Which.STANDING and isinstance(asked.viewer.sight, Unlimited)
    while looked_at < _MOST_LOOKED_AT:
        found = search_reads.find(
            asked.viewer.catalog, asked.query, order=asked.order, after=after, standing=standing, limit=wanted
        )
        looked_at += len(found)
        for match in _shown(asked, found):
            if len(kept) == limit:
                return _hits(asked, kept), kept[-1].found
            kept.append(match)
        if len(found) < wanted:
            return _hits(asked, kept), None
        after = found[-1]
    return _hits(asked, kept), after


def _shown(asked: _Asked, found: Sequence[Found]) -> list[_Match]:
    """Those of the versions that this reader may see and wants, in order."""
    viewer = asked.viewer
    articles = {each.article_id for each in found}
    seen: dict[str, dict[int, VersionRow]] = defaultdict(dict)
    for row in viewer.seen(rows_with(viewer.catalog, VersionRow, "article_id", articles)):
        seen[row.article_id][row.number] = row
    matches = [_match(each, seen[each.article_id]) for each in found if each.number in seen[each.article_id]]
    match asked.which:
        case Which.STANDING:
            return [each for each in matches if each.now]
        case Which.PAST:
            return _past(asked, matches)
    return matches


def _match(found: Found, seen: Mapping[int, VersionRow]) -> _Match:
    later = (number for number, row in seen.items() if number > found.number and not row.removed)
    return _Match(found, seen[found.number], tuple(later), seen[max(seen)].removed)


def _past(asked: _Asked, matches: Sequence[_Match]) -> list[_Match]:
    """The last versions that match, of articles whose newest content does not, or that are gone."""
    catalog = asked.viewer.catalog
    old = [each for each in matches if each.contents or (each.gone and not each.row.removed)]
    places = search_reads.places_of(catalog, {each.row.article_id for each in old})
    later = {place for each in old for place in _places(each, places)}
    said = search_reads.matching(catalog, asked.query, later)
    return [each for each in old if said.isdisjoint(_places(each, places))]


def _places(match: _Match, places: Mapping[tuple[str, int], tuple[int, int]]) -> set[tuple[int, int]]:
    keys = ((match.row.article_id, number) for number in match.contents)
    return {places[key] for key in keys if key in places}


def _hits(asked: _Asked, kept: Sequence[_Match]) -> list[Hit]:
    viewer, phrases = asked.viewer, list(phrases_of(asked.query.expression))
    rows = [each.row for each in kept]
    texts = texts_by_sha256(viewer.catalog, sorted({row.text_sha256 for row in rows if row.text_sha256}))
    lines = {(line.article_id, line.number): line for line in lines_of(viewer, rows)}
    return [
        Hit(
            line=lines[each.row.article_id, each.row.number],
            title=marked(each.row.title or "", phrases),
            snippet=snippet(texts.get(each.row.text_sha256 or "", ""), phrases),
            now=each.now,
            gone=each.gone,
        )
        for each in kept
        if (each.row.article_id, each.row.number) in lines
    ]


def _cursor(match: Found, order: Order) -> str:
    """A match as readers hand it back; what it says is nobody's business but ours."""
    fields = [str(order), match.month, match.place, match.rank]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def _read_cursor(text: str, order: Order) -> Found:
    refusal = QueryError("cursor: not one that this search gave; allowed: `next` of the page before")
    if len(text) > _LONGEST_CURSOR:
        raise refusal
    try:
        fields: Any = json.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
    except (binascii.Error, ValueError, RecursionError):
        raise refusal from None
    match fields:
        case [str() as name, int() as month, int() as place, (int() | float()) as rank] if (
            name == order and 0 <= month < 10**6 and 0 <= place < 2**62
        ):
            return Found(month, place, "", 0, float(rank))
    raise refusal
