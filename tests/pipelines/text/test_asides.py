"""What people wrote among the text and is no text is kept beside it; what a template put there is not."""

from __future__ import annotations

import lxml.html
import pytest

from pipelines.text.asides import LONGEST, MAX_LINES, asides
from pipelines.text.blocks import segment

PROSE = (
    "The council will close the old bridge for a year, it decided on Tuesday evening after a long debate.",
    "Until the work is done, a ferry will take people across the river from six until midnight.",
)
HEADLINE = "Bridge to close"
LINK = '<a href="/x">Report of the engineers</a>'


def beside(between: str, *, holder: str = '<div class="story-body">', after: str = "") -> list[str]:
    """What stands beside the text of a page whose body has something between its two paragraphs."""
    page = (
        f"<html><body><h1>{HEADLINE}</h1>{holder}<p>{PROSE[0]}</p>{between}<p>{PROSE[1]}</p></div>"
        f"{after}</body></html>"
    )
    blocks = segment(lxml.html.document_fromstring(page))
    return list(asides(blocks, PROSE, ("Jane Doe",), {HEADLINE.casefold(), "the bridge in 1910"}))


@pytest.mark.parametrize(
    ("between", "found"),
    [
        pytest.param(f"<ul><li>{LINK}</li><li>Map</li></ul>", ["Report of the engineers", "Map"], id="list"),
        pytest.param(f"<p>Related: {LINK}</p>", ["Related: Report of the engineers"], id="reference"),
        pytest.param("<h3>What now?</h3>", ["What now?"], id="heading"),
        pytest.param('<blockquote class="post"><p>Sad!</p></blockquote>', ["Sad!"], id="a post shown"),
        pytest.param("<ul><li>Jane Doe</li><li>Max Muster</li></ul>", ["Jane Doe", "Max Muster"], id="names"),
        pytest.param(f'<ul class="teasers"><li>{LINK}</li></ul>', [], id="a template's list"),
        pytest.param(f'<p class="more">{LINK}</p>', [], id="a template's line"),
        pytest.param(f"<div><p>{LINK}</p></div>", [], id="a box that a script put there"),
        pytest.param(f"<aside><ul><li>{LINK}</li></ul></aside>", [], id="a box aside"),
        pytest.param("<p>Jane Doe</p>", [], id="the byline"),
        pytest.param("<p>By Max Muster</p>", [], id="another byline"),
        pytest.param("<p>3 March 2026, 10:15</p>", [], id="a date"),
        pytest.param("<p>Advertisement</p><p>Share this article</p>", [], id="controls"),
        pytest.param("<h2>Bridge to close</h2>", [], id="the headline"),
        pytest.param("<p>The bridge in 1910</p>", [], id="a caption"),
        pytest.param("loose words", [], id="without an element"),
    ],
)
def test_lines_between_paragraphs(between: str, found: list[str]) -> None:
    assert beside(between) == found


@pytest.mark.parametrize(
    ("holder", "found"),
    [
        pytest.param("<div>", [], id="nothing says what it is"),
        pytest.param("<article>", ["Map"], id="an article"),
        pytest.param('<div id="post-12">', ["Map"], id="a name"),
    ],
)
def test_of_what_holds_the_prose_something_has_to_be_known(holder: str, found: list[str]) -> None:
    assert beside("<ul><li>Map</li></ul>", holder=holder) == found


def test_lines_outside_of_what_holds_the_prose_are_the_pages() -> None:
    assert beside("", after="<ul><li>Most read</li></ul><p>Weather: rain</p>") == []


def test_hostile_pages_do_not_grow_them() -> None:
    many = beside("".join(f"<p>{i} {'x' * 2 * LONGEST}</p>" for i in range(2 * MAX_LINES)))

    assert len(many) == MAX_LINES
    assert {len(line) for line in many} == {LONGEST}
    assert asides([], PROSE, (), frozenset()) == ()
