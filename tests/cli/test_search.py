"""`dateline search` and `dateline searches` over the demo's three nights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.clock import SystemClock
from archive.opening import open_archive
from archive.views.search import Which, search
from archive.views.viewer import Viewer
from config.settings import load_settings
from crawler.watch.keeper import tell_now
from tests.cli.conftest import Dateline, DemoArchive

SEARCHES = """\
searches:
  - {name: retold, event: title}
  - {name: never, query: zzzzz, lang: en, to: []}
"""


@dataclass(frozen=True)
class Retold:
    """An article whose headline changed: a word of the old one alone, and one of the new one alone."""

    url: str
    source: str
    before: int  # number of the last version with the old one
    then: str
    now: str


@pytest.fixture(scope="module")
def retold(demo_archive: DemoArchive) -> Retold:
    with demo_archive.open() as archive:
        hits = search(Viewer(archive.catalog), "", {"event": "title"}, which=Which.ALL).hits
    for hit in hits:
        [change] = [each for each in hit.line.events if each.kind == "title"]
        then, now = (
            {word for word in str(said).split() if word.isascii() and word.isalpha() and len(word) > 3}
            for said in (change.before, change.after)
        )
        if then - now and now - then:
            return Retold(
                hit.line.url, hit.line.source, hit.line.number - 1, min(then - now), min(now - then)
            )
    raise AssertionError("the demo has an article whose headline says something else")


def found(answer: Any) -> list[str]:
    return [f"{hit['url']} {hit['version']}" for hit in answer["hits"]]


def test_what_is_said_now_and_what_was_said_then(reading: Dateline, retold: Retold) -> None:
    def ask(word: str, *options: str) -> list[str]:
        return found(reading("search", f"title:{word}", "--source", retold.source, *options, "--json").json)

    assert any(hit.startswith(retold.url) for hit in ask(retold.now))
    assert not any(hit.startswith(retold.url) for hit in ask(retold.then))
    assert f"{retold.url} {retold.before}" in ask(retold.then, "--versions", "past")
    assert f"{retold.url} {retold.before}" in ask(retold.then, "--versions", "all")
    assert ask(retold.now, "--until", "2020") == []


def test_pages_orders_and_what_a_person_sees(reading: Dateline, retold: Retold) -> None:
    whole = found(reading("search", "--limit", "100", "--json").json)
    assert found(reading("search", "--limit", "100", "--sort", "oldest", "--json").json) != whole
    seen: list[str] = []
    cursor: list[str] = []
    while True:
        page = reading("search", "--limit", "10", *cursor, "--json").json
        seen += found(page)
        if page["next"] is None:
            break
        cursor = ["--cursor", page["next"]]
    assert seen == whole
    assert len(set(whole)) == len(whole) > 20
    said = reading("search", retold.now, "--sort", "relevance")
    assert said.status == 0
    assert retold.url in said.text
    assert said.text.splitlines()[-1].endswith(("hit", "hits")) or "more with --cursor" in said.text
    assert "\x1b" not in said.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["(bridge"], "a bracket is opened and not closed"),
        (["colour:red"], "field 'colour' is unknown; allowed: source"),
        (["--since", "yesterday"], "since"),
        (["--cursor", "AAAA"], "allowed: `next` of the page before"),
        (["--source", "../x"], "the name of a source"),
    ],
)
def test_what_cannot_be_understood(reading: Dateline, words: list[str], said: str) -> None:
    done = reading("search", *words)
    assert (done.status, done.text) == (2, "")
    assert said in done.notes


# ── saved searches ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def watched(mine: DemoArchive) -> Path:
    """Settings with saved searches, over a copy of the demo's archive."""
    mine.config.write_text(mine.config.read_text() + SEARCHES)
    return mine.config


def test_what_saved_searches_found(dateline: Dateline, watched: Path) -> None:
    before = dateline("searches", "--json", config=watched).json["searches"]
    assert [(each["name"], each["finds"], each["since"]) for each in before] == [
        ("retold", 0, None),
        ("never", 0, None),
    ]
    settings = load_settings(watched)
    archive = open_archive(settings)
    for _ in range(2):  # as at the end of each run by hand
        tell_now(archive, settings, SystemClock())
    archive.close()
    [first, never] = dateline("searches", "--json", config=watched).json["searches"]
    assert (never["finds"], never["newest"]) == (0, None)
    assert first["checked_at"] is not None
    alarms = dateline("alarms", "--all", "--json", config=watched).json["alarms"]
    assert first["finds"] > 0
    assert [(alarm["kind"], alarm["subject"]) for alarm in alarms] == [("found", "retold")]
    assert "search retold:" in dateline("status", config=watched).text
    status = dateline("status", "--json", config=watched).json
    assert [each["finds"] for each in status["searches"]] == [first["finds"], 0]
    listed = dateline("searches", "retold", config=watched)
    assert listed.text.splitlines()[-1] in {
        f"{first['finds']} find of {first['finds']}",
        f"{first['finds']} finds of {first['finds']}",
    }
    assert "retold" in dateline("searches", config=watched).text


WRONG = {
    "a query": (
        "searches:\n  - {name: a, query: '(bridge'}\n",
        ":2: searches[0].query: value '(bridge': a bracket",
    ),
    "a field": ("searches:\n  - {name: a, query: x}\n  - {name: b, event: fire}\n", ":3: searches[1]: value"),
    "a span of time": ("searches:\n  - {name: a, query: 'x since:2026'}\n", "allowed: any field but since:"),
    "a name": ("searches:\n  - {name: A b, query: x}\n", ":2: searches[0].name: value 'A b'"),
    "twice": (
        "searches:\n  - {name: a, query: x}\n  - {name: a, query: y}\n",
        "two searches named a; allowed: each",
    ),
    "nothing": ("searches:\n  - {name: a}\n", "asks for nothing"),
    "a key": ("searches:\n  - {name: a, words: x}\n", "is an unknown key; allowed: name, query"),
    "an address": (
        "searches:\n  - {name: a, query: x, to: ['mailto://u:p@h']}\n",
        "holds the address itself",
    ),
    "no list": ("searches: {name: a}\n", ":1: searches: value a mapping"),
}


@pytest.mark.parametrize("case", WRONG)
def test_searches_that_cannot_be(dateline: Dateline, tmp_path: Path, case: str) -> None:
    written, said = WRONG[case]
    config = tmp_path / "dateline.yaml"
    config.write_text(written)
    done = dateline("searches", config=config)
    assert (done.status, done.text) == (2, "")
    assert f"{config}" in done.notes.replace("\n", "")
    assert said in done.notes


def test_a_search_that_nobody_declared(dateline: Dateline, watched: Path) -> None:
    done = dateline("searches", "none", config=watched)
    assert done.status == 2
    assert "no search 'none' is declared; allowed: retold, never" in done.notes


def test_searches_in_a_variable(
    dateline: Dateline, demo_archive: DemoArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_SEARCHES", '[{"name": "bridges", "query": "bridge"}]')
    done = dateline("searches", "--json", config=demo_archive.config)
    assert [each["name"] for each in done.json["searches"]] == ["bridges"]
    monkeypatch.setenv("DATELINE_SEARCHES", '[{"name": "bridges", "query": "\\"bridge"}]')
    assert "has no other one after it" in dateline("searches", config=demo_archive.config).notes
