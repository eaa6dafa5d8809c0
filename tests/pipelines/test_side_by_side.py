"""Pages that go through the flow at the same time: only those wait that may show one article."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from math import inf

import pytest

from archive.open_batch import Derived
from pipelines import turns
from tests.pipelines.nights import HOME, SENTENCES, URL, Nights, story

AMP = f"{HOME}amp/2026/bridge"
OTHER = f"{HOME}2026/ferry"
FERRY = story("Ferries will run.", *SENTENCES[1:], title="Ferry")
NAMED = f'<link rel="canonical" href="{URL}">'.encode()


def naming(page: bytes) -> bytes:
    return page.replace(b"<title>", NAMED + b"<title>")


ROWS = {
    # name: the addresses and pages → how many articles they are, and the versions that were made
    "two stories": (((URL, story()), (OTHER, FERRY)), 2, 2),
    "a story and its twin": (((URL, naming(story())), (AMP, naming(story()))), 1, 1),
    "twins of which one is shorter": (((URL, naming(story())), (AMP, naming(story(*SENTENCES[:4])))), 1, 1),
    "one address twice, edited between": (
        ((URL, story()), (URL, story(*SENTENCES[:-1], "The mayor said no more."))),
        1,
        2,
    ),
}


@pytest.mark.parametrize(("pages", "articles", "made"), ROWS.values(), ids=ROWS)
def test_each_story_becomes_one_article(
    nights: Nights,
    pages: tuple[tuple[str, bytes], ...],
    articles: int,
    made: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        turns, "LONG", inf
    )  # no relief comes, however slow the machine: they are read in order
    results = nights.together(*pages)
    assert len({result.article_id for result in results}) == articles
    assert sum(result.changed for result in results) == made
    found = {url for url, _ in pages}
    assert {number for url in found for number, _ in nights.history(url)} == set(
        range(1, made // articles + 1)
    )


def test_a_text_that_is_being_made_durable_holds_up_no_other_page(nights: Nights) -> None:
    derive, waiting = nights.flow.derive, list[asyncio.Future[None]]()

    def once_both_are_there(derived: Derived) -> asyncio.Future[None]:
        async def when_all_wait() -> None:
            waiting.append(asyncio.get_running_loop().create_future())
            if len(waiting) == 2:
                for each in waiting:
                    each.set_result(None)
            await waiting[-1]
            await derive(derived)

        return asyncio.ensure_future(asyncio.wait_for(when_all_wait(), 300))

    nights.flow = replace(nights.flow, derive=once_both_are_there)
    results = nights.together((URL, story()), (OTHER, FERRY))
    assert [result.changed for result in results] == [True, True]
