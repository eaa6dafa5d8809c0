"""Which pictures are the article's, and where their captions stand when no class says so."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import pytest

from pipelines.article_place import locate
from pipelines.captions import caption_of
from pipelines.credits import is_credit
from pipelines.metadata import read_metadata
from pipelines.page import Page, read_page
from pipelines.pictures import pictures

PARAGRAPHS = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening, and buses will take the long way round.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger, said the head of the office for roads and bridges.",
)
ONE, TWO = (f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
IMG = '<img src="/p/bridge.jpg">'
CAPTION = "The old bridge at dawn"


def page(body: str, head: str = "") -> Page:
    found = read_page(
        f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode(),
        url="https://www.herald.example/n/1", content_type="text/html; charset=utf-8", content_encoding=None,
    )  # fmt: skip
    assert isinstance(found, Page)
    return found


def paths(found: Page, people: frozenset[str] = frozenset()) -> list[str]:
    place = locate(found, PARAGRAPHS)
    chosen = pictures(found, read_metadata(found), place, people)
    return [p.image.url.removeprefix("https://www.herald.example") for p in chosen]


@pytest.mark.parametrize(
    ("box", "taken"),
    [
        (f"<div class='widget'>{IMG}</div>", True),
        (f"<button class='lightbox'>{IMG}</button>", True),
        (f"<article class='media'>{IMG}<p>{CAPTION}</p></article>", True),
        (f"<figure class='image portrait'>{IMG}</figure>", True),
        ('<img class="img-share" src="/p/bridge.jpg">', True),
        ('<x-image data-src="/p/bridge.jpg" data-srcset="/p/bridge.jpg 900w"></x-image>', True),
        (f"<div class='video-player'>{IMG}<p class='caption'>{CAPTION}</p></div>", True),
        (f"<a href='/galerie/1'>{IMG}</a>", True),
        # other things than the article's pictures
        (f"<div class='video-player'>{IMG}</div>", False),
        (f"<article><h3><a href='/n/2'>Ferry museum opens</a></h3>{IMG}</article>", False),
        (f"<div><a href='/n/2'>{IMG}</a><a href='/n/2'>Ferry museum opens its doors</a></div>", False),
        (f"<div><a href='/n/2'>{IMG}</a><a href='/n/2'>渡し船の博物館が開館</a></div>", False),
        (f"<div class='teaser'>{IMG}</div>", False),
        ('<img class="appIcon" src="/p/bridge.jpg">', False),
        ('<img class="author-photo" src="/p/bridge.jpg">', False),
        ('<img alt="Ann Smith" src="/p/bridge.jpg">', False),
        ('<img alt="ann-smith.jpg" src="/p/bridge.jpg">', False),
        (f"<figure>{IMG}<figcaption>By Ann Smith, bridge correspondent</figcaption></figure>", False),
        (f"<figure>{IMG}<figcaption>Von Jana Krüger</figcaption></figure>", False),
        ('<img src="/c0ffee12">', False),
    ],
)  # fmt: skip
def test_a_picture_in_the_text(box: str, taken: bool) -> None:
    body = f"<h1>Old bridge to close</h1><div class='text'>{ONE}{box}{TWO}</div>"
    assert (paths(page(body), frozenset({"ann smith"})) == ["/p/bridge.jpg"]) is taken


@pytest.mark.parametrize(
    ("box", "head", "taken"),
    [
        (f"<div class='article-teaser'>{IMG}</div>", "", True),
        (f"<div class='card banner'>{IMG}</div>", "", True),
        (f"<div class='teaser'><a href='/n/2'>{IMG}</a></div>", "", False),
        (f"<div class='sidebar'>{IMG}</div>", "", False),
        (
            f"<div class='sidebar'>{IMG}</div>",
            '<meta property="og:image" content="/p/bridge-1200x630.jpg">',
            True,
        ),
        (f"<aside>{IMG}</aside>", '<meta property="og:image" content="/p/ferry.jpg">', False),
    ],
)
def test_the_picture_above_the_text(box: str, head: str, taken: bool) -> None:
    body = f"<main><h1>Old bridge to close</h1>{box}<div class='text'>{ONE}{TWO}</div></main>"
    assert ("/p/bridge.jpg" in paths(page(body, head))) is taken


@pytest.mark.parametrize(
    ("markup", "caption", "credit"),
    [
        # the caption outside of the figure, or of the picture's box
        (f"<div class='wrap'><figure><div>{IMG}</div></figure><figcaption>{CAPTION}. <span class='source'>dpa</span></figcaption></div>", f"{CAPTION}.", "dpa"),
        (f"<div><button><figure>{IMG}<div>View 3 Images</div></figure></button><figcaption>{CAPTION}</figcaption></div>", CAPTION, None),
        (f"<div>{IMG}<figcaption>{CAPTION}</figcaption><p>{PARAGRAPHS[0] * 6}</p></div>", CAPTION, None),
        (f"<div>{IMG}<div class='row'><div class='image-caption'>{CAPTION}. (Photo: Ann Smith)</div></div><p>{PARAGRAPHS[0] * 6}</p></div>", f"{CAPTION}.", "Ann Smith"),
        # a picture that the parser nests in its sources
        (f"<div class='blog-image'><picture><source srcset='/a'><source srcset='/b'><source srcset='/c'><source srcset='/d'>{IMG}</picture><p class='legend'>{CAPTION}</p></div>", CAPTION, None),
        # words that belong to a button, or are read out only
        (f"<div class='img'><div class='img-box'>{IMG}<button>크게 보기</button></div><div class='caption'><p>다리 모습</p></div></div>", "다리 모습", None),
        (f"<div class='field-image'><div class='label visually-hidden'>Image</div><div>{IMG}</div><span class='legend'>{CAPTION}</span></div>", CAPTION, None),
        # lines with a picture, and no class that means anything
        (f"<div class='sc-a1'><picture>{IMG}</picture><div class='sc-b2'>{CAPTION}</div><div class='sc-c3'>Getty Images</div></div>", CAPTION, "Getty Images"),
        (f"<div class='sc-a1'><span>Foto: Jana Krüger</span>{IMG}<div>Die alte Brücke am Morgen</div></div>", "Die alte Brücke am Morgen", "Jana Krüger"),
        (f"<div class='sc-a1'>{IMG}<div>Le vieux pont à l’aube</div><div>AFP</div></div>", "Le vieux pont à l’aube", "AFP"),
        (f"<div class='sc-a1'>{IMG}<div>{CAPTION}</div></div>", CAPTION, None),
        # no caption
        (f"<div class='sc-a1'>{IMG}<h3>Ferry museum opens</h3></div>", None, None),
        (f"<div class='sc-a1'>{IMG}<div>One line of words</div><div>Another line of words</div></div>", None, None),
        (f"<div class='sc-a1'>{IMG} Loose words beside it <div>{CAPTION}</div></div>", None, None),
    ],
)  # fmt: skip
def test_where_a_caption_stands(markup: str, caption: str | None, credit: str | None) -> None:
    image = next(page(f"<article>{markup}</article>").tree.iter("img"))
    found = caption_of(image)
    assert (found.text, found.credit) == (caption, credit)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Photo: Ann Smith", True),
        ("REUTERS", True),
        ("Ann Smith/AFP", True),
        ("© dpa", True),
        ("Crédit photo : Luc Petit", True),
        ("写真：共同通信", True),
        ("Фото: ТАСС", True),
        ("The old bridge at dawn", False),
        (
            "AFP moved its office into the old bridge house, which had stood empty for twenty years until then.",
            False,
        ),
    ],
)
def test_a_line_that_is_nothing_but_a_credit(line: str, expected: bool) -> None:
    assert is_credit(line) is expected
