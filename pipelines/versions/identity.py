"""Whether two pages show one article: the address they name and what they say must agree (pure).

An address alone proves nothing: sites name their home page, or one story, as the canonical address of every
page. Equal words alone prove nothing either: one site may run a text at two addresses of its own. So pages
are one article only where the addresses tie them and the content agrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from pipelines.paragraphs import fold

# Parameters that say where a reader came from. `id`, `p`, `page`, `q` and all others ask for another page.
_TRACKING = re.compile(
    r"utm_\w+|(?:at|pk|piwik|mtm|hsa|itm|ns|wt)_\w+|mc_[ce]id|ref(?:_?src|_?url|errer|er)?"
    r"|[fgmy](?:b|s)?clid|dclid|gbraid|wbraid|twclid|ttclid|gclsrc|igshid|igsh|_ga|_gl|cmp(?:id)?|campaign(?:id)?"
    r"|ocid|ncid|icid|taid|xtor|ito|smid|smtyp|intcmp|ftag|guccounter|tpcc|mod|partner|source|src|from|share|sh"
    r"|rss|feed|traffic_source|__twitter_impression",
    re.IGNORECASE,
)
_AMP_KEYS = frozenset({"amp", "outputtype", "isamp"})
_AMP_PATH = re.compile(r"/amp/?$|\.amp(?=\.html?$|$)|^/amp(?=/)", re.IGNORECASE)
_AMP_HOST = re.compile(r"^(?:www|amp|m|mobile)\.(?=[^.]+\.)", re.IGNORECASE)
# A number or name that stays while a slug's words change.
_STABLE = re.compile(
    r"(?<![0-9a-z])(?:[a-z]{0,4}\d{5,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])"
)
_DATE = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?$")

SHINGLE = 4  # words
Shingle = tuple[str, ...]
AGREE = 0.8  # of the shorter text's shingles stand in the other text too
AGREE_UNDER_ONE_TITLE = 0.5
FEWEST_WORDS = 12  # below, only equal texts agree


class Tie(StrEnum):
    """How the address of a page is tied to an article's."""

    SAME = "same"  # the very address
    ALIAS = "alias"  # another spelling, or a twin that names the article's address
    MOVED = "moved"  # the article's new address


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, as far as identity needs it. `url` is its own address, after redirects."""

    url: str
    canonical_url: str | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A text as it is compared: folded, how many words that are, and its shingles."""

    folded: str
    words: int
    shingles: frozenset[Shingle]


def tie(here: Shown, known: Shown, *, led: bool = False) -> Tie | None:
    """How a page is tied to a known article; None if it shows another one, or nothing says that it does not.

    Args:
        here: the page as fetched.
        known: the article as it was last seen.
        led: whether the article's own address led here by a redirect.
    """
    if here.url == known.url:
        return Tie.SAME
    kind = _by_address(here, known, led=led)
    return kind if kind is not None and agree(here, known) else None


def agree(one: Shown, other: Shown) -> bool:
    """Whether two readings say the same, as far as two views of one article do (an AMP page, an edit)."""
    mine, theirs = _told(one.text), _told(other.text)
    if min(mine.words, theirs.words) < FEWEST_WORDS:
        return mine.folded == theirs.folded
    enough = AGREE_UNDER_ONE_TITLE if fold(one.title) == fold(other.title) else AGREE
    return shared(mine.shingles, theirs.shingles) >= enough


def shared(mine: frozenset[Shingle], theirs: frozenset[Shingle]) -> float:
    """The share of the shorter one's shingles that the other one has too, from 0 to 1."""
    fewest = min(len(mine), len(theirs))
    return len(mine & theirs) / fewest if fewest else 0.0


def is_alias(one: str, other: str) -> bool:
    """Whether two addresses differ only in scheme, `www.`, tracking parameters or an AMP mark.

    Case, the fragment (`#!`), every other parameter and the Unicode normal form tell pages apart.
    """
    return _essence(one) == _essence(other)


def _by_address(here: Shown, known: Shown, *, led: bool) -> Tie | None:
    names = here.canonical_url or here.url
    if is_alias(here.url, known.url):
        # Two pages that each name themselves are two, whatever their spelling.
        themselves = here.canonical_url == here.url and known.canonical_url == known.url
        apart = themselves and _only_query_differs(here, known)
        return None if apart else Tie.ALIAS
    if led:
        return Tie.MOVED
    if is_alias(names, known.url):
        return Tie.ALIAS
    itself = is_alias(names, here.url)
    if known.canonical_url is not None and itself and is_alias(known.canonical_url, here.url):
        return Tie.MOVED
    if known.canonical_url is not None and not itself and is_alias(names, known.canonical_url):
        return Tie.ALIAS
    return Tie.MOVED if itself and same_stable_part(here.url, known.url) else None


def _only_query_differs(here: Shown, known: Shown) -> bool:
    one, other = urlsplit(here.url), urlsplit(known.url)
    return (one.scheme, one.netloc, one.path) == (other.scheme, other.netloc, other.path)


def same_stable_part(one: str, other: str) -> bool:
    """Whether two paths of one host carry one number that is no date: `/old-words-1234567`."""
    if _host(urlsplit(one).netloc) != _host(urlsplit(other).netloc):
        return False
    return bool(_stable(one) & _stable(other))


def _stable(url: str) -> set[str]:
    last = [part for part in urlsplit(url).path.lower().split("/") if part][-2:]
    found = (match for part in last for match in _STABLE.findall(part))
    return {match for match in found if not _DATE.match(match)}


def _essence(url: str) -> tuple[str, str, tuple[tuple[str, str], ...], str]:
    parts = urlsplit(url)
    query = tuple(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key)
        and not (key.lower() in _AMP_KEYS and value.lower() in {"", "1", "amp", "true"})
    )
    path = _AMP_PATH.sub("", parts.path) or "/"
    return _host(parts.netloc), path, query, parts.fragment


def _host(netloc: str) -> str:
    return _AMP_HOST.sub("", netloc.lower()).removesuffix(":443").removesuffix(":80")


@lru_cache(maxsize=32)  # a site that names one address on every page has the same few compared with each
def _told(text: str) -> _Told:
    folded = fold(text)
    words = folded.split()
    shingles = zip(*(words[n:] for n in range(SHINGLE)), strict=False)
    return _Told(folded, len(words), frozenset(shingles))
