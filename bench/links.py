"""Which links of home pages are stories: F1 on sites that the model has not seen (`make bench-links`).

Each link of `splits/storylinks_open.csv` is judged by a model that was trained on other sites only (ten folds
by site, five times over). Beside it: the model that is shipped, which has seen them all, and two that need no
training (every link with five words or more; every link whose address has four words or more). Exit status 1
below an F1 of .90.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from statistics import mean
from urllib.parse import unquote, urlsplit

from bench.figures import note
from bench.train_links import REPEATS, Labelled, by_site, elsewhere, f1, known_sites, labelled
from crawler.links.classify import story_score

LEAST = 0.90
WORST = 8  # sites that are named
_WORD = re.compile(r"[^\W\d_]{2,}")


def by_words(link: Labelled) -> float:
    """A rule of thumb: a headline has five words."""
    return len(_WORD.findall(link.text)) - 4.5


def by_slug(link: Labelled) -> float:
    """Another one: a slug has four words."""
    return (
        max((len(_WORD.findall(part)) for part in unquote(urlsplit(link.url).path).split("/")), default=0)
        - 3.5
    )


def main() -> int:
    """Measure and print."""
    links = labelled()
    more = elsewhere(known_sites())
    rounds = [by_site(links, more, seed) for seed in range(REPEATS)]
    unseen = [f1(links, scores) for scores in rounds]
    rows = {
        "unseen sites": tuple(map(mean, zip(*unseen, strict=True))),
        "as shipped (seen)": f1(links, [story_score(link.url, link.text) for link in links]),
        "five words": f1(links, [by_words(link) for link in links]),
        "four words in the slug": f1(links, [by_slug(link) for link in links]),
    }
    print(f"{len(links)} links of {len({link.site for link in links})} sites    F1   precision  recall")
    for name, (score, precision, recall) in rows.items():
        print(f"  {name:34} {score:.3f}      {precision:.3f}   {recall:.3f}")
    wrong: dict[str, int] = defaultdict(int)
    for link, score in zip(links, rounds[0], strict=True):
        wrong[link.site] += (score > 0) != link.story
    note("links/F1 on unseen sites", rows["unseen sites"][0])
    worst = sorted(wrong.items(), key=lambda row: -row[1])[:WORST]
    print("  most errors: " + ", ".join(f"{site} {count}" for site, count in worst))
    print(f"  sites without any: {sum(not count for count in wrong.values())}")
    return 0 if rows["unseen sites"][0] >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
