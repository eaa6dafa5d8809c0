"""An invented news web of three years, night by night: rows of articles as crawls would leave them.

Articles are born on a night, and what becomes of each is drawn then: how often it is edited and when, which
pictures it shows, whose copy it is. All of it follows from one seed: the same rows at every call.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

from archive.digest import url_key
from archive.rows import Row
from archive.rows.article import EventRow, PictureRow, VersionRow
from bench.pages_papers import SOURCES, Paper, Story, day_of, moment_of
from bench.pages_rows import capture_of, final_rows, first_rows, picture_rows, version_row
from bench.pages_words import Tongue, text_of, tongues_of

# How many versions an article gets, and the share of articles.
_LIVES = (((1, 1), 66), ((2, 2), 17), ((3, 3), 8), ((4, 6), 7), ((7, 20), 1.9), ((30, 300), 0.1))
_MEDIAN_SENTENCES, _SPREAD, _MOST_SENTENCES = 4, 0.8, 150
_RECENT = 400  # articles of a source from which copies and shared pictures are taken


@dataclass(slots=True)
class Look:
    """What one look brought: rows, and what the index of words needs beside them."""

    version: VersionRow
    rows: list[Row]
    events: tuple[str, ...]
    pictures: tuple[PictureRow, ...]
    tongue: Tongue
    sentences: tuple[int, ...]
    text: str


@dataclass(slots=True)
class NewsWeb:
    """The papers and what is still to become of their articles."""

    papers: tuple[Paper, ...] = ()
    later: dict[int, list[Story]] = field(default_factory=lambda: defaultdict(list))
    recent: dict[str, deque[Story]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=_RECENT))
    )
    chance: random.Random = field(default_factory=random.Random)

    @classmethod
    def begin(cls) -> NewsWeb:
        """The first night has not come yet."""
        tongues = tongues_of()
        papers = []
        for n in range(SOURCES):
            host = f"www.paper-{n:03}.example"
            papers.append(Paper(n, f"paper-{n:03}", tongues[n % len(tongues)], host, f"https://{host}/"))
        return cls(papers=tuple(papers), chance=random.Random(7))

    def night(self, night: int, births: int) -> Iterator[Look]:
        """The versions of a night: those that were to come, and so many new articles."""
        for story in self.later.pop(night, ()):
            yield self._look(story, night)
        weights = _weights()
        for paper in self.chance.choices(self.papers, cum_weights=weights, k=births):
            yield self._look(self._born(paper, night), night)

    def unfinished(self) -> Iterator[Row]:
        """The last rows of articles that were to be edited again."""
        for story in itertools.chain.from_iterable(self.later.values()):
            yield from final_rows(story, story.born)

    def _born(self, paper: Paper, night: int) -> Story:
        chance = self.chance
        serial = chance.getrandbits(40)
        url = f"https://{paper.host}/{day_of(night):%Y/%m/%d}/story-{serial:x}"
        count = max(2, min(int(chance.lognormvariate(0, _SPREAD) * _MEDIAN_SENTENCES), _MOST_SENTENCES))
        first = chance.randrange(len(paper.tongue.sentences))
        chosen = [(first + n) % len(paper.tongue.sentences) for n in range(count)]
        ((least, most),) = chance.choices([life for life, _ in _LIVES], [share for _, share in _LIVES])
        key = url_key(url)
        shown = chance.random()
        pictures = tuple(
            f"{chance.getrandbits(256):064x}" for _ in range(0 if shown < 0.3 else 1 if shown < 0.8 else 3)
        )
        story = Story(
            key, url, paper, moment_of(paper, night, chance), chosen, first, pictures, key, None,
            chance.randint(least, most),
        )  # fmt: skip
        if chance.random() < 0.2:
            self._borrow(story)
        self.recent[paper.tongue.language].append(story)
        return story

    def _borrow(self, story: Story) -> None:
        """Make it a copy of a recent story in its language: text, mostly the picture, the same cluster."""
        others = self.recent[story.paper.tongue.language]
        if not others:
            return
        lent = others[self.chance.randrange(len(others))]
        if lent.paper is story.paper:
            return
        story.sentences, story.cluster, story.copy_of = list(lent.sentences), lent.cluster, lent.id
        story.pictures = lent.pictures

    def _look(self, story: Story, night: int) -> Look:
        chance, tongue = self.chance, story.paper.tongue
        story.number, story.left = story.number + 1, story.left - 1
        events: list[tuple[str, str | None, str | None]] = []
        if story.number > 1:
            events = self._edit(story)
        else:
            story.title = tongue.headline(story.title_at)
        text = text_of(tongue, story.sentences)
        digest = sha256(text.encode()).hexdigest()
        if story.number > 1 and digest != story.text_sha256:
            events.append(("text", story.text_sha256, digest))
        story.text_sha256 = digest
        at = story.born if story.number == 1 else moment_of(story.paper, night, chance)
        version = version_row(story, at, night, events)
        capture = capture_of(story.paper, story.url, at, night, chance, name=version.capture_id)
        pictures = tuple(picture_rows(story))
        rows: list[Row] = [version, capture, *pictures]
        rows += [
            EventRow(article_id=story.id, number=story.number, position=n, kind=kind, before=was, after=now)
            for n, (kind, was, now) in enumerate(events)
        ]
        if story.number == 1:
            rows += first_rows(story, at, capture.id)
        if story.left > 0:
            self.later[night + 1 + int(chance.expovariate(0.7))].append(story)
        else:
            rows += final_rows(story, at)
        return Look(
            version,
            rows,
            tuple(kind for kind, _, _ in events),
            pictures,
            tongue,
            tuple(story.sentences),
            text,
        )

    def _edit(self, story: Story) -> list[tuple[str, str | None, str | None]]:
        chance, tongue = self.chance, story.paper.tongue
        for _ in range(chance.randint(1, 3)):
            story.sentences[chance.randrange(len(story.sentences))] = chance.randrange(len(tongue.sentences))
        if chance.random() < 0.4 and len(story.sentences) < _MOST_SENTENCES:
            story.sentences.append(chance.randrange(len(tongue.sentences)))
        if chance.random() < 0.3:
            before, story.title_at = story.title, chance.randrange(len(tongue.sentences))
            story.title = tongue.headline(story.title_at)
            return [("title", before, story.title)]
        return []


def _weights() -> list[float]:
    """Cumulated: the second paper writes less than the first, and so on (Zipf)."""
    return list(accumulate(1 / (n + 8) for n in range(SOURCES)))
