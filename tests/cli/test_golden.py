"""Golden cases: kept from the archive or a file, read by `sources check`, and what it says of others."""
# ruff: noqa: E501 - pages and tables of cases are easier to read unbroken

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from archive.catalog import export_reads
from tests.cli.conftest import Dateline, DemoArchive, Done

URL = "https://news.example/2026/bridge-to-close"
SENTENCES = (
    "The old bridge across the Wend will close for a year, the town council decided on Tuesday evening.",
    "Engineers found cracks in three of the seven arches, and two of them are wider than a finger.",
    "Until the work is done, a ferry will take people across from six in the morning until midnight.",
    "Shopkeepers on both banks of the river fear for their trade and ask for help from the county.",
)


def markup(title: str = "Old bridge to close", name: str = "Ann Smith") -> str:
    text = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    return (
        f"<html lang='en'><head><meta charset='utf-8'><title>{title} | The Example</title></head><body><article>"
        f"<h1>{title}</h1><p class='byline who'>By {name}</p><time datetime='2026-03-20T06:00:00Z'>Friday</time>"
        f"<div class='body'>{text}</div></article></body></html>"
    )


class Desk:
    """A folder of sources with one source, and the command."""

    def __init__(self, folder: Path, dateline: Dateline) -> None:
        self.folder, self._dateline = folder, dateline
        self.sources = folder / "sources"
        self.sources.mkdir()
        (folder / "dateline.yaml").write_text(
            "store: file://./archive\ncatalog: sqlite:///catalog.db\nsources: sources\nspool: spool\n"
        )
        (folder / "page.html").write_text(markup())
        self.rules("")

    def rules(self, *rules: str) -> None:
        extract = f"extract: [{', '.join(rules)}]\n" if any(rules) else ""
        path = self.sources / "example.yaml"
        path.write_text(f"name: example\nhomepage: https://news.example/\n{extract}")

    def __call__(self, *arguments: object) -> Done:
        return self._dateline("sources", *arguments, config=self.folder / "dateline.yaml")

    def keep(self, *more: object) -> Path:
        done = self("golden", "example", self.folder / "page.html", "--url", URL, "--at", "2026-03-21", *more)
        assert done.status == 0, done.notes
        return self.sources / "golden" / "example"


@pytest.fixture
def desk(tmp_path: Path, dateline: Dateline) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(folder, dateline)


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_is_kept_with_what_is_read_in_it(desk: Desk, packed: bool) -> None:
    folder = desk.keep(*(["--gzip"] if packed else []))
    name = "2026-bridge-to-close"
    page = folder / (f"{name}.html.gz" if packed else f"{name}.html")
    data = page.read_bytes()
    assert (gzip.decompress(data) if packed else data).decode() == markup()
    case = YAML(typ="safe").load(folder / f"{name}.yaml")
    assert case["url"] == URL
    assert case["expect"]["title"] == "Old bridge to close"
    assert case["expect"]["text"] == "\n\n".join(SENTENCES)
    assert case["expect"]["byline"] == ["Ann Smith"]
    done = desk("check")
    assert (done.status, done.text.splitlines()[-1]) == (0, "1 golden case read as expected.")
    again = desk("golden", "example", desk.folder / "page.html", "--url", URL)
    assert again.status == 2
    assert "is there already: give the case another name with --case" in again.notes


def test_a_page_of_the_archive_is_kept(desk: Desk, demo_archive: DemoArchive, dateline: Dateline) -> None:
    with demo_archive.open() as archive:
        [first, *_] = next(export_reads.pages_of_versions(archive.catalog, export_reads.Selection()))
    settings = demo_archive.config.read_text().replace("sources: sources", f"sources: {desk.sources}")
    config = demo_archive.config.with_name("golden.yaml")
    config.write_text(settings)
    done = dateline("sources", "golden", "example", first.url, "--case", "demo", "--json", config=config)
    assert done.status == 0, done.notes
    assert done.json["title"]
    assert desk("check").status == 0


def test_a_case_that_is_read_otherwise_is_named_with_field_expected_and_found(desk: Desk) -> None:
    folder = desk.keep()
    path = folder / "2026-bridge-to-close.yaml"
    path.write_text(path.read_text().replace("a ferry will take", "a tunnel will take"))
    (folder / "2026-bridge-to-close.html").write_text(markup(title="Bridge closes", name="Bo Li"))
    done = desk("check")
    assert done.status == 1
    lines = done.text.splitlines()
    assert f"{path}:4: expect.title: expected 'Old bridge to close', found 'Bridge closes'" in lines
    assert "expect.byline: expected [Ann Smith], found [Bo Li]" in done.text
    assert "a tunnel will take" in done.text
    assert "a ferry will take" in done.text
    assert lines[-1] == "1 of 1 golden case read otherwise than expected."
    report = desk("check", "--json")
    assert (report.status, report.json["ok"], report.json["golden"]["cases"]) == (1, False, 1)
    assert len(report.json["golden"]["failed"]) == 3


EXPECTATIONS = [
    ("contains: [a ferry, midnight]", []),
    ("contains: [a tunnel]", ["expect.contains: expected 'a tunnel', found nothing"]),
    ("lacks: [a ferry]", ["expect.lacks: expected nothing, found 'a ferry'"]),
    ("images: []", []),
    (
        "images: [https://news.example/1.jpg]",
        ["expect.images: expected [https://news.example/1.jpg], found []"],
    ),
    ("date: '2026-03-20T07:00:00+01:00'", []),
    ("date: '2026-03-20T07:00:00Z'", ["found 2026-03-20T06:00:00+00:00"]),
    ("text_sha256: " + "ab" * 32, ["expect.text_sha256: expected 'abab"]),
]


@pytest.mark.parametrize(("expect", "said"), EXPECTATIONS, ids=[row[0] for row in EXPECTATIONS])
def test_each_expectation(desk: Desk, expect: str, said: list[str]) -> None:
    folder = desk.sources / "golden" / "example"
    folder.mkdir(parents=True)
    (folder / "one.html").write_text(markup())
    (folder / "one.yaml").write_text(
        f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect:\n  {expect}\n"
    )
    done = desk("check")
    assert done.status == (1 if said else 0), done.text
    for words in said:
        assert words in done.text


def test_rules_without_a_case_are_named(desk: Desk) -> None:
    desk.rules(
        "{until: 2026-02-28, title: [h2]}", "{since: 2026-03-01, title: [h1], keep: [.who], drop: [aside]}"
    )
    done = desk("check")
    assert done.status == 0
    notes = [line for line in done.text.splitlines() if line.startswith("Note: ")]
    assert [note.partition("extract[")[2][:2] for note in notes] == ["0]", "1]"]
    assert "found something else: title; allowed: `dateline sources golden example URL`" in notes[0]
    assert "keep, title" in notes[1]
    desk.keep()
    notes = [line for line in desk("check").text.splitlines() if line.startswith("Note: ")]
    assert ["extract[0]" in note for note in notes] == [True]


def test_a_rule_that_finds_nothing_in_its_case_is_named(desk: Desk) -> None:
    desk.keep()
    desk.rules("{title: [.gone], byline: [.who]}")
    done = desk("check")
    assert done.status == 0
    assert "the rule of example for 'title' finds nothing in this page" in done.text
    assert "'byline'" not in done.text


WRONG = [
    ("no page", "one.yaml", f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect: {{}}\n", "has no page beside it; allowed: one.html or one.html.gz"),
    ("no expectation", "one.html", markup(), "has no expectation beside it; allowed: a file one.yaml"),
    ("unknown key", "page.yaml", f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect:\n  titel: x\n", ":4: expect.titel: value 'x': is an unknown key"),
    ("no zone", "page.yaml", f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00'\nexpect: {{}}\n", ":2: captured_at: value '2026-03-21T12:00:00': names no zone"),
    ("no digest", "page.yaml", f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect: {{text_sha256: ABC}}\n", "expect.text_sha256: value 'ABC': is no SHA-256"),
    ("not packed", "other.html.gz", "plain", "other.html.gz: cannot be read: Not a gzipped file"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_files_are_named(desk: Desk, file: str, text: str, said: str) -> None:
    folder = desk.sources / "golden" / "example"
    folder.mkdir(parents=True)
    (folder / file).write_text(text)
    for name, there in (("page.html", "page.yaml"), ("other.yaml", "other.html.gz")):
        if there == file:
            case = f"url: {URL}\ncaptured_at: '2026-03-21T12:00:00Z'\nexpect: {{}}\n"
            (folder / name).write_text(markup() if name.endswith("html") else case)
    done = desk("check")
    assert done.status == 2
    assert said in done.notes
    assert said in "".join(problem["text"] for problem in desk("check", "--json").json["problems"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["page.html"], "name the page's address with --url URL"),
        (["page.html", "--url", URL, "--case", "../x"], "--case '../x': allowed are small letters"),
        (["https://news.example/none"], "empty"),
    ],
)
def test_what_cannot_be_kept_is_said(desk: Desk, arguments: list[str], said: str) -> None:
    given = [desk.folder / one if one == "page.html" else one for one in arguments]
    done = desk("golden", "example", *given)
    assert done.status != 0
    assert said in done.notes or said == "empty"
    assert not (desk.sources / "golden").exists()
