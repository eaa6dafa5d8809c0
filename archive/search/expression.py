"""What is searched for, as a tree (pure): the database's own languages are written from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

EVERY = "is:any"  # a facet that every version has, so that a search of filters alone has something to match
NOTHING = "is:none"  # and one that none has

_PLAIN = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; one word is a phrase, too.

    Attributes:
        words: folded (`archive.search.words`), one or more.
        begun: the last word may go on.
        title: only in headlines.
    """

    words: tuple[str, ...]
    begun: bool = False
    title: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Something that a version has or is, as one word of the index: `source:example-times`, `event:title`.

    No word of a text has a colon in it.
    """

    word: str


@dataclass(frozen=True, slots=True)
class InCluster:
    """Versions of the articles of a cluster; `resolve` replaces it before a database is asked."""

    cluster: str


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever `part` does not match."""

    part: Expression


@dataclass(frozen=True, slots=True)
class AllOf:
    """What every part matches; there is one or more."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What one of the parts matches; without parts, nothing."""

    parts: tuple[Expression, ...]


Expression = Phrase | Facet | InCluster | Not | AllOf | AnyOf


def phrases_of(expression: Expression) -> Iterator[Phrase]:
    """The phrases that a match may stand for: those that are not negated. What is marked and ranked by."""
    match expression:
        case Phrase():
            yield expression
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from phrases_of(part)


def clusters_of(expression: Expression) -> Iterator[str]:
    """The clusters that are named."""
    match expression:
        case InCluster(cluster):
            yield cluster
        case Not(part):
            yield from clusters_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from clusters_of(part)


def resolve(expression: Expression, articles: Mapping[str, Sequence[str]]) -> Expression:
    """The same with clusters as their articles."""
    match expression:
        case InCluster(cluster):
            return AnyOf(tuple(Facet(facet("article", each)) for each in articles.get(cluster, ())))
        case Not(part):
            return Not(resolve(part, articles))
        case AllOf(parts):
            return AllOf(tuple(resolve(part, articles) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(resolve(part, articles) for part in parts))
    return expression


def facet(name: str, value: str) -> str:
    """One word of the index for something that a version has; a value of other signs becomes a digest."""
    if not _PLAIN.fullmatch(value):
        value = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{name}:{value}"
