"""Which ways in are taken, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.candidate import Candidate, FoundBy
from crawler.survey.found import FeedFound, Findings, SectionFound, SitemapFound
from crawler.survey.propose import propose

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
SITE = "https://news.example"
OLD = datetime(2025, 1, 1, tzinfo=UTC)


def links(
    numbers: range, place: str = "", *, folder: str = "2026/03/19", at: datetime | None = NOW
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(f"{SITE}/{folder}/quay-{number}-closes-again", FoundBy.FEED, f"{SITE}{place}", published=at)
        for number in numbers
    )


def feed(numbers: range, place: str = "/feed") -> FeedFound:
    return FeedFound(
        f"{SITE}{place}", "a link tag", "RSS", links(numbers, place), excerpts=True, language="en"
    )


def section(numbers: range, place: str = "/world/", folder: str = "2026/03/19") -> SectionFound:
    others = tuple(
        Candidate(f"{SITE}/{name}", FoundBy.SECTION, f"{SITE}{place}", title=name)
        for name in ("about", "shop")
    )
    stories = links(numbers, place, folder=folder)
    return SectionFound(f"{SITE}{place}", "a section page", stories, others, "en")


def sitemap(numbers: range, *, news: bool, at: datetime | None = NOW) -> SitemapFound:
    place = "/news.xml" if news else "/sitemap.xml"
    return SitemapFound(f"{SITE}{place}", "robots.txt", links(numbers, place, at=at), news)


@pytest.mark.parametrize(
    ("found", "ways", "patterns"),
    [
        pytest.param({"feeds": (feed(range(20)),)}, ["/feed"], False, id="feed"),
        pytest.param(
            {"feeds": (feed(range(20)), feed(range(5), "/world/feed"))}, ["/feed"], False, id="feed in a feed"
        ),
        pytest.param(
            {"feeds": (feed(range(20)), feed(range(15, 30), "/more"))},
            ["/feed", "/more"],
            False,
            id="two feeds",
        ),
        pytest.param(
            {"feeds": (feed(range(20)),), "sitemaps": (sitemap(range(40), news=True),)},
            ["/news.xml", "/feed"],
            False,
            id="news sitemap first, and one feed beside it",
        ),
        pytest.param(
            {"feeds": (feed(range(20)),), "sitemaps": (sitemap(range(40), news=False),)},
            ["/feed", "/sitemap.xml"],
            True,
            id="a sitemap adds to a feed",
        ),
        pytest.param(
            {"feeds": (feed(range(20)),), "sitemaps": (sitemap(range(900), news=False, at=OLD),)},
            ["/feed"],
            False,
            id="a sitemap of old pages adds nothing",
        ),
        pytest.param(
            {"feeds": (feed(range(20)),), "sections": (section(range(18)),)}, ["/feed"], False, id="covered"
        ),
        pytest.param(
            {"feeds": (feed(range(10)),), "sections": (section(range(20)),)},
            ["/feed", "/world/"],
            True,
            id="a page links to what the feed leaves out",
        ),
        pytest.param({"sections": (section(range(20)),)}, ["/world/"], True, id="pages only"),
    ],
)
def test_ways_are_taken_for_what_they_add(
    found: dict[str, tuple[object, ...]], ways: list[str], patterns: bool
) -> None:
    made = propose(Findings(f"{SITE}/", f"{SITE}/", **found), NOW)  # type: ignore[arg-type]
    assert made is not None
    assert [way.url.removeprefix(SITE) for way in made.ways] == ways
    assert made.allow is patterns
    assert len(made.trials) == 5


def test_a_pattern_of_the_feed_does_not_shut_out_another_kind_of_story() -> None:
    pages = (section(range(20), folder="live"), section(range(20, 40), "/sport/", folder="live"))
    made = propose(Findings(f"{SITE}/", f"{SITE}/", feeds=(feed(range(20)),), sections=pages), NOW)
    assert made is not None
    assert made.learned.covered >= 60
    assert {way.url.removeprefix(SITE) for way in made.ways} == {"/feed", "/world/", "/sport/"}


def test_nothing_is_proposed_where_nothing_was_found() -> None:
    assert propose(Findings(f"{SITE}/", f"{SITE}/"), NOW) is None
    assert propose(Findings(f"{SITE}/", None), NOW) is None


def test_two_languages_are_left_to_the_pages() -> None:
    german = FeedFound(f"{SITE}/de", "a link tag", "RSS", links(range(30, 50), "/de"), True, "de-AT")
    made = propose(Findings(f"{SITE}/", f"{SITE}/", feeds=(feed(range(20)), german)), NOW)
    assert made is not None
    assert made.language is None
    assert "de, en" in made.language_why
