"""Standfirst, section, tags, access, notes, live entries and twins, each in pages of several languages."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from archive.article import Article, LiveEntry
from pipelines.dates import confidence
from pipelines.extract import extract
from pipelines.fields.notes import is_note
from pipelines.fields.twins import Twins, twins
from pipelines.page import Page, read_page
from pipelines.state import article_json

CAPTURED = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://www.herald.example/n/old-bridge"
PARAGRAPHS = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening, and buses will take the long way round.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger, said the head of the office for roads and bridges.",
    "The ferry will run every ten minutes from six in the morning until midnight, and it will be free for everybody who lives on the left bank.",
    "A new bridge was promised thirty years ago, and three mayors have laid a first stone for it since then, the last one in the spring of this year.",
)
STANDFIRST = "Three of seven arches are cracked. The ferry will be free for a year."
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def read(
    above: str = "", *, inside: str = "", ld: Any = None, head: str = "", attributes: str = "", url: str = URL
) -> Article:
    described = {
        "@type": "NewsArticle",
        "headline": "Old bridge to close",
        "datePublished": "2026-05-03T18:00:00+02:00",
    } | (ld or {})
    script = f'<script type="application/ld+json">{json.dumps(described)}</script>'
    markup = (
        f"<!doctype html><html lang=en {attributes}><head><meta charset=utf-8><title>Old bridge to close</title>{script}{head}</head>"
        f"<body><main><article><h1>Old bridge to close</h1>{above}<div class='text'>{TEXT}{inside}</div></article></main></body></html>"
    )
    found = extract(
        markup.encode(),
        url=url,
        content_type="text/html; charset=utf-8",
        content_encoding=None,
        captured_at=CAPTURED,
    )
    assert found.article is not None
    return found.article


@pytest.mark.parametrize(
    ("above", "head", "expected"),
    [
        (f'<p class="standfirst">{STANDFIRST}</p>', "", STANDFIRST),
        (f'<h2 class="article__sub-title">{STANDFIRST}</h2>', "", STANDFIRST),
        (f'<div class="vorspann"><p>{STANDFIRST}</p></div>', "", STANDFIRST),
        (f'<p class="chapô">{STANDFIRST}</p>', "", STANDFIRST),
        (f'<div itemprop="description">{STANDFIRST}</div>', "", STANDFIRST),
        (f"<p>{STANDFIRST}</p>", f'<meta name="description" content="{STANDFIRST}">', STANDFIRST),
        ("", f'<meta name="description" content="{PARAGRAPHS[0]}">', PARAGRAPHS[0]),
        ('<p class="standfirst">Old bridge to close</p>', "", None),
        (f'<figure class="lead"><img src="/a.jpg"><figcaption>{STANDFIRST}</figcaption></figure>', "", None),
        (f'<aside class="summary">{STANDFIRST}</aside>', "", None),
        ("", '<meta name="description" content="All news of the river.">', None),
    ],
)
def test_the_standfirst(above: str, head: str, expected: str | None) -> None:
    assert read(above, head=head).standfirst == expected


CRUMBS = {
    "@type": "BreadcrumbList",
    "itemListElement": [
        {"name": "Home"},
        {"name": "Stadt"},
        {"item": {"name": "Verkehr"}},
        {"name": "Old bridge to close"},
    ],
}


@pytest.mark.parametrize(
    ("ld", "head", "section", "tags"),
    [
        ({"articleSection": ["Politics", "World"]}, "", "Politics", ()),
        ({"keywords": "bridge, river; ferry"}, "", None, ("bridge", "river", "ferry")),
        ({"keywords": ["橋", "川", "橋"]}, "", None, ("橋", "川")),
        ({}, '<meta property="article:section" content="Region"><meta property="article:tag" content="Brücke"><meta property="article:tag" content="Fluss">', "Region", ("Brücke", "Fluss")),
        ({}, '<meta name="news_keywords" content="pont، fleuve">', None, ("pont", "fleuve")),
        ({"@graph": [CRUMBS]}, "", "Verkehr", ()),
        ({"keywords": ["0a1b2c3d-0a1b-4c2d-8e3f-0a1b2c3d4e5f", "topic/bridges", "Bridges"]}, "", None, ("Bridges",)),
        ({"articleSection": "Old bridge to close"}, "", None, ()),
    ],
)  # fmt: skip
def test_section_and_tags(ld: dict[str, Any], head: str, section: str | None, tags: tuple[str, ...]) -> None:
    found = read(ld=ld, head=head)
    assert (found.section, found.tags) == (section, tags)


@pytest.mark.parametrize(
    ("ld", "head", "expected"),
    [
        ({"isAccessibleForFree": False}, "", True),
        ({"isAccessibleForFree": "False"}, "", True),
        ({"isAccessibleForFree": "http://schema.org/True"}, "", False),
        (
            {
                "isAccessibleForFree": True,
                "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "false"},
            },
            "",
            True,
        ),
        ({}, '<meta property="article:content_tier" content="metered">', True),
        ({}, '<meta property="article:content_tier" content="free">', False),
        ({"isAccessibleForFree": "perhaps"}, "", None),
        ({}, "", None),
    ],
)
def test_the_mark_of_a_paywall(ld: dict[str, Any], head: str, expected: bool | None) -> None:
    assert read(ld=ld, head=head).paywalled is expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Correction: the bridge has seven arches, not eight.", True),
        ("CORRECTION (4 May): the bridge has seven arches.", True),
        ("Editor’s note: this report was written before the council met.", True),
        ("• This article was amended on 4 May 2026 to correct the number of arches.", True),
        ("An earlier version of this article said that the bridge had eight arches.", True),
        ("Anmerkung der Redaktion: Die Brücke hat sieben Bögen.", True),
        ("In einer früheren Version dieses Artikels hieß es, die Brücke habe acht Bögen.", True),
        ("Rectificatif : le pont a sept arches.", True),
        ("Une version précédente de cet article indiquait huit arches.", True),
        ("Fe de errores: el puente tiene siete arcos.", True),
        ("Errata corrige: il ponte ha sette arcate.", True),
        ("Correção: a ponte tem sete arcos.", True),
        ("Sprostowanie: most ma siedem łuków.", True),
        ("Rättelse: bron har sju valv.", True),
        ("Поправка: у моста семь арок.", True),
        ("Düzeltme: köprünün yedi kemeri var.", True),
        ("【訂正】橋のアーチは七つでした。", True),
        ("更正：這座橋有七個拱。", True),
        ("바로잡습니다 다리의 아치는 일곱 개입니다.", True),
        ("Corrections officers closed the bridge on Tuesday.", False),
        ("The article was about a bridge.", False),
        ("Precision work on the arches will take a year.", False),
        ("", False),
    ],
)
def test_notes_of_the_paper_on_its_article(paragraph: str, expected: bool) -> None:
    assert is_note(paragraph) is expected


def test_notes_come_from_text_boxes_and_json_ld_each_once() -> None:
    note = "Correction: the bridge has seven arches, not eight."
    box = '<div class="editors-note">This report was written before the council met again on Friday.</div>'
    found = read(
        inside=f"<p>{note}</p>{box}", ld={"correction": {"@type": "CorrectionComment", "text": note}}
    )
    assert found.notes == (note, "This report was written before the council met again on Friday.")


def test_a_live_blog_has_entries() -> None:
    stated = {
        "@type": "LiveBlogPosting",
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": "Bridge closed",
                "articleBody": "The first bus turned round.",
                "datePublished": "2026-05-04T08:00:00Z",
            },
            {
                "@type": "BlogPosting",
                "articleBody": "The ferry is full.",
                "datePublished": "2126-05-04T08:00:00Z",
            },
            "not an entry",
        ],
    }
    assert read(ld=stated).live_entries == (
        LiveEntry(datetime(2026, 5, 4, 8, tzinfo=UTC), "Bridge closed", "The first bus turned round."),
        LiveEntry(None, None, "The ferry is full."),
    )


@pytest.mark.parametrize(("count", "kept"), [(4, 4), (2, 0)])
def test_boxes_of_a_ticker_are_entries_where_there_are_several(count: int, kept: int) -> None:
    box = "<section class='ticker-entry'><time datetime='2026-05-04T0{0}:00:00Z'></time><h3>Stand {0}</h3><p>Die Fähre fährt.</p></section>"
    found = read(inside="".join(box.format(n) for n in range(count)))
    assert len(found.live_entries) == kept
    assert all(entry.title and entry.published_at for entry in found.live_entries)


def page(head: str, url: str, attributes: str = "") -> Page:
    found = read_page(
        f"<!doctype html><html {attributes}><head>{head}</head><body><p>x</p></body></html>".encode(),
        url=url, content_type="text/html; charset=utf-8", content_encoding=None,
    )  # fmt: skip
    assert isinstance(found, Page)
    return found


@pytest.mark.parametrize(
    ("head", "url", "attributes", "expected"),
    [
        ('<link rel="amphtml" href="/amp/story">', "/story", "", Twins(amp_url="https://e.org/amp/story")),
        ("", "/story", "⚡", Twins("amp")),
        ("", "/story", "amp", Twins("amp")),
        ("", "/story/amp/", "", Twins("amp")),
        ("", "/story?outputType=amp", "", Twins("amp")),
        ("", "/story?print=1", "", Twins("print")),
        ("", "/story/drucken", "", Twins("print")),
        ('<link rel="alternate" media="print" href="/story?print=1">', "/story", "", Twins(print_url="https://e.org/story?print=1")),
        ('<a href="/story/print">Print</a><a href="/other/print">Print</a>', "/story", "", Twins(print_url="https://e.org/story/print")),
        ('<a href="/print">Our printed paper</a><a href="/blueprint">Plan</a>', "/story", "", Twins()),
        ('<link rel="next" href="/story?page=2">', "/story", "", Twins(next_page_url="https://e.org/story?page=2")),
        ('<a rel="next" href="/story/2">2</a>', "/story", "", Twins(next_page_url="https://e.org/story/2")),
        ('<link rel="next" href="/story-3.html"><link rel="prev" href="/story-1.html">', "/story-2.html", "", Twins(next_page_url="https://e.org/story-3.html", previous_page_url="https://e.org/story-1.html")),
        # the next story is another one
        ('<link rel="next" href="/another-story">', "/story", "", Twins()),
        ('<link rel="next" href="/story#comments">', "/story", "", Twins()),
        ('<link rel="amphtml" href="javascript:x">', "/story", "", Twins()),
    ],
)  # fmt: skip
def test_twins_and_further_pages(head: str, url: str, attributes: str, expected: Twins) -> None:
    assert twins(page(head, f"https://e.org{url}", attributes)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-05-03T18:00:00+02:00", "zoned"),
        ("2026-05-03T18:00:00Z", "zoned"),
        ("2026-05-03 18:00", "unzoned"),
        ("2026-05-03", "day"),
        ("Sun, 03 May 2026 18:00:00 +0200", "zoned"),
        ("Sun, 03 May 2026 18:00:00", "unzoned"),
        ("1777823999", "zoned"),
    ],
)
def test_how_sure_a_date_is(raw: str, expected: str) -> None:
    assert confidence(raw) == expected


@pytest.mark.parametrize(
    ("ld", "head", "published", "sure"),
    [
        ({"datePublished": "2026-05-03T18:00:00"}, '<meta property="article:published_time" content="2026-05-03T18:00:00+02:00">', datetime(2026, 5, 3, 16, tzinfo=UTC), "zoned"),
        ({"datePublished": "2026-05-03T18:00:00"}, '<meta property="article:published_time" content="2026-05-01T18:00:00+02:00">', datetime(2026, 5, 3, 18, tzinfo=UTC), "unzoned"),
        ({"datePublished": "2126-05-03T18:00:00Z"}, '<meta name="date" content="2026-05-03">', datetime(2026, 5, 3, tzinfo=UTC), "day"),
        ({"datePublished": None}, '<meta property="og:title" content="Old bridge to close | The Herald | 03.05.2026">', datetime(2026, 5, 3, tzinfo=UTC), "day"),
        ({"datePublished": None}, "", None, None),
    ],
)  # fmt: skip
def test_the_date_and_how_sure_it_is(
    ld: dict[str, Any], head: str, published: datetime | None, sure: str | None
) -> None:
    found = read(ld=ld, head=head)
    assert (found.published_at, found.published_confidence) == (published, sure)


def test_the_archived_json_keeps_every_further_field() -> None:
    article = read(
        f'<p class="standfirst">{STANDFIRST}</p>',
        ld={"articleSection": "Town", "keywords": "bridge", "isAccessibleForFree": False, "author": [{"name": "Ann Smith"}, {"name": "AFP"}]},
        head='<link rel="amphtml" href="/amp">',
        inside="<p>Correction: the bridge has seven arches.</p>",
    )  # fmt: skip
    kept = json.loads(article_json(article))
    wanted = {
        "byline": ["Ann Smith"],
        "agency": ["AFP"],
        "standfirst": STANDFIRST,
        "section": "Town",
        "tags": ["bridge"],
        "paywalled": True,
    }
    assert {key: kept[key] for key in wanted} == wanted
    assert kept["notes"] == ["Correction: the bridge has seven arches."]
    assert (kept["amp_url"], kept["published_confidence"], kept["live_entries"]) == (
        "https://www.herald.example/amp",
        "zoned",
        [],
    )
