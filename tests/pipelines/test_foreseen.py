"""What was seen of pages before they came: the same as is read for one, and never for long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.digest import url_key
from pipelines.fetched import FetchedPage
from pipelines.foreseen import FRESH_SECONDS, Foreseen
from pipelines.history import CatalogHistory
from pipelines.same_bytes import standing, standings
from tests.archive.material import exchange
from tests.pipelines.nights import SOURCE, URL, Nights, outcome, story

KEY, OTHER = url_key(URL), url_key(f"{URL}?other")
BODY = story(picture=None)


@dataclass
class Watch:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def look(nights: Nights) -> FetchedPage:
    """The same bytes a day later, recorded."""
    one = exchange(URL, BODY, at=nights.at + timedelta(days=1))
    return FetchedPage((URL,), SOURCE, one, nights.home.record(one), date(2026, 3, 30))


def test_many_are_read_as_one_is(nights: Nights) -> None:
    assert outcome(nights.fetch(BODY)) == "archived"
    page = look(nights)
    one = standing(nights.home.catalog, page)
    assert one is not None
    assert standings(nights.home.catalog, [KEY, OTHER], page.capture.at) == {KEY: one}
    assert standings(nights.home.catalog, [OTHER], page.capture.at) == {}


def test_what_was_seen_holds_for_a_moment_and_until_a_commit(nights: Nights) -> None:
    nights.fetch(BODY)
    page, watch = look(nights), Watch()
    known = standing(nights.home.catalog, page)
    foreseen = Foreseen(nights.home.catalog, watch)
    other = replace(page, urls=(f"{URL}?other",))
    read = foreseen.read([KEY, OTHER], page.capture.at)
    foreseen.keep(read)
    assert [foreseen.take(each) for each in (page, other)] == [(known,), (None,)]
    assert foreseen.take(page) is None  # once
    foreseen.keep(read)
    watch.seconds += FRESH_SECONDS
    assert foreseen.take(page) == (known,)
    foreseen.keep(read)
    watch.seconds += 0.001
    assert foreseen.take(page) is None
    read = foreseen.read([KEY], page.capture.at)
    foreseen.keep(read)
    foreseen.committed()
    assert foreseen.take(page) is None
    foreseen.keep(read)  # it was read before that commit
    assert foreseen.take(page) is None


def test_a_look_of_the_same_second_is_none_before(nights: Nights) -> None:
    nights.fetch(BODY)
    page, foreseen = look(nights), Foreseen(nights.home.catalog)
    foreseen.keep(foreseen.read([KEY], page.capture.at))
    same_second = replace(page, capture=replace(page.capture, at=nights.at))
    assert standing(nights.home.catalog, same_second) is None
    assert foreseen.take(same_second) is None


def test_a_page_that_was_foreseen_is_unchanged_as_one_that_was_not(nights: Nights) -> None:
    nights.fetch(BODY)
    nights.next_night()
    ends = []
    for foresee in (False, True):
        history = CatalogHistory(nights.home.catalog)
        nights.flow = replace(nights.flow, history=history)
        if foresee:
            history.foreseen.keep(history.foreseen.read([KEY], nights.at))
        ends.append(nights.fetch(BODY, commit=False))
    assert ends[0] == ends[1]
    assert outcome(ends[0]) == "unchanged"
