"""The cards of all sources: by figures of lately or of long ago, counted where there are none, or empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog import fetch
from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.rows import FigureRow, LedgerRow, Row, RunRow
from archive.views.source_files import SourceFiles
from archive.views.sources import SourceCard, source_cards
from archive.views.viewer import Viewer
from tests.archive.material import NOON, SetClock
from tests.contract.catalog_rows import Numbers

DAY = timedelta(days=1)


def run(number: int, at: int, *sources: str, ended: bool = True) -> RunRow:
    begun = NOON + at * DAY
    return RunRow(
        id=f"run-{number}", kind="scheduled", sources=sources, started_at=begun, night=f"{begun:%Y-%m-%d}",
        finished_at=begun + timedelta(hours=1) if ended else None, status="done" if ended else "running",
    )  # fmt: skip


def figure(of: RunRow, source: str, articles: int, failures: tuple[str, ...] = ()) -> FigureRow:
    return FigureRow(
        source=source, run_id=of.id, night=str(of.night), at=of.started_at, whole=True, articles=articles,
        edited=1, removed=0, archived=articles, unchanged=2, not_modified=0, skipped=0, failed=len(failures),
        quarantined=0, gone=0, documents=1, documents_failed=0, titled=0, dated=0, pictured=0,
        characters=None, newest_at=None, failures=failures,
    )  # fmt: skip


def rows() -> Iterator[Row]:
    for number in range(20):
        nightly = run(number, 40 + number, "daily")
        yield nightly
        yield figure(nightly, "daily", number, ("dns=3", "timeout=1"))
    for number in range(30, 50):
        long_ago = run(number, number - 60, "paused")
        yield long_ago
        yield figure(long_ago, "paused", number)
    going = run(90, 60, "begun", "empty", ended=False)
    yield going
    for position, outcome in enumerate(("archived", "failed", None)):
        url = f"https://begun.example/{position}"
        yield LedgerRow(
            run_id=going.id, url_key=url_key(url), url=url, source="begun", found_by="feed", found_in=url,
            position=position, outcome=outcome, reason="dns" if outcome == "failed" else None, at=NOON,
        )  # fmt: skip


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    catalog = Catalog.open(f"sqlite:///{tmp_path_factory.mktemp('cards')}/catalog.db")
    catalog.apply(Numbers().entry(*rows()), {})
    yield Viewer(catalog, clock=SetClock(NOON + 61 * DAY))
    catalog.close()


@pytest.fixture(scope="module")
def cards(viewer: Viewer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceCard]:
    folder: Path = tmp_path_factory.mktemp("sources")
    for name in ("daily", "paused", "begun", "never"):
        (folder / f"{name}.yaml").write_text(f"name: {name}\nhomepage: https://{name}.example/\n")
    return {card.name: card for card in source_cards(viewer, SourceFiles(folder))}


def test_each_source_has_its_newest_runs(cards: dict[str, SourceCard]) -> None:
    assert {name: [night.new for night in card.history] for name, card in cards.items()} == {
        "begun": [0],
        "daily": [*range(6, 20)],
        "empty": [0],
        "never": [],
        "paused": [*range(36, 50)],
    }
    assert [name for name, card in cards.items() if card.newest is None] == ["never"]


def test_what_figures_say_and_what_is_counted(cards: dict[str, SourceCard]) -> None:
    daily, paused, begun = (cards[name].newest for name in ("daily", "paused", "begun"))
    assert daily is not None
    assert (daily.outcomes, daily.edited) == ({"archived": 19, "unchanged": 2, "failed": 2}, 1)
    assert daily.reasons == (("failed", "dns", 3), ("failed", "timeout", 1))
    assert paused is not None
    assert paused.finished_at == paused.started_at + timedelta(hours=1)  # of its run
    assert begun is not None
    assert (begun.status, begun.outcomes) == ("running", {"archived": 1, "failed": 1, "waiting": 1})
    assert begun.reasons == (("failed", "dns", 1),)


def test_more_sources_ask_no_more_questions(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    as_it_is = fetch.once_more_if_cut
    monkeypatch.setattr(fetch, "once_more_if_cut", lambda read: (asked.append(read), as_it_is(read))[1])
    counts = []
    for number in (1, 60):
        folder = tmp_path / str(number)
        folder.mkdir()
        for each in range(number):
            (folder / f"s-{each}.yaml").write_text(f"name: s-{each}\nhomepage: https://s{each}.example/\n")
        asked.clear()
        source_cards(viewer, SourceFiles(folder))
        counts.append(len(asked))
    assert counts[0] == counts[1] > 3
