"""The source files as pages know them."""

from __future__ import annotations

from pathlib import Path

from archive.views.source_files import SourceFiles


def test_what_sources_build_on_is_followed(tmp_path: Path) -> None:
    folder, defaults = tmp_path / "sources", tmp_path / "defaults.yaml"
    folder.mkdir()
    (folder / "a.yaml").write_text("name: a\nhomepage: https://a.example/\nextends: late\n")
    defaults.write_text("bases: {late: {schedule: '0 4 * * *'}}\n")
    files = SourceFiles(folder)
    before = files.sources()
    assert before["a"].schedule == "0 4 * * *"
    assert files.sources() is before
    defaults.write_text("bases: {late: {schedule: '30 14 * * *'}}\n")
    assert files.sources()["a"].schedule == "30 14 * * *"
    defaults.unlink()
    assert files.sources() == {}
    assert SourceFiles(None).sources() == {}
