"""What led hour by hour: each lead where it began, beside what led before the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.digest import url_key
from archive.rows import FrontRow
from archive.stores.local import LocalStore
from archive.views.front_hours import MOST_SOURCES, FrontDay, front_day
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer
from tests.archive.newsroom import HandClock, Newsroom

NOW = datetime(2026, 3, 30, tzinfo=UTC)
LED = [  # source, moment, headline
    ("ever", "2026-03-20T22:10", "Evening"),
    ("ever", "2026-03-21T02:00", "Evening"),
    ("ever", "2026-03-21T02:30", "Night"),
    ("ever", "2026-03-21T02:50", "Later that night"),
    ("ever", "2026-03-21T09:00", "Morning"),
    ("news", "2026-03-21T09:59", "Also morning"),
    ("ever", "2026-03-23T01:00", "Two days on"),
]


def home(source: str) -> str:
    return f"https://{source}.example/"


def row(source: str, at: str, title: str) -> FrontRow:
    link = f"{home(source)}{title.replace(' ', '-')}"
    return FrontRow(
        capture_id=url_key(f"{source} {at}"), position=0, source=source, url=home(source),
        url_key=url_key(home(source)), at=datetime.fromisoformat(f"{at}:00+00:00"), title=title, link=link,
        link_key=url_key(link), picture=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    folder = tmp_path_factory.mktemp("fronts")
    store = LocalStore(folder / "store")
    room = Newsroom(store, Catalog.open(f"sqlite:///{folder}/catalog.db"), folder / "spool")
    room.committer().commit_rows([row(*each) for each in LED])
    yield Viewer(room.catalog, clock=HandClock(NOW))
    room.catalog.close()


def told(day: FrontDay) -> list[tuple[int, list[list[str]]]]:
    return [(hour.begin.hour, [[lead.title for lead in each] for each in hour.leads]) for hour in day.hours]


def asked(viewer: Viewer, day: str | None, *chosen: str) -> FrontDay:
    names = ["ever", "news", "never"]
    return front_day(viewer, SourceFiles(), names, date.fromisoformat(day) if day else None, chosen)


def test_a_day_in_hours(viewer: Viewer) -> None:
    found = asked(viewer, "2026-03-21")
    assert (found.sources, found.left_out) == (("ever", "news"), ())
    assert [lead.title if lead else None for lead in found.standing] == ["Evening", None]
    assert told(found) == [(2, [["Night", "Later that night"], []]), (9, [["Morning"], ["Also morning"]])]
    assert (found.before, found.after) == (date(2026, 3, 20), date(2026, 3, 23))


def test_the_newest_day_if_none_is_asked_for(viewer: Viewer) -> None:
    found = asked(viewer, None)
    assert (found.day, told(found)) == (date(2026, 3, 23), [(1, [["Two days on"], []])])


def test_sources_are_chosen(viewer: Viewer) -> None:
    found = asked(viewer, "2026-03-21", "news")
    assert (found.sources, found.left_out, told(found)) == (("news",), ("ever",), [(9, [["Also morning"]])])


def test_without_any_front_page_there_is_no_day(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    found = front_day(Viewer(catalog), SourceFiles(), ["ever"], None)
    assert (found.day, found.sources, found.hours) == (None, (), ())
    catalog.close()


def test_so_many_stand_side_by_side_and_the_others_are_named(tmp_path: Path) -> None:
    room = Newsroom(
        LocalStore(tmp_path / "store"), Catalog.open(f"sqlite:///{tmp_path}/catalog.db"), tmp_path / "spool"
    )
    names = [f"paper-{number}" for number in range(MOST_SOURCES + 2)]
    room.committer().commit_rows([row(name, "2026-03-21T02:00", "Lead") for name in names])
    found = front_day(Viewer(room.catalog, clock=HandClock(NOW)), SourceFiles(), names, None)
    assert (found.sources, found.left_out) == (tuple(names[:MOST_SOURCES]), tuple(names[MOST_SOURCES:]))
    room.catalog.close()
