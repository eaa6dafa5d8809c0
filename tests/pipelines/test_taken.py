"""What trafilatura takes of a page's frame alone is what it takes of the whole page."""

from __future__ import annotations

import random
import re
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura.xpaths import BODY_XPATH

from archive.charset import Decoded
from pipelines import taken
from pipelines.page import Page, parse

WORDS = ["harbour", "bridge", "council", "ferry", "night", "morning", "rain", "report", "school", "market"]
NAMES = (
    'class="article-body"', 'id="articleContent"', 'itemprop="articleBody"', 'class="post"', 'class="story"',
    'id="content"', 'role="main"', 'class="comments-list"', 'id="comment-4"', 'class="infinite-scroll"',
    'class="teaser"', 'class="related"', 'style="display:none"', 'class="caption"', 'class="w3-code"', "", "",
    'a"b=c', '@click="x"', 'class="a&#1;b"', "dateline-framed",
)  # fmt: skip
HOLDERS = (
    "div", "div", "div", "section", "article", "main", "aside", "form", "details", "figure", "table", "ul",
    "p", "blockquote", "span", "nav",
)  # fmt: skip


def markup(seed: int) -> str:
    """A page as nobody would write it, of all that trafilatura looks at."""
    chance = random.Random(seed)

    def text() -> str:
        return " ".join(chance.choices(WORDS, k=chance.choice((1, 6, 30, 70)))) + ". "

    def leaf() -> str:
        return chance.choice(
            (
                f"<p>{text()}</p>", f"<p>{text()}</p>", f"<p>{text()}</p>", f"<p>{text()}<br>{text()}</p>",
                f"<p><a href=/x>{text()}</a></p>", f"<p> <b>{text()}</b></p>{text()}", "<p></p>", text(),
                f"<h1>{text()}</h1>", f"<h2>{text()}</h2>", "<div></div>", f"<a href=/y>{text()}</a>",
                "<br>", "<img src=z>",
                f"<time>{text()}</time>", f"<tr><td>{text()}</td></tr>", f"<li>{text()}</li>",
            )
        )  # fmt: skip

    def part(depth: int) -> str:
        if depth > 4 or chance.random() < 0.35:
            return leaf()
        name = chance.choice(HOLDERS)
        inner = "".join(part(depth + 1) for _ in range(chance.randint(0, 5)))
        return f"<{name} {chance.choice(NAMES)}>{inner}</{name}>"

    def frame() -> str:
        begin, end = chance.choice((("<article>", "</article>"), ('<div class="article-body">', "</div>")))
        parts = [part(chance.randint(2, 5)) for _ in range(chance.randint(0, 6))] + [f"<p>{text()}</p>"] * 3
        chance.shuffle(parts)
        return begin + "".join(parts) + end

    body = [part(chance.randint(0, 3)) for _ in range(chance.randint(1, 6))] + [frame()]
    chance.shuffle(body)
    return f"<html><head><title>News</title></head><body>{''.join(body)}</body></html>"


def page(text: str) -> Page:
    found = parse(Decoded(text, "utf-8", "http"), url="https://news.example/a")
    assert isinstance(found, Page)
    return found


def of_the_whole(of: Page) -> list[str]:
    with mock.patch.object(taken, "_from_frame", return_value=None):
        return taken.taken_by_trafilatura(of)


@given(st.integers(min_value=0, max_value=1 << 32))
def test_the_frame_alone_gives_what_the_whole_page_gives(seed: int) -> None:
    of = page(markup(seed))
    assert taken.taken_by_trafilatura(of) == of_the_whole(of)


def test_names_that_only_the_parser_takes_do_no_harm() -> None:
    told = f"<p>{' '.join(WORDS * 8)}</p>" * 2
    of = page(f"<body><div \"a'b=c <d=1 x&#1;y='&#2;'><a'b><article>{told}</article></a'b></div></body>")
    assert taken.taken_by_trafilatura(of) == of_the_whole(of)


@pytest.mark.parametrize("around", ['<div class="article-body">{}</div>', "<article>{}</article>"])
def test_of_an_article_the_whole_page_is_not_asked(around: str) -> None:
    told = [f"<p>{number} {' '.join(WORDS * 3)}.</p>" for number in range(4)]
    of = page(f"<body><div>{'<p>Read more</p>' * 30}</div><div>{around.format(''.join(told))}</div></body>")

    assert taken._from_frame(of) == of_the_whole(of) == [each[3:-4] for each in told]


@pytest.mark.parametrize(
    "body",
    [
        "<div class='article-body'><p>Brief.</p></div><article><p>{0}</p><p>{0}</p></article>",
        "<div class='article-body'><p>{0}</p></div><article><p>{0} again</p><p>{0}</p></article>",
        "<article><div>{0}</div><p>{0}</p></article><p>{0} too</p>",
        "<article class='comments-box'><p>{0}</p><p>{0} too</p></article><div id='content'>{0}</div>",
        "<figure><figure>{0}</figure></figure><article><p>{0}</p><figure>{0}</figure><p>{0} b</p></article>",
        "<details class='post-body'><p>{0} more</p></details><article><p>{0}</p><p>{0} twice</p></article>",
        "<form><article><p>{0}</p><p>{0} twice</p></article></form><p>{0} thrice</p>",
    ],
)
def test_where_the_frame_may_not_do_the_whole_page_is_read(body: str) -> None:
    of = page(f"<body>{body.format(' '.join(WORDS * 5))}</body>")
    assert taken.taken_by_trafilatura(of) == of_the_whole(of)


def test_its_first_expression_asks_for_no_other_attribute() -> None:
    assert set(re.findall(r"@([\w-]+)", BODY_XPATH[0].path)) == set(taken._NAMING)
    assert [each.path.strip() for each in BODY_XPATH[1:2]] == ["(.//article)[1]"]
