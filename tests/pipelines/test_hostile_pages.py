"""Pages made to break a reader end with an article or a reason, in bounded time."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.extract import extract
from pipelines.extraction import Extraction

WORDS = "The old bridge over the river will be closed for a year, the council said. " * 12
SENTENCE = "The old bridge over the river will be closed for a year, the council said."


def read(body: bytes) -> Extraction:
    return extract(
        body, url="https://e.org/a", content_type="text/html; charset=utf-8", content_encoding=None,
        captured_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip


HOSTILE = {
    "300 divisions": "<body>" + "<div>" * 300 + WORDS + "</div>" * 300,
    "5,000 divisions": "<body>" + "<div>" * 5000 + WORDS + "</div>" * 5000,
    "5,000 bold": "<body><p>" + "<b>" * 5000 + WORDS,
    "2,000 tables": "<body>" + "<table><tr><td>" * 2000 + WORDS,
    "200,000 attributes": "<body " + " ".join(f'a{i}="x"' for i in range(200_000)) + "><p>" + WORDS,
    "NULs": "<body><p>" + WORDS.replace(" ", "\0 "),
    "entity bomb": '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><body><p>&b;&b;' + WORDS,
    "deep JSON-LD": '<head><script type="application/ld+json">' + "[" * 100_000 + "</script></head><body><p>" + WORDS,
    "odd JSON-LD": '<head><script type="application/ld+json">{"@type": ["NewsArticle", 7], "headline": {"a": [1]}, "author": [[null, 3, {"name": [{}]}]],'
    ' "datePublished": 12, "image": [{"url": 5}], "publisher": 9, "inLanguage": {}}</script></head><body><p>' + WORDS,
    "srcset of commas": "<body><article><p>" + WORDS + '</p><img srcset="' + "," * 300_000 + '"></article>',
    "20,000 pictures": "<body><article><p>" + WORDS + "</p>" + "".join(f'<img src="/{i}.jpg">' for i in range(20_000)),
    "20,000 breaks": "<body><div>" + (SENTENCE + "<br><br>") * 20_000,
    "long title": "<head><title>" + "a | " * 100_000 + "</title></head><body><h1>h</h1><p>" + WORDS,
    "long caption": '<body><article><figure><img src="/a.jpg"><figcaption>' + "Photo: " * 30_000 + "</figcaption></figure><p>" + WORDS,
    "spaces": "<body><p>" + " " * 2_000_000 + WORDS,
    "bad addresses": '<head><base href="http://[x"><link rel="canonical" href="http://[::1"><meta property="og:image" content="//["></head>'
    '<body><article><img src="http://]["><a href="http://[">x</a><p>' + WORDS,
}  # fmt: skip


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_text_is_found_in_bounded_time(markup: str) -> None:
    start = time.process_time()
    result = read(markup.encode())
    assert result.article is not None
    assert SENTENCE.split()[3] in result.article.text
    assert time.process_time() - start < 20


def test_one_text_node_of_twelve_megabytes() -> None:
    start = time.process_time()
    result = read(("<body><p>" + SENTENCE.ljust(80) * 150_000).encode())
    assert result.article is not None
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 1000, "empty"),
        (b"<body></body>", "no_text"),
        (b"<body><p>Hi.</p></body>", "too_little_text"),
        (b"\xff\xfe" + b"\x00\xd8" * 500, "garbled"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, None),
    ],
)
def test_what_holds_no_article_has_a_reason(body: bytes, reason: str | None) -> None:
    result = read(body)
    assert (result.article is None) == (result.reason is not None)
    if reason is not None:
        assert result.reason == reason


@given(
    body=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: f"<p>{text}</p>".encode("utf-8", "surrogatepass"))
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_raise(body: bytes) -> None:
    result = read(body)
    assert (result.article is None) == (result.reason is not None)
