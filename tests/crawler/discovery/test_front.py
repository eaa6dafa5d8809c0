"""A front page as its readers see it: what led, in which words, with which picture."""

from __future__ import annotations

import pytest

from archive.rows import CaptureRow, FrontRow
from crawler.discovery.front import Headline
from crawler.discovery.section import read_section
from crawler.fronts import front_rows
from tests.archive.material import NOON

URL = "https://news.example/"
PAGE = """<html><meta charset="utf-8"><body>
<header><a href="/">News Example home</a><nav><a href="/sport/">All of our sport today</a></nav></header>
<main>
<div class="card"><a href="/a"><img src="/img/a.jpg" alt=""></a>
<h2><a href="/a">Bridge closes for two years</a></h2>
<p><a href="/a">The town council decided on Monday evening that the old bridge will close.</a></p></div>
<div class="card"><a href="/b"><span>Live</span><h3>Ferry starts in May, says mayor</h3>
<img data-src="/img/b.jpg"></a></div>
<div><a href="/c">Third story without any heading</a> <a href="/tag/x">tag</a></div>
<div><a href="https://ads.example/buy">Buy an umbrella for the rain</a></div>
<div><a href="/d"><script>var x = 1;</script>老桥将关闭两年进行维修</a></div>
<h2><a href="/a#comments">12 comments on the bridge</a></h2>
</main><footer><a href="/imprint">Imprint and all that follows</a></footer></body></html>"""
STORIES = (
    Headline("Bridge closes for two years", f"{URL}a", f"{URL}img/a.jpg"),
    Headline("Ferry starts in May, says mayor", f"{URL}b", f"{URL}img/b.jpg"),
    Headline("Third story without any heading", f"{URL}c"),
    Headline("老桥将关闭两年进行维修", f"{URL}d"),
)


def test_the_stories_of_a_front_page_in_order() -> None:
    assert read_section(PAGE.encode(), url=URL).headlines == STORIES


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("<a>words without a link at all</a>", (), id="no address"),
        pytest.param('<a href="javascript:alert(1)">Words that lead to a script</a>', (), id="a script"),
        pytest.param('<nav><h2><a href="/a">A heading inside of a menu</a></h2></nav>', (), id="a menu"),
        pytest.param(
            '<base href="/x/"><a href="a">A story below another base</a>',
            (Headline("A story below another base", f"{URL}x/a"),),
            id="a base",
        ),
        pytest.param(
            '<p><a href="/a">A long teaser text of the story at hand</a></p>'
            '<h4><a href="/a">The story at hand</a></h4>',
            (Headline("The story at hand", f"{URL}a"),),
            id="its heading, though the teaser is longer",
        ),
        pytest.param(
            '<p><img src="/x.jpg"><a href="/a">One of the two stories</a>'
            '<a href="/b">And another one here</a></p>',
            (Headline("One of the two stories", f"{URL}a"), Headline("And another one here", f"{URL}b")),
            id="a picture that may be either's",
        ),
        pytest.param(
            '<a href="/a"><img src="data:image/gif;base64,AAAA">A story with a placeholder</a>',
            (Headline("A story with a placeholder", f"{URL}a"),),
            id="a placeholder is no picture",
        ),
    ],
)
def test_what_is_a_headline(body: str, expected: tuple[Headline, ...]) -> None:
    assert read_section(f"<html><body>{body}</body></html>".encode(), url=URL).headlines == expected


def capture(capture_id: str) -> CaptureRow:
    return CaptureRow(
        id=capture_id, url_key="k" * 32, url=URL, at=NOON, source="example", run_id="r", kind="response",
        status=200, mime="text/html", payload_sha256="p", payload_sha1="p", payload_size=1, truncated=None,
        segment="s", offset=0, length=1, payload_segment="s", payload_offset=0, payload_length=1,
    )  # fmt: skip


def test_a_list_is_kept_when_it_changes() -> None:
    first = front_rows(STORIES, capture("c1"), "example", [])
    assert [(row.position, row.title, row.url) for row in first] == [
        (n, story.title, URL) for n, story in enumerate(STORIES)
    ]
    assert isinstance(first[0], FrontRow)
    other_pictures = [Headline(story.title, story.link) for story in STORIES]
    assert front_rows(other_pictures, capture("c2"), "example", first) == ()
    swapped = (STORIES[1], STORIES[0], *STORIES[2:])
    assert [row.title for row in front_rows(swapped, capture("c3"), "example", first)][:1] == [
        STORIES[1].title
    ]
