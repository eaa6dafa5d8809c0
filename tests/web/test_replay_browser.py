"""Hostile captures in a real browser: nothing of them leaves its replay.

A dozen in the short form, all in the full one (`make test-full`). Each is opened by itself and inside a page
of the API's origin; and first of all without our isolation, where the traps must catch it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.web.browser_bed import AT_ONCE, Bed, Seen, bed
from tests.web.browser_hostile import TRICKS

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
DOZEN = (
    *("fetch", "service worker", "srcdoc", "top.location", "meta refresh", "ping and target=_top"),
    *(
        "document.cookie",
        "Set-Cookie",
        "@import",
        "SVG document",
        "Location to the API",
        "comments that are none",
    ),
)
OPENED = tuple(TRICKS) if FULL else DOZEN
SECONDS = 1800 if FULL else 300  # that everything may take


@dataclass(frozen=True)
class Visits:
    """What a capture did in each way of opening it."""

    control: tuple[Seen, ...]
    alone: Seen
    framed: Seen


async def open_all(folder: Path) -> dict[str, Visits]:
    tricks = [TRICKS[name] for name in OPENED]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(bed: Bed, number: int) -> Visits:
        click = tricks[number].click
        async with room:
            control: list[Seen] = []
            for framed in (False, True):
                if not tricks[number].old and not any(seen.caught for seen in control):
                    control.append(await bed.visit(number, bed.control, framed=framed, click=click))
            alone = await bed.visit(number, bed.origins.replay, framed=False, click=click)
            framed = await bed.visit(number, bed.origins.replay, framed=True, click=click)
            return Visits(tuple(control), alone, framed)

    async with asyncio.timeout(SECONDS), bed(folder, tricks) as made:
        results = await asyncio.gather(*(one(made, number) for number in range(len(tricks))))
    return dict(zip(OPENED, results, strict=True))


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Visits]:
    return asyncio.run(open_all(tmp_path_factory.mktemp("browser")))


def test_there_are_forty_tricks_that_work_today() -> None:
    assert sum(not trick.old for trick in TRICKS.values()) >= 40
    assert set(DOZEN) <= set(TRICKS)


@pytest.mark.parametrize("name", [name for name in OPENED if not TRICKS[name].old])
def test_without_our_isolation_the_traps_catch_it(visits: Mapping[str, Visits], name: str) -> None:
    assert any(seen.caught for seen in visits[name].control)


@pytest.mark.parametrize("name", OPENED)
def test_in_replay_it_reaches_nothing(visits: Mapping[str, Visits], name: str) -> None:
    assert (visits[name].alone, visits[name].framed) == (Seen(), Seen())
