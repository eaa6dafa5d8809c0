"""Two reports of the same events, each in its own words, are no copies; a copy of either is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.pipelines.duplicates.stories import Stories

CORPUS = Path(os.environ.get("DATELINE_CORPUS", Path(__file__).parents[3] / ".." / "shared" / "corpus"))
SEEDS = sorted((CORPUS / ".." / "seeds").glob("*.txt"))
URLS = ("https://alpha.example/1", "https://beta.example/1")

# Written for this: the same facts, told by two desks.
ONE = """The ferry company said on Thursday that its night boat will sail again from May. The harbour board
had voted that morning to pay for three crossings a week, a third of what the line costs. Since the
accident four winters ago, people from the island have taken the bus around the bay, which needs two
hours more. "We have waited for this longer than for any bridge," said Mara Lind, who keeps the
bakery at the pier. Tickets will be on sale from the first of April and cost nine crowns for those
who live on the island."""
TWO = """From May on there will be a boat at night once more. Board members agreed this week to carry part of
the cost, and the operator announced right afterwards that it has found a crew. Whoever lives across
the water pays nine crowns; everybody else pays twenty. The line had been closed after the accident
of four winters ago, and commuters have driven around the bay ever since. Bakers and fishermen at
the pier were delighted, among them Mara Lind, for whom it was worth more than a bridge. Three
departures a week are planned, sold from April."""


@pytest.mark.parametrize(
    "reports",
    [
        pytest.param((ONE, TWO), id="ours"),
        pytest.param(
            tuple(path.read_text() for path in SEEDS),
            id="the seeds",
            marks=pytest.mark.skipif(len(SEEDS) != 2, reason=f"no seed texts beside the corpus at {CORPUS}"),
        ),
    ],
)
def test_the_same_events_in_other_words_are_no_copy(local: Stories, reports: tuple[str, str]) -> None:
    for day, (url, text) in enumerate(zip(URLS, reports, strict=True)):
        local.publish(url, text, day)
    local.link()
    assert local.clusters() == set()
    local.publish("https://gamma.example/1", f"By our own desk.\n\n{reports[1]}", 2)
    local.link()
    assert local.clusters() == {frozenset({URLS[1], "https://gamma.example/1"})}
