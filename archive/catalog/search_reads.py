"""Searches: months are asked one after the other, newest or oldest first, until there is enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from archive.catalog import takedowns
from archive.catalog.catalog import Catalog
from archive.catalog.errors import once_more_if_cut
from archive.catalog.fetch import pieces
from archive.catalog.schema_links import cluster_member
from archive.catalog.schema_search import search_doc, search_month
from archive.catalog.search_index import parts_of
from archive.catalog.search_parts import Asked, Found, Order
from archive.search.document import first_place, month_of
from archive.search.expression import Expression, clusters_of, resolve
from archive.search.query import Query

_LAST = 2**62  # beyond every place
_MOST_MEMBERS = 500  # articles of a cluster that are asked for
_INSTANT = timedelta(microseconds=1)


def find(
    catalog: Catalog,
    query: Query,
    *,
    order: Order,
    after: Found | None,
    standing: bool,
    limit: int,
) -> list[Found]:
    """Versions that match, in order, those of articles that were taken down left out.

    Args:
        catalog: where to look.
        query: what to look for.
        order: by time of capture, or by relevance, of which each month has its own measure.
        after: the last match of the page before.
        standing: only versions that are the newest content of their article.
        limit: at most so many.
    """

    def read() -> list[Found]:
        with catalog.read() as connection:
            expression = _resolved(connection, query.expression)
            months = _months(connection, query, order, after)
            parts = parts_of(connection)
            found: list[Found] = []
            for month in months:
                low, high = _places(month, query, order, after)
                wanted = limit if order is Order.RELEVANCE else limit - len(found)
                asked = Asked(expression, low, high, order, after, standing, wanted)
                found += parts.find(connection, month, asked) if low <= high else []
                if order is not Order.RELEVANCE and len(found) >= limit:
                    break
            if order is Order.RELEVANCE:
                found.sort(key=lambda each: (each.rank, -each.month, -each.place))
            return found[:limit]

    return once_more_if_cut(read)


def matching(catalog: Catalog, query: Query, places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these versions, given by month and place, that match; spans of time are not looked at."""
    by_month: dict[int, list[int]] = defaultdict(list)
    for month, place in places:
        by_month[month].append(place)
    with catalog.read() as connection:
        expression = _resolved(connection, query.expression)
        parts = parts_of(connection)
        return {
            (month, place)
            for month, mine in by_month.items()
            for place in parts.matching(connection, month, expression, mine)
        }


def places_of(catalog: Catalog, articles: Iterable[str]) -> dict[tuple[str, int], tuple[int, int]]:
    """Month and place of the indexed versions of these articles, by article and number."""
    doc = search_doc.c
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for piece in pieces(sorted(set(articles))):
        query = sa.select(doc.article_id, doc.number, doc.month, doc.place).where(doc.article_id.in_(piece))
        with catalog.read() as connection:
            found |= {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query)}
    return found


def _resolved(connection: sa.Connection, expression: Expression) -> Expression:
    named = sorted(set(clusters_of(expression)))
    if not named:
        return expression
    members: dict[str, list[str]] = defaultdict(list)
    query = (
        sa.select(cluster_member.c.cluster, cluster_member.c.article_id)
        .where(cluster_member.c.cluster.in_(named))
        .where(cluster_member.c.article_id.not_in(takedowns.articles()))
        .order_by(cluster_member.c.article_id)
        .limit(_MOST_MEMBERS)
    )
    for cluster, article_id in connection.execute(query):
        members[cluster].append(article_id)
    return resolve(expression, members)


def _months(connection: sa.Connection, query: Query, order: Order, after: Found | None) -> list[int]:
    month = search_month.c.month
    wanted = sa.select(month)
    if query.since is not None:
        wanted = wanted.where(month >= month_of(query.since))
    if query.until is not None:
        wanted = wanted.where(month <= month_of(query.until - _INSTANT))
    if after is not None and order is Order.NEWEST:
        wanted = wanted.where(month <= after.month)
    if after is not None and order is Order.OLDEST:
        wanted = wanted.where(month >= after.month)
    return sorted(connection.execute(wanted).scalars(), reverse=order is not Order.OLDEST)


def _places(month: int, query: Query, order: Order, after: Found | None) -> tuple[int, int]:
    """The first and the last place of a month that are meant."""
    low, high = 0, _LAST
    if query.since is not None and month == month_of(query.since):
        low = first_place(_next_second(query.since))
    if query.until is not None and month == month_of(query.until - _INSTANT):
        high = first_place(_next_second(query.until)) - 1 if month == month_of(query.until) else _LAST
    if after is not None and after.month == month:
        if order is Order.NEWEST:
            high = min(high, after.place - 1)
        elif order is Order.OLDEST:
            low = max(low, after.place + 1)
    return low, high


def _next_second(moment: datetime) -> datetime:
    """The first whole second from a moment on: captures have whole seconds."""
    return moment if moment.microsecond == 0 else moment.replace(microsecond=0) + timedelta(seconds=1)
