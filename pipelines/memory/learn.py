"""Learns what there is to remember of a site from pages of it. Pure; their order does not matter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache

from pipelines.memory.container import HOLDS, box_at, boxes_of, holders, weight, within
from pipelines.memory.furniture import Shown, recurring, text_digest
from pipelines.memory.kinds import Vocabulary, class_names, shape
from pipelines.memory.lesson import TELLERS, Lesson
from pipelines.memory.site_memory import Band, Cluster, KindVotes, SiteMemory
from pipelines.text.blocks import Block, Box

MIN_PAGES = 3  # of a site, and of a cluster: fewer teach nothing
LIKE = 0.4  # two shapes that have so much in common (Jaccard) are of one cluster
AGREED = 0.6  # of a cluster's pages, on which a second teller must find the text in the container
SOMETIMES = 0.3  # of the characters of a kind outside the container, that are text: standfirsts, mostly
MIN_ALIKE = 2  # pages of a cluster
MOST = 0.6  # of pages of one shape, that have their text in one box
MAX_CLUSTERS = 12
MAX_KINDS = 1000
_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class _Page:
    """A lesson with what is asked of it again and again.

    Attributes:
        lesson: none of whose text is furniture.
        boxes: of the page.
        recurs: of each block, whether it is furniture.
        holders: the boxes that hold its text.
        shape, names: of its tree (`kinds`).
    """

    lesson: Lesson
    boxes: Sequence[Box]
    recurs: Sequence[bool]
    holders: Sequence[Box]
    shape: frozenset[str]
    names: frozenset[str]


def learn(lessons: Iterable[Lesson]) -> SiteMemory:
    """The memory that pages of one site give; one without clusters where they are too few or unlike."""
    by_url = {each.url: each for each in sorted(lessons, key=lambda each: (each.url, each.captured_at))}
    known = [(each, boxes_of(each.blocks)) for each in by_url.values()]
    if len(known) < MIN_PAGES:
        return SiteMemory(len(known))
    found = recurring([_shown(each, boxes) for each, boxes in known])
    furniture = frozenset(found.among_text)
    recurs = cache(lambda folded: text_digest(folded) in furniture)  # pages show the same furniture
    pages = [_page(each, boxes, recurs) for each, boxes in known]
    groups = (_cluster(part) for group in _alike(pages) for part in _by_container(group))
    clusters = [cluster for cluster in groups if cluster is not None]
    clusters.sort(key=lambda cluster: (-cluster.pages, cluster.container, cluster.common))
    return SiteMemory(
        len(pages), found.anywhere, found.among_text, found.samples, tuple(clusters[:MAX_CLUSTERS])
    )


def _shown(page: Lesson, boxes: Sequence[Box]) -> list[Shown]:
    among = within(page.blocks, holders(page.blocks, page.kept, boxes)[-1], boxes)
    texts = [block.text for block in page.blocks]
    return list(map(Shown, page.folded, texts, page.kept, among))


def _page(page: Lesson, boxes: Sequence[Box], recurs: Callable[[str], bool]) -> _Page:
    again = list(map(recurs, page.folded))
    kept = tuple([is_kept and not is_again for is_kept, is_again in zip(page.kept, again, strict=True)])
    return _Page(
        replace(page, kept=kept),
        boxes,
        again,
        holders(page.blocks, kept, boxes),
        shape(boxes),
        class_names(boxes),
    )


def _alike(pages: Sequence[_Page]) -> list[list[_Page]]:
    """Pages in groups of one shape: whoever is like any of a group is in it, whatever the order."""
    shapes = [page.shape for page in pages]
    group = list(range(len(pages)))
    for i, one in enumerate(shapes):
        for j in range(i):
            if group[i] != group[j] and _is_like(one, shapes[j]):
                old, new = max(group[i], group[j]), min(group[i], group[j])
                group = [new if each == old else each for each in group]
    gathered: dict[int, list[_Page]] = defaultdict(list)
    for page, number in zip(pages, group, strict=True):
        gathered[number].append(page)
    return list(gathered.values())


def _is_like(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    both = len(one & other)
    return both >= LIKE * (len(one) + len(other) - both)


def _by_container(pages: Sequence[_Page]) -> Iterator[list[_Page]]:
    """Pages of one shape, by where their text stands: the deepest box that most of them have first."""
    left = list(pages)
    while len(left) >= MIN_ALIKE:
        chains = _chains(left, _vocabulary(left))
        if not any(chains):  # all that is left of these pages recurs on the site: none is an article's
            return
        path = _container(chains)
        part = [page for page, chain in zip(left, chains, strict=True) if path in chain]
        if len(part) < MIN_ALIKE:
            return
        yield part
        left = [page for page, chain in zip(left, chains, strict=True) if path not in chain]


def _vocabulary(pages: Sequence[_Page]) -> Vocabulary:
    return Vocabulary.of(Counter(name for page in pages for name in page.names), len(pages))


def _chains(pages: Sequence[_Page], vocabulary: Vocabulary) -> list[set[str]]:
    """The paths of each page's holders."""
    return [{vocabulary.path(box) for box in page.holders} for page in pages]


def _cluster(pages: Sequence[_Page]) -> Cluster | None:
    """How pages of one shape are read; None where no second teller finds the text where we do."""
    shapes = Counter(sort for page in pages for sort in page.shape)
    vocabulary = _vocabulary(pages)
    container = _container(_chains(pages, vocabulary))
    held = [_Held(page, inside) for page in pages if (inside := _inside(page, container, vocabulary))]
    agreed = _agreement(held)
    seconded = max((on for teller, on in agreed.items() if teller != TELLERS[0]), default=0)
    if seconded < AGREED * len(pages):
        return None
    in_container, beside = _votes(held, vocabulary)
    outside = {kind: votes for kind, votes in beside.items() if votes.kept >= SOMETIMES * votes.seen}
    return Cluster(
        pages=len(pages),
        common=tuple(sorted(sort for sort, on in shapes.items() if 2 * on >= len(pages))),
        ever=tuple(sorted(shapes)),
        known=tuple(sorted(vocabulary.known)),
        common_names=tuple(sorted(vocabulary.common)),
        container=container,
        agreed=tuple(sorted(agreed.items())),
        inside=_most_frequent(in_container),
        outside=_most_frequent(outside),
        characters=_band([each.page.lesson.characters for each in held]),
        share=_band([_part(weight(each.blocks, each.inside), _all(each.blocks)) for each in held]),
        furniture=_band([_left_out(each) for each in held]),
    )


def _container(chains: Sequence[AbstractSet[str]]) -> str:
    """The path of the deepest box that holds the text of most pages, by the paths of each page's holders."""
    on = Counter(path for chain in chains for path in chain)
    enough = min(max(on.values()), MOST * len(chains))
    return max((path for path, count in on.items() if count >= enough), key=lambda p: (p.count("/"), p))


@dataclass(frozen=True, slots=True)
class _Held:
    """A page that has the container, and of each block, whether it stands in it."""

    page: _Page
    inside: Sequence[bool]

    @property
    def blocks(self) -> Sequence[Block]:
        return self.page.lesson.blocks


def _inside(page: _Page, container: str, vocabulary: Vocabulary) -> list[bool] | None:
    """Of each block, whether it stands in the container; None if the page has none."""
    blocks = page.lesson.blocks
    box = box_at(blocks, container, vocabulary, page.boxes)
    return None if box is None else within(blocks, box, page.boxes)


def _agreement(pages: Sequence[_Held]) -> dict[str, int]:
    """On how many pages each teller's text lies in the container."""
    agreed: Counter[str] = Counter()
    for page in pages:
        for teller, chosen in page.page.lesson.tellers.items():
            both = [said and inside for said, inside in zip(chosen, page.inside, strict=True)]
            whole = weight(page.blocks, chosen)
            agreed[teller] += whole > 0 and weight(page.blocks, both) >= HOLDS * whole
    return {teller: agreed[teller] for teller in TELLERS}


@dataclass(slots=True)
class _Sum:
    """What the pages say of one kind of block, in characters."""

    kept: int = 0
    seen: int = 0
    standfirst: int = 0
    pages: int = 0
    last: int = -1  # the page that was counted last

    def votes(self) -> KindVotes:
        """The votes. A site's standfirsts are text: single pages leave tellers in doubt about them."""
        alike = 2 * self.standfirst >= self.seen
        return KindVotes(self.seen if alike else self.kept, self.seen, self.pages)


def _votes(
    pages: Sequence[_Held], vocabulary: Vocabulary
) -> tuple[dict[str, KindVotes], dict[str, KindVotes]]:
    """Votes by kind of block, in the container and outside. Furniture is dropped by its words: no vote."""
    sums: tuple[dict[str, _Sum], dict[str, _Sum]] = ({}, {})
    for number, page in enumerate(pages):
        of = page.page.lesson
        said = zip(of.blocks, page.page.recurs, page.inside, of.support, of.standfirst, strict=True)
        for block, recurs, inside, support, standfirst in said:
            if recurs:
                continue
            known = sums[not inside]
            length = len(block.text)
            kept = length * support // _PER_MILLE
            for kind in vocabulary.kinds(block):
                votes = known.get(kind)
                if votes is None:
                    votes = known[kind] = _Sum()
                votes.seen += length
                votes.kept += kept
                votes.standfirst += length if standfirst else 0
                votes.pages += votes.last != number
                votes.last = number
    inside_of, outside_of = ({kind: votes.votes() for kind, votes in each.items()} for each in sums)
    return inside_of, outside_of


def _most_frequent(votes: Mapping[str, KindVotes]) -> tuple[tuple[str, KindVotes], ...]:
    kept = sorted(votes.items(), key=lambda each: (-each[1].pages, -each[1].seen, each[0]))[:MAX_KINDS]
    return tuple(sorted(kept, key=lambda each: each[0]))


def _left_out(page: _Held) -> int:
    """Of the container's characters, how many are not text; per mille."""
    both = [kept and inside for kept, inside in zip(page.page.lesson.kept, page.inside, strict=True)]
    whole = weight(page.blocks, page.inside)
    return _part(whole - weight(page.blocks, both), whole)


def _all(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _part(part: int, whole: int) -> int:
    return _PER_MILLE * part // max(1, whole)


def _band(values: Sequence[int]) -> Band:
    return Band(min(values), max(values))
