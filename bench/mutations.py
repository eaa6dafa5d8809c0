"""The same article with other furniture around it: on how many of the corpus' pages the text stays the same.

    python -m bench.mutations [--pages N] [--show]

Each page is read as it is and after three mutations (`tests/pipelines/mutations.py`): other advertisements,
other related links, other counters and time stamps. Printed for each: the share of pages with the same text,
and with all other fields the same too. Exit status 1 if the texts' share is below the floor of 99 %.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from archive.article import Article
from bench.corpus import SPLITS, corpus_or_none
from bench.extract_scores import Gold, read_gold
from bench.figures import note
from tests.pipelines.mutations import KINDS, mutated

FLOOR = 0.99


def reading(gold: Gold, body: bytes) -> Article | None:
    """Our reading of a page, or of a mutation of it."""
    return replace(gold, body=body).extract().article


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, help="only so many pages, evenly taken")
    parser.add_argument("--show", action="store_true", help="name the pages whose text changed")
    options = parser.parse_args()
    if (folder := corpus_or_none()) is None:
        return 0
    golds = [gold for split in SPLITS for gold in read_gold(folder, split)]
    golds = golds[:: max(1, len(golds) // options.pages)] if options.pages else golds
    texts, wholes = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for number, gold in enumerate(golds):
        before = reading(gold, gold.body)
        for kind in KINDS:
            after = reading(gold, mutated(gold.body, kind, number))
            same = (before.text if before else None) == (after.text if after else None)
            texts[kind] += same
            wholes[kind] += before == after
            if options.show and not same:
                print(f"{kind:<16}{gold.html}")
    print(f"{'mutation':<16}{'pages':>7}{'same text':>12}{'same article':>14}")
    for kind in KINDS:
        print(f"{kind:<16}{len(golds):>7}{texts[kind] / len(golds):>12.4f}{wholes[kind] / len(golds):>14.4f}")
    share = sum(texts.values()) / (len(KINDS) * len(golds))
    print(f"{'all':<16}{len(golds) * len(KINDS):>7}{share:>12.4f}   (floor {FLOOR})")
    note("mutations/same text", share)
    return 0 if share >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
