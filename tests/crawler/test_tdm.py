"""The file in which a site reserves text and data mining."""

from __future__ import annotations

import json

import pytest

from crawler.tdm import parse_tdm

SITE = "https://news.example"


def rules(*entries: object) -> bytes:
    return json.dumps(list(entries)).encode()


def rule(location: str, value: object = 1) -> dict[str, object]:
    return {"location": location, "tdm-reservation": value, "tdm-policy": "https://news.example/policy.json"}


@pytest.mark.parametrize(
    ("entries", "path", "reserved"),
    [
        pytest.param([rule("/")], "/news/1", True, id="all of it"),
        pytest.param([rule("*")], "/news/1", True, id="a star alone"),
        pytest.param([rule("/", 0)], "/news/1", False, id="none of it"),
        pytest.param([rule("/", "1")], "/news/1", True, id="a number as text"),
        pytest.param([rule("/pictures/")], "/news/1", None, id="another folder"),
        pytest.param([rule("/free/", 0), rule("/")], "/free/1", False, id="the first that fits"),
        pytest.param([rule("/free/", 0), rule("/")], "/news/1", True, id="the second that fits"),
        pytest.param([rule("/a/*.jpg$")], "/a/b/c.jpg", True, id="star and end"),
        pytest.param([rule("/a/*.jpg$")], "/a/b/c.jpg?x", None, id="not at the end"),
        pytest.param([rule("/News/")], "/news/1", None, id="case counts"),
        pytest.param([rule("/", 2)], "/news/1", None, id="a value that is none"),
        pytest.param([rule("/", None), rule("/", True)], "/news/1", True, id="a true is a 1"),
        pytest.param([rule("/a\nAllow: /b")], "/a", None, id="a pattern that is none"),
        pytest.param(["/", 7, None, {}, [], rule("/")], "/news/1", True, id="rules that are none"),
    ],
)
def test_what_the_rules_say(entries: list[object], path: str, reserved: bool | None) -> None:
    assert parse_tdm(rules(*entries)).reserves(f"{SITE}{path}") is reserved


@pytest.mark.parametrize(
    "body",
    [b"", b"\xef\xbb\xbf[]", b"<html>Not found</html>", b"[" * 100_000, b'{"a": 1}', b"\xff\xfe\0[", b"null"],
)
def test_what_is_no_file_says_nothing(body: bytes) -> None:
    assert parse_tdm(body).reserves(f"{SITE}/") is None


def test_one_rule_without_brackets_is_one() -> None:
    assert parse_tdm(json.dumps(rule("/")).encode()).reserves(f"{SITE}/") is True


def test_hostile_patterns_are_matched_in_linear_time() -> None:
    many = rules(*(rule("/" + "*a" * 500 + "b$") for _ in range(5)))
    assert parse_tdm(many).reserves(f"{SITE}/{'a' * 2000}") is None
