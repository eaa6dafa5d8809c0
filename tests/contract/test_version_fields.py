"""Every field of a version and its pictures comes back as it was put, over SQLite and PostgreSQL."""
# ruff: noqa: E501 - rows are easier to read unbroken

from __future__ import annotations

import json
from typing import Any

import pytest

from archive.catalog import dump, versions
from archive.catalog.catalog import Catalog
from archive.export.json_lines import lines_of
from archive.journal_lines import read_row, row_line
from archive.rows import PictureRow, VersionRow
from tests.contract.catalog_rows import capture, version

FULL: dict[str, Any] = {
    "agency": ("AFP", "dpa"),
    "published_confidence": "unzoned",
    "standfirst": "Drei Bögen sind „gerissen“.",
    "section": "Lokales",
    "tags": ("Brücke", 'a "quoted" one', "橋"),
    "paywalled": True,
    "notes": ("Korrektur: In einer früheren Version stand zwei.",),
    "variant": "amp",
    "amp_url": "https://news.example/a?amp",
    "charset": "cp1251 (meta)",
    "parts": ("c-2", "c-3"),
    "asides": ("Related: „Das Gutachten“", "橋"),
}
LISTS = {"agency", "tags", "notes", "parts", "asides"}


def picture(**changes: Any) -> PictureRow:
    values: dict[str, Any] = {
        "article_id": "a", "number": 1, "position": 0, "url": "https://news.example/p.jpg", "caption": "The bridge",
        "credit": None, "alt": None, "sha256": None,
    }  # fmt: skip
    return PictureRow(**(values | changes))


@pytest.mark.parametrize("paywalled", [True, False, None])
def test_a_version_comes_back_with_all_its_fields(catalog: Catalog, put: Any, paywalled: bool | None) -> None:
    row = version("a", 1, **(FULL | {"paywalled": paywalled}))
    said = picture(embedded_caption="Bridge over the Wend", embedded_credit="Ann Smith / AFP")
    put(row, said, capture("c"))
    assert versions.version_numbered(catalog, "a", 1) == row
    assert versions.pictures_of(catalog, "a", 1) == [said]
    [line] = lines_of(catalog, [row])
    shown = {name: line[name] for name in FULL}
    assert shown == {
        name: list(value) if name in LISTS else value for name, value in (FULL | {"paywalled": paywalled}).items()
    }  # fmt: skip
    [image] = line["images"]
    assert (image["embedded_caption"], image["embedded_credit"]) == (
        "Bridge over the Wend",
        "Ann Smith / AFP",
    )


def test_a_version_without_them_has_none(catalog: Catalog, put: Any) -> None:
    put(version("a", 1), picture())
    row = versions.version_numbered(catalog, "a", 1)
    assert row is not None
    assert {name: getattr(row, name) for name in FULL} == {
        name: () if name in LISTS else None for name in FULL
    }


def test_a_backup_holds_them_as_they_are(catalog: Catalog, put: Any) -> None:
    put(version("a", 1, **FULL), picture(embedded_credit="Ann Smith"))
    with dump.snapshot(catalog) as taken:
        [line] = taken.lines("version")
        [shown] = taken.lines("picture")
    read = json.loads(line)
    assert {name: read[name] for name in FULL} == {
        name: list(value) if name in LISTS else value for name, value in FULL.items()
    }
    assert json.loads(shown)["embedded_credit"] == "Ann Smith"


@pytest.mark.parametrize("row", [version("a", 1, **FULL), picture(embedded_caption="Bridge")])
def test_journal_lines_of_before_are_read(row: VersionRow | PictureRow) -> None:
    """A line that was written before a field was known has its default; with it, it is the same row."""
    line = row_line(row)
    assert read_row(line, "k", 1) == row
    known = json.loads(line)
    later = FULL.keys() | {"embedded_caption", "embedded_credit"}
    before = {name: value for name, value in known.items() if name not in later}
    read = read_row(json.dumps(before).encode(), "k", 1)
    assert read == (version("a", 1) if isinstance(row, VersionRow) else picture())
