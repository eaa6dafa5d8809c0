"""Pages read with what other pages of their site have taught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unittest import mock

import pytest

from pipelines import taken
from pipelines.extract import blocks_of, extract
from pipelines.extraction import Extraction
from pipelines.guidance import Guidance
from pipelines.memory.recognise import recognise
from pipelines.memory.site_memory import EncodedMemory, SiteMemory
from pipelines.memory.study import PageToLearn, learn_from
from pipelines.page import Page, read_page
from pipelines.rules.found import Found
from tests.pipelines.memory.invented_sites import (
    NEWSLETTER,
    PROMISE,
    Story,
    Template,
    courier,
    gazette,
    page,
    pages,
    redesigned,
    set_in,
    story,
)


@pytest.fixture(scope="module")
def of_gazette() -> EncodedMemory:
    return learn_from(pages(gazette, "gazette"), Guidance()).encode()


def read(capture: PageToLearn, memory: EncodedMemory | None) -> Extraction:
    return extract(
        capture.body,
        url=capture.url,
        content_type=capture.content_type,
        content_encoding=capture.content_encoding,
        captured_at=capture.captured_at,
        guidance=Guidance(memory=memory),
    )


def text_of(found: Extraction) -> str:
    assert found.article is not None, found.reason
    return found.article.text


def test_a_known_page_is_read_without_trafilatura(of_gazette: EncodedMemory) -> None:
    told = story("gazette", 99)
    with mock.patch.object(taken.trafilatura, "bare_extraction", side_effect=AssertionError("asked")):
        found = read(page(gazette, told), of_gazette)

    assert text_of(found) == told.text
    assert not found.drifted


def test_furniture_in_the_text_s_own_box_is_left_out(of_gazette: EncodedMemory) -> None:
    capture = page(gazette, story("gazette", 99))

    assert PROMISE in text_of(read(capture, None))
    assert PROMISE not in text_of(read(capture, of_gazette))


def with_box(told: Story) -> str:
    """A box that no page had before, in the middle of the text."""
    first, rest = gazette(told).split("</p>", 1)
    box = f'<div class="z-offer"><span class="z-line">{NEWSLETTER}</span></div>'
    return f"{first}</p>{box}{rest}"


def with_subhead(told: Story) -> str:
    """A subhead, as no page had one before."""
    first, rest = gazette(told).split("</p>", 1)
    return f"{first}</p><h2>What happens next</h2>{rest}"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (with_box, lambda told: told.text),
        (
            with_subhead,
            lambda told: "\n\n".join((told.paragraphs[0], "What happens next", *told.paragraphs[1:])),
        ),
    ],
    ids=["a box of furniture", "a subhead"],
)
def test_what_is_new_in_a_known_page(
    of_gazette: EncodedMemory, template: Template, expected: Callable[[Story], str]
) -> None:
    told = story("gazette", 98)
    found = read(page(template, told), of_gazette)

    assert not found.drifted
    assert text_of(found) == expected(told)


@pytest.mark.parametrize("template", [courier, redesigned], ids=["of another site", "after a redesign"])
def test_a_page_of_another_shape_is_drift_and_read_as_without_memory(
    of_gazette: EncodedMemory, template: Template
) -> None:
    capture = page(template, story("courier", 7))
    found = read(capture, of_gazette)

    assert found.drifted
    assert text_of(found) == text_of(read(capture, None))


def test_a_short_page_is_read_the_full_way(of_gazette: EncodedMemory) -> None:
    told = replace(story("gazette", 97), paragraphs=story("gazette", 97).paragraphs[:1])

    assert read(page(gazette, told), of_gazette).drifted


def test_a_page_that_is_no_article_stays_none(of_gazette: EncodedMemory) -> None:
    wall = PageToLearn(
        b"<html><head><title>Before you continue</title></head><body><h1>We value your privacy</h1>"
        b"<p>We and our 843 partners store cookies on your device. Accept all or manage your choices.</p>"
        b"<button>Accept all</button></body></html>",
        "https://www.gazette.example/2026/03/story-1",
        "text/html",
        None,
        pages(gazette, "gazette", [0])[0].captured_at,
    )

    assert read(wall, of_gazette).article is None


def test_the_memory_is_named_in_the_extractor(of_gazette: EncodedMemory) -> None:
    capture = page(gazette, story("gazette", 99))
    named = [read(capture, memory).article for memory in (None, of_gazette, SiteMemory(0).encode())]

    assert [article.extractor.rpartition("+")[2] for article in named if article] == [
        "memory-none",
        f"memory-{of_gazette.id[:8]}",
        f"memory-{SiteMemory(0).encode().id[:8]}",
    ]


def test_the_same_memory_gives_the_same_article(of_gazette: EncodedMemory) -> None:
    capture = page(gazette, story("gazette", 99))
    again = EncodedMemory(bytes(of_gazette.data))

    assert read(capture, of_gazette) == read(capture, again)


LATER = 9


def herald(told: Story) -> str:
    """The standfirst stands outside of the text's box, in one of another kind on later pages."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in told.paragraphs[1:])
    name = "h-lead" if told.number < LATER else "h-top"
    return (
        f'<meta name="description" content="{told.paragraphs[0]}"><main class="h-main">'
        f'<div class="h-top"><h1>{told.headline}</h1></div>'
        f'<div class="{name}"><p>{told.paragraphs[0]}</p></div><div class="h-story">{text}</div></main>'
        f'<div class="h-rail"><div><span>{NEWSLETTER}</span></div></div>'
    )


@pytest.mark.parametrize(
    ("description", "kept"),
    [
        pytest.param(story("herald", 9).paragraphs[0], True, id="what the page says of itself"),
        pytest.param("Another thing.", False, id="another thing"),
        pytest.param(None, False, id="nothing"),
    ],
)
def test_a_standfirst_is_known_by_what_the_page_says_of_itself(description: str | None, kept: bool) -> None:
    memory = learn_from(pages(herald, "herald"), Guidance())
    told = story("herald", 9)
    parsed = read_page(
        set_in(herald, told), url=told.url, content_type="text/html; charset=utf-8", content_encoding=None
    )
    assert isinstance(parsed, Page)
    found = recognise(memory, blocks_of(parsed, Found({})), lambda doubts: [-9000] * len(doubts), description)
    assert found is not None
    assert found.paragraphs == list(told.paragraphs if kept else told.paragraphs[1:])
