"""Addresses without end, which a site makes up as long as somebody asks: calendars, facets, sessions.

The rules are those of long-lived crawlers (Heritrix, Nutch) in their simplest form. What a rule stops is
entered into the ledger as `skipped(trap)`; nothing is dropped in silence.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from crawler.candidate import Candidate, FoundBy
from crawler.discovery.archives import date_in
from crawler.links.shape import shape_of

MOST_REPEATS = 3  # of one part of a path
MOST_DEPTH = 20  # parts of a path
MOST_PARAMETERS = 8
MOST_QUERIES = 50  # of one path, in one run, on section pages
MOST_OF_A_SHAPE = 2000  # likewise
_AHEAD = timedelta(days=2)
_SESSION = re.compile(
    r"(?i);jsessionid=|[?&;](?:jsessionid|phpsessid|aspsessionid\w*|sessionid|session_id|cfid|cftoken)="
    r"|[?&]s(?:id|ess|ession)=[0-9a-f]{16,}|/\(S\([0-9a-z]{24}\)\)/"
)


class Traps:
    """Watches the candidates of one run and source; the answers depend on their order."""

    def __init__(self) -> None:
        self._shapes: Counter[str] = Counter()
        self._queries: defaultdict[str, set[str]] = defaultdict(set)

    def holds(self, candidate: Candidate, now: datetime) -> bool:
        """Whether a candidate is one of endlessly many."""
        if candidate.found_by in {FoundBy.HAND, FoundBy.REVISIT}:
            return False
        if repeats(candidate.url):
            return True
        if candidate.found_by is not FoundBy.SECTION:  # a feed's million entries meet the cap of its reader
            return False
        return endless(candidate.url, now) or self._too_many(candidate.url)

    def _too_many(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.query:
            queries = self._queries[f"{parts.netloc}{parts.path}"]
            if parts.query not in queries and len(queries) >= MOST_QUERIES:
                return True
            queries.add(parts.query)
        shape = shape_of(url)
        self._shapes[shape] += 1
        return self._shapes[shape] > MOST_OF_A_SHAPE


def repeats(url: str) -> bool:
    """Whether a path goes round in circles: one part three times, or very many parts."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    most = max(Counter(segments).values(), default=0)
    return most >= MOST_REPEATS or len(segments) > MOST_DEPTH


def endless(url: str, now: datetime) -> bool:
    """Whether an address names a session, a day that is still to come, or combines many facets."""
    if _SESSION.search(url):
        return True
    named = date_in(url)
    if named is not None and named > now + timedelta(days=31) + _AHEAD:  # a month's end may lie ahead
        return True
    return len(parse_qsl(urlsplit(url).query, keep_blank_values=True)) > MOST_PARAMETERS
