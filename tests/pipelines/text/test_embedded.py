"""The text of pages that show nothing until scripts have run."""

# ruff: noqa: E501 - texts are easier to read unbroken

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import lxml.html
import pytest

from pipelines.extract import extract
from pipelines.text.embedded import embedded_paragraphs

PARAGRAPHS = [
    "시의회는 화요일 저녁 강을 건너는 오래된 다리를 일 년 동안 닫기로 결정했다고 발표했다. 공사는 봄에 시작되고 겨울 전에 끝날 예정이다.",
    "기술자들은 일곱 개의 아치 가운데 세 곳에서 균열을 발견했고 그 가운데 두 곳은 손가락보다 넓다고 말했다. 시장은 더 기다릴 수 없다고 했다.",
    "공사가 끝날 때까지 나룻배가 아침 여섯 시부터 자정까지 사람들을 건네 줄 것이라고 시는 밝혔다. 요금은 버스와 같고 아이들은 무료로 탄다.",
    "The ferry will carry bicycles too, the council said, but no cars, and it will not sail when the river is high in spring.",
    "Shops on the far bank fear for their trade, and the council promised to lower their rents while the bridge is closed.",
]
MARKUP = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
BODY = f"<figure><img src='/a.jpg'><figcaption>The bridge</figcaption></figure>{MARKUP}"
ADDRESS = "https://e.org/2026/03/bridge"


def tree(script: str, kind: str = "application/json") -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(
        f"<html><body><div id='root'></div><script type='{kind}'>{script}</script></body></html>"
    )


def escaped(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (escaped({"props": {"article": {"title": "t", "content": BODY}}}), "application/json"),
        (f"window.__STATE__ = {escaped({'content': BODY})};", "text/javascript"),
        (f"self.__next_f.push([1, {escaped(json.dumps({'content': BODY}))}])", "text/javascript"),
    ],
    ids=["JSON", "state in a script", "JSON in a string"],
)
def test_the_longest_piece_of_html_is_the_article(script: str, kind: str) -> None:
    assert embedded_paragraphs(tree(script, kind)) == PARAGRAPHS


@pytest.mark.parametrize(
    "script",
    [
        "",
        escaped({"content": " ".join(PARAGRAPHS)}),  # no markup: it may be anything
        escaped({"content": "<p>" * 300 + "short"}),
        escaped({"menu": "<div><a href='/x'>World</a></div>" * 60}),
        '"' + "a" * 500_000,
        "\\" * 500_001 + '"' + '"a' * 200_000,
    ],
    ids=["nothing", "no markup", "no text", "menu", "no end", "escapes"],
)
def test_other_strings_are_not(script: str) -> None:
    began = time.process_time()
    assert embedded_paragraphs(tree(script)) == []
    assert time.process_time() - began < 5


def read(head: str = "", shown: str = "") -> str | None:
    markup = (
        f"<html><head><title>Bridge</title>{head}</head><body><div id='root'>{shown}</div>"
        f"<script type='application/json'>{escaped({'content': BODY})}</script></body></html>"
    )
    article = extract(
        markup.encode(), url=ADDRESS, content_type="text/html; charset=utf-8", content_encoding=None,
        captured_at=datetime(2026, 3, 2, tzinfo=UTC),
    ).article  # fmt: skip
    return article.text if article else None


def test_a_page_that_shows_nothing_is_read_from_its_state() -> None:
    assert read() == "\n\n".join(PARAGRAPHS)


def test_what_a_page_shows_comes_first() -> None:
    shown = "".join(f"<p>{text.replace('bridge', 'tunnel')}</p>" for text in PARAGRAPHS)
    assert read(shown=f"<article><h1>Bridge</h1>{shown}</article>") == "\n\n".join(PARAGRAPHS).replace(
        "bridge", "tunnel"
    )


def test_what_is_for_subscribers_is_not_read_from_its_state() -> None:
    paid = {"@type": "NewsArticle", "headline": "Bridge", "isAccessibleForFree": False}
    assert read(f"<script type='application/ld+json'>{json.dumps(paid)}</script>") is None
