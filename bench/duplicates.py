"""Near duplicates among written news: what is linked, what is not, and how fast, beside other ways.

`make bench-duplicates`: texts with planted syndication (cuts, new leads, changed bylines, house styles, added
paragraphs, furniture under each), linked by the archive's own code in an SQLite catalog. Truth is what was
planted, and brute force: the real Jaccard and containment of every pair. Beside it, on the same texts: exact
hashes, SimHash, MinHash at the usual threshold. Then the rates and the memory of the index alone, beside
rensa's and datasketch's in memory. Exit status 1 if a promise of the issue is broken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import sparse

from archive.catalog import clusters
from archive.catalog.catalog import Catalog
from archive.clock import SystemClock
from archive.commit import Committer
from archive.digest import sha256_hex, url_key
from archive.journal import JournalWriter, new_writer
from archive.rows import ArticleRow, Row, SegmentRow, TextRow, VersionRow
from archive.stores.local import LocalStore
from bench.corpus import corpus_folder
from bench.duplicates_rates import joined, rates
from bench.figures import note
from bench.syndication import Newsroom, Text
from pipelines.duplicates.likeness import FEWEST, NEAR, OF_WHOLE, PART
from pipelines.duplicates.link import Linker
from pipelines.duplicates.shingles import Shingles, shingles

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LEAST = 0.95
_SEED = 20260321

Pairs = set[tuple[int, int]]


def main() -> int:
    """Print the tables; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--no-peers", action="store_true", help="only ours")
    asked = parser.parse_args()
    texts = Newsroom(_SEED).texts(asked.texts)
    told = [shingles(text.body) for text in texts]
    planted, real, alike = (
        planted_pairs(texts),
        *brute_force([shingles("" if text.template else text.story) for text in texts]),
    )
    print(f"{len(texts):,} texts, {len(planted):,} planted pairs, {len(real):,} by brute force\n")
    print(f"{'':34}{'planted P':>10}{'R':>7}{'brute P':>9}{'R':>7}{'CPU s':>8}")
    broken = linked(texts, planted, real)
    if not asked.no_peers:
        peers(texts, told, planted, real)
    curve(planted, alike)
    broken += news_snippets() + two_reports()
    if not asked.no_peers:
        broken += rates([text.story for text in texts if text.story.isascii()])
    for what in broken:
        print(f"BROKEN: {what}")
    return 1 if broken else 0


def planted_pairs(texts: Sequence[Text]) -> Pairs:
    """Every two texts of one family."""
    families: dict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        if text.family is not None:
            families[text.family].append(number)
    return {pair for members in families.values() for pair in combinations(members, 2)}


def brute_force(
    stories: Sequence[Shingles],
) -> tuple[Pairs, dict[tuple[int, int], tuple[float, float, float]]]:
    """The pairs that are copies by what they really share, and what every pair with anything shared does.

    Stories are compared without the furniture under them, which the code under test has to find by itself.
    """
    sizes = np.array([story.size for story in stories])
    names, columns = np.unique(np.concatenate(stories), return_inverse=True)
    starts = np.concatenate(([0], np.cumsum(sizes)))
    shape = (len(stories), len(names))
    table = sparse.csr_matrix((np.ones(len(columns), np.int32), columns, starts), shape)
    transposed = table.T.tocsr()
    alike: dict[tuple[int, int], tuple[float, float, float]] = {}
    copies: Pairs = set()
    for begin in range(0, len(stories), 1000):
        product = (table[begin : begin + 1000] @ transposed).tocoo()
        rows, others, both = product.row + begin, product.col, product.data
        keep = (rows < others) & (both >= FEWEST)
        rows, others, both = rows[keep], others[keep], both[keep]
        jaccard = both / (sizes[rows] + sizes[others] - both)
        shorter = both / np.minimum(sizes[rows], sizes[others])
        longer = both / np.maximum(sizes[rows], sizes[others])
        good = (jaccard >= NEAR) | ((shorter >= PART) & (longer >= OF_WHOLE))
        for a, b, near, part, whole, ok in zip(rows, others, jaccard, shorter, longer, good, strict=True):
            alike[int(a), int(b)] = (float(near), float(part), float(whole))
            if ok:
                copies.add((int(a), int(b)))
    return copies, alike


def linked(texts: Sequence[Text], planted: Pairs, real: Pairs) -> list[str]:
    """Ours, through the whole archive code: what ends in one cluster."""
    with tempfile.TemporaryDirectory() as folder:
        catalog, committer = archive_of(texts, Path(folder))
        begun = time.process_time()
        Linker(catalog, committer, SystemClock(), 30).link()
        seconds = time.process_time() - begun
        found = clustered(catalog, texts)
        size = (Path(folder) / "catalog.db").stat().st_size
        catalog.close()
    scores = line("linked by us", found, planted, real, seconds)
    sources = [text.source for text in texts]
    templates = sum(texts[a].template and texts[b].template and sources[a] == sources[b] for a, b in found)
    if missed := real - found:
        print(f"{'':34}missed, for one: {min(missed)} of {len(missed)}")
    print(f"{'':34}{templates} links between pages of one template; catalog {size / 1e6:.0f} MB\n")
    names = ("planted precision", "planted recall", "brute-force precision", "brute-force recall")
    for name, score in zip(names, scores, strict=True):
        note(f"duplicates/{name}", score)
    note("duplicates/links between template pages", templates)
    broken = [
        f"{name} {score:.3f} < {LEAST}" for name, score in zip(names, scores, strict=True) if score < LEAST
    ]
    return broken + ([f"{templates} links between template pages"] if templates else [])


def archive_of(texts: Sequence[Text], folder: Path) -> tuple[Catalog, Committer]:
    """A catalog with an article for each text, an hour of the month after the other."""
    catalog, clock = Catalog.open(f"sqlite:///{folder}/catalog.db"), SystemClock()
    store = LocalStore(folder / "store")
    journal = JournalWriter(store, new_writer(clock.now()), clock)
    rows: list[Row] = [
        SegmentRow(key="derived/x", kind="derived", sha256="0" * 64, size=1, records=1, sealed_at=BEGIN)
    ]
    bodies: dict[str, str] = {}
    for number, text in enumerate(texts):
        url, digest = f"https://{text.source}.example/{number}", sha256_hex(text.body.encode())
        at = BEGIN + timedelta(seconds=number * 28 * 86400 // len(texts))
        bodies[digest] = text.body
        rows += [
            TextRow(sha256=digest, characters=len(text.body), segment="derived/x", offset=number, length=1),
            ArticleRow(id=url_key(url), source=text.source, url=url, first_captured_at=at, versions=1),
            VersionRow(
                article_id=url_key(url), number=1, source=text.source, url=url, captured_at=at, run_id="run",
                capture_id=url_key(url), extractor="x", title=None, text_sha256=digest,
            ),
        ]  # fmt: skip
    catalog.apply(journal.put(tuple(rows)), bodies)
    return catalog, Committer(store, catalog, journal, clock)


def clustered(catalog: Catalog, texts: Sequence[Text]) -> Pairs:
    """Every two texts in one cluster."""
    number = {url_key(f"https://{text.source}.example/{n}"): n for n, text in enumerate(texts)}
    groups: dict[str, list[int]] = defaultdict(list)
    for article, row in clusters.rows_of_articles(catalog, number).items():
        groups[row.cluster].append(number[article])
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def line(name: str, found: Pairs, planted: Pairs, real: Pairs, seconds: float) -> tuple[float, ...]:
    """Print a way's precision and recall against both truths.

    By brute force a pair is right too if a chain of copies connects it, since clusters are what is asked for.
    """
    chained = connected(real)
    scores = (
        len(found & planted) / max(len(found), 1),
        len(found & planted) / len(planted),
        len(found & chained) / max(len(found), 1),
        len(found & real) / len(real),
    )
    print(f"{name:34}{scores[0]:10.3f}{scores[1]:7.3f}{scores[2]:9.3f}{scores[3]:7.3f}{seconds:8.1f}")
    return scores


def connected(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Every two that a chain of pairs connects."""
    leads: dict[int, int] = {}

    def lead(one: int) -> int:
        while leads.get(one, one) != one:
            one = leads[one]
        return one

    for a, b in pairs:
        leads[max(lead(a), lead(b))] = min(lead(a), lead(b))
    groups: dict[int, set[int]] = defaultdict(set)
    for pair in pairs:
        for one in pair:
            groups[lead(one)].add(one)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def peers(texts: Sequence[Text], told: Sequence[Shingles], planted: Pairs, real: Pairs) -> None:
    """Exact hash, SimHash, and MinHash at the usual threshold, all grouped as clusters as ours are."""
    begun = time.process_time()
    same: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        same[sha256_hex(text.body.encode())].append(number)
    exact = {pair for members in same.values() for pair in combinations(members, 2)}
    line("exact hash", exact, planted, real, time.process_time() - begun)
    begun = time.process_time()
    line("SimHash, 64 bit, <= 3 bits", simhash_pairs(told, 3), planted, real, time.process_time() - begun)
    begun = time.process_time()
    line("SimHash, 64 bit, <= 8 bits", simhash_pairs(told, 8), planted, real, time.process_time() - begun)
    for threshold in (0.8, 0.5):
        begun = time.process_time()
        found = rensa_pairs(texts, threshold)
        line(f"rensa MinHash 128, {threshold}", found, planted, real, time.process_time() - begun)
    print()


def simhash_pairs(told: Sequence[Shingles], most: int) -> Pairs:
    """Charikar's SimHash over the same shingles; every pair compared."""
    bits = np.arange(64, dtype=np.uint64)
    hashes = np.array(
        [
            np.bitwise_or.reduce(
                ((((text[:, None] >> bits) & np.uint64(1)).sum(axis=0) * 2 > text.size).astype(np.uint64))
                << bits
            )
            if text.size
            else np.uint64(number)
            for number, text in enumerate(told)
        ],
        np.uint64,
    )
    found: Pairs = set()
    for number, one in enumerate(hashes[:-1]):
        near = np.flatnonzero(np.bitwise_count(hashes[number + 1 :] ^ one) <= most)
        found |= {(number, number + 1 + int(other)) for other in near}
    return connected(found)


def rensa_pairs(texts: Sequence[Text], threshold: float) -> Pairs:
    """MinHash with 128 permutations and LSH as it is usually set up, confirmed by the signatures."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=16 if threshold > 0.6 else 32)
    found: Pairs = set()
    kept = []
    for number, text in enumerate(texts):
        one = RMinHash(num_perm=128, seed=7)
        one.update(joined(text.body.lower().split()))
        for other in index.query(one):
            if one.jaccard(kept[other]) >= threshold:
                found.add((other, number))
        index.insert(number, one)
        kept.append(one)
    return connected(found)


def curve(planted: Pairs, alike: dict[tuple[int, int], tuple[float, float, float]]) -> None:
    """What each threshold would give if every pair were compared."""
    print(
        "thresholds over all pairs (Jaccard | or part of the shorter, of the longer): direct pairs, planted"
    )
    for near in (0.8, 0.5, 0.35, 0.3, 0.2):
        for part, whole in ((9.9, 9.9), (0.6, 0.2), (0.5, 0.2), (0.4, 0.2), (0.4, 0.1), (0.3, 0.2)):
            found = {
                pair for pair, is_ in alike.items() if is_[0] >= near or (is_[1] >= part and is_[2] >= whole)
            }
            right = len(found & planted)
            print(
                f"  {near:.2f} | {part:4.1f} {whole:4.1f}   P {right / max(len(found), 1):.3f}  "
                f"R {right / len(planted):.3f}"
            )
    print()


def news_snippets() -> list[str]:
    """The corpus' 1,000 snippets with their 10 pairs of duplicates."""
    folder = corpus_folder() / "dedup_minhash_articles"
    lines = (folder / "articles_1000.train").read_text().splitlines()
    texts = dict(line.split(" ", 1) for line in lines)
    truth = {frozenset(line.split()) for line in (folder / "articles_1000.truth").read_text().splitlines()}
    names = sorted(texts)
    told = [shingles(texts[name]) for name in names]
    copies, _ = brute_force(told)
    found = {frozenset((names[a], names[b])) for a, b in copies}
    print(
        f"snippets of the corpus: {len(found & truth)} of {len(truth)} pairs, {len(found - truth)} others\n"
    )
    return [] if found == truth else ["snippets of the corpus"]


def two_reports() -> list[str]:
    """Two reports of the same events in different words, beside the corpus: no copies."""
    told = [shingles(path.read_text()) for path in sorted((corpus_folder().parent / "seeds").glob("*.txt"))]
    copies, alike = brute_force(told)
    shared = max((each[0] for each in alike.values()), default=0.0)
    print(f"{len(told)} reports of the same events: {len(copies)} linked, Jaccard {shared:.3f}\n")
    return ["reports of the same events"] if copies or len(told) < 2 else []


if __name__ == "__main__":
    sys.exit(main())
