"""Rules have the last word: each field of them, on pages that would be read otherwise without."""
# ruff: noqa: E501 - pages and tables of cases are easier to read with a line each

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import structlog

from archive.article import Article
from config.extract_rule import ExtractRule
from pipelines.extract import extract
from pipelines.extraction import Extraction
from pipelines.extractor_id import extractor_id
from pipelines.guidance import Guidance
from pipelines.rules.misses import RuleMiss, RuleMisses

AT = datetime(2026, 3, 21, 12, tzinfo=UTC)
PARAGRAPHS = (
    "The old bridge across the Wend will close for a year, the town council decided on Tuesday evening.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger.",
    "Until the work is done, a ferry will take people across from six in the morning until midnight.",
    "Shopkeepers on both banks of the river fear for their trade and ask for help from the county.",
)
PROMPT = "<div class='box'><p>Ferries of the world is the theme of the museum this year, and it is open daily.</p></div>"
HEAD = (
    '<meta property="og:title" content="Bridge: what you need to know"><meta name="author" content="Web Desk">'
    '<meta property="article:published_time" content="2026-03-20T06:00:00Z">'
    '<meta name="printed" content="2026-03-18T23:00:00+01:00"><meta name="lead" content="/m/lead.jpg">'
)


def page(body: str = "", head: str = HEAD, paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    text = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>Bridge: what you need to know</title>{head}</head><body>"
        f"<nav class='top'><a href='/'>Home</a> <a href='/world/'>World</a></nav>"
        f"<article><h1>Old bridge <b>to close</b></h1><div class='names'>By <i>Ann Smith</i></div>"
        f"<div class='names'>Bo Li and AFP</div><div class='when'>Published 19 March 2026</div>"
        f"<div class='body'>{text}{body}</div></article>"
        f"<aside class='related'><figure><img src='/m/2.jpg' width='800' height='600'><figcaption>The arch."
        f"</figcaption></figure></aside><footer>Correction: an earlier version named the wrong river.</footer>"
        f"</body></html>"
    )


def read(
    markup: str, *rules: ExtractRule, at: datetime = AT, rules_at: datetime | None = None, zone: str = "UTC"
) -> Extraction:
    return extract(
        markup.encode(), url="https://news.example/2026/bridge", content_type="text/html; charset=utf-8",
        content_encoding=None, captured_at=at, guidance=Guidance(rules, rules_at, zone),
    )  # fmt: skip


def article(markup: str, *rules: ExtractRule, **more: Any) -> Article:
    result = read(markup, *rules, **more)
    assert result.article is not None, result.reason
    return result.article


def test_rules_hold_on_their_days() -> None:
    rule = ExtractRule(since=date(2026, 3, 1), drop=(".box", "p.none > a"))
    markup = page(PROMPT)
    eve = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    assert "museum" not in article(markup, rule).text
    assert "museum" in article(markup, rule, at=eve).text
    assert "museum" not in article(markup, rule, at=eve, zone="Europe/Berlin").text  # March has begun there
    assert "museum" not in article(markup, rule, at=eve, rules_at=AT).text


def test_a_rule_that_is_no_selector_names_it() -> None:
    unchecked = ExtractRule.model_construct(drop=("p[",))
    with pytest.raises(ValueError, match=r"'p\[' is not a CSS selector"):
        read(page(), unchecked)


def test_the_extractor_id_tells_extractor_and_rules_apart() -> None:
    rule = ExtractRule(since=date(2026, 3, 1), drop=(".box",))
    plain = article(page()).extractor
    ruled = article(page(), rule).extractor
    assert plain == extractor_id(Guidance(), AT)
    assert plain.startswith("dateline-")
    assert "+rules-none+" in plain
    assert ruled != plain
    assert ruled.split("+rules-")[0] == plain.split("+rules-")[0]
    assert ruled == extractor_id(Guidance((rule,)), AT)
    assert extractor_id(Guidance((rule,)), datetime(2026, 2, 1, tzinfo=UTC)) == plain
    assert extractor_id(Guidance((rule,), AT), datetime(2026, 2, 1, tzinfo=UTC)) == ruled


FIELDS: list[tuple[str, ExtractRule, str, Any]] = [
    ("a headline's words", ExtractRule(title=("h2", "h1")), "title", "Old bridge to close"),
    ("a headline's attribute", ExtractRule(title=('meta[name="author"]@content',)), "title", "Web Desk"),
    ("every byline that matches", ExtractRule(byline=(".names",)), "byline", ("Ann Smith", "Bo Li")),
    ("agencies in a byline", ExtractRule(byline=(".names",)), "agency", ("AFP",)),
    ("a byline's selectors together", ExtractRule(byline=(".names + .names", ".names i")), "byline", ("Bo Li", "Ann Smith")),
    ("a date's attribute", ExtractRule(date=('meta[name="printed"]@content',)), "published_at", datetime(2026, 3, 18, 22, tzinfo=UTC)),
    ("a date in words", ExtractRule(date=(".when",)), "published_at", datetime(2026, 3, 19, tzinfo=UTC)),
    ("the first that is a date", ExtractRule(date=("h1", ".when")), "published_at", datetime(2026, 3, 19, tzinfo=UTC)),
    ("the zone of a date", ExtractRule(date=('meta[name="printed"]@content',)), "published_confidence", "zoned"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "field", "value"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS]
)
def test_a_rule_says_what_a_field_is(rule: ExtractRule, field: str, value: Any) -> None:
    plain = article(page())
    ruled = article(page(), rule)
    assert getattr(ruled, field) == value
    assert getattr(plain, field) != value or field == "published_confidence"
    assert ruled.text == plain.text


TEXTS: list[tuple[str, str, tuple[ExtractRule, ...], tuple[str, ...]]] = [
    ("all of a container", page("<div class='tail'><a href='/x'>Where the ferry lands</a></div>"), (ExtractRule(text=(".tail", ".body")),), (*PARAGRAPHS, "Where the ferry lands")),
    ("only the containers named", page(), (ExtractRule(text=(".body p:nth-child(odd)",)),), PARAGRAPHS[::2]),
    ("a footer that belongs to it", page(), (ExtractRule(keep=("footer",)),), (*PARAGRAPHS, "Correction: an earlier version named the wrong river.")),
    ("what looks like furniture, in its place", page(paragraphs=(PARAGRAPHS[0], "Advertisement", *PARAGRAPHS[1:])), (ExtractRule(keep=(".body p:nth-child(2)",)),), (PARAGRAPHS[0], "Advertisement", *PARAGRAPHS[1:])),
    ("a box with an invitation", page("<div class='next'><p>The ferry's timetable</p><a href='/f'>Read more</a></div>"), (ExtractRule(keep=(".next p",)),), (*PARAGRAPHS, "The ferry's timetable")),
    ("kept and dropped: dropped", page(PROMPT), (ExtractRule(keep=(".box p",), drop=(".box",)),), PARAGRAPHS),
    ("furniture in a container goes", page("<p>Advertisement</p>"), (ExtractRule(text=(".body",)),), PARAGRAPHS),
    ("furniture in it that is kept stays", page("<p class='ad'>Advertisement</p>"), (ExtractRule(text=(".body",), keep=(".ad",)),), (*PARAGRAPHS, "Advertisement")),
    ("an inline element that is kept", page(PROMPT).replace("<footer>", "<footer><span class='c'>The river is the Wend.</span> "), (ExtractRule(drop=(".box",), keep=(".c",), text=(".body", ".c")),), (*PARAGRAPHS, "The river is the Wend.")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("markup", "rules", "text"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS]
)
def test_a_rule_says_what_the_text_is(
    markup: str, rules: tuple[ExtractRule, ...], text: tuple[str, ...]
) -> None:
    assert article(markup, *rules).text.split("\n\n") == list(text)


@pytest.mark.parametrize(
    ("selectors", "pictures"),
    [
        (("aside.related",), [("https://news.example/m/2.jpg", "The arch.")]),
        (("aside img", "figure"), [("https://news.example/m/2.jpg", "The arch.")]),
        (('meta[name="lead"]@content', "aside"), [("https://news.example/m/lead.jpg", None), ("https://news.example/m/2.jpg", "The arch.")]),
    ],
)  # fmt: skip
def test_a_rule_says_which_pictures_there_are(selectors: tuple[str, ...], pictures: list[Any]) -> None:
    assert article(page()).images == ()
    found = article(page(), ExtractRule(images=selectors)).images
    assert [(image.url, image.caption) for image in found] == pictures
    assert [image.position for image in found] == list(range(len(pictures)))


def test_a_rule_that_finds_nothing_is_named_and_the_page_read_without_it() -> None:
    nothing = {name: (f".no-{name}",) for name in ("drop", "keep", "text", "title", "byline", "images")}
    rule = ExtractRule(**nothing, date=("h1",))  # there is one, and it is no date
    result = read(page(), rule)
    assert result.unmatched == ("text", "title", "byline", "date", "images")
    plain = article(page())
    assert result.article is not None
    for name in ("title", "text", "byline", "published_at", "images"):
        assert getattr(result.article, name) == getattr(plain, name)
    assert read(page()).unmatched == ()


def test_a_rule_does_not_make_an_article_of_what_is_none() -> None:
    empty = "<html><body><div class='body'>Subscribe</div></body></html>"
    assert read(empty, ExtractRule(text=(".body",))).article is None


def test_what_rules_miss_is_counted_by_source_and_field() -> None:
    misses = RuleMisses()
    for source, unmatched in (
        ("a", ("title",)),
        ("a", ("date", "title")),
        ("a", ()),
        ("b", ()),
        ("c", ("text",)),
    ):
        misses.count(source, unmatched)
    assert list(misses.found()) == [
        RuleMiss("a", "date", 1, 3),
        RuleMiss("a", "title", 2, 3),
        RuleMiss("c", "text", 1, 1),
    ]
    with structlog.testing.capture_logs() as logs:
        misses.log()
    assert [(line["log_level"], line["source"], line["field"], line["pages"]) for line in logs] == [
        ("warning", "a", "date", 1),
        ("warning", "a", "title", 2),
        ("warning", "c", "text", 1),
    ]
