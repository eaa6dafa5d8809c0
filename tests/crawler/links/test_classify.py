"""Whether a link looks like an article's."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.links.classify import looks_like_story

HEADLINE = "Council votes to close the old harbour bridge"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("/2026/05/09/harbour-bridge-closes/", None, True, id="date and slug"),
        pytest.param("/world/2026/may/09/bridge", HEADLINE, True, id="month by name"),
        pytest.param("/news/council-votes-to-close-old-harbour-bridge", HEADLINE, True, id="long slug"),
        pytest.param("/article/4711999.html", HEADLINE, True, id="number"),
        pytest.param(
            "/news/bridge/article_6028e8a8-0ec0-11ed-afac-7719b3cfae6d.html", "Bridge", True, id="UUID"
        ),
        pytest.param("/story.php?id=17", HEADLINE, True, id="number in the query only"),
        pytest.param(
            "/a/1234567",
            "\u6e2f\u306e\u53e4\u3044\u6a4b\u3092\u9589\u9396\u3078\u3001\u8b70\u4f1a\u304c\u6c7a\u5b9a",
            True,
            id="Japanese",
        ),
        pytest.param(
            "/\u043d\u043e\u0432\u043e\u0441\u0442\u0438/\u0441\u043e\u0432\u0435\u0442-\u0437\u0430\u043a\u0440\u044b\u043b-\u0441\u0442\u0430\u0440\u044b\u0439-\u043c\u043e\u0441\u0442-\u0432-\u043f\u043e\u0440\u0442\u0443",
            None,
            True,
            id="Russian slug",
        ),
        pytest.param("/", "The Example Times", False, id="homepage"),
        pytest.param("/world/", "World", False, id="section"),
        pytest.param("/world/europe", "Europe", False, id="subsection"),
        pytest.param("/author/jane-doe", "Jane Doe", False, id="author"),
        pytest.param("/tag/harbour-bridge-closing-2026", "Harbour bridge", False, id="tag"),
        pytest.param("/category/news/local", "More local news from the harbour", False, id="category"),
        pytest.param("/login?next=/2026/05/09/a", "Log in to read all our stories", False, id="login"),
        pytest.param("/search?q=bridge", "Search all the news of the day", False, id="search"),
        pytest.param("/video", "Watch", False, id="video index"),
        pytest.param("/shop/mugs-for-sale", "Buy our mugs", False, id="shop"),
        pytest.param("/about-us", "About us", False, id="about"),
        pytest.param("/privacy-policy", "Privacy policy", False, id="privacy"),
        pytest.param("/files/council-report-2026-05-09.pdf", HEADLINE, False, id="PDF"),
        pytest.param("/2026/05/09/bridge.jpg", HEADLINE, False, id="picture"),
    ],
)
def test_links(path: str, text: str | None, expected: bool) -> None:
    assert looks_like_story(f"https://news.example{path}", text) is expected


@pytest.mark.parametrize("url", ["", "http://[::1", "mailto:a@b.example", "https://news.example"])
def test_what_is_no_page_is_no_article(url: str) -> None:
    assert not looks_like_story(url, HEADLINE)


def test_f1_on_links_of_the_corpus(corpus: Path) -> None:
    with (corpus / "splits" / "storylinks_open.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    pairs = [
        (
            row["is_story"].lower() == "true",
            looks_like_story(urljoin("https://news.example/", row["url"]), row["text"]),
        )
        for row in rows
    ]
    right = sum(truth and guess for truth, guess in pairs)
    f1 = 2 * right / (sum(truth for truth, _ in pairs) + sum(guess for _, guess in pairs))
    assert f1 >= 0.92, f1
