"""Pages of many languages in the encodings of the web are read as a reader sees them."""
# ruff: noqa: E501, RUF001 - tables are easier to read unbroken, and the signs of many languages are meant as they are

from __future__ import annotations

import codecs
from datetime import UTC, date, datetime
from html import escape

import pytest

from archive.article import Article
from pipelines.extract import extract
from tests.pipelines.world_stories import STORIES, WorldStory

AT = datetime(2026, 6, 1, tzinfo=UTC)
DAY = date(2026, 3, 5)


def page(story: WorldStory, *, charset: str | None = None, date_markup: str | None = None) -> str:
    """The story with its frame; `charset` is what the page declares of itself."""
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    direction = ' dir="rtl"' if story.language in {"ar", "fa", "he"} else ""
    text = "".join(f"<p>{escape(line)}</p>\n" for line in story.paragraphs)
    shown = date_markup if date_markup is not None else f'<span class="date">{story.date}</span>'
    return (
        f'<!DOCTYPE html><html lang="{story.language}"{direction}><head>{declared}<title>{story.headline} | {story.site}</title>'
        f'<meta property="og:site_name" content="{story.site}"></head><body><header><a href="/">{story.site}</a><nav><ul>'
        f'<li><a href="/a">1</a></li><li><a href="/b">2</a></li></ul></nav></header><main><article><h1>{story.headline}</h1>'
        f'<div class="meta"><span class="byline">{story.byline}</span> {shown}</div>{text}</article></main>'
        f"<footer><p>© 2026 {story.site}</p></footer></body></html>"
    )


def read(body: bytes, *, header: str | None = None) -> Article:
    content_type = f"text/html; charset={header}" if header else "text/html"
    found = extract(
        body, url="https://news.example/n/bridge", content_type=content_type, content_encoding=None, captured_at=AT
    )  # fmt: skip
    assert found.article is not None, found.reason
    return found.article


def check(got: Article, story: WorldStory) -> None:
    assert got.title == story.headline
    assert got.text.split("\n\n") == list(story.paragraphs)
    assert got.byline == story.people
    assert got.language == story.language[:2]


@pytest.mark.parametrize("language", STORIES)
def test_a_story_in_utf_8(language: str) -> None:
    story = STORIES[language]
    got = read(page(story, charset="utf-8").encode())
    check(got, story)
    assert got.charset == "utf-8 (meta)"
    assert got.published_at is not None
    assert got.published_at.date() == DAY


ENCODINGS = [
    ("zh", "gb2312", "gb18030"),
    ("zh", "gbk", "gb18030"),
    ("zh", "gb18030", "gb18030"),
    ("zh-Hant", "big5", "big5hkscs"),
    ("ja", "shift_jis", "cp932"),
    ("ja", "euc-jp", "euc_jp"),
    ("ja", "iso-2022-jp", "iso2022_jp"),
    ("ko", "euc-kr", "cp949"),
    ("th", "tis-620", "cp874"),
    ("th", "windows-874", "cp874"),
    ("ar", "windows-1256", "cp1256"),
    ("he", "windows-1255", "cp1255"),
    ("ru", "windows-1251", "cp1251"),
    ("ru", "koi8-r", "koi8-r"),
    ("ru", "iso-8859-5", "iso8859-5"),
    ("uk", "windows-1251", "cp1251"),
    ("uk", "koi8-u", "koi8-u"),
    ("el", "iso-8859-7", "iso8859-7"),
    ("el", "windows-1253", "cp1253"),
    ("pl", "iso-8859-2", "iso8859-2"),
    ("cs", "windows-1250", "cp1250"),
    ("tr", "iso-8859-9", "cp1254"),
    ("fr", "windows-1252", "cp1252"),
    ("de", "iso-8859-15", "iso8859-15"),
    ("de", "iso-8859-1", "cp1252"),
    ("vi", "utf-16-le", "utf-16-le"),
]


def encoded(markup: str, charset: str) -> bytes:
    """As browsers read the label; what the encoding has no sign for, as a character reference."""
    python = {"gb2312": "gb18030", "windows-874": "cp874", "tis-620": "cp874"}.get(charset, charset)
    return markup.encode(python, "xmlcharrefreplace")


@pytest.mark.parametrize(("language", "charset", "used"), ENCODINGS)
def test_a_story_in_an_older_encoding_told_by_the_header(language: str, charset: str, used: str) -> None:
    story = STORIES[language]
    got = read(encoded(page(story), charset), header=charset)
    check(got, story)
    assert got.charset == f"{used} (header)"


@pytest.mark.parametrize(
    ("language", "charset", "used"), [row for row in ENCODINGS if not row[1].startswith("utf-16")]
)
def test_a_story_in_an_older_encoding_told_by_the_page(language: str, charset: str, used: str) -> None:
    story = STORIES[language]
    got = read(encoded(page(story, charset=charset), charset))
    check(got, story)
    assert got.charset == f"{used} (meta)"


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        ("zh", "gb18030"), ("zh-Hant", "big5"), ("ja", "shift_jis"), ("ja", "euc-jp"), ("ko", "euc-kr"),
        ("ru", "windows-1251"), ("ru", "koi8-r"), ("el", "windows-1253"), ("he", "windows-1255"), ("th", "tis-620"),
        ("ar", "windows-1256"),
    ],
)  # fmt: skip
def test_a_story_that_nothing_tells_the_encoding_of(language: str, charset: str) -> None:
    story = STORIES[language]
    got = read(encoded(page(story), charset))
    check(got, story)
    assert got.charset is not None
    assert got.charset.endswith("(guess)")


@pytest.mark.parametrize(
    ("language", "body", "header", "meta", "said"),
    [
        # valid UTF-8 is believed before any word about it
        ("ru", "utf-8", "windows-1251", "windows-1251", "utf-8 (content)"),
        ("ja", "utf-8", "shift_jis", "utf-8", "utf-8 (meta)"),
        ("fr", "utf-8", "iso-8859-1", None, "utf-8 (content)"),
        # a mark at the beginning goes before all
        ("el", "utf-8-sig", "iso-8859-7", "iso-8859-7", "utf-8 (bom)"),
        ("ko", "utf-16", "euc-kr", "euc-kr", "utf-16-le (bom)"),
        # of two words, the server's: unless the bytes are not in that encoding
        ("ru", "windows-1251", "windows-1251", "koi8-r", "cp1251 (header)"),
        ("ru", "windows-1251", "utf-8", "windows-1251", "cp1251 (meta)"),
        ("ja", "euc-jp", "utf-8", "euc-jp", "euc_jp (meta)"),
        ("zh", "gb18030", "utf-8", "gb2312", "gb18030 (meta)"),
        ("ko", "euc-kr", None, "utf-8", "cp949 (guess)"),
        # a word that is no encoding
        ("de", "windows-1252", "none", "iso-8859-1", "cp1252 (meta)"),
        ("pl", "iso-8859-2", "iso-8859-2; q=1", None, "iso8859-2 (header)"),
    ],
)
def test_conflicting_words_about_the_encoding(
    language: str, body: str, header: str | None, meta: str | None, said: str
) -> None:
    story = STORIES[language]
    got = read(encoded(page(story, charset=meta), body), header=header)
    check(got, story)
    assert got.charset == said


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        ("ru", "utf-8"),
        ("ja", "utf-8"),
        ("zh", "gb18030"),
        ("ja", "shift_jis"),
        ("ko", "euc-kr"),
        ("ar", "utf-8"),
    ],
)
def test_a_few_broken_bytes_spoil_only_their_own_signs(language: str, charset: str) -> None:
    story = STORIES[language]
    body = encoded(page(story, charset=charset), charset)
    mark = encoded(story.paragraphs[2][:3], charset)
    broken = body.replace(mark, b"\xff" + mark, 1)
    assert broken != body
    got = read(broken, header=charset)
    assert (got.title, got.byline) == (story.headline, story.people)
    lines = got.text.split("\n\n")
    assert [lines[0], lines[1], lines[3]] == [story.paragraphs[n] for n in (0, 1, 3)]
    assert lines[2][8:] == story.paragraphs[2][len(story.paragraphs[2]) - len(lines[2][8:]) :]


DATES = [
    ("zh", "2026年03月05日 14:30"),
    ("zh", "发布时间：2026年3月5日"),
    ("zh", "2026-03-05 14:30:00 来源：河畔晚报"),
    ("ja", "2026年3月5日（木）14時30分"),
    ("ja", "令和8年3月5日"),
    ("ko", "2026.03.05. 오후 2:30"),
    ("ko", "입력 2026.03.05 14:30"),
    ("th", "5 มี.ค. 2569"),
    ("th", "๕ มีนาคม ๒๕๖๙"),
    ("ar", "الخميس ٥ مارس ٢٠٢٦"),
    ("ar", "5 آذار 2026"),
    ("fa", "۱۴ اسفند ۱۴۰۴"),
    ("fa", "۱۴۰۴/۱۲/۱۴"),
    ("he", "05.03.2026"),
    ("hi", "5 मार्च 2026"),
    ("ru", "5 марта 2026 г., 14:30"),
    ("uk", "5 березня 2026 року"),
    ("el", "Πέμπτη, 5 Μαρτίου 2026"),
    ("pl", "5 marca 2026, 14:30"),
    ("cs", "5. března 2026"),
    ("tr", "05 Mart 2026 Perşembe"),
    ("vi", "Thứ năm, 5/3/2026"),
    ("de", "Donnerstag, 5. März 2026, 14.30 Uhr"),
    ("fr", "Publié le jeudi 5 mars 2026 à 14h30"),
]


@pytest.mark.parametrize(("language", "printed"), DATES)
def test_dates_as_papers_print_them(language: str, printed: str) -> None:
    story = STORIES[language]
    got = read(page(story, charset="utf-8", date_markup=f'<span class="date">{printed}</span>').encode())
    assert got.published_at is not None
    assert got.published_at.date() == DAY


def test_the_raw_bytes_are_what_was_decoded() -> None:
    """A page in an encoding that has two names for it is read the same under both."""
    story = STORIES["ja"]
    body = encoded(page(story), "shift_jis")
    assert read(body, header="x-sjis") == read(body, header="windows-31j")
    assert codecs.lookup("cp932").name == "cp932"


@pytest.mark.parametrize(
    ("language", "byline", "people"),
    [
        ("zh", "作者：王小明", ("王小明",)),
        ("zh", "本报记者 王小明", ("王小明",)),
        ("zh-Hant", "文／陳大文", ("陳大文",)),
        ("ja", "取材・文＝山田太郎", ("山田太郎",)),
        ("ja", "山田太郎 記者", ("山田太郎",)),
        ("ko", "글=김철수 기자", ("김철수",)),
        ("th", "เขียนโดย สมชาย ใจดี", ("สมชาย ใจดี",)),
        ("ar", "كتب أحمد الخطيب", ("أحمد الخطيب",)),
        ("fa", "گزارش از مریم احمدی", ("مریم احمدی",)),
        ("he", "מאת: דנה לוי", ("דנה לוי",)),
        ("hi", "द्वारा राम शर्मा", ("राम शर्मा",)),
        ("el", "Γράφει η Μαρία Παπαδοπούλου", ("Μαρία Παπαδοπούλου",)),
        ("tr", "Yazan: Ayşe Yıldız", ("Ayşe Yıldız",)),
    ],
)
@pytest.mark.parametrize("tag", ["span", "p"])
def test_bylines_as_papers_print_them(language: str, byline: str, people: tuple[str, ...], tag: str) -> None:
    """In an element that says what it is, and in a line that is told by its words alone."""
    story = STORIES[language]
    marked = f'<span class="byline">{story.byline}</span>'
    printed = f'<span class="author">{byline}</span>' if tag == "span" else f"<p>{byline}</p>"
    markup = page(story, charset="utf-8").replace(marked, printed)
    assert printed in markup
    assert read(markup.encode()).byline == people
