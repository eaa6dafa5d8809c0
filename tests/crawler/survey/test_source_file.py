"""Names and texts of proposed files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.load_sources import load_source_file
from crawler.survey.patterns import Learned
from crawler.survey.propose import Proposal, Way
from crawler.survey.source_file import name_of, source_text
from crawler.survey.zone import ZoneGuess

HOME = "https://www.example-times.org/"


@pytest.mark.parametrize(
    ("home", "name"),
    [
        pytest.param(HOME, "example-times", id="www"),
        pytest.param("https://news.example.co.uk/world/", "example", id="two-part ending"),
        pytest.param("http://127.0.0.1:8080/", "127-0-0-1", id="number"),
        pytest.param("http://localhost:8080/", "localhost", id="one label"),
        pytest.param("https://xn--nxasmq6b.example/", "xn-nxasmq6b", id="punycode"),
    ],
)
def test_names(home: str, name: str) -> None:
    assert name_of(home) == name


def proposal(**changes: object) -> Proposal:
    values: dict[str, object] = {
        "home": HOME,
        "title": "The Example Times",
        "zone": ZoneGuess("Europe/Berlin", "its dates state +01:00", sure=True),
        "language": "en",
        "language_why": "its pages say so",
        "ways": (
            Way("feeds", f"{HOME}rss", 20, "RSS with full texts"),
            Way("sections", f"{HOME}world/", 9, "a section page"),
        ),
        "left_out": (),
        "learned": Learned((r"/20\d\d/", r"it's"), ("/tag/",), 20, 20, 9, 0, "explains 20 of 20"),
        "allow": True,
        "render": False,
        "warnings": (),
        "trials": (),
    }
    return Proposal(**(values | changes))  # type: ignore[arg-type]


def test_the_file_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "example-times.yaml"
    path.write_text(source_text("example-times", proposal(), on=date(2026, 3, 20)), encoding="utf-8")
    source = load_source_file(path)
    assert (source.title, source.homepage, source.language) == ("The Example Times", HOME, "en")
    assert source.discover.feeds == (f"{HOME}rss",)
    assert source.discover.sections == (f"{HOME}world/",)
    assert source.discover.articles.allow == (r"/20\d\d/", r"it's")
    assert source.discover.articles.deny == ("/tag/",)
    assert not source.network.allow_private


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("Post\nnetwork: {allow_private: true}", id="line end"),
        pytest.param("Post # no: [comment", id="YAML marks"),
        pytest.param("\x1b[31mPost\u2028x\ud800", id="controls"),
        pytest.param("'\"{}[]&*!|>%@`", id="quotes"),
        pytest.param("null", id="null"),
        pytest.param("2026-01-01", id="a date"),
        pytest.param("yes", id="yes"),
    ],
)
def test_what_a_site_calls_itself_stays_text(tmp_path: Path, hostile: str) -> None:
    path = tmp_path / "example-times.yaml"
    ways = (Way("feeds", f"{HOME}rss", 1, hostile),)
    made = proposal(title=hostile, ways=ways, warnings=(hostile,), language_why=hostile)
    path.write_text(source_text("example-times", made, on=date(2026, 3, 20)), encoding="utf-8")
    source = load_source_file(path)
    assert source.discover.feeds == (f"{HOME}rss",)
    assert not source.network.allow_private
    assert source.title
