"""Pages are decoded and parsed whatever they are, with the encoding and its source kept."""
# ruff: noqa: E501, RUF001 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import pytest

from archive.charset import codec_for, decode_text, header_charset
from pipelines.page import MAX_DEPTH, Page, Unreadable, read_page

RUSSIAN = "Дом стоит на холме, и над ним летают птицы. " * 8
JAPANESE = "今日は天気がいいので、散歩に行きました。" * 8
FRENCH = "Été à la plage, où « l’eau » est très fraîche. " * 8


def markup(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>T</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "source", "text"),
    [
        (markup(FRENCH).encode(), "text/html; charset=utf-8", "utf-8", "header", FRENCH),
        (markup(FRENCH, "utf-8").encode(), "text/html", "utf-8", "meta", FRENCH),
        (markup(FRENCH).encode(), None, "utf-8", "content", FRENCH),
        (markup(FRENCH).encode(), "text/html; charset=ISO-8859-1", "utf-8", "content", FRENCH),
        (b"\xef\xbb\xbf" + markup(FRENCH).encode(), "text/html; charset=cp1251", "utf-8", "bom", FRENCH),
        (markup(RUSSIAN).encode("utf-16"), None, "utf-16-le", "bom", RUSSIAN),
        (markup(RUSSIAN).encode("cp1251"), 'text/html; charset="windows-1251"', "cp1251", "header", RUSSIAN),
        (markup(RUSSIAN, "windows-1251").encode("cp1251"), "text/html", "cp1251", "meta", RUSSIAN),
        (markup(RUSSIAN, "koi8-r").encode("koi8-r"), "text/html; charset=utf-8", "koi8-r", "meta", RUSSIAN),
        (markup(JAPANESE).encode("shift_jis"), "text/html", "cp932", "guess", JAPANESE),
        (markup(FRENCH).encode("cp1252"), "text/html; charset=latin1", "cp1252", "header", FRENCH),
        (markup("plain ascii"), "text/html; charset=us-ascii", "cp1252", "header", "plain ascii"),
        (markup("plain ascii"), None, "utf-8", "content", "plain ascii"),
        (
            markup("ok " * 2000).encode() + b"\xff",
            "text/html; charset=utf-8",
            "utf-8",
            "header",
            "ok " * 2000,
        ),
        (markup(FRENCH, "rot13").encode(), "text/html; charset=zlib", "utf-8", "content", FRENCH),
    ],
)
def test_the_encoding_is_chosen_and_its_source_kept(
    body: bytes | str, content_type: str | None, encoding: str, source: str, text: str
) -> None:
    decoded = decode_text(body if isinstance(body, bytes) else body.encode(), content_type)
    assert (decoded.encoding, decoded.source) == (encoding, source)
    assert text in decoded.text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF8", "utf-8"), ("ISO-8859-1", "cp1252"), ("gb2312", "gb18030"), ("x-sjis", "cp932"), ("euc-kr", "cp949"),
        ("rot13", None), ("zlib", None), ("utf-7", None), ("idna", None), ("no-such", None), ("a\0b", None), (None, None),
    ],
)  # fmt: skip
def test_labels_of_the_web_become_codecs_and_nothing_else_does(label: str | None, codec: str | None) -> None:
    assert codec_for(label) == codec


@pytest.mark.parametrize(
    ("value", "charset"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ("text/html;charset='x'", "x"),
        ("text/html", None),
        (None, None),
        (";;;=", None),
    ],
)
def test_the_charset_of_a_header(value: str | None, charset: str | None) -> None:
    assert header_charset(value) == charset


def page_of(body: bytes, url: str = "https://example.org/a/b") -> Page:
    page = read_page(body, url=url, content_type="text/html; charset=utf-8", content_encoding=None)
    assert isinstance(page, Page)
    return page


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\0\0 ", "empty"),
        (b"<!-- only a comment -->", "not_html"),
        (b"<?xml version='1.0'?>", "not_html"),
    ],
)
def test_what_is_no_page_has_a_reason(body: bytes, reason: str) -> None:
    assert read_page(body, url="https://e.org/", content_type=None, content_encoding=None) == Unreadable(
        reason
    )


def test_a_broken_coding_is_a_reason() -> None:
    got = read_page(b"\x1f\x8b\x08", url="https://e.org/", content_type=None, content_encoding="gzip")
    assert got == Unreadable("truncated")


def test_characters_that_no_tree_can_hold_are_left_out() -> None:
    page = page_of("<p>a\0b\x01c\ufffe\x7fd</p>".encode() + b"\xed\xa0\x80<p>after</p>")
    text = page.tree.text_content()
    assert "abcd" in text
    assert "after" in text
    assert not set(text) & {"\0", "\x01", "\ufffe", "\ud800"}


@pytest.mark.parametrize("depth", [300, 1500, 5000])
@pytest.mark.parametrize("tag", ["div", "b", "span"])
def test_deep_nesting_is_flattened_and_its_text_kept(tag: str, depth: int) -> None:
    page = page_of(f"<body>{f'<{tag}>' * depth}the text{f'</{tag}>' * depth}<p>after</p>".encode())
    deepest = max(sum(1 for _ in element.iterancestors()) for element in page.tree.iter())
    assert deepest <= MAX_DEPTH
    assert "the text" in page.tree.text_content()
    assert "after" in page.tree.text_content()


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("c.html", "https://example.org/a/c.html"),
        ("//cdn.example.net/x y.jpg", "https://cdn.example.net/x%20y.jpg"),
        (" /x\n.jpg ", "https://example.org/x.jpg"),
        ("javascript:alert(1)", None),
        ("data:image/gif;base64,xxxx", None),
        ("mailto:a@example.org", None),
        ("http://[broken", None),
        ("http://", None),
        ("", None),
        (None, None),
    ],
)
def test_references_become_absolute_web_addresses_or_nothing(
    reference: str | None, expected: str | None
) -> None:
    assert page_of(b"<p>x</p>").absolute(reference) == expected


@pytest.mark.parametrize(
    ("href", "base"),
    [
        ("/root/", "https://example.org/root/"),
        ("javascript:x", "https://example.org/a/b"),
        ("http://[", "https://example.org/a/b"),
    ],
)
def test_the_base_element_is_honoured_where_it_is_an_address(href: str, base: str) -> None:
    assert page_of(f'<head><base href="{href}"></head><p>x</p>'.encode()).base == base
