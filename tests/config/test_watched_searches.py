"""Saved searches that follow their file: what changed counts at once, what is wrong costs nothing."""

from __future__ import annotations

import os
from pathlib import Path

from structlog.testing import capture_logs

from config.settings import load_settings
from config.watched_searches import WatchedSearches


def write(path: Path, text: str, at: int) -> None:
    path.write_text(text)
    os.utime(path, ns=(at, at))


def test_what_the_file_says_now(tmp_path: Path) -> None:
    path = tmp_path / "dateline.yaml"
    write(path, "searches: [{name: a, query: one}]\n", 10**18)
    watched = WatchedSearches(path, load_settings(path).searches, lambda: load_settings(path).searches)
    assert [each.name for each in watched] == ["a"]
    write(path, "searches: [{name: a, query: one}, {name: b, event: title}]\n", 10**18 + 1)
    with capture_logs() as logs:
        assert [each.name for each in watched] == ["a", "b"]
        assert (len(watched), watched[1].event, watched[:1][0].name) == (2, "title", "a")
    assert [entry["event"] for entry in logs] == ["saved searches changed"]


def test_a_file_that_is_wrong_or_away_leaves_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "dateline.yaml"
    write(path, "searches: [{name: a, query: one}]\n", 10**18)
    watched = WatchedSearches(path, load_settings(path).searches, lambda: load_settings(path).searches)
    write(path, "searches: [{name: A B, query: one}]\n", 10**18 + 1)
    with capture_logs() as logs:
        assert [each.name for each in watched.now()] == ["a"]
        assert [each.name for each in watched.now()] == ["a"]
    [told] = logs
    assert "searches[0].name" in told["problem"]
    path.unlink()
    assert [each.name for each in watched] == ["a"]
    write(path, "{}\n", 10**18 + 2)
    assert list(watched) == []


def test_without_a_file_nothing_changes() -> None:
    assert list(WatchedSearches(None, (), lambda: 1 / 0)) == []  # type: ignore[arg-type, return-value]
