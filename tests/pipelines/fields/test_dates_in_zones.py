"""Dates without a zone are read on the clocks of the source's zone, whatever daylight saving does to them."""
# ruff: noqa: E501 - tables are easier to read unbroken

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dates import parse_moment
from pipelines.extract import extract
from pipelines.guidance import UNGUIDED, Guidance

CAPTURED = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "zone", "moment"),
    [
        # summer and winter, ahead of UTC and behind it
        ("2026-07-01T12:00", "Europe/Berlin", "2026-07-01T10:00Z"),
        ("2026-01-15 12:00:30", "Europe/Berlin", "2026-01-15T11:00:30Z"),
        ("2026-07-01T20:00", "America/New_York", "2026-07-02T00:00Z"),
        ("2026-07-01T12:00", "Asia/Kathmandu", "2026-07-01T06:15Z"),
        ("3 May 2026 12:00:00", "Asia/Tokyo", "2026-05-03T03:00Z"),
        # a stated zone is believed, also the one that says that it is not told (RFC 5322, 3.3)
        ("2026-07-01T12:00Z", "Europe/Berlin", "2026-07-01T12:00Z"),
        ("2026-07-01T12:00+09:00", "Europe/Berlin", "2026-07-01T03:00Z"),
        ("3 May 2026 12:00:00 -0000", "Asia/Tokyo", "2026-05-03T12:00Z"),
        ("1777809600", "Asia/Tokyo", "2026-05-03T12:00Z"),
        # clocks showed it twice: the first time is meant
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30Z"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30Z"),
        # clocks jumped over it: as far behind the jump as it says, 03:30 in summer time
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30Z"),
        ("2026-03-08T02:00", "America/New_York", "2026-03-08T07:00Z"),
        # a day is its start there; where midnight was jumped over, the first moment that there was
        ("2026-07-01", "Europe/Berlin", "2026-06-30T22:00Z"),
        ("2026-07-01", "Pacific/Auckland", "2026-06-30T12:00Z"),
        ("2026-03-08", "America/Havana", "2026-03-08T05:00Z"),
        # no clock shows 24:00 or the 30th of February
        ("2026-02-30", "Europe/Berlin", None),
        ("2026-07-01T24:30", "Europe/Berlin", None),
    ],
)
def test_a_time_on_the_clocks_of_a_zone(raw: str, zone: str, moment: str | None) -> None:
    wanted = None if moment is None else datetime.fromisoformat(moment)
    assert parse_moment(raw, ZoneInfo(zone)) == wanted


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1)),  # noqa: DTZ001 - what a clock shows
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"]
    ),
)
def test_what_a_clock_shows_once_is_read_back(shown: datetime, name: str) -> None:
    """A moment that is read shows the same time again, unless the clocks of the zone jumped over it."""
    shown = shown.replace(microsecond=0)
    zone = ZoneInfo(name)
    moment = parse_moment(shown.isoformat(), zone)
    assert moment is not None
    assert moment.utcoffset() == UTC.utcoffset(None)
    before, after = (shown.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    assert before is not None
    assert after is not None
    jumped = max(after - before, timedelta(0))
    assert moment.astimezone(zone).replace(tzinfo=None) == shown + jumped


PAGE = """<!DOCTYPE html><html lang="de"><head><title>Die alte Brücke wird gesperrt</title>{head}</head><body>
<article><h1>Die alte Brücke wird gesperrt</h1>
<p>Die alte Brücke über den Fluss wird im Sommer für ein Jahr gesperrt, wie der Rat am Dienstag beschlossen hat.</p>
<p>Fußgänger und Radfahrer müssen dann den Umweg über die neue Brücke nehmen, der zwei Kilometer länger ist.</p>
<p>Die Arbeiten kosten vier Millionen Euro und werden zur Hälfte vom Land bezahlt, sagte die Bürgermeisterin.</p>
</article></body></html>"""
BERLIN = Guidance(timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("head", "guidance", "published", "sure"),
    [
        ('<meta property="article:published_time" content="2026-07-01T00:30">', BERLIN, "2026-06-30T22:30Z", "unzoned"),
        ('<meta property="article:published_time" content="2026-07-01T00:30">', UNGUIDED, "2026-07-01T00:30Z", "unzoned"),
        ('<meta property="article:published_time" content="2026-07-01">', BERLIN, "2026-06-30T22:00Z", "day"),
        ('<meta property="article:published_time" content="2026-07-01T00:30+09:00">', BERLIN, "2026-06-30T15:30Z", "zoned"),
        # another statement of the same time on the clock names the zone
        (
            '<meta property="article:published_time" content="2026-07-01T00:30"><meta name="date" content="2026-07-01T00:30+01:00">',
            BERLIN,
            "2026-06-30T23:30Z",
            "zoned",
        ),
    ],
)  # fmt: skip
def test_an_article_is_read_in_the_zone_of_its_source(
    head: str, guidance: Guidance, published: str, sure: str
) -> None:
    read = extract(
        PAGE.format(head=head).encode(),
        url="https://www.bote.example/bruecke",
        content_type="text/html; charset=utf-8",
        content_encoding=None,
        captured_at=CAPTURED,
        guidance=guidance,
    ).article
    assert read is not None
    assert (read.published_at, read.published_confidence) == (datetime.fromisoformat(published), sure)
    assert ("+zone-Europe/Berlin" in read.extractor) is (guidance is BERLIN)
