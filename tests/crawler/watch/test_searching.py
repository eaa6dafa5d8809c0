"""Saved searches: what is a find, once for ever; who is told; what a kill, a purge and a rebuild leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalog import finds, search_index, watch
from archive.catalog.catalog import Catalog
from archive.erasure.purge import purge
from archive.erasure.takedown import Request, take_down
from archive.opening import check_format
from archive.rebuild.run import rebuild
from archive.rewrite.opening import rewriting
from archive.rows import FindRow
from archive.stores.local import LocalStore
from archive.verify.run import verify
from archive.views.saved import saved_finds, saved_searches
from archive.views.viewer import Viewer
from config.alarm_settings import AlarmSettings
from config.saved_search import SavedSearch
from config.settings import Settings
from crawler.watch.found import Watchlist
from crawler.watch.keeper import AlarmKeeper, tell_now
from crawler.watch.messenger import Messenger
from crawler.watch.notices import Message
from crawler.watch.searching import SearchWatch, check_searches
from tests.archive.material import silent
from tests.archive.newsroom import Newsroom, Story

BRIDGE = Story("https://ever.example/bridge", "The bridge opens", "People cross the bridge.")
TUNNEL = Story("https://ever.example/tunnel", "The tunnel closes", "Nobody crosses by the tunnel.")
FAIR = Story("https://ever.example/fair", "The fair", "It is on the bridge, too.")
WATCHED = SavedSearch(name="bridges", query="bridge")
BY = Request("desk", "court order")
DESK, CHAT = "${DESK}", "${CHAT}"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(
        LocalStore(tmp_path / "store"), Catalog.open(f"sqlite:///{tmp_path}/c.db"), tmp_path / "spool"
    )
    yield made
    made.catalog.close()


def look(room: Newsroom, *searches: SavedSearch) -> list[str]:
    """The addresses that a check finds, with the number of the version."""
    rows = check_searches(room.catalog, searches or (WATCHED,), room.clock.now())
    room.committer().commit_rows(rows)
    new = [row for row in rows if isinstance(row, FindRow)]
    versions = {(row.article_id, row.number): row for row in finds.versions_found(room.catalog, new)}
    return sorted(
        f"{versions[row.article_id, row.number].url.rpartition('/')[2]} {row.number}" for row in new
    )


def test_what_comes_is_found_once(room: Newsroom) -> None:
    room.night(0, BRIDGE, TUNNEL)
    room.night(1, FAIR)
    assert look(room) == ["fair 1"]  # it begins with the newest run
    assert look(room) == []
    room.night(2, replace(BRIDGE, title="The bridge is open", frame="2"), TUNNEL, FAIR)
    assert look(room) == ["bridge 2"]
    assert look(room) == look(room) == []
    room.night(9, f"{BRIDGE.url} for good")
    assert look(room, WATCHED, SavedSearch(name="gone", event="removed")) == ["bridge 3"]  # of the second
    raised = watch.newest_alarms(room.catalog)
    assert {(row.kind, row.message, row.cleared_message) for row in raised} == {
        ("found", "1 version found", "found")
    }
    assert watch.open_alarms(room.catalog) == []


def test_a_run_that_goes_on_is_looked_at_as_it_goes(room: Newsroom) -> None:
    look(room)
    with room.writing(0) as night:
        night.look(BRIDGE)
        assert look(room) == []  # nothing of it is acknowledged
    assert look(room) == ["bridge 1"]


def test_what_is_not_searchable_yet_is_found_later(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    look(room)
    fill = search_index.fill
    monkeypatch.setattr(
        search_index, "fill", lambda *_, **__: 0
    )  # the index lags behind, as after an upgrade
    room.night(0, BRIDGE)
    room.clock.moment += timedelta(hours=5)
    assert look(room) == []
    monkeypatch.setattr(search_index, "fill", fill)
    search_index.fill(room.catalog)
    assert look(room) == ["bridge 1"]


def test_a_search_that_asks_otherwise_begins_anew_and_tells_nothing_twice(room: Newsroom) -> None:
    room.night(0, BRIDGE, TUNNEL)
    assert look(room) == ["bridge 1"]
    both = SavedSearch(name="bridges", query="bridge OR tunnel")
    assert look(room, both) == ["tunnel 1"]
    assert look(room) == []


def test_the_watch_looks_only_where_something_came(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr("crawler.watch.searching.check_searches", lambda *_: looked.append(1) or [])
    eye = SearchWatch([WATCHED])
    for day in (0, 1):
        room.night(day, replace(BRIDGE, frame=str(day)))
        eye.check(room.catalog, room.clock.now())
        eye.check(room.catalog, room.clock.now())
    assert len(looked) == 2
    assert SearchWatch([]).check(room.catalog, room.clock.now()) == []


def test_searches_that_change_are_looked_at_though_nothing_has_come(room: Newsroom) -> None:
    room.night(0, BRIDGE, TUNNEL)
    eye = SearchWatch([])
    assert eye.check(room.catalog, room.clock.now()) == []
    eye.follow((WATCHED,))
    rows = eye.check(room.catalog, room.clock.now())
    assert [row.number for row in rows if isinstance(row, FindRow)] == [1]
    room.committer().commit_rows(rows)
    eye.check(room.catalog, room.clock.now())
    eye.follow((WATCHED,))  # as they were
    assert eye.check(room.catalog, room.clock.now()) == []


# ── who is told ─────────────────────────────────────────────────────────────────────────────────────


class Receiver:
    def __init__(self) -> None:
        self.taken: list[Message] = []

    def __call__(self, message: Message) -> str | None:
        self.taken.append(message)
        return None


def test_finds_are_told_once_to_whom_each_search_names(room: Newsroom) -> None:
    desk = SavedSearch(name="tunnels", query="tunnel", to=(DESK,))
    silent = SavedSearch(name="fairs", query="fair", to=())
    watchlist = Watchlist((WATCHED, desk, silent), (CHAT,), "https://news.example")
    receiver = Receiver()
    room.night(0, BRIDGE, TUNNEL, FAIR)
    for _ in range(2):  # the second is another process
        keeper = AlarmKeeper(AlarmSettings(to=(CHAT,)), room.clock, 30, receiver, watchlist=watchlist)
        for _ in range(3):
            keeper.tick(room.catalog, room.committer())
            keeper.wait()
    told = {message.to: message for message in receiver.taken}
    assert len(receiver.taken) == len(told) == 2
    assert told[CHAT].title == "Dateline: 2 found by bridges"
    assert told[DESK].title == "Dateline: 1 found by tunnels"
    [said] = told[DESK].body.splitlines()
    [row] = finds.finds_of(room.catalog, "tunnels", 9)
    assert said == (
        "tunnels: The tunnel closes (ever, 2026-01-01 02:00 UTC, new) "
        f"https://news.example/article/{row.article_id}/1"
    )
    assert told[CHAT].severity is None


def test_after_a_run_by_hand(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.night(0, BRIDGE)
    told: list[str] = []
    monkeypatch.setattr(Messenger, "send_now", lambda *_: told.append("sent"))
    tell_now(room.archive, Settings(searches=(WATCHED,)), room.clock)
    assert told == ["sent"]
    assert finds.counts(room.catalog) == {"bridges": 1}


def test_what_was_taken_down_is_in_no_message_and_no_list(room: Newsroom) -> None:
    room.night(0, BRIDGE, FAIR)
    look(room)
    take_down(room.catalog, room.committer(), room.clock, BRIDGE.url, BY)
    receiver = Receiver()
    Messenger(AlarmSettings(), room.clock, 30, receiver, watchlist=Watchlist((WATCHED,), (DESK,))).send_now(
        room.catalog, room.committer().commit_rows
    )
    [message] = receiver.taken
    assert "The fair" in message.body
    assert "bridge opens" not in message.body
    found = saved_finds(Viewer(room.catalog), (WATCHED,), "bridges")
    assert found is not None
    assert [find.article.title for find in found.finds] == ["The fair"]


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────


def test_finds_come_back_from_the_journal(room: Newsroom) -> None:
    room.night(0, BRIDGE, FAIR)
    look(room)
    before = saved_searches(Viewer(room.catalog), (WATCHED,)), finds.finds_of(room.catalog, "bridges", 9)
    assert len(before[1]) == 2
    rebuild(room.store, room.catalog, silent)
    search_index.fill(room.catalog)
    after = saved_searches(Viewer(room.catalog), (WATCHED,)), finds.finds_of(room.catalog, "bridges", 9)
    assert after == before
    assert look(room) == []


def test_a_purge_leaves_nothing_of_a_find(room: Newsroom) -> None:
    room.night(0, BRIDGE, FAIR)
    look(room)
    [gone] = [
        row
        for row in finds.finds_of(room.catalog, "bridges", 9)
        if finds.versions_found(room.catalog, [row])[0].url == BRIDGE.url
    ]
    check_format(room.store)
    take_down(room.catalog, room.committer(), room.clock, BRIDGE.url, BY)
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        purge(engine, BRIDGE.url, BY)
    assert [row.article_id for row in finds.finds_of(room.catalog, "bridges", 9)] != []
    assert gone not in finds.finds_of(room.catalog, "bridges", 9)
    journal = b"".join(room.store.read(key.key) for key in room.store.list("journal/"))
    assert b'"search":"bridges","article_id":"%s"' % gone.article_id.encode() not in journal
    assert verify(room.store, room.catalog, silent).problems == ()


def test_pages_of_finds(room: Newsroom) -> None:
    room.night(0, *(replace(BRIDGE, url=f"https://ever.example/{n}", frame=str(n)) for n in range(5)))
    look(room)
    viewer, seen, cursor = Viewer(room.catalog), [], None
    while True:
        page = saved_finds(viewer, (WATCHED,), "bridges", limit=2, cursor=cursor)
        assert page is not None
        seen += [find.article.url for find in page.finds]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == [f"https://ever.example/{n}" for n in range(5)]
