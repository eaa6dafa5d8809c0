"""Words for screen readers alone are none of the article; what is only folded up is."""

from __future__ import annotations

import lxml.html
import pytest

from pipelines.unseen import drop_unseen


def words_of(tree: lxml.html.HtmlElement) -> str:
    return str(tree.xpath("string()"))


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ('class="visually-hidden"', False),
        ('class="u-visuallyhidden x"', False),
        ('class="Footer_sr-only__6_vb9"', False),
        ('class="screen-reader-text"', False),
        ('class="a-screen-reader-only"', False),
        ('class="show-for-sr"', False),
        ('style="position:absolute;clip:rect(0 0 0 0);width:1px"', False),
        ('style="clip-path: inset(50%)"', False),
        ('class="sm:not-sr-only"', True),
        ('class="is-hidden-mobile"', True),
        ('class="readers-choice only"', True),
        ('style="display:none"', True),
        ('style="clip:auto"', True),
        ('style="clip: rect(10px, 90px, 90px, 10px)"', True),
        ("hidden", True),
    ],
)
def test_spans(attributes: str, shown: bool) -> None:
    page = f"<html><body><p>The report<span {attributes}>, <b>opens new tab</b></span> says no.</p></body>"
    tree = lxml.html.document_fromstring(page)
    drop_unseen(tree)
    said = ", opens new tab" if shown else ""
    assert words_of(tree) == f"The report{said} says no."


def test_what_a_rule_names_stays() -> None:
    tree = lxml.html.document_fromstring('<p>One <span class="sr-only"><b>two</b></span></p>')
    drop_unseen(tree, {tree.find(".//b")})
    assert words_of(tree) == "One two"


def test_one_in_another() -> None:
    tree = lxml.html.document_fromstring(
        '<p>One<span class="sr-only">a<span class="sr-only">b</span>c</span> two</p>'
    )
    drop_unseen(tree)
    assert words_of(tree) == "One two"
