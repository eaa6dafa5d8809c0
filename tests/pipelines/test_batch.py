"""A batch of pages in, predictions out, in order; bad lines are named."""
# ruff: noqa: E501 - pages and tables of words are easier to read unbroken and as they are

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from pipelines.batch import PageRow, extract_lines, load_page, read_rows

SENTENCE = "The old bridge over the river will be closed for a year, the council said on Tuesday."
PAGE = (
    "<html><head><title>Old bridge to close</title>"
    '<meta name="author" content="Ann Smith"><meta property="article:published_time" content="2026-03-01T10:00:00+01:00"></head>'
    f"<body><article><h1>Old bridge to close</h1><p>{SENTENCE}</p><p>{SENTENCE} Again.</p>"
    '<figure><img src="/1.jpg"><figcaption>The bridge. Photo: Bo Li</figcaption></figure></article></body></html>'
)
WALL = "<html><head><title>Just a moment...</title></head><body><p>Verifying you are human.</p></body></html>"
ARCHIVED = {
    "text": f"{SENTENCE}\n\n{SENTENCE} Again.",
    "title": "Old bridge to close",
    "authors": ["Ann Smith"],
    "date": "2026-03-01T09:00:00+00:00",
    "images": [{"url": "https://e.org/1.jpg", "caption": "The bridge.", "credit": "Bo Li"}],
    "outcome": "archived",
}
NOTHING = {
    "text": "",
    "title": "",
    "authors": [],
    "date": None,
    "images": [],
    "outcome": "quarantined(challenge)",
}


def test_pages_from_files_and_lines_come_back_in_order(tmp_path: Path) -> None:
    elsewhere = tmp_path / "corpus"
    elsewhere.mkdir()
    (elsewhere / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "b.html").write_text(WALL)
    names = ["a.html.gz", "b.html", str(tmp_path / "b.html"), PAGE, "a.html.gz"]
    lines = [json.dumps({"html": name, "url": "https://e.org/n", "more": 1}) + "\n" for name in names] + [
        "\n"
    ]
    rows = extract_lines(
        lines, roots=[tmp_path, elsewhere], count=2, memory_bytes=1 << 30, timeout_seconds=300,
        captured_at=datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    expected = [ARCHIVED, NOTHING, NOTHING, ARCHIVED, ARCHIVED]
    assert list(rows) == [
        {"html": n, "url": "https://e.org/n"} | e for n, e in zip(names, expected, strict=True)
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("not json", r"line 2: not JSON"),
        ("[1]", r"line 2: needs the strings 'html'"),
        ('{"html": "a"}', r"line 2: needs the strings 'html'"),
        ('{"html": 1, "url": "x"}', r"line 2: needs the strings 'html'"),
    ],
)
def test_a_bad_line_is_named(line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        list(read_rows(["\n", line]))


def test_a_file_that_is_nowhere_is_named_with_the_places_tried(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'x\.html': no such file; tried .*x\.html"):
        load_page(PageRow("x.html", "https://e.org/"), [tmp_path])


def test_a_broken_gzip_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(PAGE.encode())[:50])
    with pytest.raises(ConfigError, match=r"'x\.gz': can't be read"):
        load_page(PageRow("x.gz", "https://e.org/"), [tmp_path])
