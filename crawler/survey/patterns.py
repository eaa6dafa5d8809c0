"""The pattern of a site's article addresses, learned from articles' addresses and from others.

Every article's address offers a few generalised pieces of itself: its date, its number, the folder it lies
in, the form of its slug. Pieces are chosen greedily, as in set cover, each for the most articles that no
chosen one explains, as long as no other page has it. What was learned on one half has to explain the other
half; if it does not, no pattern is better than a wrong one, which would lose articles every night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from config.regex_safety import why_unsafe
from crawler.links import lexicon
from crawler.links.features import segments_of

FEWEST = 8  # articles to learn from
MOST_PATTERNS = 6
_COVERED = 0.99  # share of the articles that the patterns have to explain
_COVERED_UNSEEN = 0.95  # and of those that they were not learned from
_WRONG = 0.02  # share of the other pages that they may have
_MOST_DENIED = 10
_MOST_SEEN = 800  # addresses of each kind; a sitemap has fifty thousand

_DATES = (
    r"/20\d\d/\d\d/\d\d/",
    r"/20\d\d/[a-z]{3}/\d\d/",
    r"/20\d\d-\d\d-\d\d",
    r"/20\d{6}(?!\d)",
    r"/20\d\d/\d\d/",
    r"/20\d\d/",
)
_NUMBERS = (
    r"[?&][a-z_]*id=\d+",
    r"/[^/]*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",
    r"/\d{5,}/[^/]+$",
    r"/\d{4,}(?:\.[a-z]+)?/?$",
    r"/\d{5,}-[^/]+$",
    r"[^/:\d]\d{5,}(?:\.[a-z]+)?/?$",
)
_ENDINGS = (r"\.html$", r"\.htm$", r"\.shtml$", r"\.php$")
_SLUG = r"/[^/-]+-[^/-]+-[^/-]+-[^/]+$"  # four words or more
_SHORT_SLUG = r"/[^/-]+-[^/-]+-?[^/]*$"


@dataclass(frozen=True, slots=True)
class Learned:
    """Patterns for `discover.articles`, and how well they do.

    Attributes:
        allow, deny: regular expressions as `re.search` takes them; `allow` is empty if none can be trusted.
        covered: articles that `allow` explains, of `articles`.
        wrong: other pages that it has, of `others`.
        why: a sentence for the person who reads the file.
    """

    allow: tuple[str, ...]
    deny: tuple[str, ...]
    articles: int
    covered: int
    others: int
    wrong: int
    why: str


def learn(articles: Iterable[str], others: Iterable[str]) -> Learned:
    """Learn from addresses of articles, and of pages that are none. Deterministic; order does not matter."""
    every = frozenset(articles)
    good, bad = _sample(every), _sample(frozenset(others) - every)
    deny = _deny(good, bad)
    rest = [url for url in bad if not _has(deny, url)]
    allow = _allow(good, rest)
    covered = sum(_has(allow, url) for url in good)
    wrong = sum(_has(allow, url) for url in rest)
    why = _doubt(good, rest, allow, covered)
    if why is not None:
        return Learned((), deny, len(good), 0, len(bad), 0, why)
    why = f"explains {covered} of {len(good)} articles seen, and {wrong} of {len(bad)} other pages"
    return Learned(allow, deny, len(good), covered, len(bad), wrong, why)


def _sample(urls: frozenset[str]) -> list[str]:
    """The addresses in order; of very many, evenly spread ones."""
    ordered = sorted(urls)
    return ordered[:: max(1, -(-len(ordered) // _MOST_SEEN))]


def _doubt(good: Sequence[str], bad: Sequence[str], allow: tuple[str, ...], covered: int) -> str | None:
    """Why no pattern is taken; None if they can be trusted."""
    if len(good) < FEWEST:
        return f"no pattern: {len(good)} articles are too few to learn one from (at least {FEWEST})"
    if not allow or covered < _COVERED * len(good):
        return f"no pattern: their addresses have too little in common ({covered} of {len(good)} explained)"
    for half in (0, 1):
        learned = _allow(good[half::2], bad)
        unseen = good[1 - half :: 2]
        known = sum(_has(learned, url) for url in unseen)
        if known < _COVERED_UNSEEN * len(unseen):
            return f"no pattern: what half of the articles have, {len(unseen) - known} of the others have not"
    return None


def _allow(good: Sequence[str], bad: Sequence[str]) -> tuple[str, ...]:
    """Pieces that together have the articles, most first; what has nothing in common is left over."""
    offered: dict[str, None] = {}
    for url in good:
        offered |= dict.fromkeys(_pieces(url))
    mostly_wrong = max(1, int(_WRONG * len(bad))) if bad else 0
    fits = {
        piece: frozenset(url for url in good if _search(piece, url))
        for piece in offered
        if sum(_search(piece, url) for url in bad) < max(1, mostly_wrong)
    }
    chosen: list[str] = []
    open_ = set(good)
    order = {piece: number for number, piece in enumerate(sorted(fits, key=_rank))}
    while open_ and len(chosen) < MOST_PATTERNS and fits:
        best = max(fits, key=lambda piece: (len(fits[piece] & open_), -order[piece]))
        gained = len(fits[best] & open_)
        if gained < max(2, int(0.02 * len(good))):
            break
        chosen.append(best)
        open_ -= fits[best]
    return tuple(chosen)


def _rank(piece: str) -> tuple[int, int, str]:
    """Which of two pieces that do the same is the better to read: dates, numbers, folders, slugs, endings."""
    for place, kind in enumerate((_DATES, _NUMBERS)):
        if piece in kind:
            return place, kind.index(piece), piece
    return (4 if piece in _ENDINGS else 3 if piece in {_SLUG, _SHORT_SLUG} else 2), len(piece), piece


def _pieces(url: str) -> Iterator[str]:
    """Generalised pieces of one address; each is found in it."""
    for piece in (*_DATES, *_NUMBERS, *_ENDINGS, _SLUG, _SHORT_SLUG):
        if _search(piece, url):
            yield piece
    folders = [part for part in urlsplit(url).path.split("/")[1:-1] if part and not part.isdigit()]
    for at, folder in enumerate(folders):
        yield f"/{re.escape(folder)}/"
        if at == len(folders) - 1 and _search(_SLUG, url):
            yield f"/{re.escape(folder)}{_SLUG}"
        if at == len(folders) - 1:
            yield f"/{re.escape(folder)}/[^/]+/?$"


def _deny(good: Sequence[str], bad: Sequence[str]) -> tuple[str, ...]:
    """First folders of other pages that no article has: what is known to be no story, or seen often."""
    counted: dict[str, int] = {}
    for url in bad:
        segments = segments_of(url) or ()
        folder = urlsplit(url).path.split("/")[1] if len(segments) > 1 else ""
        if folder:
            counted[folder] = counted.get(folder, 0) + 1
    known = lexicon.LISTS | lexicon.SERVICES
    found = [
        f"/{re.escape(folder)}/"
        for folder, number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        if number >= 5 or folder.lower() in known  # noqa: PLR2004 - often
    ]
    return tuple(piece for piece in found if _usable(piece) and not any(_search(piece, url) for url in good))[
        :_MOST_DENIED
    ]


def _has(pieces: Iterable[str], url: str) -> bool:
    return any(_search(piece, url) for piece in pieces)


def _search(piece: str, url: str) -> bool:
    pattern = _compiled(piece)
    return pattern is not None and pattern.search(url) is not None


def _usable(piece: str) -> bool:
    return _compiled(piece) is not None


@lru_cache(maxsize=10_000)
def _compiled(piece: str) -> re.Pattern[str] | None:
    """None for what a source's file would refuse."""
    return None if why_unsafe(piece) is not None else re.compile(piece)
