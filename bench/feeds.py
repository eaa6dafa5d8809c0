"""Feeds, robots.txt files and sitemaps of the corpus through our readers: `make bench-feeds`.

Each feed is held against its gold where there is some (`feeds_rss_parser/output`: every entry's link), else
against the entries that its own markup has. Each robots.txt has to be read without an exception, and no
Sitemap line of it may be lost. What differs is named with the reason that we know. Exit status 1 for a
difference that has none.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from bench.corpus import corpus_folder
from bench.figures import note
from crawler.discovery.feed import read_feed
from crawler.discovery.sitemap import read_sitemap
from crawler.robots import MAX_ROBOTS_BYTES, parse_robots, robots_policy
from crawler.urls import Refusal, clean_url

URL = "https://feed.test/feed"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
AGENT = "Dateline/1 (+https://example.org/)"
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_SITEMAP_LINE = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S+)")

# Why a feed gives fewer links than it has entries, by file.
KNOWN = {
    "atom_entry_1.xml": "a lone entry without a link",
    "atom_example_7.xml": "its entry has no link, only a tag: id",
    "atom_pub_spec_1.xml": "its entry has no link, only a urn: id",
    "rss_0.91_missing_id.xml": "its item has no link",
    "rss_0.92_spec_1.xml": "its items have no link of their own (RSS 0.92 lets them)",
    "rss_2.0_ghost_1.xml": "its item has no link",
    "rss_2.0_spec_1.xml": "two items are two fragments of one page",
    "xml_iso8859.xml": "a made-up document: its item has no link",
    "AtomEscapedHTMLInPreTag.xml": "its entry has no link",
    "DuplicateContentAtomFeed.xml": "an HTML page around a feed, which no reader of a feed would take",
    **dict.fromkeys(
        ("encoding.rss", "feedburner.atom", "many-links.rss"),
        "the gold has the click counter's links, we have the pages behind them (feedburner:origLink)",
    ),
    "itunes-missing-image.rss": "a podcast: most of its 131 items link to one page",
    "Permalinks.xml": "one item's guid says that it is no link, and it has no other",
}


def links_of_gold(text: str) -> list[str]:
    """Links of a gold feed's entries, each address once, as they go over the wire."""
    feed = json.loads(text).get("feed", {})
    links = (item.get("link") for item in feed.get("items", ()))
    cleaned = (clean_url(URL, link) for link in links if link)
    return list(dict.fromkeys(link for link in cleaned if not isinstance(link, Refusal)))


def feeds(folder: Path) -> int:
    """Print what differs; returns how many differences have no known reason."""
    seen: Counter[str] = Counter()
    unknown = 0
    for path in sorted(p for name in FEEDS for p in (folder / name).rglob("*") if p.is_file()):
        if path.name.startswith("LICENSE") or path.parent.name == "output":
            continue
        body = path.read_bytes()
        found = read_feed(body, url=URL)
        got = [candidate.url for candidate in found.candidates]
        gold = folder / "feeds_rss_parser" / "output" / f"{path.stem}.json"
        if path.parent.name == "input" and gold.exists():
            wanted = links_of_gold(gold.read_bytes().decode("utf-8", "replace"))
            right, against = set(wanted) <= set(got), f"gold {len(wanted)}"
        else:
            number = entries_of(body)
            right, against = len(got) >= number, f"entries {number}"
        seen["right" if right else "differ"] += 1
        seen["with gold" if against.startswith("gold") else "by own markup"] += 1
        if not right:
            why = KNOWN.get(path.name)
            unknown += why is None
            print(
                f"  {path.relative_to(folder)}: {against}, got {len(got)}; {why or 'UNKNOWN'}; {found.notes}"
            )
    print(f"feeds: {seen.total() // 2}; {dict(seen)}")
    return unknown


def entries_of(body: bytes) -> int:
    """Entries that a feed's markup has: links in its JSON, or elements."""
    if body.lstrip()[:1] == b"{":
        items = json.loads(body).get("items", ())
        return len({item.get("url") or item.get("id") for item in items})
    return len(_ENTRY.findall(body))


def robots_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Site and bytes of each robots.txt."""
    for packed in sorted((folder / "robots_protego").glob("*.tar.gz")):
        with tarfile.open(packed) as files:
            for member in files:
                if (file := files.extractfile(member)) is not None:
                    yield member.name.rpartition("/")[2], file.read()


def robots(folder: Path) -> int:
    """Read all robots.txt files; returns how many raised or lost a Sitemap line."""
    wrong = 0
    counts: Counter[str] = Counter()
    for name, body in robots_files(folder):
        counts["files"] += 1
        try:
            rules = parse_robots(body)
            policy = robots_policy(200, body)
            allowed = policy.allows(urljoin(URL, "/2026/03/story"), AGENT)
            delay = policy.crawl_delay(AGENT)
        except Exception as error:  # noqa: BLE001 - the measurement
            print(f"  {name}: {type(error).__name__}: {error}")
            wrong += 1
            continue
        named = set(_SITEMAP_LINE.findall(body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace")))
        counts["allow a story"] += allowed
        counts["ask for a delay"] += delay is not None
        counts["name a sitemap"] += bool(list(rules.sitemaps))
        if named and not list(rules.sitemaps):
            print(f"  {name}: Sitemap lines lost: {sorted(named)[:2]}")
            wrong += 1
    print(f"robots.txt: {dict(counts)}; {wrong} wrong")
    return wrong


def sitemaps(folder: Path) -> None:
    """Read the sitemaps; print what each gave."""
    for path in sorted((folder / "sitemaps_news_crawl").rglob("*")):
        if path.is_file() and path.suffix in {".xml", ".gz", ".txt"}:
            found = read_sitemap(path.read_bytes(), url=URL, now=NOW)
            counts = f"{len(found.candidates)} pages, {len(found.documents)} sitemaps"
            print(f"  {path.name}: {counts}; {found.notes}")


FEEDS = ("feeds_feedjira", "feeds_rss_parser", "feeds_feed_rs", "feeds_mediacloud_real")


def main() -> int:
    """Measure all three."""
    folder = corpus_folder()
    unknown = feeds(folder)
    wrong = robots(folder)
    sitemaps(folder)
    note("feeds/unexplained differences", unknown + wrong)
    return 1 if unknown or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
