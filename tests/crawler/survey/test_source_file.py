"""Names and texts of proposed files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.defaults_file import read_defaults
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


GUESSED = ZoneGuess("UTC", "nothing says where it is: please set", sure=False)


@pytest.mark.parametrize(
    ("defaults", "zone", "written", "is_now"),
    [
        pytest.param("", None, "timezone: Europe/Berlin", "Europe/Berlin", id="none"),
        pytest.param("timezone: Europe/Berlin", None, None, "Europe/Berlin", id="the same"),
        pytest.param(
            "timezone: Asia/Tokyo", None, "timezone: Europe/Berlin", "Europe/Berlin", id="it is known"
        ),
        pytest.param("timezone: Asia/Tokyo", GUESSED, None, "Asia/Tokyo", id="it is guessed"),
        pytest.param("language: en", GUESSED, "timezone: UTC", "UTC", id="guessed, and nothing better"),
    ],
)
def test_what_the_defaults_say_is_not_written_again(
    tmp_path: Path, defaults: str, zone: ZoneGuess | None, written: str | None, is_now: str
) -> None:
    (tmp_path / "defaults.yaml").write_text(f"defaults: {{{defaults}}}\n")
    layer = read_defaults(tmp_path / "defaults.yaml").defaults
    assert layer is not None
    warned = (f"time zone UTC: {GUESSED.why}",) if zone else ()
    made = proposal(warnings=warned) if zone is None else proposal(zone=zone, warnings=warned)
    text = source_text("example-times", made, on=date(2026, 3, 20), defaults=layer.data)
    path = tmp_path / "sources" / "example-times.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("timezone")]
    assert lines == ([written] if written else [])
    assert ("please set" in text) == (zone is not None and written is not None)
    source = load_source_file(path)
    assert (source.timezone, source.language) == (is_now, "en")
    assert ("language:" in text) == ("language" not in defaults)


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
