from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Dateline

URL = "https://news.example/2026/lighthouse"
PARAGRAPHS = """\
The lighthouse on the northern mole will be lit again on Friday evening, nine years after a storm broke the \
lens and the town council decided that a lamp on a pole would do.
Volunteers of the harbour society ground the new lens by hand in a disused laundry, following drawings that \
the keeper's granddaughter found behind a wardrobe in the spring.
The first keeper on duty is a retired baker, who says that he has always woken up at three o'clock and never \
knew what to do with the hours before the first customers came.""".splitlines()
BOX = "Subscribe to the harbour letter and learn every Friday what the boats have brought to our town quay."


def page(*paragraphs: str, title: str = "Lighthouse to shine again") -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    box = f'<p class="letter">{BOX}</p>'
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"{body}{box}</article></body></html>"
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "harbour.yaml").write_text(
        "name: harbour\nhomepage: https://news.example/\n"
        "extract:\n  - since: 2026-01-01\n    drop: ['.letter']\n"
    )
    path = tmp_path / "dateline.yaml"
    path.write_text(f"sources: {sources}\ncrawl: {{workers: 2}}\n")
    return path


@pytest.fixture
def html() -> Path:
    path = Path("page.html").absolute()
    path.write_text(page(*PARAGRAPHS))
    return path


def test_a_page_is_read_and_nothing_is_archived(dateline: Dateline, config: Path, html: Path) -> None:
    done = dateline("extract", html, "--url", URL, "--json", config=config)
    assert done.status == 0
    assert (done.json["outcome"], done.json["title"]) == ("archived", "Lighthouse to shine again")
    assert done.json["text"].split("\n\n")[:3] == list(PARAGRAPHS)
    assert {path.name for path in Path.cwd().iterdir()} == {"page.html"}
    assert {path.name for path in config.parent.iterdir()} == {"sources", "dateline.yaml", "here"}


def test_a_person_sees_what_was_read(dateline: Dateline, config: Path, html: Path) -> None:
    done = dateline("extract", html, "--url", URL, config=config)
    lines = done.text.splitlines()
    assert lines[:2] == ["outcome: archived", "title: Lighthouse to shine again"]
    assert all(text in lines for text in PARAGRAPHS)


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_stdin_and_files_give_the_same(
    dateline: Dateline, config: Path, html: Path, monkeypatch: pytest.MonkeyPatch, *, zipped: bool
) -> None:
    data = html.read_bytes()
    if zipped:
        html.write_bytes(gzip.compress(data))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(html.read_bytes())))
    from_file = dateline("extract", html, "--url", URL, "--json", config=config)
    from_stdin = dateline("extract", "-", "--url", URL, "--json", config=config)
    assert from_file.json["text"]
    assert from_stdin.json == from_file.json


@pytest.mark.parametrize(
    ("options", "dropped"),
    [
        pytest.param([], False, id="no source"),
        pytest.param(["--source", "harbour", "--at", "2026-02-01"], True, id="the source's rules"),
        pytest.param(["--source", "harbour", "--at", "2025-12-31"], False, id="before the rule"),
    ],
)
def test_the_rules_of_a_source_are_those_of_the_day(
    dateline: Dateline, config: Path, html: Path, options: list[str], *, dropped: bool
) -> None:
    told = dateline("extract", html, "--url", URL, "--json", *options, config=config).json
    assert (BOX not in told["text"]) == dropped
    assert ("+rules-none+" in told["extractor"]) != dropped


def test_a_page_without_article_has_its_reason(dateline: Dateline, config: Path, html: Path) -> None:
    html.write_text("<html><body><p>Nothing here.</p></body></html>")
    done = dateline("extract", html, "--url", URL, config=config)
    assert done.status == 0
    assert re.fullmatch(r"outcome: quarantined\(\w+\)\n", done.text)


def test_many_pages_come_out_in_order_with_a_summary(dateline: Dateline, config: Path) -> None:
    folder = Path("pages")
    folder.mkdir()
    (folder / "one.html").write_text(page(*PARAGRAPHS, title="One"))
    elsewhere = Path("elsewhere")
    elsewhere.mkdir()
    (elsewhere / "two.html.gz").write_bytes(gzip.compress(page(*PARAGRAPHS, title="Two").encode()))
    inputs = [
        {"html": "one.html", "url": f"{URL}/1", "more": "is ignored"},
        {"html": "two.html.gz", "url": f"{URL}/2"},
        {"html": page(*PARAGRAPHS, title="Three"), "url": f"{URL}/3"},
        {"html": "<html><body></body></html>", "url": f"{URL}/4"},
    ]
    lines = "\n\n".join(map(json.dumps, inputs)).encode()
    (folder / "pages.jsonl").write_bytes(lines)
    (folder / "pages.jsonl.gz").write_bytes(gzip.compress(lines))
    results = []
    for name in ("pages.jsonl", "pages.jsonl.gz"):
        options = ["--batch", folder / name, "--out", "out.jsonl", "--root", elsewhere]
        done = dateline("extract", *options, config=config)
        assert done.status == 0
        results.append([json.loads(line) for line in Path("out.jsonl").read_text().splitlines()])
    assert results[0] == results[1]
    assert [(row["html"], row["url"]) for row in results[0]] == [(row["html"], row["url"]) for row in inputs]
    assert [row["title"] for row in results[0]] == ["One", "Two", "Three", ""]
    assert set(results[0][0]) == {"html", "url", "text", "title", "authors", "date", "images", "outcome"}
    assert done.notes.splitlines() == [
        "4 pages in out.jsonl",
        "       3  archived",
        f"       1  {results[0][3]['outcome']}",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(["no json"], "line 1: not JSON", id="no JSON"),
        pytest.param(['{"html": "x.html"}'], "line 1: needs the strings 'html'", id="no url"),
        pytest.param(['{"html": "x.html", "url": "u"}'], "html 'x.html': no such file", id="no such page"),
        pytest.param(["\x80"], "can't decode byte", id="no UTF-8"),
    ],
)
def test_a_batch_that_breaks_leaves_what_was_there(
    dateline: Dateline, config: Path, lines: list[str], said: str
) -> None:
    Path("out.jsonl").write_text("what was there before")
    Path("in.jsonl").write_bytes("\n".join(lines).encode("latin-1"))
    done = dateline("extract", "--batch", "in.jsonl", "--out", "out.jsonl", config=config)
    assert done.status == 2
    assert said in done.notes
    assert Path("out.jsonl").read_text() == "what was there before"
    assert {path.name for path in Path.cwd().iterdir()} == {"in.jsonl", "out.jsonl"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "name a page and its address", id="nothing"),
        pytest.param(["page.html"], "name a page and its address", id="no address"),
        pytest.param(["page.html", "--url", "news.example"], "no address of a page", id="no scheme"),
        pytest.param(["none.html", "--url", URL], "none.html': no such file", id="no such file"),
        pytest.param(
            ["page.html", "--url", URL, "--source", "harbor"], "did you mean 'harbour'", id="source"
        ),
        pytest.param(["page.html", "--url", URL, "--at", "soon"], "--at 'soon' is no time", id="no time"),
        pytest.param(["page.html", "--url", URL, "--out", "x"], "many: --batch", id="out for one page"),
        pytest.param(["page.html", "--batch", "x", "--out", "y"], "nothing else", id="a page and a batch"),
        pytest.param(["--batch", "x"], "takes --out", id="a batch without out"),
        pytest.param(["--batch", "none", "--out", "y"], "--batch none: No such file", id="no such batch"),
        pytest.param(["--batch", "page.html", "--out", "none/y"], "cannot write none/y", id="no folder"),
    ],
)
def test_a_wrong_call_says_why(
    dateline: Dateline, config: Path, html: Path, arguments: list[str], said: str
) -> None:
    done = dateline("extract", *arguments, config=config)
    assert (done.status, done.data) == (2, b"")
    assert said in done.notes
    assert {path.name for path in Path.cwd().iterdir()} == {html.name}
