"""The three nights, and what an archive should find on each: the truth beside the input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.version import EventKind
from cli.demo_site.stories import PlannedStory, Site, Story, load_sites

NIGHTS = (1, 2, 3)

# Linked from the home page of the Tagblatt and disallowed by its robots.txt.
DISALLOWED_PATH = "/intern/leserbriefe-im-entwurf-10499.html"
DISALLOWED_SITE = "tagblatt-am-see"

AddressOf = Callable[[str, str], str]
"""(site name, path) to absolute URL."""


@dataclass(frozen=True, slots=True)
class ExpectedNight:
    """What one night's crawl should archive, as absolute URLs, if every known address is looked at again.

    Attributes:
        new: articles that can be read for the first time: outcome `archived`, their first version.
        changed: event kinds of the one new version of each edited article: outcome `archived`.
        unchanged: articles of an earlier night that say what they said, whatever moved around them.
        failing: answers that broke, with the HTTP status: outcome `failed`.
        quarantined: addresses with a wall in front tonight: outcome `quarantined`, no new version.
        gone: addresses that had an article and answer 404 tonight: outcome `gone`.
        removed: those of `gone` that were missing on an earlier night too: their tombstone is due.
        disallowed: addresses linked from pages but forbidden by robots.txt: outcome `skipped(robots)`.
        redirects: old addresses with the address that they lead to (counted there, once).
        copies: articles whose text stands word for word at another address that was published first.
    """

    night: int
    new: frozenset[str]
    changed: Mapping[str, frozenset[EventKind]]
    unchanged: frozenset[str]
    failing: Mapping[str, int]
    quarantined: frozenset[str]
    gone: frozenset[str]
    removed: frozenset[str]
    disallowed: frozenset[str]
    redirects: Mapping[str, str]
    copies: Mapping[str, str]


def crawl_moment(night: int) -> datetime:
    """When the crawl of `night` starts (UTC): all its articles are published, none of the next night's."""
    return datetime(2026, 3, 19 + night, 2, 0, tzinfo=UTC)


def expected_night(night: int, address: AddressOf) -> ExpectedNight:
    """The truth about `night`, with addresses spelled by `address`."""
    rows = [
        (address(site.name, planned.path), planned, site)
        for site in load_sites().values()
        for planned in site.stories
        if planned.first_night <= night
    ]
    readable = [(url, planned) for url, planned, _ in rows if _readable(planned, night)]
    changed = {
        url: events
        for url, planned in readable
        if _seen_before(planned, night) and (events := _events_since(planned, night))
    }
    new = frozenset(url for url, planned in readable if not _seen_before(planned, night))
    gone = frozenset(url for url, planned, _ in rows if planned.on(night) is None)
    return ExpectedNight(
        night=night,
        new=new,
        changed=changed,
        unchanged=frozenset(url for url, _ in readable) - new - changed.keys(),
        failing={url: 500 for url, planned, _ in rows if planned.broken == night},
        quarantined=frozenset(url for url, planned, _ in rows if planned.walled == night),
        gone=gone,
        removed=frozenset(url for url, planned, _ in rows if url in gone and planned.on(night - 1) is None),
        disallowed=frozenset({address(DISALLOWED_SITE, DISALLOWED_PATH)}),
        redirects={
            address(site.name, planned.old_address): url for url, planned, site in rows if planned.old_address
        },
        copies=_copies([(url, planned.on(night), site) for url, planned, site in rows]),
    )


def _readable(planned: PlannedStory, night: int) -> bool:
    return planned.on(night) is not None and night not in (planned.broken, planned.walled)


def _seen_before(planned: PlannedStory, night: int) -> bool:
    return any(_readable(planned, earlier) for earlier in NIGHTS if earlier < night)


def _events_since(planned: PlannedStory, night: int) -> frozenset[EventKind]:
    """How the article differs from what was readable on the night that was last readable before `night`."""
    last_read = max(earlier for earlier in NIGHTS if earlier < night and _readable(planned, earlier))
    before, after = planned.on(last_read), planned.on(night)
    if before is None or after is None:
        return frozenset()
    compared = {
        EventKind.TITLE: (before.title, after.title),
        EventKind.TEXT: (before.paragraphs, after.paragraphs),
        EventKind.BYLINE: (before.byline, after.byline),
        EventKind.DATE: (before.published, after.published),
        EventKind.IMAGE: ([p.name for p in before.pictures], [p.name for p in after.pictures]),
        EventKind.CAPTION: ([p.caption for p in before.pictures], [p.caption for p in after.pictures]),
    }
    return frozenset(kind for kind, (old, now) in compared.items() if old != now)


def _copies(rows: list[tuple[str, Story | None, Site]]) -> dict[str, str]:
    """{copy's address: address of the same text that was published first}."""
    first: dict[tuple[str, ...], tuple[str, datetime]] = {}
    copies = {}
    standing = [(url, story) for url, story, _ in rows if story is not None]
    for url, story in sorted(standing, key=lambda row: row[1].published):
        original = first.setdefault(story.paragraphs, (url, story.published))
        if original[0] != url:
            copies[url] = original[0]
    return copies
