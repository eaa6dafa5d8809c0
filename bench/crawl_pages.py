"""Article pages for the crawl's benchmarks: the corpus' pages as often as needed, each with words of its own.

A copy of a page has the words of its paragraphs and headlines exchanged for others of the same page and the
same length, so that its size, its language and its furniture stay, and no copy is near another. Its own
address stands wherever the page named its old one.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from bench.corpus import CorpusPage, corpus_pages, page_bytes

HOSTS = 24
FEED = "feed.xml"
FIRST, SECOND, CHANGED = "first", "second", "changed"

_TOLD = re.compile(rb"<(p|h1|title)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_IN_DATA = re.compile(rb'(?<="headline")\s*:\s*"[^"]*"|(?<="articleBody")\s*:\s*"[^"]*"', re.IGNORECASE)
_TAG = re.compile(rb"(<[^>]*>)")
_WORD = re.compile(rb"(?<![&#A-Za-z\x80-\xff\\])[A-Za-z\x80-\xff]{5,14}(?![A-Za-z\x80-\xff;])")
_CANONICAL = re.compile(rb"<link\b[^>]*\bcanonical\b[^>]*>", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_LEAST_WORDS = 150


@dataclass(frozen=True, slots=True)
class BenchPage:
    """One page that is served: its address, and where its bytes lie below the folder of its set."""

    host: str
    path: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}{self.path}"

    def file(self, folder: Path) -> Path:
        return folder / self.host / self.path.removeprefix("/")


def with_own_words(page: bytes, seed: int) -> bytes:
    """The page with the longer words of its paragraphs and headlines exchanged among themselves (pure)."""
    words: defaultdict[tuple[int, bool], set[bytes]] = defaultdict(set)
    for word in _told_words(page):
        words[_kind(word)].add(word)
    dice = random.Random(seed)
    exchanged: dict[bytes, bytes] = {}
    for kind in words.values():
        ordered = sorted(kind)
        exchanged |= zip(ordered, dice.sample(ordered, len(ordered)), strict=True)

    def swap(text: bytes) -> bytes:
        return _WORD.sub(lambda found: exchanged.get(found[0], found[0]), text)

    def told(found: re.Match[bytes]) -> bytes:
        parts = _TAG.split(found[0])
        return b"".join(part if number % 2 else swap(part) for number, part in enumerate(parts))

    page = _TOLD.sub(told, page)
    return _IN_DATA.sub(lambda found: swap(found[0]), page)


def _kind(word: bytes) -> tuple[int, bool]:
    return len(word), word[:1].isupper()


def _told_words(page: bytes) -> Iterator[bytes]:
    for found in _TOLD.finditer(page):
        for text in _TAG.split(found[0])[::2]:
            yield from _WORD.findall(text)


def _at(page: bytes, old: CorpusPage, url: str) -> bytes:
    """The page at another address: where it names itself, it names that one."""
    names = {old.url.encode(), old.url.partition("?")[0].encode()}
    if (link := _CANONICAL.search(page)) and (href := _HREF.search(link[0])):
        names.add(href[1])
    for name in sorted((one for one in names if one.count(b"/") > 3), key=len, reverse=True):
        for spelt in (name, name.replace(b"/", rb"\/")):
            page = page.replace(spelt + b'"', url.encode() + b'"').replace(spelt + b"'", url.encode() + b"'")
    return page


def chosen_pages(corpus: Path) -> list[list[tuple[CorpusPage, bytes]]]:
    """Pages of each host that hold enough words to exchange; hosts with many pages first, at most `HOSTS`."""
    by_host: defaultdict[str, list[tuple[CorpusPage, bytes]]] = defaultdict(list)
    for page in corpus_pages(corpus):
        body = page_bytes(corpus, page)
        if sum(1 for _ in _told_words(body)) >= _LEAST_WORDS:
            by_host[page.host].append((page, body))
    return sorted(by_host.values(), key=lambda pages: -len(pages))[:HOSTS]


def write_pages(corpus: Path, folder: Path, count: int, port: int) -> dict[str, list[BenchPage]]:
    """Write two sets of `count` pages, and the first one again in other furniture, for a server to serve."""
    from tests.pipelines.mutations import KINDS, mutated

    hosts = chosen_pages(corpus)
    kinds = tuple(KINDS)
    sets: dict[str, list[BenchPage]] = {FIRST: [], SECOND: [], CHANGED: []}
    for number in range(2 * count):
        name = FIRST if number < count else SECOND
        place = number % len(hosts)
        pages = hosts[place]
        old, body = pages[number // len(hosts) % len(pages)]
        page = BenchPage(f"www.paper-{place:02}.test", f"/2026/03/story-number-{number:05}.html", port)
        own = _at(with_own_words(body, number), old, page.url)
        _write(page.file(folder / name), own)
        sets[name].append(page)
        if name == FIRST:
            _write(page.file(folder / CHANGED), mutated(own, kinds[number % len(kinds)], number))
            sets[CHANGED].append(page)
    for name, pages_of_set in sets.items():
        write_feeds(folder / name, pages_of_set)
    return sets


def write_feeds(folder: Path, pages: Sequence[BenchPage]) -> None:
    """A feed for each host that lists all its pages."""
    by_host: defaultdict[str, list[BenchPage]] = defaultdict(list)
    for page in pages:
        by_host[page.host].append(page)
    for host, listed in by_host.items():
        home = f"http://{host}:{listed[0].port}/"
        items = "".join(f"<item><link>{escape(page.url)}</link></item>\n" for page in listed)
        about = f"<title>{host}</title><link>{home}</link><description>{host}</description>"
        _write(
            folder / host / FEED,
            f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{about}\n{items}</channel></rss>\n'.encode(),
        )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
