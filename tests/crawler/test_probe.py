"""The address that cannot exist: shaped like an article's, and never one that a site could find one by."""

from __future__ import annotations

import re

import pytest

from crawler.probe import absent_address

W = "[a-z]{4,12}"


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://a.example/2026/03/29/quay-closes", rf"https://a\.example/2026/03/29/{W}-{W}"),
        (
            "https://a.example/world/europe/quay-closes-for-spring/",
            rf"https://a\.example/world/europe/{W}-{W}-{W}-{W}/",
        ),
        ("https://a.example/news/quay-closes.html", rf"https://a\.example/news/{W}-{W}\.html"),
        ("https://a.example/news/12345678/quay-closes", rf"https://a\.example/news/{W}-{W}/{W}-{W}"),
        ("https://a.example/a-12345678", rf"https://a\.example/{W}-{W}"),
        ("https://a.example/article/9f86d081884c7d65", rf"https://a\.example/article/{W}-{W}"),
        ("https://a.example/article?id=7", rf"https://a\.example/{W}-{W}/"),
        ("https://a.example:8080/", rf"https://a\.example:8080/{W}-{W}/"),
        ("https://a.example/%E6%B8%AF/%E9%9B%86", rf"https://a\.example/{W}-{W}/{W}-{W}"),
    ],
)
def test_it_is_shaped_like_an_articles(url: str, shape: str) -> None:
    made = absent_address(url, "run-1 a")
    assert re.fullmatch(shape, made), made
    assert made == absent_address(url, "run-1 a")
    assert made != absent_address(url, "run-2 a")
