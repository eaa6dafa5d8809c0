"""A page falls into blocks at the borders of its block elements, whatever it is built of."""
# ruff: noqa: E501 - pages are easier to read unbroken

from __future__ import annotations

import lxml.html
import pytest

from pipelines.text.blocks import MAX_BLOCKS, segment
from pipelines.text.vocabulary import NAMES, said


def blocks(markup: str) -> list[str]:
    return [block.text for block in segment(lxml.html.document_fromstring(f"<body>{markup}</body>"))]


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<p>Eins.</p><p>Zwei <b>und</b> <a href='/'>drei</a>.</p>", ["Eins.", "Zwei und drei."]),
        ("<div>Lead<p>Un paragraphe.</p>Suite</div>", ["Lead", "Un paragraphe.", "Suite"]),
        ("one<br>line<br><br>another", ["one line", "another"]),
        ("one<br> <br> <br>another", ["one", "another"]),
        ("<p>日本語の<ruby>記事<rt>きじ</rt></ruby>です。</p>", ["日本語の記事きじです。"]),
        ("<p>a<script>var b</script>c</p><style>p{}</style><noscript>d</noscript>", ["ac"]),
        ("<nav>Home</nav><p>Text.</p><footer>Imprint</footer>tail", ["Text.", "tail"]),
        ("<table><tr><td>1.</td><td>Larson</td></tr><tr><td>2.</td><td>Busch</td></tr></table>", ["1. Larson", "2. Busch"]),
        ("<table><tr><td><p>Column of text.</p></td><td><p>Другая.</p></td></tr></table>", ["Column of text.", "Другая."]),
        ("<x-story><x-par>Own tags.</x-par><x-par>Part text.</x-par></x-story>", ["Own tags.", "Part text."]),
        ("<p>soft\u00adhyphen \u200b and   space</p>", ["softhyphen and space"]),
        ("", []),
    ],
)  # fmt: skip
def test_blocks(markup: str, texts: list[str]) -> None:
    assert blocks(markup) == texts


def test_what_is_known_of_a_block() -> None:
    tree = lxml.html.document_fromstring(
        "<body><div class='story-body'><p>See <a href='/a'>this story</a> and <strong>that</strong>.<img></p></div></body>"
    )
    (block,) = segment(tree)
    assert (block.linked, block.links, block.bold, block.box.tag, block.box.images) == (10, 1, 4, "p", 1)
    assert block.box.parent is not None
    assert block.box.parent.kind == "story-body"
    assert block.box.parent.children == 1


def test_a_page_of_too_many_blocks_ends() -> None:
    assert len(blocks("<p>a</p>" * (MAX_BLOCKS + 500))) == MAX_BLOCKS


@pytest.mark.parametrize(
    ("attributes", "families"),
    [
        ("article-body", {"article", "body"}),
        ("articleBody", {"article", "body"}),
        ("story__text", {"article", "body"}),
        ("related-stories", {"related"}),
        ("werbung", {"advertisement"}),
        ("ad-slot", {"advertisement"}),
        ("shadow loaded", set()),
        ("wp-caption", {"picture"}),
        ("by-line", {"author"}),
        ("c3f9 x7", set()),
        ("", set()),
    ],
)
def test_what_attributes_speak_of(attributes: str, families: set[str]) -> None:
    bits = said(attributes)
    assert {name for bit, name in enumerate(NAMES) if bits >> bit & 1} == families
