"""Learns what there is to remember of a site from pages of it. Pure; their order does not matter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from pipelines.memory.container import box_at, holders, weight, within
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


def learn(lessons: Iterable[Lesson]) -> SiteMemory:
    """The memory that pages of one site give; one without clusters where they are too few or unlike."""
    by_url = {each.url: each for each in sorted(lessons, key=lambda each: (each.url, each.captured_at))}
    pages = list(by_url.values())
    if len(pages) < MIN_PAGES:
        return SiteMemory(len(pages))
    found = recurring([_shown(page) for page in pages])
    furniture = frozenset(found.among_text)
    pages = [_without(page, furniture) for page in pages]
    groups = (_cluster(part, furniture) for group in _alike(pages) for part in _by_container(group))
    clusters = [cluster for cluster in groups if cluster is not None]
    clusters.sort(key=lambda cluster: (-cluster.pages, cluster.container, cluster.common))
    return SiteMemory(
        len(pages), found.anywhere, found.among_text, found.samples, tuple(clusters[:MAX_CLUSTERS])
    )


def _shown(page: Lesson) -> list[Shown]:
    among = within(page.blocks, holders(page.blocks, page.kept)[-1])
    shown = zip(page.folded, page.blocks, page.kept, among, strict=True)
    return [Shown(folded, block.text, kept, inside) for folded, block, kept, inside in shown]


def _without(page: Lesson, furniture: AbstractSet[str]) -> Lesson:
    """The page, none of whose text is furniture."""
    both = zip(page.kept, page.folded, strict=True)
    return replace(page, kept=tuple(kept and text_digest(words) not in furniture for kept, words in both))


def _alike(pages: Sequence[Lesson]) -> list[list[Lesson]]:
    """Pages in groups of one shape: whoever is like any of a group is in it, whatever the order."""
    shapes = [shape(page.blocks) for page in pages]
    group = list(range(len(pages)))
    for i, one in enumerate(shapes):
        for j in range(i):
            if group[i] != group[j] and len(one & shapes[j]) >= LIKE * len(one | shapes[j]):
                old, new = max(group[i], group[j]), min(group[i], group[j])
                group = [new if each == old else each for each in group]
    gathered: dict[int, list[Lesson]] = defaultdict(list)
    for page, number in zip(pages, group, strict=True):
        gathered[number].append(page)
    return list(gathered.values())


def _by_container(pages: Sequence[Lesson]) -> Iterator[list[Lesson]]:
    """Pages of one shape, by where their text stands: the deepest box that most of them have first."""
    left = list(pages)
    while len(left) >= MIN_ALIKE:
        vocabulary = _vocabulary(left)
        chains = [{vocabulary.path(box) for box in holders(page.blocks, page.kept)} for page in left]
        if not any(chains):  # all that is left of these pages recurs on the site: none is an article's
            return
        path = _container(chains)
        part = [page for page, chain in zip(left, chains, strict=True) if path in chain]
        if len(part) < MIN_ALIKE:
            return
        yield part
        left = [page for page, chain in zip(left, chains, strict=True) if path not in chain]


def _vocabulary(pages: Sequence[Lesson]) -> Vocabulary:
    return Vocabulary.of(Counter(name for page in pages for name in class_names(page.blocks)), len(pages))


def _cluster(pages: Sequence[Lesson], furniture: frozenset[str]) -> Cluster | None:
    """How pages of one shape are read; None where no second teller finds the text where we do."""
    shapes = Counter(sort for page in pages for sort in shape(page.blocks))
    vocabulary = _vocabulary(pages)
    container = _container(
        [{vocabulary.path(box) for box in holders(page.blocks, page.kept)} for page in pages]
    )
    boxes = [box_at(page.blocks, container, vocabulary) for page in pages]
    agreed = _agreement(pages, boxes)
    seconded = max((on for teller, on in agreed.items() if teller != TELLERS[0]), default=0)
    if seconded < AGREED * len(pages):
        return None
    held = [
        (page, tuple(within(page.blocks, box)))
        for page, box in zip(pages, boxes, strict=True)
        if box is not None
    ]
    in_container, beside = _votes(held, vocabulary, furniture)
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
        characters=_band([page.characters for page, _ in held]),
        share=_band([_part(weight(page.blocks, box), _all(page.blocks)) for page, box in held]),
        furniture=_band([_left_out(page, box) for page, box in held]),
    )


def _container(chains: Sequence[AbstractSet[str]]) -> str:
    """The path of the deepest box that holds the text of most pages, by the paths of each page's holders."""
    on = Counter(path for chain in chains for path in chain)
    enough = min(max(on.values()), MOST * len(chains))
    return max((path for path, count in on.items() if count >= enough), key=lambda p: (p.count("/"), p))


def _agreement(pages: Sequence[Lesson], boxes: Sequence[Box | None]) -> dict[str, int]:
    """On how many pages each teller's text lies in the container."""
    agreed: Counter[str] = Counter()
    for page, box in zip(pages, boxes, strict=True):
        for teller, chosen in page.tellers.items():
            agreed[teller] += box is not None and box in holders(page.blocks, chosen)
    return {teller: agreed[teller] for teller in TELLERS}


@dataclass(slots=True)
class _Sum:
    """What the pages say of one kind of block, in characters."""

    kept: int = 0
    seen: int = 0
    standfirst: int = 0
    pages: int = 0

    def add(self, length: int, support: int, *, standfirst: bool) -> None:
        self.seen += length
        self.kept += length * support // _PER_MILLE
        self.standfirst += length if standfirst else 0

    def votes(self) -> KindVotes:
        """The votes. A site's standfirsts are text: single pages leave tellers in doubt about them."""
        alike = 2 * self.standfirst >= self.seen
        return KindVotes(self.seen if alike else self.kept, self.seen, self.pages)


def _votes(
    pages: Sequence[tuple[Lesson, tuple[bool, ...]]], vocabulary: Vocabulary, furniture: frozenset[str]
) -> tuple[dict[str, KindVotes], dict[str, KindVotes]]:
    """Votes by kind of block, in the container and outside. Furniture is dropped by its words: no vote."""
    sums: tuple[dict[str, _Sum], dict[str, _Sum]] = ({}, {})
    for page, in_container in pages:
        met: set[tuple[bool, str]] = set()
        for index, block in enumerate(page.blocks):
            if text_digest(page.folded[index]) in furniture:
                continue
            inside = in_container[index]
            for kind in vocabulary.kinds(block):
                votes = sums[not inside].setdefault(kind, _Sum())
                votes.add(len(block.text), page.support[index], standfirst=page.standfirst[index])
                votes.pages += (inside, kind) not in met
                met.add((inside, kind))
    inside_of, outside_of = ({kind: votes.votes() for kind, votes in each.items()} for each in sums)
    return inside_of, outside_of


def _most_frequent(votes: Mapping[str, KindVotes]) -> tuple[tuple[str, KindVotes], ...]:
    kept = sorted(votes.items(), key=lambda each: (-each[1].pages, -each[1].seen, each[0]))[:MAX_KINDS]
    return tuple(sorted(kept, key=lambda each: each[0]))


def _left_out(page: Lesson, in_container: Sequence[bool]) -> int:
    """Of the container's characters, how many are not text; per mille."""
    both = [kept and inside for kept, inside in zip(page.kept, in_container, strict=True)]
    whole = weight(page.blocks, in_container)
    return _part(whole - weight(page.blocks, both), whole)


def _all(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _part(part: int, whole: int) -> int:
    return _PER_MILLE * part // max(1, whole)


def _band(values: Sequence[int]) -> Band:
    return Band(min(values), max(values))
