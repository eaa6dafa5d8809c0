"""A page becomes an article: headline, byline, dates, language, addresses, pictures; the same every time."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from pipelines.extract import extract
from pipelines.extraction import Extraction

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
URL = "https://www.herald.example/2026/03/bridge"
PARAGRAPHS = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening.",
    "“We have waited too long,” said the mayor, “and the bridge cannot wait any longer than we did.”",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger.",
    "Until the work is done, a ferry will take people across from six in the morning until midnight.",
)
BODY = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
RUSSIAN = "Старый мост через реку закроют на год, решил во вторник вечером городской совет. " * 4
ARABIC = "قرر مجلس المدينة مساء الثلاثاء إغلاق الجسر القديم فوق النهر لمدة عام كامل بسبب التشققات. " * 4
LD: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Old bridge to close",
}


def read(markup: str, *, at: datetime = AT) -> Extraction:
    return extract(
        markup.encode(), url=URL, content_type="text/html; charset=utf-8", content_encoding=None,
        captured_at=at,
    )  # fmt: skip


def article(markup: str, **more: Any) -> Article:
    result = read(markup, **more)
    assert result.article is not None, result.reason
    return result.article


def page(
    head: str = "", body: str = BODY, ld: Any = None, attributes: str = "", h1: str = "Old bridge to close"
) -> str:
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    return (
        f"<!doctype html><html {attributes}><head><title>Old bridge to close | The Herald</title>{head}{script}</head>"
        f"<body><nav><a href='/'>Home</a></nav><main><article><h1>{h1}</h1>{body}</article></main></body></html>"
    )


def test_the_text_is_clean_paragraphs() -> None:
    assert article(page()).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        (page(), "Old bridge to close"),
        (page(ld=LD | {"headline": "Bridge &amp; ferry"}), "Bridge & ferry"),
        (page('<meta property="og:title" content="Old bridge to close">', ld=LD | {"headline": "Bridge"}), "Old bridge to close"),
        (page('<meta property="og:title" content="The bridge | The Herald"><meta property="og:site_name" content="The Herald">', h1=""), "The bridge"),
        (page(h1=""), "Old bridge to close"),
        (page(ld={"@graph": [{"@type": "WebSite", "name": "The Herald"}, LD]}), "Old bridge to close"),
        (page(ld=[[{"@type": ["Thing", "NewsArticle"], "headline": "Old bridge to close"}]]), "Old bridge to close"),
    ],
)  # fmt: skip
def test_headlines(markup: str, title: str) -> None:
    head = '<meta property="og:site_name" content="The Herald">'
    assert article(markup.replace("<head>", f"<head>{head}")).title == title


@pytest.mark.parametrize(
    ("head", "ld", "byline"),
    [
        ("", LD | {"author": {"@type": "Person", "name": "Ann Smith"}}, ("Ann Smith",)),
        ("", LD | {"author": [{"name": "Ann Smith"}, {"name": "Bo Li"}]}, ("Ann Smith", "Bo Li")),
        ("", LD | {"author": ["Ann Smith", {"@type": "Organization", "name": "AFP"}]}, ("Ann Smith",)),
        ("", LD | {"author": {"@type": "Organization", "name": "AFP"}}, ()),
        ("", LD | {"author": {"@type": "Organization", "name": "The Herald"}}, ("The Herald",)),
        ("", LD | {"author": "By Ann Smith and Bo Li"}, ("Ann Smith", "Bo Li")),
        (
            "",
            [LD | {"author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Ann Smith"}],
            ("Ann Smith",),
        ),
        ("", LD | {"author": {"@type": "Person", "givenName": "Ann", "familyName": "Smith"}}, ("Ann Smith",)),
        ('<meta name="author" content="Ann Smith">', LD | {"author": {"name": "The Herald"}}, ("Ann Smith",)),
        (
            '<meta name="author" content="Herald Staff Reporter"><meta property="article:author" content="Bo Li">',
            LD,
            ("Bo Li",),
        ),
        ('<meta property="article:author" content="https://social.example/herald">', LD, ()),
    ],
)
def test_bylines(head: str, ld: Any, byline: tuple[str, ...]) -> None:
    markup = page('<meta property="og:site_name" content="The Herald">' + head, ld=ld)
    assert article(markup).byline == byline


def test_a_byline_that_only_the_text_shows() -> None:
    shown = article(page(body=f'<p class="byline">By <a rel="author" href="/a">Ann Smith</a></p>{BODY}'))
    assert shown.byline == ("Ann Smith",)
    assert shown.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("head", "ld", "published", "raw"),
    [
        ("", LD | {"datePublished": "2026-03-01T23:30:00-08:00"}, datetime(2026, 3, 2, 7, 30, tzinfo=UTC), "2026-03-01T23:30:00-08:00"),
        ('<meta property="article:published_time" content="2026-03-01T10:00:00Z">', None, datetime(2026, 3, 1, 10, tzinfo=UTC), "2026-03-01T10:00:00Z"),
        ("", LD | {"datePublished": "2026-03-01"}, datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01"),
        (
            '<meta property="article:published_time" content="2026-03-01T10:00:00Z">',
            LD | {"datePublished": "2099-01-01"},
            datetime(2026, 3, 1, 10, tzinfo=UTC),
            "2026-03-01T10:00:00Z",
        ),
    ],
)  # fmt: skip
def test_dates(head: str, ld: Any, published: datetime, raw: str) -> None:
    got = article(page(head, ld=ld))
    assert (got.published_at, got.published_raw) == (published, raw)


def test_a_time_element_and_the_modification() -> None:
    got = article(
        page(
            body=f'<time datetime="2026-03-01T10:00:00+01:00">1 March</time>{BODY}',
            ld=LD | {"dateModified": "2026-03-01T12:00:00Z"},
        )
    )
    assert got.published_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert got.modified_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_date_in_the_text_is_a_day_and_its_string_kept() -> None:
    got = article(page(body=f'<p class="date">Published 28 February 2026</p>{BODY}'))
    assert (got.published_at, got.published_raw) == (datetime(2026, 2, 28, tzinfo=UTC), "2026-02-28")
    assert got.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("attributes", "head", "body", "language"),
    [
        ('lang="en-GB"', "", BODY, "en"),
        ('xml:lang="de"', "", BODY, "de"),
        ("", '<meta property="og:locale" content="fr_FR">', BODY, "fr"),
        (
            'lang="en"',
            "",
            "<p>" + "옛 다리가 일 년 동안 폐쇄된다고 시의회가 화요일 저녁에 결정했다. " * 6 + "</p>",
            "ko",
        ),
        (
            'lang="ja"',
            "",
            "<p>" + "古い橋は一年間閉鎖されると町議会が火曜日の夜に決めた。" * 6 + "</p>",
            "ja",
        ),
        ("", "", BODY, "en"),
        ('lang="fr"', "", BODY, "fr"),
        ('lang="ko"', "", BODY, "en"),
        ('lang="en"', "", f"<p>{RUSSIAN}</p>", "ru"),
        ('lang="uk"', "", f"<p>{RUSSIAN}</p>", "uk"),
        ("", "", f"<p>{ARABIC}</p>", "ar"),
    ],
)
def test_languages(attributes: str, head: str, body: str, language: str | None) -> None:
    assert article(page(head, body, attributes=attributes)).language == language


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        (
            '<link rel="canonical" href="/2026/03/bridge-to-close#top">',
            "https://www.herald.example/2026/03/bridge-to-close",
        ),
        (
            '<link rel="canonical" href="javascript:x"><meta property="og:url" content="https://www.herald.example/b">',
            "https://www.herald.example/b",
        ),
        ('<link rel="canonical" href="https://www.herald.example/">', None),
        ("", None),
    ],
)
def test_canonical_addresses(head: str, canonical: str | None) -> None:
    assert article(page(head)).canonical_url == canonical


IMAGES = [
    ("a figure", '<figure><img src="/m/1.jpg"><figcaption>The bridge. Photo: Ann Smith</figcaption></figure>', [("/m/1.jpg", "The bridge.", "Ann Smith")]),
    ("no caption", '<p><img src="/m/1.jpg" alt="The bridge at night"></p>', [("/m/1.jpg", None, None)]),
    ("lazy twin", '<figure><img src="/px/blank.gif" data-src="/m/1.jpg"><noscript><img src="/m/1.jpg"></noscript><figcaption>The bridge</figcaption></figure>', [("/m/1.jpg", "The bridge", None)]),
    ("twice", '<img src="/m/1-300x200.jpg"><p>Words between them that are long enough.</p><figure><img src="/m/1.jpg"><figcaption>The bridge</figcaption></figure>', [("/m/1.jpg", "The bridge", None)]),
    ("in order", '<img src="/m/1.jpg"><img src="/m/2.jpg"><img src="/m/3.jpg">', [("/m/1.jpg", None, None), ("/m/2.jpg", None, None), ("/m/3.jpg", None, None)]),
    ("tracker", '<img src="/count.gif" width="1" height="1">', []),
    ("logo", '<img src="/img/logo.png">', []),
    ("portrait", '<div class="author-box"><img src="/m/ann.jpg">Ann Smith writes about towns.</div>', []),
    ("advertisement", '<div class="ad-slot"><a href="https://ads.example/x"><img src="/m/1.jpg"></a></div>', []),
    ("related", '<div class="related-stories"><a href="/other"><img src="/m/1.jpg">Another story of the day</a></div>', []),
    ("teaser", '<a href="/other"><img src="/m/1.jpg"> Another story of the day</a>', []),
    ("aside", '<aside><img src="/m/1.jpg"></aside>', []),
    ("credit element", '<figure><img src="/m/1.jpg"><figcaption>The bridge <span class="photo-credit">Photo: Bo Li/AFP</span></figcaption></figure>', [("/m/1.jpg", "The bridge", "Bo Li/AFP")]),
    ("gallery link", '<figure><a href="/gallery"><img src="/m/1.jpg"></a><figcaption>The bridge</figcaption></figure>', [("/m/1.jpg", "The bridge", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "expected"), [row[1:] for row in IMAGES], ids=[row[0] for row in IMAGES])
def test_pictures(markup: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    half = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])
    rest = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[2:])
    images = article(page(body=half + markup + rest)).images
    assert [
        (i.url.removeprefix("https://www.herald.example"), i.caption, i.credit) for i in images
    ] == expected
    assert [i.position for i in images] == list(range(len(expected)))


def test_captions_are_on_the_pictures_and_not_in_the_text() -> None:
    boxes = (
        "".join(row[1] for row in IMAGES if row[0] == "a figure")
        + '<p><img src="/m/9.jpg"></p><p>The ferry waits at the quay. Image: Bo Li</p>'
    )
    got = article(
        page(
            body=BODY
            + boxes
            + "<p>The work begins in April, when the river is low and the days are long.</p>"
        )
    )
    assert [(i.caption, i.credit) for i in got.images] == [
        ("The bridge.", "Ann Smith"),
        ("The ferry waits at the quay.", "Bo Li"),
    ]
    assert "The ferry waits" not in got.text
    assert got.text.endswith("the days are long.")


def test_the_lead_picture_and_the_one_for_sharing() -> None:
    sharing = (
        '<meta property="og:image" content="/share.jpg"><meta property="og:image:alt" content="The bridge">'
    )
    assert [(i.url, i.alt) for i in article(page(sharing)).images] == [
        ("https://www.herald.example/share.jpg", "The bridge")
    ]
    lead = '<figure><img src="/m/lead.jpg"></figure>'
    markup = page(sharing).replace("<h1>", f"{lead}<h1>")
    assert [i.url for i in article(markup).images] == ["https://www.herald.example/m/lead.jpg"]


def test_the_same_input_gives_the_same_article() -> None:
    markup = page(ld=LD, body=BODY + IMAGES[0][1])
    first = read(markup)
    assert all(read(markup) == first for _ in range(3))
    program = f"import sys, tests_page\nprint(repr(tests_page.read({markup!r})))"
    there = Path(__file__)
    loader = f"import sys, importlib.util as u; s = u.spec_from_file_location('tests_page', {str(there)!r}); m = u.module_from_spec(s); sys.modules['tests_page'] = m; s.loader.exec_module(m)\n"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", loader + program], capture_output=True, text=True, check=True,
            cwd=there.parents[2], env={"PYTHONPATH": str(there.parents[2]), "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert done.stdout.strip() == repr(first)


@pytest.mark.parametrize(
    ("box", "stays"),
    [
        ("<div><p>Ferry museum opens its doors</p><p><a href='/x'>Read more</a></p></div>", False),
        ("<aside><h3>Ferry museum opens its doors</h3><a href='/x'>Read more</a></aside>", False),
        ("<p>Ferry museum opens its doors <a href='/x'>Read more »</a></p>", False),
        ("<p><a href='/x'>Ferry museum opens its doors</a> <span>Read more</span></p>", False),
        (
            "<p>The ferry museum opens its doors for all who want to see it, and it is free on the first day of the month.</p>",
            True,
        ),
    ],
)
def test_teasers_in_the_text_go_and_sentences_stay(box: str, stays: bool) -> None:
    half = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:2])
    rest = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[2:])
    got = article(page(body=half + box + rest))
    assert ("museum" in got.text) is stays
    assert [p for p in got.text.split("\n\n") if "museum" not in p] == list(PARAGRAPHS)
