"""`render` is a switch or a mapping, and says what is wrong with either."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.load_sources import SourceErrors, load_source_file, source_schema
from config.render import Render

BASE = "name: a\nhomepage: https://a.example/\n"


def load(folder: Path, render: str) -> Render:
    file = folder / "a.yaml"
    file.write_text(f"{BASE}{render}\n")
    return load_source_file(file).render


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", Render(enabled=False)),
        ("render: false", Render(enabled=False)),
        ("render: true", Render()),
        ("render: {}", Render()),
        ("render: {wait: 1500ms}", Render(wait=1.5)),
        ("render: {wait: 2}", Render(wait=2.0)),
        ("render: {wait: 'article h1'}", Render(wait="article h1")),
        ("render: {screenshot: true, timeout: 2m}", Render(screenshot=True, timeout=120.0)),
        ("render: {enabled: false, screenshot: true}", Render(enabled=False, screenshot=True)),
    ],
)
def test_what_is_meant(tmp_path: Path, written: str, meant: Render) -> None:
    assert load(tmp_path, written) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("render: perhaps", "render: value 'perhaps': is of the wrong type"),
        ("render: {wait: 2m}", "render.wait: value '2m': is too long a wait"),
        ("render: {wait: '..x'}", "render.wait: value '..x': is neither seconds nor a CSS selector"),
        ("render: {wait: [1]}", "render.wait: value a list: is no wait"),
        ("render: {timeout: 0}", "render.timeout: value 0: is too small"),
        ("render: {timeout: 1h}", "render.timeout: value '1h': is too large"),
        ("render: {timout: 5s}", "render.timout: value '5s': is an unknown key"),
    ],
)
def test_what_is_wrong(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(SourceErrors, match="render") as caught:
        load(tmp_path, written)
    assert said in str(caught.value)


def test_editors_know_both_forms() -> None:
    assert source_schema()["$defs"]["Render"]["anyOf"][0] == {"type": "boolean"}
