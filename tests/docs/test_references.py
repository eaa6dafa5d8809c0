"""Paths, tests, links, outcome reasons and error lines that the documentation names are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, Page, all_pages, codes_in

PAGES = pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
FOLDERS = {"archive", "bench", "cli", "config", "crawler", "dateline", "docs", "pipelines", "tests", "web"}

_PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?(?:::\w+)?")
_OF_THE_READER = {"dateline.yaml", "company-ca.pem"}  # files that whoever runs Dateline writes
_LOOSE = re.compile(r"[\w-]+\.(?:py|md|toml|yaml)")
_OUTCOME = re.compile(r"\b(?:skipped|failed|quarantined|gone) ?\((?P<reasons>[a-z0-9_, ]+)\)")
_REASONED = [
    "archive/content_coding.py", "crawler/due.py", "crawler/intake.py", "crawler/robots.py",
    "crawler/crawl.py", "crawler/limits.py", "crawler/run.py", "crawler/fetch/*.py", "crawler/guards/*.py",
    "pipelines/*.py", "crawler/render/*.py", "pipelines/gate/*.py", "pipelines/imports/*.py",
    "pipelines/versions/*.py",
]  # fmt: skip


def paths_in(page: Page) -> set[str]:
    """Inline code and links that look like paths of this repository."""
    found = set()
    for code in page.code:
        if not _PATH.fullmatch(code):
            continue
        first, slash, _ = code.partition("/")
        if (slash and first in FOLDERS) or (_LOOSE.fullmatch(code) and code not in _OF_THE_READER):
            found.add(code)
    return found


@cache
def files_named(name: str) -> bool:
    """Whether some file of the repository has this name."""
    places = [ROOT, *(ROOT / folder for folder in FOLDERS)]
    return any((place / name).exists() for place in places) or any(
        next((ROOT / folder).rglob(name), None) for folder in FOLDERS
    )


def is_there(path: str) -> bool:
    file, _, test = path.partition("::")
    if "/" not in file:
        return files_named(file)
    if "*" in file:
        return next(ROOT.glob(file), None) is not None
    if not (ROOT / file).exists():
        return False
    return not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


@PAGES
def test_paths_exist(page: Page) -> None:
    assert [path for path in sorted(paths_in(page)) if not is_there(path)] == []


def test_paths_were_found() -> None:
    assert "crawler/fetch/resolver.py" in paths_in(Page("docs/threat_model.md"))
    tests = [path for path in paths_in(Page("docs/threat_model.md")) if "::" in path]
    assert len(tests) > 30
    assert not is_there("crawler/fetch/resolvers.py")
    assert not is_there("tests/crawler/test_urls.py::test_of_nothing")
    assert not is_there("nowhere.py")


@PAGES
def test_links_lead_somewhere(page: Page) -> None:
    for link in page.links:
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), link
        assert path.is_relative_to(ROOT), link
        if anchor:
            assert anchor in Page(str(path.relative_to(ROOT))).anchors, link


def literals(*patterns: str) -> set[str]:
    """Every constant text in these files, and the constant parts of their f-strings."""
    files = [path for pattern in patterns for path in ROOT.glob(pattern)]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


@cache
def known_reasons() -> frozenset[str]:
    return frozenset(text for text in literals(*_REASONED) if re.fullmatch(r"[a-z0-9_]+", text))


def is_reason(reason: str) -> bool:
    """`http_…` and `extract_…` are put together from a beginning and a status or what became of a task."""
    known = known_reasons()
    beginning, _, rest = reason.partition("_")
    if beginning == "http" and "http_" in known:
        return reason in known or re.fullmatch(r"[1-5]\d\d", rest) is not None
    return reason in known or (beginning == "extract" and "extract_" in known and rest in known)


@PAGES
def test_reasons_of_outcomes_exist(page: Page) -> None:
    texts = [page.prose, *(block.text for block in page.blocks if block.kind == "text")]
    shown = {
        reason.strip()
        for text in texts
        for found in _OUTCOME.finditer(text)
        for reason in found["reasons"].split(",")
    }
    assert [reason for reason in sorted(shown) if not is_reason(reason)] == []
    if page.name == "docs/operating.md":
        assert len(shown) > 35


@pytest.mark.parametrize(
    ("reason", "known"),
    [("robots", True), ("http_451", True), ("http_999", False), ("extract_memory", True), ("trapped", False)],
)
def test_what_is_a_reason(reason: str, known: bool) -> None:
    assert is_reason(reason) is known


def error_lines() -> list[str]:
    """What the left columns of the tables of error lines quote."""
    page = Page("docs/operating.md")
    pieces = page.text.split("| the line says | do this |")[1:]
    rows = [
        line for piece in pieces for line in piece.split("\n\n")[0].splitlines() if line.startswith("| `")
    ]
    return [code for row in rows for code in codes_in(row.split("|")[1])]


@pytest.mark.parametrize("line", error_lines())
def test_an_error_line_is_one_that_the_code_says(line: str) -> None:
    said = literals("archive/**/*.py", "cli/*.py", "crawler/**/*.py")
    assert any(line in text or text.endswith(line) for text in said)


def test_error_lines_were_found() -> None:
    assert len(error_lines()) > 20


@PAGES
def test_nothing_is_left_to_be_written(page: Page) -> None:
    assert re.search(r"\b(?:TODO|FIXME|TBD|XXX)\b|coming soon|lorem ipsum", page.text, re.IGNORECASE) is None


def test_the_pages_are_those_that_people_are_sent_to() -> None:
    names = {page.name for page in all_pages()}
    assert {"README.md", "docs/operating.md", "docs/settings.md", "docs/threat_model.md"} <= names
    linked = {Path(link.partition("#")[0]).as_posix() for link in Page("README.md").links}
    guides = {name for name in names if name.startswith("docs/") and name.count("/") == 1}
    assert guides <= linked
