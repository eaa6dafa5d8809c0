"""What only happens where the archive is opened directly: settings, places, notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import dateline
from archive.views.notebook import rows_table, shown
from dateline.pages import Pages, Table


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATELINE_CONFIG", raising=False)
    return tmp_path


def test_an_archive_is_not_begun_by_looking_for_it(here: Path) -> None:
    with pytest.raises(dateline.NoArchive, match="dateline crawl"):
        dateline.open_archive()
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("path", ["none.yaml", "folder", "wrong.yaml"])
def test_settings_that_are_wrong_or_not_there(here: Path, path: str) -> None:
    (here / "folder").mkdir()
    (here / "wrong.yaml").write_text("stor: file:///srv\n")
    with pytest.raises(dateline.NoArchive, match="mend the settings") as caught:
        dateline.open_archive(here / path)
    assert path in str(caught.value)


@shown
@dataclass(frozen=True, slots=True)
class Said:
    title: str
    url: str
    parts: tuple[str, ...] = ()
    inner: tuple[Said, ...] = ()


XSS = "<script>alert(1)</script>"


def test_what_pages_said_is_text_in_a_notebook() -> None:
    inner = Said(f'" onload="{XSS}', "javascript:alert(1)")
    value = Said(XSS, f'https://news.example/"{XSS}', (XSS,), (inner,) * 30)
    for page in (value._repr_html_(), rows_table([value, inner], caption=XSS)):  # type: ignore[attr-defined]
        assert "<script" not in page
        assert 'onload="<' not in page
        assert 'href="javascript' not in page
        assert 'href="https://news.example/&quot;&lt;script' in page
    assert value._repr_html_().endswith("</table>")  # type: ignore[attr-defined]
    assert "… and more" in value._repr_html_()  # type: ignore[attr-defined]
    assert repr(value) == f"<Said title={XSS!r}, url={value.url!r}, 1 parts, 30 inner>"
    assert "\ud800" not in Said("\ud800", "")._repr_html_()  # type: ignore[attr-defined]


def test_tables_and_pages() -> None:
    rows = [Said(str(n), "") for n in range(45)]
    asked: list[str | None] = []

    def fetch(cursor: str | None) -> tuple[list[Said], str | None]:
        asked.append(cursor)
        begin = int(cursor or 0)
        return rows[begin : begin + 10], str(begin + 10) if begin + 10 < 45 else None

    pages = Pages(fetch, "numbers")
    assert list(pages) == rows
    assert asked == [None, "10", "20", "30", "40"]
    first = pages.first(3)
    assert (list(first), len(first), first[1], first[1:]) == (rows[:3], 3, rows[1], Table(rows[1:3]))
    assert asked[5:] == [None]  # no more than is shown
    assert first == Table(rows[:3])
    assert hash(first) == hash(Table(rows[:3]))
    assert repr(Table(rows)).count("\n") == 21
    assert Table([])._repr_html_() == "<p>nothing</p>"
