"""Which of the headlines that a page states is its own."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.headings import headings
from pipelines.headline import headline
from pipelines.metadata import read_metadata
from pipelines.page import Page, read_page

OWN = "Old bridge over the river to close for a year"
LONG = "Old bridge over the river to close for a year as engineers find cracks in three arches"
OTHER = "Bridge closure: what drivers need to know"


def page(body: str, *, url: str = "https://www.herald.example/n/1", ld: Any = None, **meta: str) -> Page:
    tags = "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{value}">'
        for name, value in meta.items()
        if name != "title"
    )
    title = f"<title>{meta['title']}</title>" if "title" in meta else ""
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld else ""
    markup = f"<!doctype html><html><head><meta charset=utf-8>{title}{tags}{script}</head><body>{body}</body></html>"
    found = read_page(
        markup.encode(), url=url, content_type="text/html; charset=utf-8", content_encoding=None
    )
    assert isinstance(found, Page)
    return found


def says(text: str) -> dict[str, str]:
    return {"@type": "NewsArticle", "headline": text}


@pytest.mark.parametrize(
    ("body", "told", "expected"),
    [
        # what is given for quoting, twice, against a heading and JSON-LD that agree only with each other
        (f"<h1>{LONG}</h1>", {"ld": says(LONG), "og_title": OWN, "twitter_title": OWN}, OWN),
        (f"<h1>{LONG}</h1>", {"ld": says(LONG), "og_title": OWN}, LONG),
        (f"<h1>{OWN}</h1>", {"ld": says(OWN), "og_title": OTHER, "twitter_title": OWN}, OWN),
        (f"<h1>{OWN}</h1>", {"ld": says(LONG), "og_title": OWN}, OWN),
        # the address is made of OpenGraph's words: these are for search engines
        (f"<h1>{OWN}</h1>", {"ld": says(OWN), "og_title": "Bridge to close", "twitter_title": "Bridge to close", "url": "https://www.herald.example/bridge-to-close-12"}, OWN),
        # an h1 that ends a breadcrumb trail names the page; the headline is an h2, with its kicker or without
        (f'<nav><ul><li><a href="/">Home</a></li><li><h1>{OTHER}</h1></li></ul></nav><h2>{OWN}</h2>', {"ld": says(OTHER), "og_title": OWN}, OWN),
        (f'<div class="breadcrumbs"><h1>{OTHER}</h1></div><h2><span>Stadtrat</span> {OWN}</h2>', {"ld": says(OTHER), "og_title": OWN}, OWN),
        (f'<ol><li><a href="/">Home</a></li><li><h1>{OTHER}</h1></li></ol><h2>{OWN}</h2>', {"ld": says(OWN), "og_title": OTHER, "twitter_title": OTHER}, OWN),
        # a kicker belongs to it where both statements have it
        (f'<div class="breadcrumbs"><h1>{OTHER}</h1></div><h2><span>Stadtrat</span> <span>{OWN}</span></h2>', {"ld": says(OTHER), "og_title": f"Stadtrat: {OWN}"}, OWN),
        (f'<div class="breadcrumbs"><h1>{OTHER}</h1></div><h2><span>Stadtrat</span> <span>{OWN}</span></h2>', {"ld": says(f"Stadtrat - {OWN}"), "og_title": f"Stadtrat: {OWN}"}, f"Stadtrat: {OWN}"),
        (f'<div data-testid="BreadcrumbArea"><h1>{OTHER}</h1></div>', {"ld": says(OWN)}, OWN),
        # sections and sites at the end
        (f"<h1>{OWN}</h1>", {"og_title": f"{OWN} | World | The Herald", "og_site_name": "The Herald"}, OWN),
        ('<a href="/world">World</a>', {"og_title": f"{OWN} - World | The Herald", "og_site_name": "The Herald"}, OWN),
        ("", {"ld": says(OWN), "og_title": f"{OWN} * The Herald * by Ann Smith", "twitter_title": f"{OWN} * The Herald * by Ann Smith"}, OWN),
        ('<a href="/p">정치</a>', {"og_title": "오래된 다리 1년 동안 통행 금지 결정-정치ㅣ한국신문", "og_site_name": "한국신문"}, "오래된 다리 1년 동안 통행 금지 결정"),
        ("", {"og_title": "오래된 다리 1년 동안 통행 금지 결정-사회ㅣ한국신문", "og_site_name": "한국신문"}, "오래된 다리 1년 동안 통행 금지 결정"),
        ("", {"og_title": "오래된 다리 통행 금지…한-중 회담-19ㅣ한국신문", "og_site_name": "한국신문"}, "오래된 다리 통행 금지…한-중 회담-19"),
        ("", {"og_title": "古い橋が一年間通行止めに：川沿いの町 | 川の新聞", "og_site_name": "川の新聞"}, "古い橋が一年間通行止めに：川沿いの町"),
        ("", {"title": "Старый мост закроют на год — Речной вестник", "og_site_name": "Речной вестник"}, "Старый мост закроют на год"),
        ("", {"title": "Ponte velha fechada por um ano – O Rio", "og_site_name": "O Rio"}, "Ponte velha fechada por um ano"),
        # one headline in two spellings of its signs: as the page states it
        ("<h1>It’s the bridge’s last year</h1>", {"og_title": "It's the bridge's last year"}, "It's the bridge's last year"),
        ("<h1>Pont fermé</h1><h1>Lire aussi</h1>", {"title": "Pont fermé - Le Fleuve", "og_site_name": "Le Fleuve"}, "Pont fermé"),
        (f"<h1>The Herald</h1><p>{OWN}</p>", {"title": f"{OWN} | The Herald", "og_site_name": "The Herald"}, OWN),
        ("", {}, None),
    ],
)  # fmt: skip
def test_the_headline_is_the_pages_own(body: str, told: dict[str, Any], expected: str | None) -> None:
    found = page(body, **told)
    assert headline(found, read_metadata(found), headings(found)) == expected


@pytest.mark.parametrize(
    ("body", "shown", "trail"),
    [
        ("<article><h1>A</h1></article>", ("A",), ()),
        ("<nav><h1>A</h1></nav>", (), ("A",)),
        ('<h1 class="breadcrumb__headline">A</h1>', (), ("A",)),
        (f"<ul><li><h1>A</h1><p>{'Long text of an entry. ' * 20}</p></li></ul>", ("A",), ()),
        (f'<main class="breadcrumb-layout"><h1>A</h1><p>{"Text. " * 80}</p></main>', ("A",), ()),
        ("<h1> </h1>", (), ()),
        (f"<h1>{'x' * 600}</h1>", (), ()),
    ],
)
def test_a_heading_at_the_end_of_a_trail(body: str, shown: tuple[str, ...], trail: tuple[str, ...]) -> None:
    found = headings(page(body))
    assert (found.shown, found.trail) == (shown, trail)
