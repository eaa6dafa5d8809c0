"""The parts of reading, each with the words of pages as they are: bylines, dates, captions, furniture, addresses."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

from datetime import UTC, datetime

import lxml.html
import pytest

from pipelines.byline import is_agency, split_names
from pipelines.credits import is_credited, split_credit
from pipelines.dates import credible, parse_moment
from pipelines.edges import trim
from pipelines.furniture import is_furniture, without_furniture
from pipelines.headline import without_site
from pipelines.image_sources import addresses, identity, parse_srcset
from pipelines.language import language_code
from pipelines.line_breaks import mark_paragraphs
from pipelines.page import Page, read_page


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("By Ann Smith", ["Ann Smith"]),
        ("Von Jana Krüger und Ole Berg", ["Jana Krüger", "Ole Berg"]),
        ("Par Luc Petit et Anne Roux", ["Luc Petit", "Anne Roux"]),
        ("By Ann Smith in Rome, Bo Li and Reuters", ["Ann Smith", "Bo Li", "Reuters"]),
        ("Ann Smith; Bo Li", ["Ann Smith", "Bo Li"]),
        ("Ann Smith, Bo Li & Cy Young", ["Ann Smith", "Bo Li", "Cy Young"]),
        ("Ann Smith (London)", ["Ann Smith"]),
        ("Ann Smith @annsmith ann@example.org", ["Ann Smith"]),
        ("김민수 기자", ["김민수"]),
        ("Oriana Andersson", ["Oriana Andersson"]),
        ("Byron Bay", ["Byron Bay"]),
        ("", []),
        ("A sentence that goes on for so many words that it is certainly no name at all", []),
    ],
)
def test_names_in_a_byline(value: str, names: list[str]) -> None:
    assert split_names(value) == names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AFP", True),
        ("Associated Press", True),
        ("dpa", True),
        ("연합뉴스", True),
        ("Ann Press", False),
        ("Reuters Jones", False),
    ],
)
def test_agencies_are_known_by_their_whole_name(name: str, expected: bool) -> None:
    assert is_agency(name) is expected


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2024-05-03T15:47:42.389Z", datetime(2024, 5, 3, 15, 47, 42, 389000, UTC)),
        ("2024-05-03T23:30:00-08:00", datetime(2024, 5, 4, 7, 30, tzinfo=UTC)),
        ("2024-05-03T23:30:00+0530", datetime(2024, 5, 3, 18, 0, tzinfo=UTC)),
        ("2024-05-03 23:30", datetime(2024, 5, 3, 23, 30, tzinfo=UTC)),
        ("2024-05-03", datetime(2024, 5, 3, tzinfo=UTC)),
        ("2024-5-3T7:05:00+02", datetime(2024, 5, 3, 5, 5, tzinfo=UTC)),
        ("Fri, 03 May 2024 15:47:42 +0200", datetime(2024, 5, 3, 13, 47, 42, tzinfo=UTC)),
        ("1714751262", datetime(2024, 5, 3, 15, 47, 42, tzinfo=UTC)),
        ("1714751262000", datetime(2024, 5, 3, 15, 47, 42, tzinfo=UTC)),
        ("2024-13-45", None),
        ("2024-02-30T10:00:00Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_moments_are_read_with_their_zone(raw: str | None, moment: datetime | None) -> None:
    assert parse_moment(raw) == moment


@pytest.mark.parametrize(
    ("raw", "believed"),
    [
        ("2024-05-03T12:00:00Z", True),
        ("2024-05-04T11:59:00Z", True),
        ("2024-05-04T12:01:00Z", False),
        ("2099-01-01", False),
        ("0001-01-01T00:00:00Z", False),
        ("1970-01-01", False),
    ],
)
def test_a_date_is_never_far_beyond_the_capture(raw: str, believed: bool) -> None:
    assert (credible(raw, datetime(2024, 5, 3, 12, tzinfo=UTC)) is not None) is believed


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The harbour at dawn. Photo: A. Smith/AFP", "The harbour at dawn.", "A. Smith/AFP"),
        ("The harbour at dawn. Image: Daily Herald", "The harbour at dawn.", "Daily Herald"),
        (
            "The harbour at dawn (Photo by Ann Smith/Getty Images)",
            "The harbour at dawn",
            "Ann Smith/Getty Images",
        ),
        ("The harbour at dawn. (AP Photo/Ann Smith)", "The harbour at dawn.", "AP Photo/Ann Smith"),
        ("The harbour at dawn © Ann Smith", "The harbour at dawn", "Ann Smith"),
        ("Der Hafen am Morgen. Foto: Jana Krüger/dpa", "Der Hafen am Morgen.", "Jana Krüger/dpa"),
        ("Der Hafen am Morgen | Bild: IMAGO / Krüger", "Der Hafen am Morgen", "IMAGO / Krüger"),
        ("Le port à l’aube. Crédit photo : Luc Petit", "Le port à l’aube.", "Luc Petit"),
        (
            "The harbour at dawn. Photograph: Ann Smith/The Herald",
            "The harbour at dawn.",
            "Ann Smith/The Herald",
        ),
        ("The harbour at dawn. Photograph by Ann Smith", "The harbour at dawn.", "Ann Smith"),
        ("The harbour at dawn. Credit: Ann Smith", "The harbour at dawn.", "Ann Smith"),
        ("The harbour at dawn. Source: Port Authority", "The harbour at dawn.", "Port Authority"),
        (
            "The harbour at dawn. Ann Smith/AFP via Getty Images",
            "The harbour at dawn.",
            "Ann Smith/AFP via Getty Images",
        ),
        ("Photo: Ann Smith", None, "Ann Smith"),
        ("The photo by the door was taken in 1920", "The photo by the door was taken in 1920", None),
        ("A map of the harbour", "A map of the harbour", None),
        ("", None, None),
    ],
)
def test_the_credit_is_split_from_the_caption(text: str, caption: str | None, credit: str | None) -> None:
    assert split_credit(text) == (caption, credit)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("The harbour at dawn. Image: Daily Herald", True),
        ("Fishermen mend their nets. Foto: dpa", True),
        (
            "She showed him the image: a harbour. It was, he said later, the first picture that he had ever bought.",
            False,
        ),
        ("“I took the photo: nobody else did”", False),
        ("The harbour was quiet in the morning.", False),
        ("The harbour. " * 40 + "Image: Daily Herald", False),
    ],
)
def test_a_plain_paragraph_is_a_caption_only_with_a_credit(paragraph: str, expected: bool) -> None:
    assert is_credited(paragraph) is expected


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("Talks resume in the mountain village Read more", True),
        ("Read more: Talks resume in the mountain village", True),
        ("Leave a Comment", True),
        ("3 comments", True),
        ("Advertisement", True),
        ("Sign up for our daily newsletter and never miss a story", True),
        ("Get the morning briefing straight to your inbox", True),
        ("Lesen Sie auch: Gespräche gehen weiter", True),
        ("Share this article", True),
        ("Follow us on the usual networks", True),
        ("Weiterlesen »", True),
        ("She told the court that she wanted to read more", False),
        ("“Read more”", False),
        ("The comments were made on Tuesday.", False),
        ("He left a comment on the wall of the old harbour office, and nobody removed it.", False),
        ("The newsletter had ten thousand readers when it closed last year.", False),
        ("Share prices fell by 3%.", False),
        ("Top officials met on Monday.", False),
    ],
)
def test_furniture_is_told_by_its_words(paragraph: str, expected: bool) -> None:
    assert is_furniture(paragraph) is expected


def test_a_headline_that_is_said_again_and_a_teaser_in_two_parts_go() -> None:
    paragraphs = [
        "Storm hits the coast", "A standfirst.", "STORM HITS THE COAST", "First.", "Talks resume in the village", "Read more",
        "Boats at rest", "Second.",
    ]  # fmt: skip
    clean = without_furniture(
        paragraphs, "Storm hits the coast", {"boats at rest"}, {"talks resume in the village"}
    )
    assert clean == ["A standfirst.", "First.", "Second."]


def test_a_short_headline_may_be_said_in_the_text() -> None:
    assert without_furniture(["War", "First.", "War"], "War", set(), set()) == ["First.", "War"]


@pytest.mark.parametrize(
    "edge",
    [
        "News", "By Ann Smith", "Ann Smith", "3 May 2024", "Friday, May 3, 2024 at 3:15 p.m.", "03.05.2024, 20:59 Uhr", "4 min read",
        "Lesedauer: 4 Minuten", "© 2024 The Herald", "Copyright 2024 The Herald. All rights reserved.", "Weather: A storm hits the coast",
    ],
)  # fmt: skip
def test_edges_are_trimmed_and_the_middle_stays(edge: str) -> None:
    text = ["A first sentence of the report.", edge, "A last sentence of the report."]
    clean = trim(
        [edge, *text, edge], headline="A storm hits the coast", byline=("Ann Smith",), others={"news"}
    )
    assert clean == text


@pytest.mark.parametrize(
    "sentence",
    [
        "The war ended on 8 May 1945.",
        "Ann Smith went home.",
        "He died on 3 May 2024 in a small house by the sea, aged 90.",
        "“3 May 2024”",
    ],
)
def test_sentences_at_the_edge_stay(sentence: str) -> None:
    text = [sentence, "And more.", sentence]
    kept = trim(text, headline=None, byline=("Ann Smith",), others=frozenset())
    assert kept == text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Storm hits coast | The Herald", "Storm hits coast"),
        ("Storm hits coast - World - The Herald", "Storm hits coast - World"),
        ("The Herald - Storm hits coast", "Storm hits coast"),
        ("Storm hits coast – herald.example", "Storm hits coast"),
        ("Storm - the inside story", "Storm - the inside story"),
        ("A headline | Region", "A headline"),
        ("The Herald", "The Herald"),
        (None, None),
    ],
)
def test_the_site_name_is_taken_off_a_title(title: str | None, expected: str | None) -> None:
    assert without_site(title, ("The Herald", "herald.example"), {"a headline"}) == expected


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de-AT", "de"),
        ("en_GB", "en"),
        ("EN", "en"),
        ("deu", "de"),
        ("jp", "ja"),
        ("", None),
        (None, None),
        ("x", None),
        ("klingon", None),
    ],
)
def test_language_tags(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.jpg 400w, b.jpg 800w", [("a.jpg", 400, "w"), ("b.jpg", 800, "w")]),
        ("a.jpg, b.jpg 2x", [("a.jpg", None, None), ("b.jpg", 2, "x")]),
        (
            "/w_400,h_300/a.jpg 400w,/w_800,h_600/a.jpg 800w",
            [("/w_400,h_300/a.jpg", 400, "w"), ("/w_800,h_600/a.jpg", 800, "w")],
        ),
        (" a.jpg 1.5x ,\n b.jpg 400w 300h", [("a.jpg", 1.5, "x"), ("b.jpg", 400, "w")]),
        ("", []),
        (",,,,", []),
    ],
)
def test_srcset(value: str, expected: list[tuple[str, float | None, str | None]]) -> None:
    assert list(parse_srcset(value)) == expected


def page_of(markup: str) -> Page:
    page = read_page(
        markup.encode(),
        url="https://e.org/n/",
        content_type="text/html; charset=utf-8",
        content_encoding=None,
    )
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<img src="a.jpg" srcset="a-400.jpg 400w, a-1200.jpg 1200w, a-6000.jpg 6000w">',
            ["a-1200.jpg", "a-400.jpg", "a-6000.jpg", "a.jpg"],
        ),
        ('<img src="data:image/gif;base64,R0" data-src="a.jpg">', ["a.jpg"]),
        ('<img src="/i/blank.gif" data-original="a.jpg">', ["a.jpg"]),
        ('<img width="300" src="a.jpg" srcset="a.jpg, a2.jpg 2x">', ["a2.jpg", "a.jpg"]),
        ('<picture><source srcset="a.webp 900w"><img src="a.jpg"></picture>', ["a.webp", "a.jpg"]),
        ('<a href="big.jpg"><img src="small.jpg"></a>', ["big.jpg", "small.jpg"]),
        ('<a href="story.html"><img src="small.jpg"></a>', ["small.jpg"]),
        ('<img src="javascript:x">', []),
        ("<img>", []),
    ],
)
def test_the_best_size_goes_first(markup: str, expected: list[str]) -> None:
    page = page_of(f"<p>{markup}</p>")
    image = next(page.tree.iter("img"))
    assert [address.removeprefix("https://e.org/n/") for address in addresses(page, image)] == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://e.org/a/boat-300x200.jpg", "https://e.org/a/boat.jpg?w=9", True),
        ("https://e.org/w_520/boat.jpg", "https://e.org/w_1200/boat.webp", True),
        ("https://e.org/boat-1.jpg", "https://e.org/boat-2.jpg", False),
    ],
)
def test_size_variants_have_one_identity(one: str, other: str, same: bool) -> None:
    assert (identity(one) == identity(other)) is same


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<div>One<br><br>Two<br/> <br>Three</div>", "<div><p>One</p><p>Two</p><p>Three</p></div>"),
        ("<div>One<br>still one<br><br>Two</div>", "<div><p>One<br>still one</p><p>Two</p></div>"),
        (
            "<div>One<br><br><h2>H</h2>Two <b>bold</b> end</div>",
            "<div><p>One</p><h2>H</h2><p>Two <b>bold</b> end</p></div>",
        ),
        ("<div>One<br>Two</div>", "<div>One<br>Two</div>"),
        ("<div><br><br></div>", "<div></div>"),
    ],
)
def test_text_between_double_breaks_becomes_paragraphs(markup: str, expected: str) -> None:
    tree = lxml.html.fragment_fromstring(markup, create_parent="section")
    mark_paragraphs(tree)
    assert lxml.html.tostring(tree[0], encoding="unicode") == expected
