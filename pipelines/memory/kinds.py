"""Names for the places of a page that stay the same from page to page of a site.

A box is named by its tag and those of its classes that the site's templates use; a block by its box, the two
boxes around it, and whether it is (nearly) all link or all bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache

from archive.digest import sha256_hex
from pipelines.text.blocks import Block, Box

MOSTLY = 0.8  # of a block's characters: what is linked or bold to as much is so as a whole
_MAX_CLASSES, _MAX_CLASS = 12, 60
_NUMBER = re.compile(r"\d+")


@lru_cache(maxsize=16384)
def classes(kind: str) -> tuple[str, ...]:
    """The class names in a `class` attribute, sorted, with `#` for each number: `post-4711` is `post-#`."""
    names = {_NUMBER.sub("#", name[:_MAX_CLASS]) for name in kind.split()}
    return tuple(sorted(names)[:_MAX_CLASSES])


def shape(boxes: Iterable[Box]) -> frozenset[str]:
    """The shape of a page's tree: a digest of each sort of box (tag and classes) that holds text."""
    sorts = {(box.tag, box.kind) for box in boxes}
    return frozenset(_digest(tag, kind) for tag, kind in sorts)


@lru_cache(maxsize=16384)
def _digest(tag: str, kind: str) -> str:
    return sha256_hex(".".join((tag, *classes(kind))).encode("utf-8", "surrogatepass"))[:8]


def class_names(boxes: Iterable[Box]) -> frozenset[str]:
    """Every class name of a page's boxes."""
    return frozenset(name for kind in {box.kind for box in boxes} for name in classes(kind))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The class names of a template; others belong to single pages (`tag-elections`) and name nothing.

    Attributes:
        known: of blocks' own boxes: those that stand on more than one page.
        common: of the boxes around them: those that stand on at least half of the pages.
    """

    known: AbstractSet[str]
    common: AbstractSet[str]
    _said: dict[tuple[str, str, bool], str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, pages: Mapping[str, int], count: int) -> Vocabulary:
        """The vocabulary of `count` pages, by how many of them each class name stands on."""
        return cls(
            frozenset(name for name, on in pages.items() if on >= min(2, count)),
            frozenset(name for name, on in pages.items() if 2 * on >= count),
        )

    def step(self, box: Box, *, own: bool = False) -> str:
        """A box's name: `div.story-body`."""
        key = (box.tag, box.kind, own)
        name = self._said.get(key)
        if name is None:
            allowed = self.known if own else self.common
            name = self._said[key] = ".".join((box.tag, *(c for c in classes(box.kind) if c in allowed)))
        return name

    def path(self, box: Box) -> str:
        """The names of a box and of all around it, the body first: `body/main/div.story-body`."""
        steps = []
        at: Box | None = box
        while at is not None:
            steps.append(self.step(at))
            at = at.parent
        return "/".join(reversed(steps))

    def kinds(self, block: Block) -> tuple[str, str, str]:
        """A block's names, the most exact first: `main/div.story-body/p`, `div.story-body/p`, `p`.

        With ` link` or ` bold` behind, where it is so as a whole.
        """
        enough = MOSTLY * len(block.text)
        make = " link" if block.linked >= enough else " bold" if block.bold >= enough else ""
        parent = block.box.parent
        over = parent.parent if parent else None
        own = self.step(block.box, own=True) + make
        near = f"{self.step(parent) if parent else ''}/{own}"
        return f"{self.step(over) if over else ''}/{near}", near, own


def likeness(page: AbstractSet[str], common: AbstractSet[str], ever: AbstractSet[str]) -> float:
    """How far a page has the shape of others, 0 to 1: Jaccard's measure, less what only some of them have.

    Args:
        page: its shape.
        common: what at least half of the others have.
        ever: what any of them has.
    """
    whole = len(common | (page - ever))
    return len(page & common) / whole if whole else 0.0
