"""What a page, a look, a picture and a run cost here: the constants of the capacity model, measured again.

    python -m bench.constants               # prints those of the model beside the new ones; about 8 minutes
    python -m bench.constants --write       # and keeps the new ones, with the day, for `dateline plan`

The normal command crawls archives of its own, as in `bench.cold_crawl`: pages of the corpus, cold and on the
nights after it; many small pages, on a night on which none is due; and pages with pictures beside the same
pages without. CPU is user and system time, of the main process and of its workers apart; bytes are what the
store and the catalog grew by. Each night is two runs, of a few of the sites and of many: what both take, for
their begin, their first page and their end, drops out, and the difference belongs to the pages.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
PAGES, SMALL, PICTURED, PICTURES_EACH = 240, 1600, 60, 5
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


@dataclass(frozen=True, slots=True)
class Found:
    """One constant as measured now."""

    name: str
    value: float
    unit: str


def papers(folder: Path, corpus: Path, pages: int) -> list[Found]:
    """Pages of the corpus: what each kind of look at them costs, and a run in which nothing is due."""
    port = free_port()
    sets = write_pages(corpus, folder, pages, port)
    hosts = sorted({page.host for page in sets[FIRST]})
    archive = CountedArchive(BenchArchive(folder / "archive"))
    archive.archive.furnish(
        [source_of(host, port, feeds=[f"http://{host}:{port}/{FEED}"]) for host in hosts], LIMITS
    )
    names = [host.replace(".", "-") for host in hosts]
    few, many = names[:FEW], names[FEW:]
    costs: dict[str, tuple[Cost, Cost]] = {}
    for kind, served, validators, day in NIGHTS:
        with serving(folder / served, port, validators=validators):
            costs[kind] = archive.night(day, *few), archive.night(day + 0.02, *many)
        _say(kind or "validators come", costs[kind][1], archive.archive.outcomes())
    alone, every = costs["run"]
    document = every.less(alone).part(every.requests - alone.requests)
    run = alone.less(document, alone.requests).part(1)
    found = [*_named("run", run), *_named("document", document)]
    found.append(Found("run.objects", alone.objects, "objects"))
    found.append(Found("commit.objects", costs["known"][1].objects, "objects"))
    share = (len(many) - len(few)) / len(names)
    for kind in ("unknown", "known", "furniture", "identical", "not_modified"):
        of_few, of_many = costs[kind]
        of_pages = of_many.less(of_few).less(document, every.requests - alone.requests)
        found += _named(kind, of_pages.part(pages * share))
    bodies = [page.file(folder / FIRST).read_bytes() for page in sets[FIRST]]
    found.append(Found("page.unpacked", sum(map(len, bodies)) / pages, "bytes"))
    found.append(Found("page.packed", sum(len(zlib.compress(body, 6)) for body in bodies) / pages, "bytes"))
    found.append(Found("zstd.share", zstd_share(corpus), "share"))
    found += [
        Found("process.memory", costs["unknown"][1].main_memory, "MB"),
        Found("worker.memory", costs["unknown"][1].worker_memory, "MB"),
    ]
    return found


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


def small(folder: Path, pages: int, run: Cost, document: Cost) -> list[Found]:
    """What an address costs that discovery names and that is not due."""
    port = free_port()
    archive = CountedArchive(BenchArchive(folder / "archive"))
    hosts = [small_host(number) for number in range(SMALL_HOSTS)]
    maps = {host: [f"http://{host}:{port}/sitemap.xml"] for host in hosts}
    archive.archive.furnish([source_of(host, port, sitemaps=maps[host]) for host in hosts], LIMITS)
    with serving(folder, port, small=pages // SMALL_HOSTS):
        cold = archive.night(0.0)
        _say("small pages", cold, archive.archive.outcomes())
        none_due = archive.night(0.1)
        _say("none of them due", none_due, archive.archive.outcomes())
    return _named("not_due", none_due.less(run).less(document, none_due.requests).part(pages))


def pictures(folder: Path) -> list[Found]:
    """What a picture costs: the same pages with and without."""
    port, host = free_port(), small_host(0)
    costs = {}
    for name, each in (("without", 0), ("with", PICTURES_EACH)):
        site = folder / name / "site"
        _write_pictured(site, host, port, each)
        archive = CountedArchive(BenchArchive(folder / name / "archive"))
        source = source_of(host, port, feeds=[f"http://{host}:{port}/{FEED}"])
        archive.archive.furnish([{**source, "images": {"enabled": True}}], LIMITS)
        with serving(site, port):
            costs[name] = archive.night(0.0)
        _say(f"{name} pictures", costs[name], archive.archive.outcomes())
    size = sum(len(noise(f"{number} 0")) for number in range(8)) / 8
    each = costs["with"].less(costs["without"]).part(PICTURED * PICTURES_EACH)
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=PAGES, help="so many pages of the corpus")
    parser.add_argument("--small", type=int, default=SMALL, help="so many small pages")
    parser.add_argument("--write", action="store_true", help=f"keep what was found in {FILE.name}")
    options = parser.parse_args()
    if (corpus := corpus_or_none()) is None:
        return 0
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        found = papers(folder / "papers", corpus, options.pages)
        run, document = _cost("run", found), _cost("document", found)
        found += [*small(folder / "small", options.small, run, document), *pictures(folder / "pictures")]
    before = read_constants()
    print_beside(before, found)
    if options.write:
        today = datetime.now(UTC).date().isoformat()
        made = partial(Constant, measured_by=COMMAND, measured_on=today)
        write_constants({**before, **{one.name: made(value=one.value, unit=one.unit) for one in found}})
        print(f"\nwritten to {FILE}; `python -m bench.capacity_page` draws the tables of the page anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
