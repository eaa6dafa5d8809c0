"""Whether a link leads to a story: by its address, its words, its place, and the source's own past (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from crawler.links.features import features
from crawler.links.model import LinkModel, shipped_model
from crawler.links.shape import shape_of

NEVER = -9.0  # log odds of what can be no story: no page, or a file of another kind
_ENOUGH = 3  # addresses of a shape before it says anything
_MOST = 6.0  # log odds that the past may add or take
_TRUST = 1.5  # a site's own habit says more than habits of all sites


@dataclass(frozen=True, slots=True)
class History:
    """How a source's addresses of each shape ended before: stories, and pages that were none."""

    stories: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, looked_at: Iterable[tuple[str, bool]]) -> History:
        """Count addresses with whether each was a story."""
        stories: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for url, story in looked_at:
            (stories if story else others)[shape_of(url)] += 1
        return cls(stories, others)

    def weight(self, url: str) -> float:
        """Log odds that the past speaks for (or, below 0, against) an address of this shape."""
        if not self.stories and not self.others:
            return 0.0
        shape = shape_of(url)
        stories, others = self.stories.get(shape, 0), self.others.get(shape, 0)
        if stories + others < _ENOUGH:
            return 0.0
        return max(-_MOST, min(_MOST, _TRUST * log((stories + 0.5) / (others + 0.5))))


NO_HISTORY = History()


def story_score(
    url: str,
    text: str | None,
    *,
    place: str | None = None,
    history: History = NO_HISTORY,
    model: LinkModel | None = None,
) -> float:
    """Log odds that a link leads to a story; above 0 it rather does.

    Args:
        url: absolute.
        text: the words of the link; None or "" if it has none.
        place: a `Place` on its page; None if unknown.
        history: of the link's source.
        model: another than the one that is shipped.
    """
    seen = features(url, text)
    if seen is None:
        return NEVER
    return (model or shipped_model()).score(seen, place) + history.weight(url)


def looks_like_story(
    url: str, text: str | None, *, place: str | None = None, history: History = NO_HISTORY
) -> bool:
    """Whether a link rather leads to a story than not."""
    return story_score(url, text, place=place, history=history) > 0
