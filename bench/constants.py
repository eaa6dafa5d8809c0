"""What a page, a look, a picture and a run cost here: the constants of the capacity model, measured again.

    python -m bench.constants               # prints those of the model beside the new ones
    python -m bench.constants --write       # and keeps the new ones, with the day, for `dateline plan`

The normal command crawls archives of its own, as in `bench.cold_crawl`: pages of the corpus, cold and on the
nights after it; many small pages, on a night on which none is due; and pages with pictures beside the same
pages without. CPU is user and system time, of the main process and of its workers apart; bytes are what the
store and the catalog grew by. Each night is two runs, of a few of the sites and of many: what both take, for
their begin, their first page and their end, drops out, and the difference belongs to the pages.
All is done three times, and of each crawl the least CPU counts: whatever else the machine does only adds to
it, and a difference of two crawls suffers from either. Still, let nothing else run: processors that share
their caches make everything slower, in all rounds. `--rounds 1` is for a first look.
"""

from __future__ import annotations

import argparse
import io
import random
import shutil
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import zstandard

from bench.corpus import corpus_or_none
from bench.crawl_archive import BenchArchive, Limits, source_of
from bench.crawl_cost import Cost, CountedArchive
from bench.crawl_pages import CHANGED, FEED, FIRST, SECOND, chosen_pages, write_pages
from bench.page_server import SMALL_HOSTS, free_port, serving, small_host, small_story
from crawler.capacity.constants import FILE, Constant, read_constants, write_constants

COMMAND = "python -m bench.constants"
LIMITS = Limits(16, 2)
PAGES, SMALL, PICTURED, PICTURES_EACH = 96, 1600, 60, 5
ROUNDS = 3
FEW = 4  # of the 24 sites
PICTURE_SIDE = 620  # of noise, which gives about 120 KB, as a news picture has

# The kind of page that a night shows, the set of pages served, whether with validators, and the day.
NIGHTS = (
    ("unknown", FIRST, False, 0.0),
    ("identical", FIRST, False, 1.0),
    ("", FIRST, True, 2.0),  # validators come
    ("not_modified", FIRST, True, 3.0),
    ("furniture", CHANGED, False, 4.0),
    ("known", SECOND, False, 4.1),
    ("run", SECOND, False, 4.2),
)
_PARTS = {
    "main_cpu": "ms",
    "worker_cpu": "ms",
    "captures": "bytes",
    "derived": "bytes",
    "journal": "bytes",
    "catalog": "bytes",
}


Costs = dict[str, Cost]  # of crawls, by name


@dataclass(frozen=True, slots=True)
class Found:
    """One constant as measured now."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Papers:
    """Pages of the corpus, served from one folder in every round."""

    folder: Path
    port: int
    hosts: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]

    @classmethod
    def write(cls, folder: Path, corpus: Path, pages: int) -> Papers:
        """Make the sets of pages, and note how large the first ones are, as they are and packed."""
        port = free_port()
        first = write_pages(corpus, folder, pages, port)[FIRST]
        bodies = [page.file(folder / FIRST).read_bytes() for page in first]
        sizes = tuple((len(body), len(zlib.compress(body, 6))) for body in bodies)
        return cls(folder, port, tuple(sorted({page.host for page in first})), sizes)

    def crawl(self, archive_folder: Path) -> Costs:
        """One round: every kind of look at them, and a run in which none is due; of few sites and of many."""
        archive = CountedArchive(BenchArchive(archive_folder))
        feeds = {host: [f"http://{host}:{self.port}/{FEED}"] for host in self.hosts}
        archive.archive.furnish(
            [source_of(host, self.port, feeds=feeds[host]) for host in self.hosts], LIMITS
        )
        names = [host.replace(".", "-") for host in self.hosts]
        costs: Costs = {}
        for kind, served, validators, day in NIGHTS:
            with serving(self.folder / served, self.port, validators=validators):
                costs[f"{kind}, few"] = archive.night(day, *names[:FEW])
                costs[f"{kind}, many"] = archive.night(day + 0.02, *names[FEW:])
            _say(kind or "validators come", costs[f"{kind}, many"], archive.archive.outcomes())
        return costs

    def constants(self, costs: Costs, share: float) -> list[Found]:
        """What follows from the crawls; `share` is that of zstd."""
        pages = len(self.sizes)
        found = of_papers(costs, pages * (len(self.hosts) - 2 * FEW) / len(self.hosts))
        return [
            *found,
            Found("page.unpacked", sum(whole for whole, _ in self.sizes) / pages, "bytes"),
            Found("page.packed", sum(packed for _, packed in self.sizes) / pages, "bytes"),
            Found("zstd.share", share, "share"),
        ]


def of_papers(costs: Costs, pages: float) -> list[Found]:
    """The constants of pages, looks, documents and runs (pure).

    Args:
        costs: of crawls, such as `known, few` and `known, many`.
        pages: by how many those of many sites have more than those of a few.
    """
    alone, every = costs["run, few"], costs["run, many"]
    document = every.less(alone).part(every.requests - alone.requests)
    run = alone.less(document, alone.requests).part(1)
    found = [*_named("run", run), *_named("document", document)]
    found.append(Found("run.objects", alone.objects, "objects"))
    found.append(Found("commit.objects", costs["known, many"].objects, "objects"))
    for kind in ("unknown", "known", "furniture", "identical", "not_modified"):
        more = costs[f"{kind}, many"].less(costs[f"{kind}, few"])
        found += _named(kind, more.less(document, every.requests - alone.requests).part(pages))
    return [
        *found,
        Found("process.memory", costs["unknown, many"].main_memory, "MB"),
        Found("worker.memory", costs["unknown, many"].worker_memory, "MB"),
    ]


def least(rounds: Sequence[Costs]) -> Costs:
    """Of each crawl the least CPU of all rounds, and the rest as in the first (pure)."""
    return {
        name: replace(
            cost,
            main_cpu=min(each[name].main_cpu for each in rounds),
            worker_cpu=min(each[name].worker_cpu for each in rounds),
        )
        for name, cost in rounds[0].items()
    }


def zstd_share(corpus: Path) -> float:
    """What pages take in zstd 19 with another page of their site as dictionary, by what they take in gzip."""
    packed = plain = 0
    for pages in chosen_pages(corpus):
        (_, first), *others = pages
        dictionary = zstandard.ZstdCompressionDict(first, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        coder = zstandard.ZstdCompressor(level=19, dict_data=dictionary)
        for _, body in others[:2]:
            packed, plain = packed + len(coder.compress(body)), plain + len(zlib.compress(body, 6))
    return packed / plain


def small(folder: Path, pages: int) -> Costs:
    """Many small pages, and the night on which none of them is due."""
    port = free_port()
    archive = CountedArchive(BenchArchive(folder))
    hosts = [small_host(number) for number in range(SMALL_HOSTS)]
    maps = {host: [f"http://{host}:{port}/sitemap.xml"] for host in hosts}
    archive.archive.furnish([source_of(host, port, sitemaps=maps[host]) for host in hosts], LIMITS)
    with serving(folder, port, small=pages // SMALL_HOSTS):
        cold = archive.night(0.0)
        _say("small pages", cold, archive.archive.outcomes())
        none_due = archive.night(0.1)
        _say("none of them due", none_due, archive.archive.outcomes())
    return {"none due": none_due}


def pictures(folder: Path) -> Costs:
    """The same pages with and without pictures."""
    port, host = free_port(), small_host(0)
    costs: Costs = {}
    for name, each in (("without", 0), ("with", PICTURES_EACH)):
        site = folder / name / "site"
        _write_pictured(site, host, port, each)
        archive = CountedArchive(BenchArchive(folder / name / "archive"))
        source = source_of(host, port, feeds=[f"http://{host}:{port}/{FEED}"])
        archive.archive.furnish([{**source, "images": {"enabled": True}}], LIMITS)
        with serving(site, port):
            costs[f"pictures, {name}"] = archive.night(0.0)
        _say(f"{name} pictures", costs[f"pictures, {name}"], archive.archive.outcomes())
    return costs


def of_small(costs: Costs, run: Cost, document: Cost, pages: int) -> list[Found]:
    """What an address costs that discovery names and that is not due (pure)."""
    none_due = costs["none due"]
    return _named("not_due", none_due.less(run).less(document, none_due.requests).part(pages))


def of_pictures(costs: Costs) -> list[Found]:
    """What a picture costs, and how large it was."""
    size = sum(len(noise(f"{number} 0")) for number in range(8)) / 8
    each = costs["pictures, with"].less(costs["pictures, without"]).part(PICTURED * PICTURES_EACH)
    return [*_named("picture", each), Found("picture.size", size, "bytes")]


def _write_pictured(site: Path, host: str, port: int, each: int) -> None:
    (site / host / "2026").mkdir(parents=True)
    items = ""
    for number in range(PICTURED):
        name = f"2026/story-{number}.html"
        shown = ""
        for picture in range(each):
            at = f"2026/picture-{number}-{picture}.jpg"
            (site / host / at).write_bytes(noise(f"{number} {picture}"))
            shown += f'<figure><img src="/{at}" width="{PICTURE_SIDE}" height="{PICTURE_SIDE}">'
            shown += f"<figcaption>What picture {picture} of story {number} shows.</figcaption></figure>"
        page = small_story(host, number).replace(b"</article>", f"{shown}</article>".encode())
        (site / host / name).write_bytes(page)
        items += f"<item><link>http://{host}:{port}/{name}</link></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
    (site / host / FEED).write_text(feed)


def noise(seed: str) -> bytes:
    """A JPEG picture that compresses as a photograph does, not as a drawing."""
    from PIL import Image

    dice = random.Random(seed)
    side = PICTURE_SIDE // 4
    coarse = Image.frombytes("RGB", (side, side), dice.randbytes(3 * side * side))
    stream = io.BytesIO()
    coarse.resize((PICTURE_SIDE, PICTURE_SIDE)).save(stream, "JPEG", quality=80)
    return stream.getvalue()


def _named(kind: str, cost: Cost) -> list[Found]:
    return [Found(f"{kind}.{part}", getattr(cost, part), unit) for part, unit in _PARTS.items()]


def _cost(kind: str, found: Sequence[Found]) -> Cost:
    """The cost of that name again."""
    values = {each.name: each.value for each in found}
    return Cost.of({part: values[f"{kind}.{part}"] for part in _PARTS})


def _say(what: str, cost: Cost, outcomes: Counter[str]) -> None:
    ended = ", ".join(f"{count} {name}" for name, count in outcomes.most_common(3))
    print(
        f"  {what:<20}{cost.main_cpu / 1000:7.2f} s main {cost.worker_cpu / 1000:7.2f} s workers   {ended}",
        flush=True,
    )


def print_beside(before: dict[str, Constant], found: Sequence[Found]) -> None:
    """Old beside new."""
    print(f"\n{'constant':<28}{'unit':<10}{'model':>14}{'now':>14}{'ratio':>8}")
    for each in found:
        old = before.get(each.name)
        ratio = f"{each.value / old.value:8.2f}" if old is not None and old.value else " " * 8
        known = f"{old.value:>14,.4g}" if old is not None else " " * 14
        print(f"{each.name:<28}{each.unit:<10}{known}{each.value:>14,.4g}{ratio}")


def _command(pages: int, rounds: int) -> str:
    """How to measure the same again."""
    said = (("--pages", pages, PAGES), ("--rounds", rounds, ROUNDS))
    return " ".join([COMMAND, *(f"{name} {value}" for name, value, usual in said if value != usual)])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=PAGES, help="so many pages of the corpus")
    parser.add_argument("--small", type=int, default=SMALL, help="so many small pages")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="so often, of which the least CPU counts")
    parser.add_argument("--write", action="store_true", help=f"keep what was found in {FILE.name}")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds {options.rounds}: at least one")
    if (corpus := corpus_or_none()) is None:
        return 0
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        papers = Papers.write(folder / "papers", corpus, options.pages)
        rounds = []
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            place = folder / str(number)
            crawls = papers.crawl(place / "papers") | small(place / "small", options.small)
            rounds.append(crawls | pictures(place / "pictures"))
            shutil.rmtree(place)
        costs = least(rounds)
        found = papers.constants(costs, zstd_share(corpus))
    run, document = _cost("run", found), _cost("document", found)
    found += [*of_small(costs, run, document, options.small), *of_pictures(costs)]
    before = read_constants()
    print_beside(before, found)
    if options.write:
        today = datetime.now(UTC).date().isoformat()
        made = partial(Constant, measured_by=_command(options.pages, options.rounds), measured_on=today)
        write_constants({**before, **{one.name: made(value=one.value, unit=one.unit) for one in found}})
        print(f"\nwritten to {FILE}; `python -m bench.capacity_page` draws the tables of the page anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
