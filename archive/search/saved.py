"""Saved searches: what each asks, and what is wrong with one (pure)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from archive.search.query import Query, QueryError, parse
from config.problems import ConfigProblems, Problem, shown
from config.saved_search import SavedSearch

Place = Callable[[int], tuple[Path | None, int | None]]


def query_of(search: SavedSearch) -> Query:
    """What it asks; raises QueryError."""
    query = parse(search.query, search.filters)
    if query.since is not None or query.until is not None:
        raise QueryError("a saved search looks at what comes; allowed: any field but since: and until:")
    return query


def asked_of(search: SavedSearch) -> str:
    """What it asks, as text that is the same as long as it asks the same."""
    return json.dumps({"query": search.query.strip(), **search.filters}, ensure_ascii=False, sort_keys=True)


def check_searches(searches: Sequence[SavedSearch], place: Place = lambda _: (None, None)) -> None:
    """Raise ConfigProblems for searches that cannot be understood; `place` says where each is written."""
    if problems := list(_problems(searches, place)):
        raise ConfigProblems(problems)


def _problems(searches: Sequence[SavedSearch], place: Place) -> Iterator[Problem]:
    for number, search in enumerate(searches):
        try:
            query_of(search)
        except QueryError as error:
            file, line = place(number)
            value = shown(search.query) if search.query else asked_of(search)
            key = f"searches[{number}].query" if search.query else f"searches[{number}]"
            yield Problem(message=str(error), file=file, line=line, key=key, value=value)
