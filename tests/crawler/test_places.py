"""By which kinds of document an address was named."""

from __future__ import annotations

from itertools import permutations

from archive.digest import url_key
from archive.rows import LedgerRow
from crawler.candidate import FoundBy
from crawler.places import Places, with_places

KEY, OTHER = url_key("https://e.org/a"), url_key("https://e.org/b")


def row(found_by: str) -> LedgerRow:
    return LedgerRow(
        run_id="r", url_key=KEY, url="https://e.org/a", source="a", found_by=found_by, found_in="", position=0
    )


def test_what_named_it_besides_the_first() -> None:
    places = Places()
    for kind in (FoundBy.FEED, FoundBy.SITEMAP, FoundBy.FEED, FoundBy.REVISIT, FoundBy.HAND):
        places.note(KEY, kind)
    assert places.told(row("feed")).also_by == ("sitemap",)
    assert places.told(row("revisit")).also_by == ("feed", "sitemap")
    assert places.late() == {}


def test_what_is_known_too_late_is_told_again() -> None:
    places = Places()
    places.note(KEY, FoundBy.FEED)
    told = places.told(row("feed"))
    places.note(KEY, FoundBy.SECTION)
    places.note(OTHER, FoundBy.FEED)  # not told yet: nothing is late
    assert (told.also_by, places.late()) == ((), {KEY: ("feed", "section")})
    assert with_places(told, places.late()[KEY]).also_by == ("section",)


def test_every_address_is_new_once_and_kinds_come_together() -> None:
    """All that may name an address, in each order; a run that goes on knows some already."""
    for kinds in permutations(FoundBy):
        places = Places([OTHER])
        assert [places.note(KEY, kind) for kind in kinds] == [True, *[False] * (len(kinds) - 1)]
        assert (places.note(OTHER, FoundBy.FEED), len(places)) == (False, 2)
        assert places.told(row("hand")).also_by == ("feed", "section", "sitemap")
        assert places.late() == {}


def test_nothing_named_it_when_it_was_told() -> None:
    """As of a page whose look has come; a feed names it afterwards."""
    places = Places()
    places.note(KEY, FoundBy.REVISIT)
    assert places.told(row("revisit")).also_by == ()
    places.note(KEY, FoundBy.FEED)
    assert places.late() == {KEY: ("feed",)}
    assert places.told(row("revisit")).also_by == ("feed",)
    assert places.late() == {}
