"""Months of nights under three retention classes that share texts, pictures and payloads."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from archive.catalog import lookup, schema, segments, versions
from archive.erasure.expire import Expiry, expire, plan_expiry
from archive.erasure.takedown import Request
from archive.reader import read_exchange
from archive.retention import outlives
from archive.rewrite.opening import rewriting
from archive.rows import AddressRow
from archive.timeline import timeline_of
from archive.verify.run import verify
from archive.warc import read_records
from tests.archive.material import everything, rebuilt, silent
from tests.archive.newsroom import FIRST_NIGHT, Newsroom, Story, newsroom

FULL = os.environ.get("DATELINE_TEST_FULL") == "1"
DAYS = range(45, 200, 6 if FULL else 28)  # on which there are nights once the first things have expired
CLASSES = {"month": 30, "quarter": 90}  # and `ever`
POLICY = Request("policy", "policy of the sources")
PIXELS = b"pixels" * 200
WIRE = "A wire story that all of them run. " * 9


@pytest.fixture(params=["local", "services"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(request, tmp_path, CLASSES) as made:
        yield made


def expire_on(room: Newsroom, day: float) -> Expiry:
    room.clock.moment = max(room.clock.moment, FIRST_NIGHT + timedelta(days=day, hours=12))
    planned = plan_expiry(room.catalog, room.clock.now())
    with rewriting(room.archive, room.spool_root, room.clock) as engine:
        done = expire(engine, POLICY)
    for name in ("segments", "captures", "carried", "versions", "articles", "texts", "pictures"):
        assert getattr(done, name) == getattr(planned, name)
    return done


def check(room: Newsroom) -> None:
    """The archive is whole, a rebuild gives the same, and every record finds what it refers to."""
    assert verify(room.store, room.catalog, silent).problems == ()
    days = {row.key: row.keep_days for row in segments.every(room.catalog)}
    rows = room.captures
    for row in rows:
        read_exchange(room.store, row)
        assert outlives(days[row.payload_segment], days[row.segment]), row.url
    replayable = {
        (fields["url"], line.split()[1], fields["digest"])
        for info in room.store.list("captures/")
        if info.key.endswith(".cdxj")
        for line in room.store.read(info.key).decode().splitlines()
        if (fields := json.loads(line.split(maxsplit=2)[2]))["mime"] != "warc/revisit"
    }
    known = {(row.url, row.at) for row in rows}
    for key in days:
        for record in read_records(io.BytesIO(room.store.read(key))):
            if record.kind != "revisit":
                continue
            url, at = record.headers["WARC-Refers-To-Target-URI"], record.headers["WARC-Refers-To-Date"]
            digits = "".join(filter(str.isdigit, at))
            if "WARC-Payload-Digest" in record.headers:
                assert (url, digits, record.headers["WARC-Payload-Digest"]) in replayable
            else:
                assert any(url == u and f"{moment:%Y%m%d%H%M%S}" == digits for u, moment in known)
    assert rebuilt(room.store) == everything(room.catalog)


def shows(room: Newsroom, url: str) -> tuple[str | None, bytes]:
    """The text and the picture of an article's newest version."""
    found = timeline_of(room.catalog, url)
    assert found is not None
    [picture] = versions.pictures_of(room.catalog, found.article.id, found.newest.number)
    image = versions.image_by_sha256(room.catalog, picture.sha256 or "")
    assert image is not None
    capture = lookup.capture_by_id(room.catalog, image.capture_id)
    assert capture is not None
    text = versions.text_by_sha256(room.catalog, found.newest.text_sha256 or "")
    return text, read_exchange(room.store, capture).body


def shared(source: str, frame: str = "", title: str = "Wire") -> Story:
    return Story(
        f"https://{source}.example/wire", title, WIRE, source, {"https://img.example/p.png": PIXELS}, frame
    )


def test_months_of_nights_under_three_classes(room: Newsroom) -> None:
    living = Story("https://month.example/living", "Living", "It stays as it is.", "month")
    removed = Story("https://month.example/removed", "Removed", "Soon gone.", "month")
    changing = "https://month.example/changing"
    room.night(
        0,
        *(shared(source) for source in ("month", "quarter", "ever")),
        living,
        removed,
        Story(changing, "First", "One.", "month", {"https://img.example/first.png": b"first" * 99}),
    )
    room.night(5, Story(changing, "Second", "Two.", "month"), f"{removed.url} for good")
    room.night(14, living)
    with room.writing(20) as night:
        night.unmodified(living.url, "month")
        night.look(Story(changing, "Second", "Two.", "month", frame="other"))
    assert expire_on(room, 25) == Expiry()
    check(room)

    # The first night's class is over: what lives, is shown elsewhere or stood on is carried over.
    done = expire_on(room, 30)
    assert done.classes == ("30d",)
    assert done.bytes_freed > 0
    assert done.versions == 1 + 0 + 1  # the first of `changing`, the wire story of `month` (not seen since)
    check(room)
    found = timeline_of(room.catalog, changing)
    assert found is not None
    assert [version.number for version in found.versions] == [2]
    assert timeline_of(room.catalog, "https://month.example/wire") is None
    for source in ("quarter", "ever"):
        assert shows(room, f"https://{source}.example/wire") == (WIRE, PIXELS)

    # The removed article keeps its last words as long as its tombstone, then all of it goes.
    assert timeline_of(room.catalog, removed.url) is not None
    expire_on(room, 36)
    check(room)
    assert timeline_of(room.catalog, removed.url) is None

    # An unchanged living article keeps its version, and the next night makes no new one.
    assert room.night(37, living) == ["unchanged"]
    assert expire_on(room, 38).segments == 0
    nights = DAYS if FULL or room.catalog.backend == "sqlite" else DAYS[:2]
    for day in nights:
        looked = room.night(day, living, shared("ever", f"{day}"))
        assert looked == ["unchanged", "unchanged"]
        expire_on(room, day + 1)
        if FULL:
            check(room)
    check(room)
    kept = timeline_of(room.catalog, living.url)
    assert kept is not None
    assert [version.number for version in kept.versions] == [1]

    # Nothing was seen of `quarter` since the first night, and nothing of `month` for a month.
    expire_on(room, 300)
    check(room)
    sources = {row.source for row in room.captures}
    assert sources == {"ever", "month"}  # the picture of the wire story came with `month` first
    assert timeline_of(room.catalog, living.url) is None
    assert not any(row.keep_days for row in segments.every(room.catalog))
    with room.catalog.read() as connection:
        outcomes = connection.execute(sa.select(sa.func.count()).select_from(schema.ledger)).scalar_one()
    assert outcomes == 11 + 2 * len(nights)  # the accounts of all nights are what they were


SECOND, THIRD = "https://month.example/long?page=2", "https://month.example/long?page=3"
LONG = Story(
    "https://month.example/long", "Long", "On three pages.", "month",
    further={SECOND: b"<p>The second page.", THIRD: b"<p>The third page."},
)  # fmt: skip
local = pytest.mark.parametrize("room", ["local"], indirect=True)


def pages_of(room: Newsroom) -> list[bytes]:
    """The further pages of the newest version of the long article, in an archive that is whole."""
    assert verify(room.store, room.catalog, silent).problems == ()
    found = timeline_of(room.catalog, LONG.url)
    assert found is not None
    captures = [lookup.capture_by_id(room.catalog, part) for part in found.newest.parts]
    return [read_exchange(room.store, row).body for row in captures if row is not None]


@local
def test_further_pages_stay_with_an_article_that_is_still_there(room: Newsroom) -> None:
    room.night(0, LONG)
    assert room.night(20, replace(LONG, frame="other")) == ["unchanged"]
    assert expire_on(room, 31).carried == 3
    assert pages_of(room) == list(LONG.further.values())
    # Those that only were looked at again go with their night, and in the end all of them go.
    expire_on(room, 49)
    assert pages_of(room) == list(LONG.further.values())
    expire_on(room, 55)
    check(room)
    assert timeline_of(room.catalog, LONG.url) is None
    assert room.captures == []


@local
def test_further_pages_of_versions_that_go_go_too(room: Newsroom) -> None:
    room.night(0, LONG)
    later = replace(LONG, title="Longer", further={SECOND: b"<p>Another second page."})
    assert room.night(20, later) == ["archived"]
    expire_on(room, 31)
    assert pages_of(room) == [b"<p>Another second page."]
    assert {row.url: row.at.day for row in room.captures} == {LONG.url: 21, SECOND: 21}


@local
def test_further_pages_in_a_segment_of_their_own_stay_too(room: Newsroom) -> None:
    """The first page lies in a segment that went before, and was carried over by then."""
    room.night(0, replace(LONG, further={}))
    with room.writing(2) as night:
        parts = [night.record(url, body, "month") for url, body in LONG.further.items()]
        [first] = timeline_of(room.catalog, LONG.url).versions  # type: ignore[union-attr]
        night.rows.append(replace(first, parts=tuple(part.id for part in parts)))
        night.rows += [
            AddressRow(url_key=part.url_key, url=part.url, article_id=first.article_id, since=part.at)
            for part in parts
        ]
    room.night(20, LONG)
    assert expire_on(room, 31).carried == 1
    expire_on(room, 33)
    assert pages_of(room) == list(LONG.further.values())


@local
def test_further_pages_stay_as_long_as_what_stands_on_the_first(room: Newsroom) -> None:
    """A mirror has the first page's bytes, and is kept for longer: the version stays, and so is whole."""
    room.night(0, LONG)
    room.night(20, replace(LONG, frame="other"))
    with room.writing(25) as night:
        night.record("https://month.example/mirror", LONG.html, "month")
    for day in (31, 52):
        expire_on(room, day)
        assert pages_of(room) == list(LONG.further.values())
    expire_on(room, 90)
    assert room.captures == []
