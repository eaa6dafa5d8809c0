"""What becomes a version, night after night, through the whole flow."""

from __future__ import annotations

import pytest

from archive.catalog import lookup, versions
from archive.rows import VersionRow
from tests.pipelines.nights import HOME, SENTENCES, SOURCE, URL, Nights, outcome, story

NOTE = "Correction: an earlier version of this article gave the wrong month for the beginning of the work."
OTHER = (
    "A ferry will cross the river from the beginning of May on, the harbour office said on Friday afternoon.",
    "It carries forty people and twelve bicycles, and runs every half hour from six until ten at night.",
    "The crossing costs one euro; children under six and dogs travel free, if they keep quiet.",
)


def newest(nights: Nights, url: str = URL) -> VersionRow:
    article = lookup.article_of(nights.home.catalog, url)
    assert article is not None
    row = versions.newest_version(nights.home.catalog, article.id)
    assert row is not None
    return row


def dated(body: bytes, hour: int) -> bytes:
    """The page with a modified date."""
    told = f'<meta property="article:modified_time" content="2026-03-28T{hour:02}:00:00Z"></head>'
    return body.replace(b"</head>", told.encode())


def told(body: bytes, canonical: str) -> bytes:
    """The page with a canonical address."""
    return body.replace(b"</head>", f'<link rel="canonical" href="{canonical}"></head>'.encode())


def with_line(line: str, *sentences: str) -> bytes:
    return story(*(sentences or SENTENCES), line)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([s.replace("about two", "about\u00a0two") for s in SENTENCES], id="a hard space"),
        pytest.param([s.replace("bridge", "bri\u00addge") for s in SENTENCES], id="a soft hyphen"),
        pytest.param([f"{SENTENCES[0]} {SENTENCES[1]}", *SENTENCES[2:]], id="two paragraphs made one"),
        pytest.param([*SENTENCES, "Updated 5 minutes ago"], id="a counter"),
    ],
)
def test_typesetting_makes_no_version(nights: Nights, changed: list[str]) -> None:
    nights.fetch(story())
    nights.next_night()
    assert outcome(nights.fetch(story(*changed))) == "unchanged"


def test_an_edit_is_measured_and_a_silent_one_marked(nights: Nights) -> None:
    nights.fetch(dated(story(), 6))
    nights.next_night()
    edited = [SENTENCES[0].replace("Monday", "Tuesday"), *SENTENCES[1:]]
    nights.fetch(dated(story(*edited), 6))
    row = newest(nights)
    assert (row.edit, row.words_added, row.words_removed, row.sentences_moved) == ("minor", 1, 1, 0)
    assert (row.silent, row.returns_to) == (True, None)
    nights.next_night()
    nights.fetch(dated(story(*edited, *OTHER), 9))
    row = newest(nights)
    assert (row.edit, row.words_removed, row.silent) == ("major", 0, False)
    assert row.words_added == sum(len(sentence.replace("'", "").split()) for sentence in OTHER)


def test_a_return_points_at_what_it_returned_to(nights: Nights) -> None:
    for title in ("Old bridge to close", "Bridge will stay open", "Old bridge to close"):
        nights.fetch(story(title=title))
        nights.next_night()
    assert nights.history() == [(1, []), (2, ["title"]), (3, ["title"])]
    assert newest(nights).returns_to == 1


def test_a_correction_is_an_event_of_its_own(nights: Nights) -> None:
    nights.fetch(story())
    nights.next_night()
    nights.fetch(with_line(NOTE))
    nights.next_night()
    nights.fetch(with_line(NOTE, *SENTENCES[:3]))
    assert nights.history() == [(1, []), (2, ["correction"]), (3, ["text"])]
    article = lookup.article_of(nights.home.catalog, URL)
    assert article is not None
    (event, _) = versions.events_of(nights.home.catalog, article.id)
    assert (event.before, event.after) == (None, NOTE)


def test_a_value_that_flaps_makes_no_more_versions(nights: Nights) -> None:
    made = []
    for night in range(8):
        made.append(outcome(nights.fetch(story(title=("One headline here", "Another headline")[night % 2]))))
        nights.next_night()
    assert made == ["archived"] * 5 + ["unchanged"] * 3
    assert outcome(nights.fetch(story(title="A third headline"))) == "archived"


def test_furniture_is_learned_from_several_articles(nights: Nights) -> None:
    """The same line under two articles is an edit of each; under the third it is the site's own."""
    urls = [f"{HOME}2026/{n}" for n in range(4)]
    pages = [[f"{s[:-1]}, says edition {n}." for s in SENTENCES] for n in range(4)]
    for url, sentences in zip(urls, pages, strict=True):
        nights.fetch(story(*sentences), urls=(url,))
    nights.next_night()
    line = "Our reporters write about the bridge every day in the evening letter."
    made = [
        outcome(nights.fetch(with_line(line, *sentences), urls=(url,)))
        for url, sentences in zip(urls, pages, strict=True)
    ]
    assert made == ["archived", "archived", "unchanged", "unchanged"]


def test_a_wall_that_says_so_is_no_edit(nights: Nights) -> None:
    long = [f"{sentence} {other}" for sentence in SENTENCES for other in OTHER]
    paid = b'<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'

    def walled(*sentences: str) -> bytes:
        return story(*sentences).replace(b"</head>", paid + b"</head>")

    stub = long[: len(long) // 2]
    assert sum(map(len, stub)) > 1200
    nights.fetch(story(*long))
    nights.next_night()
    assert outcome(nights.fetch(walled(*stub))) == "archived"
    assert newest(nights).walled
    nights.next_night()
    assert outcome(nights.fetch(walled(*stub[:-1]))) == "unchanged"
    nights.next_night()
    assert outcome(nights.fetch(story(*long))) == "archived"
    nights.next_night()
    assert outcome(nights.fetch(walled(*stub))) == "archived"
    nights.next_night()
    assert outcome(nights.fetch(story(*long[1:]))) == "archived"
    assert nights.history() == [
        (1, []),
        (2, ["paywalled"]),
        (3, ["paywalled"]),
        (4, ["paywalled"]),
        (5, ["text", "paywalled"]),
    ]


@pytest.mark.parametrize(
    "alias",
    [f"{URL}?utm_source=rss", f"{URL}?ref=front", "http://news.example/2026/bridge", "https://www.news.example/2026/bridge"],
)  # fmt: skip
def test_an_alias_is_one_article_and_makes_no_version(nights: Nights, alias: str) -> None:
    first = nights.fetch(told(story(), URL))
    nights.next_night()
    again = nights.fetch(told(story(ad="2"), URL), urls=(alias,))
    assert (outcome(again), again.article_id) == ("unchanged", first.article_id)
    assert nights.history(alias) == [(1, [])]
    nights.next_night()
    edited = told(story(*SENTENCES[1:]), URL)
    assert outcome(nights.fetch(edited, urls=(alias,))) == "archived"
    assert outcome(nights.fetch(edited)) == "unchanged"
    assert nights.history() == [(1, []), (2, ["text"])]
    assert newest(nights).url == URL


def test_pages_that_all_name_the_home_page_are_not_one(nights: Nights) -> None:
    first = nights.fetch(told(story(), HOME))
    second = nights.fetch(told(story(*OTHER, title="A ferry"), HOME), urls=(f"{HOME}2026/ferry",))
    third = nights.fetch(told(story(*OTHER[::-1], title="A boat"), f"{HOME}2026/ferry"), urls=(f"{HOME}b",))
    assert len({first.article_id, second.article_id}) == 2
    assert third.article_id == second.article_id  # it names the ferry, and says the same


def test_a_new_slug_that_was_met_first_joins_the_old_story(nights: Nights) -> None:
    new = f"{HOME}2026/bridge-stays-shut"
    old = nights.fetch(story())
    nights.next_night()
    assert nights.fetch(story(ad="2"), urls=(new,)).article_id != old.article_id  # nothing ties them yet
    led = nights.fetch(story(ad="3"), urls=(URL, new))
    assert (outcome(led), led.article_id) == ("archived", old.article_id)
    assert nights.history(new) == nights.history(URL) == [(1, []), (2, ["moved"])]
    nights.next_night()
    assert nights.fetch(story(ad="4"), urls=(new,)).article_id == old.article_id


def test_an_article_that_leads_to_another_story_is_gone(nights: Nights) -> None:
    ferry = f"{HOME}2026/ferry"
    nights.fetch(story())
    nights.fetch(story(*OTHER, title="A ferry"), urls=(ferry,))
    for expected in (False, True):
        nights.next_night()
        led = nights.fetch(story(*OTHER, title="A ferry"), urls=(URL, ferry))
        assert (outcome(led), led.changed) == ("gone(redirected_elsewhere)", expected)
    assert nights.history() == [(1, []), (2, ["removed"])]
    assert nights.history(ferry) == [(1, [])]


def test_a_source_may_ask_for_more_nights_before_a_tombstone(nights: Nights) -> None:
    policy = SOURCE.policy.model_copy(update={"gone_nights": 3})
    nights.source = SOURCE.model_copy(update={"policy": policy})
    nights.fetch(story())
    changed = []
    for _ in range(3):
        nights.next_night()
        changed.append(nights.fetch(status=404).changed)
    assert changed == [False, False, True]


def test_what_is_restored_as_it_was_says_so(nights: Nights) -> None:
    nights.fetch(story())
    for _ in range(2):
        nights.next_night()
        nights.fetch(status=410)
    nights.next_night()
    nights.fetch(story(ad="2"))
    assert nights.history() == [(1, []), (2, ["removed"]), (3, ["restored"])]
    assert newest(nights).returns_to == 1
