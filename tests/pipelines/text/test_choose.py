"""Of a page's blocks those are chosen that are its article's; where there is doubt, trafilatura is asked."""
# ruff: noqa: E501, RUF001 - pages and texts of many languages are easier to read unbroken and as they are

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from pipelines.extract import extract
from pipelines.metadata import read_metadata
from pipelines.page import Page, read_page
from pipelines.text.blocks import segment
from pipelines.text.choose import Judged, advised, choose, unadvised, window
from pipelines.text.model import shipped_models

ENGLISH = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening after a debate of four hours.",
    "“We have waited too long,” said the mayor, “and the bridge cannot wait any longer than we did,” and she asked the people of both banks for patience.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger, according to a report that the town published last week.",
    "Until the work is done, a ferry will take people across from six in the morning until midnight, at the price of a bus ticket and for children without any.",
    "Shops on the far bank fear for their trade. The council promised to lower their rents for as long as the bridge is closed, and to look for other help.",
)
GERMAN = (
    "Die alte Brücke über den Fluss wird für ein Jahr gesperrt, das hat der Stadtrat am Dienstagabend nach vierstündiger Debatte beschlossen.",
    "„Wir haben zu lange gewartet“, sagte die Bürgermeisterin, „und die Brücke kann nicht länger warten als wir.“ Sie bat die Menschen an beiden Ufern um Geduld.",
    "Fachleute fanden Risse in drei der sieben Bögen, zwei davon sind breiter als ein Finger, wie aus einem Gutachten hervorgeht, das die Stadt vorige Woche veröffentlichte.",
    "Bis die Arbeiten beendet sind, bringt eine Fähre die Leute von sechs Uhr früh bis Mitternacht hinüber, zum Preis einer Busfahrkarte und für Kinder umsonst.",
)
SPANISH = (
    "El viejo puente sobre el río permanecerá cerrado durante un año, según decidió el pleno municipal el martes por la noche tras cuatro horas de debate.",
    "«Hemos esperado demasiado», dijo la alcaldesa, «y el puente no puede esperar más que nosotros». Pidió paciencia a los vecinos de las dos orillas.",
    "Los ingenieros hallaron grietas en tres de los siete arcos, y dos de ellas son más anchas que un dedo, según un informe que publicó el ayuntamiento.",
    "Hasta que terminen las obras, un transbordador llevará a la gente de seis de la mañana a medianoche, al precio de un billete de autobús.",
)
RUSSIAN = (
    "Старый мост через реку закроют на год: такое решение городской совет принял во вторник вечером после четырёх часов споров.",
    "«Мы слишком долго ждали, и мост больше ждать не может», — сказала мэр города и попросила жителей обоих берегов набраться терпения.",
    "Инженеры нашли трещины в трёх из семи арок, две из них шире пальца, говорится в отчёте, который город опубликовал на прошлой неделе.",
    "Пока идут работы, людей с шести утра до полуночи будет перевозить паром по цене автобусного билета, а детей — бесплатно.",
)
JAPANESE = (
    "川に架かる古い橋が一年間閉鎖されることになった。市議会が火曜日の夜、四時間にわたる議論の末に決めた。工事は春に始まり、冬までに終わる見通しだ。",
    "「長く待ちすぎた。橋はこれ以上待てない」と市長は述べ、両岸の住民に理解を求めた。閉鎖中の交通については、来月までに計画をまとめるという。",
    "技術者の調査では、七つのアーチのうち三つでひび割れが見つかり、二つは指の幅よりも広かった。報告書は先週、市のウェブサイトで公開された。",
    "工事が終わるまでは、渡し船が朝六時から深夜まで人々を運ぶ。料金はバスと同じで、子どもは無料となる。自転車も一緒に乗せることができる。",
)
HEADINGS = {
    "en": "What comes next",
    "de": "Wie es weitergeht",
    "es": "Qué pasa ahora",
    "ru": "Что дальше",
    "ja": "今後の見通し",
}
TEXTS = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "ru": RUSSIAN, "ja": JAPANESE}
RELATED = "".join(
    f'<li><a href="/{i}"><h4>{t}</h4></a></li>'
    for i, t in enumerate(("Council weighs new tram line to the harbour", "Museum of ferries opens its doors", "Rents on the river rise again"))
)  # fmt: skip

# What stands in or around a text and is none of it.
AROUND = {
    "related stories": f'<div class="related-stories"><h3>More on this</h3><ul>{RELATED}</ul></div>',
    "related in an aside": f"<aside><h3>Related</h3><ul>{RELATED}</ul></aside>",
    "newsletter": '<div class="newsletter-signup"><p>Get the news of the town every morning, straight to your inbox, before your first coffee.</p><form><input><button>Sign up</button></form></div>',
    "advertisement": '<aside class="werbung"><small>ANZEIGE</small><p>Schuhhaus Andres. Zwei Schuhe zum Preis von zweien.</p></aside>',
    "caption": '<figure><img src="/b.jpg"><figcaption>The bridge in the spring of last year. Photo: Bo Li</figcaption></figure>',
    "share": '<ul class="share-buttons"><li><a href="#">Facebook</a></li><li><a href="#">WhatsApp</a></li></ul>',
    "script and style": "<script>var a = 'It is a text. It is long enough to be one.'</script><style>p{}</style>",
}


def page(body: str) -> str:
    return (
        "<!doctype html><html><head><title>The bridge closes | The Herald</title></head><body>"
        '<header><a href="/">The Herald</a><nav><a href="/w">World</a><a href="/s">Sport</a></nav></header>'
        f'<main><article class="article"><h1>The bridge closes</h1><div class="article-body">{body}</div></article></main>'
        '<footer><p>The Herald is a paper of the town. It has been printed here since 1911.</p></footer></body></html>'
    )  # fmt: skip


def text(markup: str) -> str:
    article = extract(
        markup.encode(), url="https://e.org/2026/bridge", content_type="text/html; charset=utf-8", content_encoding=None, captured_at=datetime(2026, 3, 2, tzinfo=UTC),
    ).article  # fmt: skip
    assert article is not None
    return article.text


def as_paragraphs(texts: tuple[str, ...]) -> list[str]:
    return [f"<p>{paragraph}</p>" for paragraph in texts]


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("box", AROUND.values(), ids=AROUND.keys())
@pytest.mark.parametrize("place", [2, 99], ids=["inside", "after"])
def test_the_text_stays_and_the_box_goes(texts: tuple[str, ...], box: str, place: int) -> None:
    parts = as_paragraphs(texts)
    parts.insert(place, box)
    assert text(page("".join(parts))) == "\n\n".join(texts)


@pytest.mark.parametrize("language", TEXTS)
def test_headings_lists_and_quotes_are_text(language: str) -> None:
    first, second, third, *rest = TEXTS[language]
    items = "".join(f"<li>{item}</li>" for item in rest)
    body = f"<p>{first}</p><blockquote><p>{second}</p></blockquote><h2>{HEADINGS[language]}</h2><p>{third}</p><ul>{items}</ul>"
    assert text(page(body)) == "\n\n".join([first, second, HEADINGS[language], third, *rest])


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_that_the_page_has_twice_stands_once(texts: tuple[str, ...]) -> None:
    whole = "".join(as_paragraphs(texts))
    got = text(page(f'<div class="mobile">{whole}</div><div class="desktop">{whole}</div>'))
    assert got == "\n\n".join(texts)


def read(markup: str) -> Page:
    found = read_page(
        markup.encode(), url="https://e.org/a", content_type="text/html; charset=utf-8", content_encoding=None
    )
    assert isinstance(found, Page)
    return found


def chosen(markup: str, answer: list[str]) -> tuple[list[str], int]:
    """(the text, how often trafilatura was asked)."""
    asked: list[int] = []

    def ask() -> list[str]:
        asked.append(1)
        return answer

    found = read(markup)
    return choose(segment(found.tree), None, read_metadata(found), shipped_models(), ask), len(asked)


def test_a_clear_page_is_read_without_asking() -> None:
    paragraphs = [
        *ENGLISH,
        *(f"{t[:-1]} again." for t in ENGLISH),
        *(f"{t[:-1]} once more." for t in ENGLISH),
    ]
    got, asked = chosen(page("".join(f"<p>{t}</p>" for t in paragraphs)), [])
    assert [t for t in got if t != "The bridge closes"] == paragraphs
    assert asked == 0


@pytest.mark.parametrize(
    "markup",
    [
        "<body></body>",
        "<body><p>A line.</p></body>",
        "<body>" + "<div><a href='/x'>link</a></div>" * 50 + "</body>",
    ],
    ids=["nothing", "little", "links"],
)
def test_where_little_is_found_trafilatura_is_asked_and_its_text_not_lost(markup: str) -> None:
    assert chosen(markup, list(ENGLISH)) == (list(ENGLISH), 1)


def test_what_was_taken_is_found_by_its_words() -> None:
    blocks = segment(
        lxml.html.document_fromstring("<body><p>One, two.</p><p>One</p><p>Öl</p><p>—</p><p>wo</p></body>")
    )
    known = unadvised(blocks, None, read_metadata(read("<p>a</p>")))
    assert list(known.taken) == [False] * 5
    assert list(advised(known, ["one TWO", "ÖL."]).taken) == [True, True, True, False, False]


def test_only_blocks_near_what_was_taken_are_judged() -> None:
    blocks = segment(
        lxml.html.document_fromstring("<body>" + "<p>text</p>" * 60 + "<p><a>link</a></p></body>")
    )
    taken = [index in (20, 22) for index in range(61)]
    assert window(blocks, taken) == list(range(8, 35))
    assert window(blocks, [False] * 61) == list(range(60))


@pytest.mark.parametrize(
    ("scores", "low", "high"),
    [
        ([9000, -9000], 0.0, 0.001),
        ([0, 0], 1.0, 11.0),
        ([3000, -3000], 0.09, 0.11),
        ([1, 100_000], 0.04, 0.06),
    ],
)
def test_doubt(scores: list[int], low: float, high: float) -> None:
    assert low <= Judged([0, 1], scores, [10, 10] if scores[1] < 9000 else [10, 90]).doubt <= high
