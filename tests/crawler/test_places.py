"""By which kinds of document an address was named."""

from __future__ import annotations

from archive.rows import LedgerRow
from crawler.candidate import FoundBy
from crawler.places import Places, with_places


def row(found_by: str) -> LedgerRow:
    return LedgerRow(
        run_id="r", url_key="k", url="https://e.org/a", source="a", found_by=found_by, found_in="", position=0
    )


def test_what_named_it_besides_the_first() -> None:
    places = Places()
    for kind in (FoundBy.FEED, FoundBy.SITEMAP, FoundBy.FEED, FoundBy.REVISIT, FoundBy.HAND):
        places.note("k", kind)
    assert places.told(row("feed")).also_by == ("sitemap",)
    assert places.told(row("revisit")).also_by == ("feed", "sitemap")
    assert places.late() == {}


def test_what_is_known_too_late_is_told_again() -> None:
    places = Places()
    places.note("k", FoundBy.FEED)
    told = places.told(row("feed"))
    places.note("k", FoundBy.SECTION)
    places.note("other", FoundBy.FEED)  # not told yet: nothing is late
    assert (told.also_by, places.late()) == ((), {"k": ("feed", "section")})
    assert with_places(told, places.late()["k"]).also_by == ("section",)
