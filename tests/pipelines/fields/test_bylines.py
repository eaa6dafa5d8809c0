"""People and agencies: from statements, from lines that begin with "By" in many languages, from lone names."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.article_place import Place, locate
from pipelines.byline import Byline, byline, split_names
from pipelines.metadata import read_metadata
from pipelines.page import Page, read_page
from pipelines.written_byline import lone_name, written_byline

PARAGRAPHS = (
    "The old bridge over the river will be closed for a year, the town council decided on Tuesday evening, and buses will take the long way round.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger, said the head of the office for roads and bridges.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(body: str, head: str = "") -> tuple[Page, Place]:
    found = read_page(
        f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode(),
        url="https://www.rh.example/1", content_type="text/html; charset=utf-8", content_encoding=None,
    )  # fmt: skip
    assert isinstance(found, Page)
    return found, locate(found, PARAGRAPHS)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Smith", "Ann Smith"),
        ("By Ann Smith and Bo Li", "Ann Smith and Bo Li"),
        ("By Ann Smith, in World · 3 May 2026", "Ann Smith"),
        ("Written by Ann Smith Friday", "Ann Smith"),
        ("By Martin May March 7, 2026", "Martin May"),
        ("By RHP, in News", "RHP"),
        ("Von Jana Krüger und Ole Berg", "Jana Krüger und Ole Berg"),
        ("Autorin/Autor Jana Krüger", "Jana Krüger"),
        ("Par Luc Petit et Anne Roux", "Luc Petit et Anne Roux"),
        ("Por Carmen de la Ribes | 18/03/2026", "Carmen de la Ribes"),
        ("di Marco Rossi", "Marco Rossi"),
        ("Door Jan van Dijk", "Jan van Dijk"),
        ("Av Ingrid Berg Publisert 3.5.2026", "Ingrid Berg"),
        ("Autor: Jan Nowak", "Jan Nowak"),
        ("Автор: Анна Кузнецова", "Анна Кузнецова"),
        ("Penulis: Budi Santoso", "Budi Santoso"),
        ("김민수 기자", "김민수"),
        ("【記者 王小明／台北報導】", "王小明"),
        ("山田太郎 記者", "山田太郎"),
        ("By the river", None),
        ("By then the council had decided", None),
        ("Von der Brücke", None),
        ("Di sera fa freddo", None),
        ("Text size", None),
        ("Por la mañana", None),
        ("", None),
    ],
)
def test_a_line_between_heading_and_text_that_begins_with_by(line: str, names: str | None) -> None:
    found, place = page(f"<h1>Old bridge to close</h1><div>{line}</div><div>{TEXT}</div>")
    assert written_byline(found, place) == names


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("<p><strong>Ann Smith</strong></p>", "", "Ann Smith"),
        ("<p>… what the council says</p><p><b>Ann Smith/Bo Li</b></p>", "", "Ann Smith/Bo Li"),
        ("<p><strong>MTHUNZI DLADLA</strong></p>", "", "MTHUNZI DLADLA"),
        ("", "<p><em>Ann Smith</em></p>", "Ann Smith"),
        ("<p>Ann Smith</p>", "", None),
        ("<p><strong>Old bridge to close</strong></p>", "", None),
        ("", f"<p><strong>What Comes Next</strong></p>{TEXT}", None),
    ],
)
def test_a_lone_name_in_bold_at_an_edge_of_the_text(before: str, after: str, names: str | None) -> None:
    _, place = page(f"<h1>Old bridge to close</h1><div>{before}{TEXT}{after}</div>")
    assert lone_name(place) == names


ANN = {"@type": "Person", "name": "Ann Smith"}


@pytest.mark.parametrize(
    ("authors", "head", "shown", "expected"),
    [
        ([ANN, {"@type": "Person", "name": "AFP"}], "", None, Byline(("Ann Smith",), ("AFP",))),
        ([ANN, {"@type": "Organization", "name": "SDA"}], "", None, Byline(("Ann Smith",), ("SDA",))),
        ({"@type": "Organization", "name": "dpa"}, "", "Dpa", Byline((), ("dpa",))),
        ({"@type": "Organization", "name": "River Herald"}, "", "Reuters", Byline(("River Herald",))),
        ({"@type": "Organization", "name": "River Herald"}, "", "Ann Smith", Byline(("Ann Smith",))),
        # the site's name, its initials in the address, its domain: none of them is a person
        ({"@type": "Person", "name": "River Herald"}, "", "Ann Smith", Byline(("Ann Smith",))),
        ({"@type": "Person", "name": "rh.example"}, "", "Ann Smith", Byline(("Ann Smith",))),
        # an account that several people write with, whatever it is called
        ({"name": "Herald D", "url": "https://www.rh.example/author/admin/"}, "", "Herald D", Byline(("Herald D",))),
        ({"name": "Herald D", "url": "https://www.rh.example/author/admin/"}, "", "Ann Smith", Byline(("Ann Smith",))),
        (None, '<meta name="author" content="Ann Smith"><meta name="author" content="(Image: Getty Images/iStockphoto)">', None, Byline(("Ann Smith",))),
        (None, "", "Follow", Byline()),
        (None, "", "Themen folgen; Folgen", Byline(("Themen folgen",))),
        (None, "", None, Byline()),
    ],
)  # fmt: skip
def test_people_and_agencies(authors: Any, head: str, shown: str | None, expected: Byline) -> None:
    ld = {
        "@type": "NewsArticle",
        "headline": "Old bridge",
        "author": authors,
        "publisher": {"name": "River Herald"},
    }
    found, _ = page(TEXT, f'<script type="application/ld+json">{json.dumps(ld)}</script>{head}')
    assert byline(found, read_metadata(found), [lambda: shown]) == expected


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("강릉, 춘천 이도윤 기자 doyoon@herald.example", ["이도윤"]),
        ("한서준 기자, 오하린 특파원", ["한서준", "오하린"]),
        ("Ann Smith; Follow", ["Ann Smith"]),
        ("Anna Kowalska i Jan Nowak", ["Anna Kowalska", "Jan Nowak"]),
        ("Анна Кузнецова и Иван Петров", ["Анна Кузнецова", "Иван Петров"]),
        ("Marco Rossi e Anna Bianchi", ["Marco Rossi", "Anna Bianchi"]),
        ("Carmen Ribes y Luis Farga", ["Carmen Ribes", "Luis Farga"]),
        ("山田太郎、鈴木花子", ["山田太郎", "鈴木花子"]),
    ],
)
def test_names_in_several_languages(value: str, names: list[str]) -> None:
    assert split_names(value) == names
