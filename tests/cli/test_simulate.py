"""`dateline simulate`: traces, and what policies catch of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.simulate.trace import read_trace


@pytest.fixture
def trace(dateline: Any, tmp_path: Path) -> Path:
    path = tmp_path / "trace.jsonl"
    done = dateline("simulate", "trace", "--out", path, "--pages", 60, "--outlets", 2, "--seed", 7, "--json")
    assert done.status == 0, done.notes
    assert (done.json["pages"], done.json["out"]) == (60, str(path))
    assert 0 < done.json["shares"]["updated_24h"] < 1
    return path


def test_a_trace_is_replayed(dateline: Any, trace: Path) -> None:
    found = dateline("simulate", "revisits", "--trace", trace, "--json").json
    assert (found["pages"], found["sources"], found["every_minutes"]) == (60, 2, 15)
    lines = {line["policy"]: line for line in found["policies"]}
    assert list(lines) == ["learned", "prior", "poller", "adaptive", "daily", "clairvoyant"]
    assert len({line["revisions"] for line in lines.values()}) == 1
    assert lines["learned"]["requests"] < lines["poller"]["requests"] / 4
    for line in lines.values():
        assert line["share"] == pytest.approx(line["caught"] / line["revisions"], abs=1e-4)


def test_policies_cadence_and_budget_are_chosen(dateline: Any, trace: Path) -> None:
    call = ("simulate", "revisits", "--trace", trace, "--every", "1d", "--policy", "prior")
    [free] = dateline(*call, "--json").json["policies"]
    [short] = dateline(*call, "--budget", 1, "--json").json["policies"]
    assert short["requests"] < free["requests"]
    shown = dateline(*call).text
    assert "60 pages of 2 sources, each crawled every 1d" in shown
    assert "the ladder 15 min" in shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name one trace"),
        (("--trace", "t", "--from-archive"), "name one trace"),
        (("--trace", "nowhere.jsonl"), "cannot be read"),
        (("--trace", "t", "--every", "7m"), "no part of a day"),
        (("--trace", "t", "--every", "soon"), "duration"),
        (("--trace", "t", "--policy", "wild"), "wild"),
    ],
)
def test_wrong_words_are_named(dateline: Any, words: tuple[str, ...], told: str) -> None:
    done = dateline("simulate", "revisits", *words)
    assert done.status == 2
    assert told in " ".join(done.notes.split())


def test_an_archive_is_a_trace_of_itself(reading: Any, tmp_path: Path) -> None:
    """Three nights of the demo: what they saw, seen again by a poller that comes each night."""
    path = tmp_path / "own.jsonl"
    assert reading("simulate", "trace", "--from-archive", "--out", path, "--json").status == 0
    pages = read_trace(path)
    edited = [page for page in pages if page.changes]
    assert edited
    assert any(page.removed for page in pages)
    assert all(
        set(change.kinds) & {"text", "title", "image", "caption"}
        for page in edited
        for change in page.changes
    )
    found = reading("simulate", "revisits", "--from-archive", "--every", "1d", "--json").json
    lines = {line["policy"]: line for line in found["policies"]}
    assert "clairvoyant" not in lines
    assert lines["poller"]["caught"] == lines["poller"]["revisions"]


def test_what_cannot_be_written_is_said(dateline: Any, tmp_path: Path) -> None:
    done = dateline("simulate", "trace", "--out", tmp_path / "no" / "where.jsonl", "--pages", 1)
    assert done.status == 2
    assert "cannot be written" in done.notes
