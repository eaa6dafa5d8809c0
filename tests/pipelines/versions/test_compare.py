"""Is it a version? Named changes and what each of them makes, and what must make nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article, ArticleImage
from archive.version import Event, EventKind
from pipelines.state import Picture, State, state_of, text_digest, with_known_bytes
from pipelines.versions.compare import compare
from pipelines.versions.picture_changes import SAME_PICTURE_BITS, same_picture

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
A = Picture("https://img.example/a.jpg", "a" * 64, "00ff00ff00ff00ff", "The bridge.", "J. Doe")
B = Picture("https://img.example/b.jpg", "b" * 64, "ffff0000aaaa5555", "The mayor.", None)
C = Picture("https://img.example/c.jpg", "c" * 64, "123456789abcdef0", None, None)
STATE = State("https://news.example/a", "A headline", text_digest("Text."), ("Jane Doe",), NOON, (A, B), "x1")


def look(bits: int) -> str:
    """The hash of A with so many bits turned."""
    return f"{int(str(A.phash), 16) ^ ((1 << bits) - 1):016x}"


def event(kind: str, before: str | None, after: str | None) -> Event:
    return Event(EventKind(kind), before, after)


CAPTION = event("caption", "The bridge. J. Doe", "The old bridge. J. Doe")
ONE_HOUR_ON = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=2)))

SCENARIOS: dict[str, tuple[State, State, list[Event]]] = {
    "nothing": (STATE, STATE, []),
    "moved": (
        STATE,
        replace(STATE, url="https://news.example/b"),
        [event("moved", "https://news.example/a", "https://news.example/b")],
    ),
    "the headline": (STATE, replace(STATE, title="Another"), [event("title", "A headline", "Another")]),
    "a space in the headline": (STATE, replace(STATE, title=" A\u00a0 headline\n"), []),
    "a letter's case in the headline": (
        STATE,
        replace(STATE, title="A Headline"),
        [event("title", "A headline", "A Headline")],
    ),
    "the text": (
        STATE,
        replace(STATE, text_sha256=text_digest("Text")),
        [event("text", text_digest("Text."), text_digest("Text"))],
    ),
    "a line beside the text": (
        replace(STATE, asides=("The report", "Map")),
        replace(STATE, asides=("The new report", "Map")),
        [event("text", text_digest("Text."), text_digest("Text."))],
    ),
    "typesetting beside the text": (
        replace(STATE, asides=("The 'report'",)),
        replace(STATE, asides=("The  ‘report’",)),  # noqa: RUF001 - quotation marks as pages have them
        [],
    ),
    "a counter beside the text": (
        replace(STATE, asides=("12 comments",)),
        replace(STATE, asides=("15 comments",)),
        [],
    ),
    "the byline": (
        STATE,
        replace(STATE, byline=("Jane Doe", "Max")),
        [event("byline", "Jane Doe", "Jane Doe, Max")],
    ),
    "the byline goes": (STATE, replace(STATE, byline=()), [event("byline", "Jane Doe", "")]),
    "the date": (
        STATE,
        replace(STATE, published_at=ONE_HOUR_ON),
        [event("date", "2026-03-29T12:00:00.000000Z", "2026-03-29T13:00:00.000000Z")],
    ),
    "the same date in another zone": (
        STATE,
        replace(STATE, published_at=NOON.astimezone(timezone(timedelta(hours=2)))),
        [],
    ),
    "the date appears": (
        replace(STATE, published_at=None),
        STATE,
        [event("date", None, "2026-03-29T12:00:00.000000Z")],
    ),
    "the date disappears": (STATE, replace(STATE, published_at=None), []),
    "a picture more": (STATE, replace(STATE, pictures=(A, B, C)), [event("image", None, C.url)]),
    "a picture less": (STATE, replace(STATE, pictures=(B,)), [event("image", A.url, None)]),
    "a picture for another": (STATE, replace(STATE, pictures=(A, C)), [event("image", B.url, C.url)]),
    "two pictures for one": (
        STATE,
        replace(STATE, pictures=(C,)),
        [event("image", A.url, C.url), event("image", B.url, None)],
    ),
    "another picture at the same address": (
        STATE,
        replace(STATE, pictures=(replace(A, sha256="d" * 64, phash="fedcba9876543210"), B)),
        [event("image", A.url, A.url)],
    ),
    "the same picture at another address": (
        STATE,
        replace(STATE, pictures=(replace(A, url="https://cdn.example/a?w=9"), B)),
        [],
    ),
    "the same picture in other bytes": (
        STATE,
        replace(
            STATE, pictures=(replace(A, sha256="d" * 64, url="https://cdn.example/a.webp", phash=look(3)), B)
        ),
        [],
    ),
    "hardly alike": (
        STATE,
        replace(STATE, pictures=(replace(A, sha256="d" * 64, phash=look(SAME_PICTURE_BITS)), B)),
        [event("image", A.url, A.url)],
    ),
    "other bytes that could not be compared": (
        STATE,
        replace(STATE, pictures=(replace(A, sha256="d" * 64, phash=None), B)),
        [event("image", A.url, A.url)],
    ),
    "the two in the other order": (STATE, replace(STATE, pictures=(B, A)), []),
    "alike pictures in the other order": (
        replace(STATE, pictures=(A, replace(B, phash=look(2)))),
        replace(STATE, pictures=(replace(B, phash=look(2)), A)),
        [],
    ),
    "alike pictures, one of them encoded again": (
        replace(STATE, pictures=(A, replace(B, phash=look(5)))),
        replace(STATE, pictures=(replace(C, phash=look(1)), replace(B, phash=look(5)))),
        [event("caption", "The bridge. J. Doe", "")],
    ),
    "one picture twice": (STATE, replace(STATE, pictures=(A, A, B)), [event("image", None, A.url)]),
    "one of two the same": (
        replace(STATE, pictures=(A, A)),
        replace(STATE, pictures=(A,)),
        [event("image", A.url, None)],
    ),
    "one picture twice, captions in the other order": (
        replace(STATE, pictures=(A, replace(A, caption="Later."))),
        replace(STATE, pictures=(replace(A, caption="Later."), A)),
        [],
    ),
    "a caption": (STATE, replace(STATE, pictures=(replace(A, caption="The old bridge."), B)), [CAPTION]),
    "a space in a caption": (STATE, replace(STATE, pictures=(replace(A, caption=" The\n bridge. "), B)), []),
    "the credit moves out of the caption": (
        STATE,
        replace(STATE, pictures=(replace(A, caption="The bridge. J. Doe", credit=None), B)),
        [],
    ),
    "a caption goes": (
        STATE,
        replace(STATE, pictures=(A, replace(B, caption=None))),
        [event("caption", "The mayor.", "")],
    ),
    "a caption and its picture": (
        STATE,
        replace(STATE, pictures=(replace(C, caption="New."), B)),
        [event("image", A.url, C.url)],
    ),
    "a new picture could not be had": (STATE, replace(STATE, pictures=(A, B, replace(C, sha256=None))), []),
    "a known picture could not be had": (
        STATE,
        replace(STATE, pictures=(replace(A, sha256=None, phash=None), B)),
        [],
    ),
    "a picture that could not be had then": (
        replace(STATE, pictures=(replace(A, sha256=None, phash=None), B)),
        STATE,
        [],
    ),
    "what could not be had may be what is missing": (
        STATE,
        replace(STATE, pictures=(A, replace(C, sha256=None))),
        [],
    ),
    "a caption beside what could not be had": (
        STATE,
        replace(STATE, pictures=(replace(A, caption="The old bridge."), B, replace(C, sha256=None))),
        [CAPTION],
    ),
    "everything, in a fixed order": (
        STATE,
        State(
            "https://news.example/b",
            "Another",
            text_digest("More."),
            (),
            ONE_HOUR_ON,
            (replace(A, caption="The old bridge."), C),
            "x1",
        ),
        [
            event("moved", "https://news.example/a", "https://news.example/b"),
            event("title", "A headline", "Another"),
            event("text", text_digest("Text."), text_digest("More.")),
            event("byline", "Jane Doe", ""),
            event("date", "2026-03-29T12:00:00.000000Z", "2026-03-29T13:00:00.000000Z"),
            CAPTION,
            event("image", B.url, C.url),
        ],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), list(SCENARIOS.values()), ids=list(SCENARIOS))
def test_what_a_change_makes(before: State, after: State, expected: list[Event]) -> None:
    assert list(compare(before, after).events) == expected


def test_two_extractors_are_never_compared() -> None:
    with pytest.raises(ValueError, match="cannot compare readings of x1 and x2"):
        compare(STATE, replace(STATE, extractor="x2"))


HASHES = st.none() | st.integers(0, 2**64 - 1).map("{:016x}".format) | st.just(A.phash)
PICTURES = st.builds(
    Picture,
    st.sampled_from([A.url, B.url]),
    st.sampled_from([None, "a" * 64, "b" * 64]),
    HASHES,
    st.none() | st.text(max_size=5),
    st.none() | st.text(max_size=5),
)
STATES = st.builds(
    State,
    st.sampled_from(["u", "v"]),
    st.text(max_size=5),
    st.sampled_from(["t", "s"]),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
    st.none() | st.just(NOON),
    st.lists(PICTURES, max_size=5).map(tuple),
    st.just("x"),
)


@given(STATES)
def test_a_state_is_no_version_of_itself(state: State) -> None:
    assert compare(state, state).events == ()


@given(STATES, st.randoms(use_true_random=False))
def test_the_order_of_pictures_is_no_event(state: State, random: object) -> None:
    pictures = list(state.pictures)
    random.shuffle(pictures)  # type: ignore[attr-defined]
    known = replace(state, pictures=tuple(p for p in state.pictures if p.sha256))
    other = replace(state, pictures=tuple(p for p in pictures if p.sha256))
    assert [e for e in compare(known, other).events if e.kind is EventKind.IMAGE] == []


@given(PICTURES, PICTURES)
def test_likeness_is_mutual(one: Picture, other: Picture) -> None:
    assert same_picture(one, other) == same_picture(other, one)
    assert same_picture(one, one)


def test_bytes_that_are_known_need_not_be_fetched_again() -> None:
    images = tuple(ArticleImage(picture.url, n) for n, picture in enumerate((A, C)))
    article = Article("https://news.example/a", "T", "Text.", "x", images=images)
    first, second = with_known_bytes(article, STATE).images
    assert (first.sha256, first.phash) == (A.sha256, A.phash)
    assert second == images[1]
    assert state_of(article).pictures[0].sha256 is None
