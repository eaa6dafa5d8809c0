"""What readers of the pages ask: addresses of every kind of page, drawn from a catalog."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from archive.catalog.catalog import Catalog
from archive.catalog.schema import ledger, picture, run, version
from bench.pages_papers import SOURCES
from bench.pages_words import tongues_of

AIM, SEARCH_AIM = 100.0, 200.0  # ms, p95
TIMED = ("today", "article", "compare", "look-up", "source")  # the pages that the aim is about
SEARCH = "search, month and source"
_KNOWN = 2_000  # versions that questions are about


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to ask for.

    Attributes:
        articles, edited: ids; `edited` have two versions or more.
        urls: of articles, of what was quarantined or failed, and of nothing.
        month: first day of the month that searches name, in which `sources` have versions.
    """

    articles: tuple[str, ...]
    edited: tuple[str, ...]
    urls: tuple[str, ...]
    pictures: tuple[str, ...]
    runs: tuple[str, ...]
    nights: tuple[str, ...]
    sources: tuple[str, ...]
    month: date

    @property
    def month_after(self) -> date:
        return (self.month + timedelta(days=31)).replace(day=1)


def known_in(catalog: Catalog, month: int) -> Known:
    """A sample that is the same at every call. Versions are found by ids that are chance."""
    chance = random.Random(3)
    articles, edited, urls, pictures = [], [], [], []
    with catalog.read() as connection:
        while len(articles) < _KNOWN:
            begin = f"{chance.getrandbits(128):032x}"
            at = connection.execute(
                sa.select(version.c.article_id, version.c.number, version.c.url)
                .where(version.c.article_id >= begin)
                .order_by(version.c.article_id, version.c.number.desc())
                .limit(1)
            ).first()
            if at is None:
                continue
            articles.append(at.article_id)
            urls.append(at.url)
            if at.number > 1:
                edited.append(at.article_id)
            shown = sa.select(picture.c.sha256).where(picture.c.article_id == at.article_id).limit(1)
            pictures += list(connection.execute(shown).scalars())
        runs = list(connection.execute(sa.select(run.c.id).order_by(run.c.id)).scalars())
        for name in chance.sample(runs, min(len(runs), 60)):
            wrong = sa.select(ledger.c.url).where(
                ledger.c.run_id == name, ledger.c.outcome.in_(["quarantined", "failed"])
            )
            urls += list(connection.execute(wrong.limit(10)).scalars())
        nights = sorted(set(connection.execute(sa.select(run.c.night).distinct()).scalars()) - {None})
    urls += [f"{url}-unknown" for url in urls[:100]]
    sources = tuple(f"paper-{n:03}" for n in range(SOURCES))
    return Known(
        tuple(articles), tuple(edited), tuple(urls), tuple(pictures), tuple(runs), tuple(map(str, nights)),
        sources, date(month // 100, month % 100, 1),
    )  # fmt: skip


def questions(known: Known) -> dict[str, Callable[[random.Random], str]]:
    """Paths by kind of page, each drawn by chance."""
    return {
        "today": lambda chance: "/" if chance.random() < 0.5 else f"/night/{chance.choice(known.nights)}",
        "article": lambda chance: f"/article/{chance.choice(known.articles)}",
        "compare": lambda chance: f"/article/{chance.choice(known.edited)}/compare",
        "look-up": lambda chance: f"/lookup?{urlencode({'url': chance.choice(known.urls)})}",
        "source": lambda chance: f"/sources/{chance.choice(known.sources)}",
        "sources": lambda _: "/sources",
        "runs": lambda _: "/runs",
        "run": lambda chance: f"/runs/{chance.choice(known.runs)}?source={chance.choice(known.sources)}",
        "front pages": lambda chance: f"/fronts?at={chance.choice(known.nights).replace('-', '')}120000",
        "front page": lambda chance: f"/fronts/{chance.choice(known.sources)}",
        "pictures": lambda chance: f"/pictures?day={chance.choice(known.nights)}",
        "pictures, source": lambda chance: (
            f"/pictures?day={chance.choice(known.nights)}&source={chance.choice(known.sources)}"
        ),
        "picture": lambda chance: f"/pictures/{chance.choice(known.pictures)}",
        SEARCH: lambda chance: search_path(known, chance),
        "search, everything": lambda chance: f"/search?{urlencode({'q': said(chance)[0]})}",
    }


def search_path(known: Known, chance: random.Random) -> str:
    """A search with a month and a source, in the source's language."""
    text, source = said(chance, known.sources)
    return "/search?" + urlencode(
        {"q": text, "source": source, "since": f"{known.month}", "until": f"{known.month_after}"}
    )


def said(chance: random.Random, sources: Sequence[str] = ()) -> tuple[str, str]:
    """Words to look for, and a source that writes in their language: one word or two, frequent and rare."""
    tongues = tongues_of()
    # Zipf: a paper's number is its rank by size.
    number = min(int(chance.paretovariate(0.7)) - 1, max(len(sources) - 1, 0))
    tongue = tongues[number % len(tongues)]
    words = [
        tongue.vocabulary[min(int(chance.paretovariate(0.5)) + 3, 20_000)]
        for _ in range(chance.randint(1, 2))
    ]
    return " ".join(words), sources[number] if sources else ""
