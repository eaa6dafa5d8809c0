"""Before a soft 404 buries an article the site is asked again: an answer may be wrong on two nights too."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from archive.exchange import Exchange
from archive.rows import CaptureRow
from pipelines.gate.absent import read_absent
from tests.archive.material import exchange
from tests.pipelines.nights import HOME, SOURCE, URL, Nights, story

SORRY = (
    b"<html><head><title>Lost at sea</title></head><body><h1>Lost at sea</h1>"
    b"<p>There is no story at this address. Perhaps it has moved to another berth.</p></body></html>"
)
WALL = b"<title>Just a moment...</title><h1>Verifying you are human. This may take a few seconds.</h1>"
Answer = tuple[int, bytes] | None  # status and body; None: nothing came


@dataclass
class Flickering(Nights):
    """The site answers each time that it is asked again as it was told."""

    answers: list[Answer] = field(default_factory=list)

    async def _fetch_page(self, url: str) -> tuple[Exchange, CaptureRow] | None:
        self.asked.append(url)
        answer = self.answers.pop(0)
        if answer is None:
            return None
        one = exchange(url, answer[1], at=self.at, status=answer[0])
        return one, await asyncio.wrap_future(self.home.recorder.record(one, "example"))


@pytest.fixture
def flickering(nights: Nights) -> Flickering:
    source = SOURCE.model_copy(update={"images": SOURCE.images.model_copy(update={"enabled": False})})
    absent = read_absent(
        SORRY, url=f"{HOME}none", asked=f"{HOME}none", content_type="text/html", content_encoding=None
    )
    assert absent is not None
    return Flickering(nights.home, nights.flow, source, absent=absent)


ANSWERS: list[tuple[str, list[Answer], str, int]] = [
    ("the same again", [(200, SORRY)], "gone(soft_404)", 1),
    ("not found, in so many words", [(404, b"none")], "gone(soft_404)", 1),
    ("the article", [(200, story())], "quarantined(soft_404)", 1),
    ("another article", [(200, story(title="A bridge of boats"))], "quarantined(soft_404)", 1),
    ("nothing, and the same again", [None, (200, SORRY)], "gone(soft_404)", 2),
    ("an error, and the same again", [(503, b"none"), (200, SORRY)], "gone(soft_404)", 2),
    ("a wall, and the article", [(200, WALL), (200, story())], "quarantined(soft_404)", 2),
    ("nothing twice", [None, None], "quarantined(soft_404)", 2),
]


@pytest.mark.parametrize(
    ("answers", "ended", "asked"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS]
)
def test_a_tombstone_needs_the_answer_once_more(
    flickering: Flickering, answers: list[Answer], ended: str, asked: int
) -> None:
    assert str(flickering.fetch(story()).outcome) == "archived"
    flickering.next_night()
    assert str(flickering.fetch(SORRY).outcome) == "gone(soft_404)"
    assert flickering.asked == []  # the first night decides nothing, and costs nothing
    flickering.next_night()
    flickering.answers = list(answers)
    assert str(flickering.fetch(SORRY).outcome) == ended
    assert flickering.asked == [URL] * asked
    removed = [(1, []), (2, ["removed"])]
    assert flickering.history() == (removed if ended.startswith("gone") else [(1, [])])


def test_what_was_doubted_is_asked_again_the_night_after_and_seen_when_it_is_there(
    flickering: Flickering,
) -> None:
    flickering.fetch(story())
    flickering.next_night()
    flickering.fetch(SORRY)
    flickering.next_night()
    flickering.answers = [None, None, (200, SORRY)]
    assert str(flickering.fetch(SORRY).outcome) == "quarantined(soft_404)"
    flickering.next_night()
    assert str(flickering.fetch(SORRY).outcome) == "gone(soft_404)"
    assert flickering.history() == [(1, []), (2, ["removed"])]
    flickering.next_night()
    assert str(flickering.fetch(story()).outcome) == "archived"
    assert flickering.history() == [(1, []), (2, ["removed"]), (3, ["restored"])]
