"""Which style sheets a page names, and which these import."""

from __future__ import annotations

import gzip
import time

import pytest

from pipelines.stylesheets import LARGEST, MOST, imported, linked

PAGE, SHEET = "https://news.example/2026/page.html", "https://cdn.example/css/main.css"


def of_page(markup: str) -> tuple[str, ...]:
    return linked(markup.encode(), url=PAGE, content_type="text/html; charset=utf-8", content_encoding=None)


def of_sheet(css: str | bytes, kind: str | None = "text/css", coding: str | None = None) -> tuple[str, ...]:
    body = css.encode() if isinstance(css, str) else css
    return imported(body, url=SHEET, content_type=kind, content_encoding=coding)


@pytest.mark.parametrize(
    ("markup", "named"),
    [
        ("<link rel=stylesheet href=a.css>", ["https://news.example/2026/a.css"]),
        ("<link rel='preload STYLESHEET' href='/a.css#x'>", ["https://news.example/a.css"]),
        ("<base href=//cdn.example/b/><link rel=stylesheet href=a.css>", ["https://cdn.example/b/a.css"]),
        ("<noscript><link rel=stylesheet href=/n.css></noscript>", ["https://news.example/n.css"]),
        ("<p><link rel=stylesheet media=print href='/p q.css'>", ["https://news.example/p%20q.css"]),
        ("<style>@import '/i.css'; p{}</style>", ["https://news.example/i.css"]),
        (
            "<link rel=stylesheet href=/1><style>@import url(/2)a;</style><link rel=stylesheet href=/1>",
            ["https://news.example/1", "https://news.example/2"],
        ),
        ("<link rel='alternate stylesheet' href=/a.css>", []),
        ("<link rel=stylesheet type=text/less href=/a.less>", []),
        ("<link rel=stylesheet href=''><link rel=stylesheet><link rel=icon href=/i>", []),
        ("<link rel=stylesheet href=javascript:1><link rel=stylesheet href=data:text/css,p>", []),
        ("<link rel=stylesheet href='http://[x/a.css'><link rel=stylesheet href=" + "a" * 3000 + ">", []),
        ("", []),
    ],
)
def test_a_page_names_its_style_sheets_in_order(markup: str, named: list[str]) -> None:
    assert list(of_page(markup)) == named


def test_only_so_many_style_sheets_of_a_page() -> None:
    assert len(of_page("".join(f"<link rel=stylesheet href=/{n}.css>" for n in range(100)))) == MOST


@pytest.mark.parametrize(
    ("css", "named"),
    [
        ("@import 'a.css';", ["css/a.css"]),
        ('@IMPORT url( "/b.css" ) screen and (min-width: 3px);', ["b.css"]),
        ("@import url(c.css?a=1,2);@import url(//cdn.example/d);", ["css/c.css?a=1,2", "d"]),
        ("/* one */ @charset 'utf-8'; <!-- @layer a, b; @import'e.css'layer(x);", ["css/e.css"]),
        (r"@import 'f\.css'; @import '\67.css';", ["css/f.css", "css/g.css"]),
        ("@import 'h.css' supports(content: ';');@import 'i.css';", ["css/h.css", "css/i.css"]),
        ("@import 'j.css'; @import 'j.css';", ["css/j.css"]),
        ("p{color:red} @import 'late.css';", []),
        ("@media screen{p{}} @import 'late.css';", []),
        ("/* @import 'comment.css'; */", []),
        ("@import url(javascript:1);@import '';@import 'open.css", []),
    ],
)
def test_a_style_sheet_names_its_imports_in_order(css: str, named: list[str]) -> None:
    assert list(of_sheet(css)) == [f"https://cdn.example/{path}" for path in named]


def test_what_is_no_style_sheet_imports_nothing() -> None:
    css = b"@import 'a.css';"
    assert of_sheet(css, "text/html") == ()
    assert (
        of_sheet(css, None)
        == of_sheet(gzip.compress(css), coding="gzip")
        == ("https://cdn.example/css/a.css",)
    )
    assert of_sheet(css, coding="gzip") == ()  # it is not
    assert of_sheet(gzip.compress(b" " * (LARGEST + 1) + css), coding="gzip") == ()  # a bomb


@pytest.mark.parametrize(
    "piece",
    [
        "/*",
        "@import ",
        "@import 'a' ",
        "<!--",
        " /**/",
        "@import url( ",
        "@layer 'a' ",
        "\\a",
        "@import 'x' a'b'",
    ],
)
def test_hostile_style_sheets_are_read_in_linear_time(piece: str) -> None:
    css = piece * (LARGEST // len(piece))
    began = time.thread_time()
    of_sheet(css)
    assert time.thread_time() - began < 5  # seconds; half a second where it was measured
