"""Pages for replay become trees of plain names and clean text, at a bounded cost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.archive.material import NOON
from web.replay_css import LARGEST_STYLE, replay_css
from web.replay_html import replay_html
from web.replay_tree import ATTRIBUTES, DEPTH, SECONDS, Allowance, TooCostlyError, parse_page
from web.replay_url import CANDIDATES, Replayed

REPLAYED = Replayed("https://news.example/page", NOON)
LONG = 4 << 20
ALLOWED, SLACK = 0.3, 3.0  # seconds; between two looks at the clock lies one element


def tree(markup: str) -> str:
    root = parse_page(markup, Allowance())
    return "" if root is None else etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a<b>b</b>c", "<html><body><p>a<b>b</b>c</p></body></html>"),
        ("plain", "<html><body>plain</body></html>"),
        ("<P CLASS=x ONCLICK=1>a", '<html><body><p class="x" onclick="1">a</p></body></html>'),
        ("<a<b src=1>x", '<html><body><x-other src="1">x</x-other></body></html>'),
        ("<h:p a:b=1 =2 c=3>x", '<html><body><x-other c="3">x</x-other></body></html>'),
        ("<p>&#1;\x02&amp;</p>", "<html><body><p>  &amp;</p></body></html>"),
        ("<body>a</body></html>tail<p>more", "<html><body>a</body>tail<p>more</p></html>"),
        ("<!-- only --><?pi?>", ""),
        ("", ""),
        (" \0 ", ""),
    ],
)
def test_trees(markup: str, expected: str) -> None:
    assert tree(markup) == expected


@given(st.text(alphabet=st.sampled_from("<>/=\"'!-ab& ;#x\0\n?[]"), max_size=60))
def test_any_text_becomes_a_tree_and_a_page(text: str) -> None:
    tree(text)
    assert "<script" not in replay_html(text, REPLAYED)


def test_only_so_many_attributes_and_levels() -> None:
    root = parse_page("<p " + " ".join(f"a{n}=1" for n in range(1000)) + ">", Allowance())
    assert root is not None
    assert len(root[0][0].attrib) == ATTRIBUTES
    deep = parse_page("<div>" * 5000 + "text", Allowance())
    assert deep is not None
    assert max(len(list(each.iterancestors())) for each in deep.iter()) == DEPTH - 1
    assert "text" in "".join(str(text) for text in deep.itertext())


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p " + " ".join(f"a{n}" for n in range(300_000)) + ">", id="attributes of one element"),
        pytest.param("<a href=x>" * (LONG // 10), id="links"),
        pytest.param("<div>" * (LONG // 5), id="nesting"),
        pytest.param("<style>" + "a{b:url(x)}" * (LONG // 11), id="one style sheet"),
        pytest.param(f"<style>{'a{b:url(x)}' * 100}</style>" * (LONG // 1115), id="many style sheets"),
        pytest.param('<p style="' + "b:url(x);" * (LONG // 9) + '">', id="style attribute"),
        pytest.param('<img srcset="' + "a 1x," * (LONG // 5) + '">', id="srcset"),
    ],
)
def test_no_page_keeps_replay_busy(page: str) -> None:
    began = time.thread_time()
    try:
        replay_html(page, REPLAYED, allowance=Allowance(ALLOWED))
    except TooCostlyError:
        assert time.thread_time() - began >= ALLOWED
    assert time.thread_time() - began < ALLOWED + SLACK


def test_a_style_sheet_as_long_as_may_be_is_rewritten_in_seconds() -> None:
    css = "a{b:url(x)}" * (LARGEST_STYLE // 11 // 4)
    began = time.thread_time()
    assert replay_css(css, REPLAYED).count("/web/") == css.count("url")
    assert 4 * (time.thread_time() - began) < 2 * SECONDS


def test_an_allowance_ends() -> None:
    moments = iter([0.0, 1.0, 1.1])
    allowance = Allowance(1.0, lambda: next(moments))
    allowance.check()
    with pytest.raises(TooCostlyError):
        allowance.check()


def test_only_so_many_candidates_of_a_srcset() -> None:
    assert REPLAYED.pictures("a 1x, " * 1000).count("/web/") == CANDIDATES
