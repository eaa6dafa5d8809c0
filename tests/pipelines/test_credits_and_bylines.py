"""Credits and bylines that no cue word and no metadata names: told by element, class and place."""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

import lxml.html
import pytest

from pipelines.article_place import locate
from pipelines.captions import caption_of
from pipelines.language import guessed
from pipelines.page import Page, read_page
from pipelines.shown_byline import shown_byline

CAPTION = "The harbour at dawn."
IMG = '<img src="/a.jpg">'
PARAGRAPHS = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
GERMAN = "Die alte Brücke über den Fluss bleibt ein Jahr lang gesperrt, beschloss der Gemeinderat. "


@pytest.mark.parametrize(
    ("markup", "caption", "credit"),
    [
        (f"<figure>{IMG}<figcaption>{CAPTION} <small>Luis Farga</small></figcaption></figure>", CAPTION, "Luis Farga"),
        (f"<figure>{IMG}<figcaption>{CAPTION} <cite>Luis Farga</cite></figcaption></figure>", CAPTION, "Luis Farga"),
        (f"<figure>{IMG}<figcaption>{CAPTION} <em class='autor'>Luis Farga</em></figcaption></figure>", CAPTION, "Luis Farga"),
        (f"<figure>{IMG}<figcaption>{CAPTION} <span itemprop='copyrightHolder'>Luis Farga</span></figcaption></figure>", CAPTION, "Luis Farga"),
        (f"<figure>{IMG}<figcaption>{CAPTION} Photo: <span class='agency'>AFP</span></figcaption></figure>", CAPTION, "AFP"),
        (f"<figure>{IMG}<figcaption>{CAPTION} (<span class='source'>dpa</span>)</figcaption></figure>", CAPTION, "dpa"),
        (f"<figure>{IMG}<figcaption>{CAPTION}</figcaption><small>Luis Farga</small></figure>", CAPTION, "Luis Farga"),
        (f"<figure>{IMG}<figcaption>{CAPTION}</figcaption><div class='byline'>Luis Farga</div></figure>", CAPTION, "Luis Farga"),
        (f"<div><figure>{IMG}<figcaption>{CAPTION}</figcaption></figure><p class='photo-credit'>Photo: Luis Farga</p></div>", CAPTION, "Luis Farga"),
        (f"<div class='bild'>{IMG}<div class='bildtext'>{CAPTION}</div><div class='bildautor'>Foto Lea Brunner</div></div>", CAPTION, "Foto Lea Brunner"),
        (f"<div class='bild'>{IMG}<div class='bildtext'>{CAPTION}</div><div class='bildautor'>Foto: Lea Brunner</div></div>", CAPTION, "Lea Brunner"),
        # the photographer is in the picture too, and stays there
        (f"<figure>{IMG}<figcaption>Luis Farga at dawn. <small>Luis Farga</small></figcaption></figure>", "Luis Farga at dawn.", "Luis Farga"),
        (f"<figure>{IMG}<figcaption><span class='credit'>Luis Farga</span></figcaption></figure>", None, "Luis Farga"),
        # none of these is a credit
        (f"<figure>{IMG}<figcaption><small>{CAPTION}</small></figcaption></figure>", CAPTION, None),
        (f"<figure>{IMG}<figcaption>A scene from <cite>The Harbour</cite></figcaption></figure>", "A scene from The Harbour", None),
        (f"<figure>{IMG}<figcaption>{CAPTION} <small>It was cold that day.</small></figcaption></figure>", f"{CAPTION} It was cold that day.", None),
        (f"<figure>{IMG}<figcaption>{CAPTION} <em>Sea Star</em></figcaption></figure>", f"{CAPTION} Sea Star", None),
        (f"<figure>{IMG}<figcaption><span class='text-copy'>{CAPTION}</span></figcaption></figure>", CAPTION, None),
        (f"<div><figure>{IMG}<figcaption>{CAPTION}</figcaption></figure><p class='source'>Port Authority</p></div>", CAPTION, None),
    ],
)  # fmt: skip
def test_a_credit_in_an_element_of_its_own(markup: str, caption: str | None, credit: str | None) -> None:
    image = next(lxml.html.fromstring(f"<html><body>{markup}</body></html>").iter("img"))
    found = caption_of(image)
    assert (found.text, found.credit) == (caption, credit)


def page(body: str) -> Page:
    found = read_page(
        f"<!doctype html><html><head><meta charset=utf-8></head><body>{body}</body></html>".encode(),
        url="https://www.herald.example/1", content_type="text/html; charset=utf-8", content_encoding=None,
    )  # fmt: skip
    assert isinstance(found, Page)
    return found


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ('<span class="autor">Von Lea Brunner</span>', "Lea Brunner"),
        ('<div class="datum">19.03.2026 | Von <span class="autor">Lea Brunner und Jonas Fehr</span></div>', "Lea Brunner und Jonas Fehr"),
        ('<p class="byline">By Ann Smith, London</p>', "Ann Smith"),
        ('<p class="byline">By <a rel="author">Ann Smith</a> and <a rel="author">Bo Li</a></p>', "Ann Smith; Bo Li"),
        ('<p class="firma">Por Carmen Ribes · <time>18/03/2026</time></p>', "Carmen Ribes"),
        ('<p class="escrito-por">Escrito por Carmen Ribes</p>', "Carmen Ribes"),
        ('<div class="auteur">Par Luc Petit<br>Publié le 3 mai 2026</div>', "Luc Petit"),
        ('<div class="autore">di Marco Rossi</div>', "Marco Rossi"),
        ('<div class="article-author">Door Jan de Vries</div>', "Jan de Vries"),
        ('<div class="skribent">Av Ingrid Berg</div>', "Ingrid Berg"),
        ('<div class="PageAuthor">Af Mads Holm</div>', "Mads Holm"),
        ('<p><span class="author">Ann Smith</span><span class="author">Bo Li</span></p>', "Ann Smith; Bo Li"),
        # none of these is a byline
        ('<p class="author">The author has covered towns and rivers for this paper since the spring of 1998 and lives by the sea</p>', None),
        ('<figure><img src="/a.jpg"><figcaption><span class="author">Ann Smith</span></figcaption></figure>', None),
        ('<aside><span class="byline">By Ann Smith</span></aside>', "Ann Smith"),
        ('<div class="story-footer"><footer class="byline"><b class="author">Ann Smith</b></footer></div>', "Ann Smith"),
        ('<p>Text: <a href="/autoren/lea-brunner">Lea Brunner</a> <a href="/autoren/jonas-fehr">Jonas Fehr</a></p>', "Lea Brunner; Jonas Fehr"),
        ('<p><a href="/av/ingrid-berg">Ingrid Berg</a></p>', "Ingrid Berg"),
        ('<p><a rel="author">Ann Smith <b>Ann</b> <b>Smith</b></a></p>', "Ann Smith"),
        ('<p><a class="follow-author" href="/author/ann-smith">Ann Smith</a></p>', None),
        ('<div class="teaser"><span class="author">Ann Smith</span></div>', None),
        ('<p class="byline">By</p>', None),
        ('<p class="authority">Port Authority</p>', None),
    ],
)  # fmt: skip
def test_a_byline_in_an_element_that_speaks_of_the_author(shown: str, names: str | None) -> None:
    found = page(f"<h1>Old bridge to close</h1>{shown}<div>{TEXT}</div>")
    assert shown_byline(found, locate(found, PARAGRAPHS)) == names


def test_a_byline_may_stand_below_the_text_but_not_among_the_comments() -> None:
    below = page(f'<h1>Old bridge</h1><div>{TEXT}</div><p class="autor">Lea Brunner</p>')
    comment = page(f'<h1>Old bridge</h1><div>{TEXT}</div><div id="comments"><b class="author">Bo</b></div>')
    assert shown_byline(below, locate(below, PARAGRAPHS)) == "Lea Brunner"
    assert shown_byline(comment, locate(comment, PARAGRAPHS)) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN * 3, "de"),
        (
            "El consejo decidió el martes por la tarde cerrar durante un año el viejo puente del río. " * 3,
            "es",
        ),
        ("Рада міста вирішила закрити старий міст через річку на рік через тріщини в арках. " * 3, "uk"),
        (GERMAN, None),
        ("1 2 3 4 " * 200, None),
        ("", None),
    ],
)
def test_a_language_is_guessed_from_enough_letters(text: str, code: str | None) -> None:
    assert guessed(text) == code


def test_a_guess_outside_of_what_the_script_allows_is_not_believed() -> None:
    assert guessed(GERMAN * 3, among=("ru", "uk")) is None
