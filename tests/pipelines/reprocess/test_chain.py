"""What becomes of the events of a chain, in rows and states alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rows import EventRow, PictureRow, RemovedRow, VersionRow
from archive.version import Event, EventKind
from archive.wording.edit import measure
from pipelines.reading import reading_row, state_of_reading
from pipelines.reprocess.chain import Chain, basis, graded, put_in_place, returned, still_there
from pipelines.reprocess.report import MOST_NAMED, Named, Report, differences, join, name
from pipelines.state import Picture, State
from pipelines.versions.compare import Change

AT = datetime(2026, 3, 29, 12, tzinfo=UTC)
ROW = VersionRow(
    article_id="a" * 32, number=2, source="example", url="https://news.example/a", captured_at=AT,
    run_id="run-1", capture_id="c" * 32, extractor="new", title="Bridge", text_sha256="1" * 64,
)  # fmt: skip
KEPT = {"moved", "removed", "restored"}


def event(kind: str, position: int = 0, before: str | None = "old", after: str | None = "new") -> EventRow:
    return EventRow(
        article_id=ROW.article_id, number=2, position=position, kind=kind, before=before, after=after
    )


def picture(position: int, url: str = "https://news.example/1.jpg") -> PictureRow:
    return PictureRow(
        article_id=ROW.article_id, number=2, position=position, url=url, caption=None, credit=None, alt=None,
        sha256=None,
    )  # fmt: skip


EVENTS: list[tuple[str, list[str], list[str], list[str]]] = [
    ("all are still there", ["title", "text"], ["title", "text"], ["title", "text"]),
    ("one was the extractor's", ["title", "byline"], ["title"], ["title"]),
    ("all were", ["byline"], [], []),
    ("today's sees more", ["title"], ["title", "byline", "image"], ["title"]),
    ("today's sees more of a kind", ["image"], ["image", "image", "image"], ["image"]),
    ("fewer of a kind", ["image", "image", "image"], ["image"], ["image"]),
    ("no reading makes these", ["restored", "moved", "text"], ["text"], ["restored", "moved", "text"]),
    ("nor takes them back", ["removed"], ["title"], ["removed"]),
    ("and none of today's comes", [], ["moved", "text"], []),
]


@pytest.mark.parametrize(("old", "now", "left"), [row[1:] for row in EVENTS], ids=[row[0] for row in EVENTS])
def test_events_stay_or_go(old: list[str], now: list[str], left: list[str]) -> None:
    rows = [event(kind, n) for n, kind in enumerate(old)]
    change = Change(tuple(Event(EventKind(kind), "then", "today") for kind in now))
    found = still_there(rows, change)
    assert [str(one.kind) for one in found] == left
    for one in found:
        assert one.after == ("new" if one.kind in KEPT else "today")


kinds = st.lists(st.sampled_from([str(kind) for kind in EventKind]), max_size=8)


@given(old=kinds, now=kinds)
def test_no_event_comes_from_the_extractor(old: list[str], now: list[str]) -> None:
    rows = [event(kind, n) for n, kind in enumerate(old)]
    found = [str(e.kind) for e in still_there(rows, Change(tuple(Event(EventKind(kind)) for kind in now)))]
    assert all(found.count(kind) <= old.count(kind) for kind in found)
    assert [kind for kind in found if kind in KEPT] == [kind for kind in old if kind in KEPT]
    assert [kind for kind in found if kind not in KEPT] == [
        kind for n, kind in enumerate(now) if kind not in KEPT and now[: n + 1].count(kind) <= old.count(kind)
    ]


def test_an_edit_is_graded_by_what_is_left_of_it() -> None:
    change = Change((), measure("One two three.", "One two four."), silent=True)
    row = replace(ROW, edit="major", words_added=90, silent=True, walled=True)
    still = graded(row, (Event(EventKind.TEXT),), change)
    assert (still.edit, still.words_added, still.words_removed, still.silent) == ("minor", 1, 1, True)
    gone = graded(row, (Event(EventKind.DATE),), change)
    assert (gone.edit, gone.words_added, gone.silent, gone.walled) == (None, 0, False, False)


def test_a_return_is_one_only_if_both_still_say_the_same() -> None:
    row = replace(ROW, number=3, returns_to=1)
    here = {1: replace(ROW, number=1), 2: ROW, 3: row}
    assert returned(row, [event("text")], here).returns_to == 1
    assert returned(row, [event("byline")], here).returns_to is None
    other = here | {1: replace(ROW, number=1, text_sha256="2" * 64)}
    assert returned(row, [event("text")], other).returns_to is None


def test_only_what_differs_is_put_and_what_is_left_over_goes() -> None:
    old = Chain(
        (ROW,), {2: [event("title"), event("byline", 1)]}, {2: [picture(0), picture(1), picture(2)]}, {}
    )
    assert put_in_place(old, old) == ()
    changed = replace(ROW, title="Old bridge")
    other = picture(1, "https://news.example/2.jpg")
    new = Chain((changed,), {2: [event("title")]}, {2: [picture(0), other]}, {})
    assert put_in_place(old, new) == (
        RemovedRow(of="event", key=(ROW.article_id, "2", "1")),
        RemovedRow(of="picture", key=(ROW.article_id, "2", "2")),
        changed,
        other,
    )


def test_behind_a_wall_the_text_before_it_is_compared() -> None:
    before = STATE
    stub = replace(STATE, text="One.", text_sha256="2" * 64)
    assert basis(stub, ROW, before) == stub
    seen = basis(stub, replace(ROW, walled=True), before)
    assert (seen.text, seen.text_sha256, seen.walled) == (before.text, before.text_sha256, True)


STATE = State("https://news.example/a", "Bridge", "1" * 64, ("Ann",), AT, (), "new", "One two three.")
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_maybe = st.none() | _texts
_states = st.builds(
    State,
    url=_texts,
    title=_texts,
    text_sha256=st.sampled_from(["1" * 64, "2" * 64]),
    byline=st.lists(_texts, max_size=3).map(tuple),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    pictures=st.lists(st.builds(Picture, _texts, _maybe, _maybe, _maybe, _maybe), max_size=3).map(tuple),
    extractor=_texts,
    text=st.none() | _texts,
    modified_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    notes=st.lists(_texts, max_size=2).map(tuple),
    paywalled=st.none() | st.booleans(),
    walled=st.booleans(),
    guessed_date=st.booleans(),
)  # fmt: skip


@given(_states)
def test_a_reading_is_kept_and_given_back(state: State) -> None:
    row = reading_row(ROW, state, STATE)
    assert (row.article_id, row.number, row.extractor) == (ROW.article_id, 2, state.extractor)
    back = state_of_reading(row, STATE)
    assert back == state
    assert back is not None
    # A text that the version has too is not kept twice.
    assert back.text == (STATE.text if state.text_sha256 == STATE.text_sha256 else state.text)


def test_a_reading_of_another_release_is_made_again() -> None:
    row = reading_row(ROW, STATE, STATE)
    assert state_of_reading(replace(row, state='{"title": "Bridge"}'), STATE) is None


def test_what_differs_between_two_readings_is_named() -> None:
    old = replace(ROW, extractor="old")
    assert differences(old, ROW, [picture(0)], [picture(0)]) == ()
    after = replace(ROW, title="x", text_sha256="3" * 64, modified_at=AT, agency=("AFP",), section="World")
    found = differences(old, after, [picture(0)], [])
    assert found == ("text", "title", "byline", "date", "pictures", "other")


def test_reports_add_up_and_name_no_more_than_they_have_room_for() -> None:
    whole = Report()
    for n in range(3):
        part = Report(articles=1, words_added=n)
        part.changed["text"] += n
        for page in range(MOST_NAMED // 2):
            name(part.unreadable, Named(f"{n}-{page}", None, "damaged"))
        join(whole, part)
    assert (whole.articles, whole.words_added, whole.changed) == (3, 3, {"text": 3})
    assert len(whole.unreadable) == MOST_NAMED
    assert whole.unreadable[-1].url == f"1-{MOST_NAMED // 2 - 1}"
    assert "changed_text=3" in whole.details()
